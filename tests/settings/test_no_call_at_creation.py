"""Creating the application calls no service: no database, no AWS, no provider of signing in."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import Any, NoReturn

import pytest

from app import create_app, make_ready
from app.settings import Settings

BALANCER = "loadbalancer/app/d/0123456789abcdef"
PROVIDER = {"OIDC_ISSUER": "https://idp.example", "OIDC_CLIENT_ID": "directory"}


@pytest.mark.parametrize(
    "env",
    [
        {"DYNAMO_MODE": "on", "AWS_DEFAULT_REGION": "us-west-2", "PHOTOS_BUCKET": "faces"},
        {"DATABASE_URL": "mysql://ada:password@db.example/staff"},
        {"DATABASE_URL": "postgresql://ada:password@db.example/staff"},
        {**PROVIDER, "OIDC_CLIENT_SECRET": "s3cr3t", "PUBLIC_ADDRESS": "https://people.example"},
        {
            **PROVIDER,
            "ALB_SIGN_IN": f"arn:aws:elasticloadbalancing:us-west-2:123456789012:{BALANCER}",
        },
        {"SECRET_KEY": "ssm:/directory/key", "AWS_DEFAULT_REGION": "us-west-2"},
        {"METRICS_LOG": "on", "METRICS_FROM": "10.0.0.0/8"},
    ],
    ids=lambda env: next(iter(env)),
)
def test_creating_the_application_calls_no_service(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, env: dict[str, str]
) -> None:
    calls: list[Any] = []

    def refuse(*arguments: Any, **_: object) -> NoReturn:
        calls.append(arguments)
        raise OSError("a test of what is called")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    app = create_app(Settings.from_env({"INSTANCE_FOLDER": str(tmp_path / "instance"), **env}))
    assert calls == []
    assert not (tmp_path / "instance" / "directory.db").exists()
    make_ready(app)
    assert bool(calls) == ("DATABASE_URL" in env), "only tables of a database server are looked at"
