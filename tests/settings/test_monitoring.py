"""Who may read /metrics; a mistake leaves it off and is told, and the start goes on."""

from __future__ import annotations

import pytest

from app.settings import Settings
from app.settings.monitoring import DEFAULT_SERVICE, Monitoring

TOKEN = "kP4v9QzR7tLw2XbN"


def read(**env: str) -> tuple[Monitoring, tuple[str, ...]]:
    settings = Settings.from_env(env)
    return settings.monitoring, settings.problems


def test_all_is_off_unless_it_is_set() -> None:
    monitoring, problems = read()
    assert monitoring == Monitoring()
    assert not monitoring.is_served
    assert not monitoring.in_log
    assert monitoring.service == DEFAULT_SERVICE
    assert problems == ()


@pytest.mark.parametrize(
    "env", [{"METRICS_TOKEN": TOKEN}, {"METRICS_FROM": "10.0.0.0/8"}, {"METRICS_FROM": "::1"}]
)
def test_a_token_or_a_network_serves_it(env: dict[str, str]) -> None:
    monitoring, problems = read(**env)
    assert monitoring.is_served
    assert problems == ()


@pytest.mark.parametrize(
    "env",
    [
        {"METRICS_TOKEN": "short"},
        {"METRICS_TOKEN": "a" * 32},
        {"METRICS_TOKEN": "kP4v9QzR 7tLw2XbN"},
        {"METRICS_TOKEN": "kP4v9QzR7tLw2Xb\u00e9"},
        {"METRICS_TOKEN": "<TOKEN>"},
        {"METRICS_FROM": "10.0.0.0/33"},
        {"METRICS_FROM": "10.0.0.1/8"},
        {"METRICS_FROM": "the office"},
        {"METRICS_FROM": "0.0.0.0/0"},
        {"METRICS_FROM": "::/0"},
        {"METRICS_FROM": "${VPC}"},
        {"METRICS_FROM": ",".join(["10.0.0.1"] * 51)},
        {"METRICS_FROM": "10.0.0.0/8", "METRICS_TOKEN": "short"},
        {"METRICS_FROM": "nowhere", "METRICS_TOKEN": TOKEN},
    ],
    ids=str,
)
def test_a_mistake_leaves_it_off_and_is_told_without_the_token(env: dict[str, str]) -> None:
    monitoring, problems = read(**env)
    assert not monitoring.is_served
    assert problems
    token = env.get("METRICS_TOKEN", "")
    assert token.startswith("<") or not token or all(token not in each for each in problems)


def test_the_token_is_not_in_what_is_printed_of_settings() -> None:
    assert TOKEN not in repr(Settings.from_env({"METRICS_TOKEN": TOKEN}).monitoring)


@pytest.mark.parametrize(
    ("peer", "is_let_in"),
    [
        ("10.1.2.3", True),
        ("::ffff:10.1.2.3", True),
        ("192.0.2.7", True),
        ("192.0.2.8", False),
        ("fd00::1", True),
        ("", False),
        ("unix:", False),
        ("10.1.2.3, 10.1.2.4", False),
    ],
)
def test_addresses_are_judged_by_the_networks(peer: str, is_let_in: bool) -> None:
    monitoring, _ = read(METRICS_FROM="10.0.0.0/8, 192.0.2.7 fd00::/8")
    assert monitoring.lets_in(peer) is is_let_in


@pytest.mark.parametrize("name", ["people", "My directory-2", "prod/people"])
def test_the_name_of_the_service(name: str) -> None:
    monitoring, problems = read(SERVICE_NAME=name, METRICS_LOG="on")
    assert (monitoring.service, monitoring.in_log, problems) == (name, True, ())


@pytest.mark.parametrize("name", ["a" * 101, "line\nbreak", "caf\u00e9", '"'])
def test_another_name_is_not_used(name: str) -> None:
    monitoring, problems = read(SERVICE_NAME=name)
    assert monitoring.service == DEFAULT_SERVICE
    assert len(problems) == 1
