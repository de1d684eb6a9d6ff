"""Once a minute one worker of a machine tells what happened since the last line."""

from __future__ import annotations

import logging
import time
from pathlib import Path
from typing import Any

import pytest

from app.metrics.emf import MetricsLog
from app.metrics.minutes import MinuteLine
from app.metrics.requests import BUSY_SERVER, PROBES, RequestMetrics
from app.model.errors import StorageUnavailable
from app.runtime.runtime_dir import RuntimeDir
from tests.metrics.test_jobs import told
from tests.support.in_time import assert_ends_within


class Machine:
    """A machine with a clock of its own."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = time.monotonic()
        self.is_full = False
        self.waiting: int | Exception = 0
        monkeypatch.setattr("app.metrics.minutes.time.monotonic", lambda: self.now)
        self.requests = RequestMetrics(["employees", "org"])
        self.minutes = MinuteLine(
            RuntimeDir(folder),
            MetricsLog("people", is_on=True),
            self.requests,
            lambda: self.is_full,
            self._waiting,
        )

    def _waiting(self) -> int:
        if isinstance(self.waiting, Exception):
            raise self.waiting
        return self.waiting

    def minute(self) -> None:
        for _ in range(4):
            self.now += 15
            self.minutes.run_once()


@pytest.fixture
def machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> Machine:
    caplog.set_level(logging.INFO, logger="app")
    return Machine(tmp_path, monkeypatch)


def line(**changes: Any) -> dict[str, Any]:
    quiet = dict.fromkeys(
        ("Requests", "ServerErrors", "Unavailable", "DiskFullSeconds", "ImportsStopped"), 0
    )
    return quiet | changes


def test_a_line_has_what_happened_since_the_last(
    machine: Machine, caplog: pytest.LogCaptureFixture
) -> None:
    machine.requests.ended("employees", "GET", 200, 0.02)
    machine.requests.ended("employees", "GET", 200, 0.04)
    machine.requests.ended("org", "POST", 503, 1.5, "the database")
    machine.requests.ended("elsewhere", "PATCH", 500, 0.001)
    machine.minute()
    (first,) = told(caplog)
    assert first == line(
        Requests=4, ServerErrors=2, Unavailable=1, RequestSeconds=[0.001, 0.02, 0.04, 1.5]
    )
    machine.minute()
    assert told(caplog) == [line()]


def test_probes_are_not_counted_and_what_the_server_refuses_is(
    machine: Machine, caplog: pytest.LogCaptureFixture
) -> None:
    machine.requests.ended(PROBES, "GET", 503, 0.9, "the database")
    machine.requests.refused(BUSY_SERVER)
    machine.minute()
    assert told(caplog) == [line(Requests=1, ServerErrors=1, Unavailable=1)]


def test_the_next_worker_goes_on_where_the_last_one_stopped(
    machine: Machine, caplog: pytest.LogCaptureFixture
) -> None:
    machine.requests.ended("org", "GET", 200, 0.02)
    machine.minute()
    assert told(caplog)[0]["Requests"] == 1
    machine.minutes._told_at -= 600  # as in a worker that was forked long ago
    machine.requests.ended("org", "GET", 200, 0.03)
    machine.now += 1
    machine.minutes.run_once()
    assert told(caplog) == [line(Requests=1, RequestSeconds=[0.03])]


def test_a_full_disk_is_told_in_seconds(machine: Machine, caplog: pytest.LogCaptureFixture) -> None:
    machine.is_full = True
    machine.now += 15
    machine.minutes.run_once()
    machine.is_full = False
    machine.minute()
    machine.minute()
    assert [line["DiskFullSeconds"] for line in told(caplog)] == [15, 0]


def test_imports_that_nobody_works_on_are_told_after_five_minutes(
    machine: Machine, caplog: pytest.LogCaptureFixture
) -> None:
    machine.waiting = 2
    for _ in range(7):
        machine.minute()
    machine.waiting = StorageUnavailable("the database", reason="away")
    machine.minute()
    machine.waiting = 0
    machine.minute()
    assert [line["ImportsStopped"] for line in told(caplog)] == [0, 0, 0, 0, 0, 2, 2, 0, 0]


def test_nothing_begins_without_the_setting(tmp_path: Path) -> None:
    requests = RequestMetrics([])
    log = MetricsLog("people", is_on=False)
    minutes = MinuteLine(RuntimeDir(tmp_path), log, requests, lambda: False, lambda: 0)
    minutes.begin()
    assert minutes._pid == 0


def test_counting_costs_a_request_some_microseconds() -> None:
    requests = RequestMetrics(["employees"])

    def count_requests() -> None:
        for _ in range(20_000):
            requests.begin()
            requests.ended("employees", "GET", 200, 0.02)

    assert_ends_within(20_000 * 50e-6, count_requests)
    assert requests.answered() % 20_000 == 0
