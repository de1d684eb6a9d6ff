"""The lines of gunicorn say what was wrong with a request, and nothing that was in it."""

from __future__ import annotations

import logging

import pytest

from app.runtime.json_log import WithoutRequests

CODE = "K7QF-2MXD-9RWB"


def logged(message: str, *values: object) -> str:
    record = logging.LogRecord("gunicorn.error", logging.WARNING, "", 0, message, values, None)
    assert WithoutRequests().filter(record)
    return record.getMessage()


@pytest.mark.parametrize(
    ("message", "told"),
    [
        (f"ip=10.0.0.5: Invalid HTTP request line: '/setup/{CODE}'", "HTTP request line"),
        (f"ip=2001:db8::1: Invalid HTTP Version: '{CODE} HTTP/1.1'", "Invalid HTTP Version"),
        (f"ip=: Invalid HTTP Header: 'COOKIE DIRECTORY_WHO={CODE}'", "Invalid HTTP Header"),
        (f"ip=10.0.0.5: '{CODE}'", "10.0.0.5"),
    ],
)  # fmt: skip
def test_a_request_that_is_none_is_not_quoted(message: str, told: str) -> None:
    line = logged("Invalid request from %s", message)
    assert told in line
    assert CODE not in line


def test_the_address_of_a_request_that_failed_is_not_named() -> None:
    assert logged("Error handling request %s", f"/?q={CODE}") == "Error handling request …"


def test_other_lines_stay() -> None:
    assert logged("Booting worker with pid: %s", 7) == "Booting worker with pid: 7"
