"""The doctor says whether this machine reaches the keys of the load balancer."""

from __future__ import annotations

from urllib.error import URLError

import pytest

from app.contracts.checks import State
from app.settings import Settings
from app.web.sign_in import balancer_health
from app.web.sign_in.balancer_health import balancer_checks
from tests.support.balancer import KEYS, SETTINGS, Balancer


def test_without_a_balancer_there_is_nothing_to_check() -> None:
    assert balancer_checks(Settings.from_env({})) == []


def test_that_there_is_no_such_key_is_an_answer() -> None:
    balancer = Balancer()
    (check,) = balancer_checks(Settings.from_env(SETTINGS), balancer.fetch)
    assert check.run().state is State.OK
    (asked,) = balancer.asked
    assert asked.startswith(KEYS)


def test_no_answer_is_a_failure_with_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    balancer = Balancer()
    balancer.failure = URLError("timed out")
    (check,) = balancer_checks(Settings.from_env(SETTINGS), balancer.fetch)
    finding = check.run()
    assert finding.state is State.FAILED
    assert "timed out" in finding.message
    assert finding.fix_command.startswith(f"curl -sS -m 5 {KEYS}")
    monkeypatch.setattr(balancer_health, "TIMEOUT_SECONDS", 0.0)
    assert check.run().state is State.FAILED
