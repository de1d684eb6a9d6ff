"""Each request has an id, a trusted proxy's or our own, and so has each line of its log."""

from __future__ import annotations

import json
import logging
import re
from pathlib import Path

import pytest
from flask import Flask, abort

from app.model.errors import StorageUnavailable
from app.runtime import log_context
from tests.support.small_app import small_app

OURS = re.compile(r"[0-9a-f]{16}")
ROOT = "1-67891233-abcdef012345678912345678"
log = logging.getLogger("app.of_this_test")


@pytest.fixture
def behind(tmp_path: Path) -> Flask:
    """An application behind a proxy, with addresses that log and fail."""
    return with_failures(small_app(tmp_path, TRUSTED_PROXIES="1"))


def with_failures(app: Flask) -> Flask:
    @app.get("/warns")
    def warns() -> str:
        log.warning("something is odd")
        return "ok"

    @app.get("/odd")
    def odd() -> str:
        abort(400)

    @app.get("/away")
    def away() -> str:
        raise StorageUnavailable("the database", "dynamodb:Query", "Employees", "refused")

    @app.get("/fails")
    def fails() -> str:
        raise RuntimeError("secret detail")

    return app


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, str]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


@pytest.mark.parametrize("sent", ["Root-7f3a.1-b_2", "0123456789abcdef" * 4, "a" * 8])
def test_the_id_of_a_trusted_proxy_is_kept(
    behind: Flask, sent: str, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = behind.test_client().get("/warns", headers={"X-Request-Id": sent})
    assert answer.headers.getlist("X-Request-Id") == [sent]
    told = lines(capsys)
    assert [line["message"] for line in told] == ["something is odd", "request"]
    assert {line["request_id"] for line in told} == {sent}


@pytest.mark.parametrize(
    "sent",
    [
        "",
        "short",
        "a" * 65,
        "<script>alert(1)</script>",
        "with space 0",
        'quote"0123456',
        '{"level": "error"}',
        "-begins-with-a-dash",
        "é" * 10,
        "0123456789abcdef, 0123456789abcdef",
        "a" * 100_000,
    ],
    ids=lambda sent: sent[:20],
)
def test_anything_else_is_replaced(
    behind: Flask, sent: str, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = behind.test_client().get(
        "/warns", headers={"X-Request-Id": sent.encode().decode("latin-1")}
    )
    assert OURS.fullmatch(answer.headers["X-Request-Id"])
    assert {line["request_id"] for line in lines(capsys)} == {answer.headers["X-Request-Id"]}


def test_nobody_else_chooses_an_id_or_a_trace(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sent = {"X-Request-Id": "0123456789abcdef", "X-Amzn-Trace-Id": f"Root={ROOT}"}
    client = with_failures(small_app(tmp_path)).test_client()
    answers = [client.get("/warns", headers=sent) for _ in range(2)]
    ids = {answer.headers["X-Request-Id"] for answer in answers}
    assert len(ids) == 2
    assert "0123456789abcdef" not in ids
    assert all("trace_id" not in line for line in lines(capsys))


@pytest.mark.parametrize(
    ("sent", "logged"),
    [
        (f"Root={ROOT}", ROOT),
        (f"Self=1-67891234-12456789abcdef0123456789;Root={ROOT};Sampled=1", ROOT),
        (f"Self=1-67891234-12456789abcdef0123456789; Root={ROOT}", ROOT),
        (f"Root={ROOT};CalledFrom=app", ROOT),
        ("", None),
        (f"XRoot={ROOT}", None),
        (f"Root={ROOT}0", None),
        ("Root=2-67891233-abcdef012345678912345678", None),
        ('Root=1-67891233-"level": "error"', None),
        (f"Root={ROOT};" + "x" * 500, None),
    ],
)  # fmt: skip
def test_the_root_of_a_trace_is_in_each_line(
    behind: Flask, sent: str, logged: str | None, capsys: pytest.CaptureFixture[str]
) -> None:
    behind.test_client().get("/warns", headers={"X-Amzn-Trace-Id": sent})
    assert [line.get("trace_id") for line in lines(capsys)] == [logged] * 2


@pytest.mark.parametrize(("address", "status"), [("/away", 503), ("/fails", 500)])
def test_pages_of_errors_and_each_of_their_lines_have_the_id(
    behind: Flask, address: str, status: int, capsys: pytest.CaptureFixture[str]
) -> None:
    sent = {"X-Request-Id": "balancer-0001", "X-Amzn-Trace-Id": f"Root={ROOT}"}
    answer = behind.test_client().get(address, headers=sent)
    assert answer.status_code == status
    assert "balancer-0001" in answer.text
    told = lines(capsys)
    assert len(told) == 2
    assert {(line["request_id"], line["trace_id"]) for line in told} == {("balancer-0001", ROOT)}


def test_a_request_that_cannot_be_read_is_told_with_its_id(behind: Flask) -> None:
    answer = behind.test_client().get("/odd")
    assert answer.status_code == 400
    assert answer.headers["X-Request-Id"] in answer.text


def test_lines_after_the_end_have_no_id(capsys: pytest.CaptureFixture[str]) -> None:
    log_context.begin({"request_id": "0123456789abcdef"})
    log.warning("inside")
    log_context.end()
    log.warning("outside")
    assert [line.get("request_id") for line in lines(capsys)] == ["0123456789abcdef", None]
