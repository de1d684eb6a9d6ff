"""Secrets that AWS keeps for settings are read at the start, or it is said why not."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError, NoCredentialsError
from moto import mock_aws

from app import load_settings
from app.settings import Settings
from app.settings.secret_references import find_references
from app.storage.aws import secret_values
from app.storage.aws.secret_values import read_secrets
from tests.support.small_app import app_for_people

REGION = "us-west-2"
KEY = "k3y-0123456789-abcdef"
BESIDE = {
    "DATABASE_PASSWORD": {"DATABASE_HOST": "db", "DATABASE_USER": "u", "DATABASE_DB_NAME": "s"},
    "OIDC_CLIENT_SECRET": {
        "OIDC_ISSUER": "https://idp.example",
        "OIDC_CLIENT_ID": "directory",
        "PUBLIC_ADDRESS": "https://people.example.com",
    },
}


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with mock_aws():
        yield


def keep(name: str, value: str) -> str:
    """Keep it in both; the ARN in Secrets Manager."""
    ssm = boto3.client("ssm", region_name=REGION)
    ssm.put_parameter(Name=f"/directory/{name}", Value=value, Type="SecureString")
    manager = boto3.client("secretsmanager", region_name=REGION)
    arn = str(manager.create_secret(Name=f"directory/{name}", SecretString=value)["ARN"])
    ssm.close()
    manager.close()
    return arn


def settings_of(**env: str) -> Settings:
    return load_settings({"AWS_DEFAULT_REGION": REGION, **env})


@pytest.mark.usefixtures("aws")
def test_a_secret_is_read_where_it_is_kept() -> None:
    arn = keep("key", KEY)
    for reference in (
        "ssm:/directory/key",
        "secretsmanager:directory/key",
        f"secretsmanager:{arn}",
    ):
        settings = settings_of(SECRET_KEY=reference)
        assert settings.secret_keys == (KEY,)
        assert settings.problems == ()
        assert any("SECRET_KEY was read at the start" in note for note in settings.notes)
        assert KEY not in repr(settings) + "".join(settings.notes)
    assert load_settings({"SECRET_KEY": f"secretsmanager:{arn}"}).secret_keys == (KEY,)


@pytest.mark.usefixtures("aws")
def test_a_key_of_json_is_one_secret_of_several() -> None:
    keep("db", json.dumps({"username": "ada", "password": "p$<>'\"#", "port": 3306}))
    env = BESIDE["DATABASE_PASSWORD"]
    for keeper in ("ssm:/directory/db", "secretsmanager:directory/db"):
        settings = settings_of(DATABASE_PASSWORD=f"{keeper}#password", **env)
        assert settings.database_url == "mysql+pymysql://u:p%24%3C%3E%27%22%23@db/s"
        (problem,) = settings_of(DATABASE_PASSWORD=keeper, **env).problems
        assert "it has the keys password, port, username: name one" in problem
        for key in ("nobody", "port"):
            (problem,) = settings_of(DATABASE_PASSWORD=f"{keeper}#{key}", **env).problems
            assert f"it has no text under the key {key}" in problem


@pytest.mark.usefixtures("aws")
@pytest.mark.parametrize(
    ("name", "read"),
    [
        ("SETUP_CODE", lambda settings: settings.sign_in.setup_code),
        ("OIDC_CLIENT_SECRET", lambda settings: settings.sign_in.oidc.client_secret),
        ("DATABASE_URL", lambda settings: settings.database_url),
        ("METRICS_TOKEN", lambda settings: settings.monitoring.token),
    ],
)
def test_each_setting_that_is_a_secret_may_be_kept_elsewhere(name: str, read: Any) -> None:
    keep("any", "blue-otter-73-lamp")
    settings = settings_of(**{name: "ssm:/directory/any"}, **BESIDE.get(name, {}))
    assert read(settings) == "blue-otter-73-lamp"


def failing(error: Exception) -> Any:
    def ask(*_: object) -> str:
        raise error

    return ask


def refusal(code: str, message: str = "") -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": message}}, "GetParameter")


FAILURES = [
    (refusal("AccessDeniedException", "not authorized"), "allow ssm:GetParameter on it"),
    (refusal("AccessDeniedException", "The ciphertext, KMS key"), "allow kms:Decrypt on the key"),
    (refusal("InvalidKeyId"), "allow kms:Decrypt"),
    (refusal("ParameterNotFound"), "there is none of this name in us-west-2"),
    (refusal("ExpiredTokenException"), "ExpiredTokenException: run flask doctor"),
    (NoCredentialsError(), "give this machine a role"),
    (ConnectTimeoutError(endpoint_url="https://x"), "let this machine reach AWS over HTTPS"),
    (ValueError("Invalid endpoint"), "ValueError"),
]


@pytest.mark.parametrize(("error", "reason"), FAILURES)
def test_why_a_secret_cannot_be_read_is_told_with_what_to_do(monkeypatch, error, reason) -> None:
    monkeypatch.setattr(secret_values, "_ask", failing(error))
    (problem,) = settings_of(SECRET_KEY="ssm:/directory/key").wrong_values
    assert problem.startswith(
        "SECRET_KEY names the parameter /directory/key in Parameter Store, which could not be read"
    )
    assert reason in problem


@pytest.mark.usefixtures("aws")
@pytest.mark.parametrize(
    ("reference", "reason"),
    [
        ("ssm:/directory/nobody", "ParameterNotFound: there is none of this name in us-west-2"),
        ("secretsmanager:nobody", "ResourceNotFoundException: there is none of this name"),
    ],
)
def test_a_name_that_nothing_has_is_told(reference: str, reason: str) -> None:
    (problem,) = settings_of(SECRET_KEY=reference).wrong_values
    assert reason in problem


def test_without_a_region_nothing_is_asked() -> None:
    (problem,) = load_settings({"SECRET_KEY": "ssm:/directory/key"}).wrong_values
    assert "no region is set: set AWS_DEFAULT_REGION" in problem


def test_a_service_that_hangs_holds_up_no_start(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def hang(_: object, reference: Any, __: str) -> str:
        asked.append(reference.setting)
        if reference.setting == "SECRET_KEY":
            return KEY
        time.sleep(30)
        return ""

    monkeypatch.setattr(secret_values, "_ask", hang)
    references = find_references({"SETUP_CODE": "ssm:/a", "SECRET_KEY": "ssm:/b"})
    kept = read_secrets(references, REGION, seconds=0.3)
    assert asked == ["SECRET_KEY", "SETUP_CODE"]
    assert kept.values == {"SECRET_KEY": KEY}
    assert "AWS did not answer within 0.3 seconds" in kept.unreadable["SETUP_CODE"]


@pytest.mark.parametrize(
    ("name", "status"),
    [("SECRET_KEY", 503), ("DATABASE_URL", 503), ("DATABASE_PASSWORD", 503), ("SETUP_CODE", 200),
     ("OIDC_CLIENT_SECRET", 200), ("METRICS_TOKEN", 200)],
)  # fmt: skip
def test_without_its_secret_the_directory_starts_and_nothing_insecure_stands_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, status: int
) -> None:
    monkeypatch.setattr(secret_values, "_ask", failing(refusal("AccessDeniedException")))
    reference = "ssm:/directory/any"
    env = {"INSTANCE_FOLDER": str(tmp_path), **BESIDE.get(name, {}), name: reference}
    settings = settings_of(**env)
    app = app_for_people(settings)
    client = app.test_client()
    answer = client.get("/", follow_redirects=True)
    assert answer.status_code == status
    assert f"{name} names" in answer.text
    assert client.get("/healthz").status_code == 200
    readiness = client.get("/readyz")
    assert readiness.status_code == status
    assert name in readiness.text
    assert reference not in (*settings.secret_keys, settings.sign_in.setup_code)
    assert reference not in settings.database_url + settings.monitoring.token
    doctor = app.test_cli_runner().invoke(args=["doctor"])
    assert doctor.exit_code == 1
    assert settings.wrong_values[0] in doctor.output


def test_the_environment_alone_is_no_secret_that_is_kept_elsewhere() -> None:
    settings = Settings.from_env({"SECRET_KEY": "ssm:/directory/secret-key"})
    assert settings.secret_keys == ()
    assert settings.secret_key_problem
