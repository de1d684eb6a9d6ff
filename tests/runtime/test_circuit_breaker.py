"""While a store hangs, calls fail at once; a probe a second finds out when it answers again."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from threading import Event

import pytest

from app.runtime import circuit_breaker, deadline
from app.runtime.circuit_breaker import (
    ERROR_SECONDS,
    HANG_SECONDS,
    PROBE_SECONDS,
    WAIT_SECONDS,
    CircuitBreaker,
)
from tests.support.in_time import LATE, assert_ends_within, wait_until


class Store:
    """Answers probes as the test says, and counts them."""

    def __init__(self) -> None:
        self.answers = False
        self.probed_at: list[float] = []
        self.hang = Event()
        self.hang.set()

    def probe(self) -> bool:
        self.probed_at.append(time.monotonic())
        answers = self.answers
        self.hang.wait(60)
        return answers


@pytest.fixture
def store() -> Iterator[Store]:
    """The deadline of a request is set for the calls of the test."""
    deadline.start(8.0)
    made = Store()
    yield made
    made.answers = True
    made.hang.set()


@pytest.fixture
def breaker(store: Store) -> Iterator[CircuitBreaker]:
    made = CircuitBreaker("the store", store.probe)
    yield made
    store.answers = True
    store.hang.set()
    made.succeeded()


def hang(breaker: CircuitBreaker, seconds: float = 2.0) -> None:
    """A call that began so long ago ends without an answer."""
    breaker.failed(time.monotonic() - seconds, "no response")


def test_a_circuit_lets_calls_pass(breaker: CircuitBreaker, store: Store) -> None:
    assert breaker.refusal() is None
    breaker.succeeded()
    assert breaker.refusal() is None
    assert store.probed_at == []


def test_after_a_hang_calls_fail_at_once_and_say_why(breaker: CircuitBreaker) -> None:
    hang(breaker)
    for _ in range(3):
        began = time.monotonic()
        assert breaker.refusal() == "no response; asked again each second"
        assert time.monotonic() - began < WAIT_SECONDS + LATE


def test_one_slow_call_among_answered_ones_opens_nothing(
    breaker: CircuitBreaker, store: Store
) -> None:
    breaker.succeeded()
    hang(breaker)
    assert not breaker.is_open
    assert store.probed_at == []


def test_an_answer_before_the_silence_does_not_keep_it_closed(store: Store) -> None:
    now = [100.0]
    breaker = CircuitBreaker("the store", store.probe, lambda: now[0])
    breaker.succeeded()
    now[0] += 2.0
    breaker.failed(99.9, "no response")  # it began before the last answer came
    assert breaker.is_open
    store.answers = True
    wait_until(lambda: not breaker.is_open)


def test_quick_failures_open_it_when_nothing_else_came_for_seconds(store: Store) -> None:
    now = [100.0]
    breaker = CircuitBreaker("the store", store.probe, lambda: now[0])
    for second in range(int(ERROR_SECONDS)):
        now[0] = 100.0 + second
        breaker.failed(now[0], "an internal error")
        assert not breaker.is_open
    now[0] = 100.0 + ERROR_SECONDS
    breaker.failed(now[0], "an internal error")
    assert breaker.is_open
    breaker.succeeded()
    breaker.failed(now[0], "an internal error")
    assert not breaker.is_open


def test_a_refused_connection_opens_nothing(breaker: CircuitBreaker) -> None:
    breaker.failed(time.monotonic() - HANG_SECONDS / 2, "refused")
    assert breaker.refusal() is None


def test_a_false_alarm_costs_no_call(breaker: CircuitBreaker, store: Store) -> None:
    store.answers = True
    hang(breaker)
    with ThreadPoolExecutor(8) as threads:
        calls = [threads.submit(copy_context().run, breaker.refusal) for _ in range(8)]
        assert [call.result(60) for call in calls] == [None] * 8


def test_the_first_call_after_a_recovery_passes_and_waits_for_less_than_a_second(
    breaker: CircuitBreaker, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    hang(breaker)
    assert breaker.refusal()
    store.answers = True
    # The thread of the probe may get the processor late, where other tests take it.
    monkeypatch.setattr("app.runtime.circuit_breaker.WAIT_SECONDS", WAIT_SECONDS + LATE)
    began = time.monotonic()
    assert breaker.refusal() is None
    assert time.monotonic() - began < PROBE_SECONDS + LATE
    assert not breaker.is_open


def test_one_call_waits_and_the_others_fail_at_once(breaker: CircuitBreaker) -> None:
    hang(breaker)
    assert breaker.refusal(), "all calls wait for the first probe"

    def wait() -> float:
        began = time.monotonic()
        assert breaker.refusal()
        return time.monotonic() - began

    with ThreadPoolExecutor(8) as threads:
        calls = [threads.submit(copy_context().run, wait) for _ in range(8)]
        waits = sorted(call.result(60) for call in calls)
    assert waits[6] < WAIT_SECONDS <= waits[7]


def test_it_probes_each_second_also_while_a_probe_hangs(
    breaker: CircuitBreaker, store: Store
) -> None:
    store.hang.clear()
    hang(breaker)
    wait_until(lambda: len(store.probed_at) == 4)
    first, *_, last = store.probed_at
    assert 3 * PROBE_SECONDS <= last - first < 3 * PROBE_SECONDS + LATE
    store.hang.set()
    store.answers = True
    wait_until(lambda: not breaker.is_open)


def test_a_late_answer_closes_it(breaker: CircuitBreaker, store: Store) -> None:
    hang(breaker)
    breaker.succeeded()
    assert breaker.refusal() is None
    wait_until(lambda: store.probed_at)
    probes = len(store.probed_at)
    time.sleep(2 * PROBE_SECONDS)
    assert len(store.probed_at) <= probes + 1, "nothing is probed any more"


def test_calls_without_a_deadline_neither_open_it_nor_are_refused(
    breaker: CircuitBreaker, store: Store
) -> None:
    deadline.start(float("inf"))
    hang(breaker, 600)
    assert not breaker.is_open
    deadline.start(8.0)
    hang(breaker)
    deadline.start(float("inf"))
    assert breaker.is_open
    assert breaker.refusal() is None


def test_what_nobody_asks_is_not_probed_for_ever(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(circuit_breaker, "IDLE_SECONDS", 0.2)
    breaker = CircuitBreaker("the store", store.probe)
    hang(breaker)
    wait_until(lambda: not breaker.is_open)
    probes = len(store.probed_at)
    time.sleep(PROBE_SECONDS)
    assert len(store.probed_at) == probes
    hang(breaker)
    assert breaker.is_open, "the next call has tried it again"


def test_a_call_waits_no_longer_than_its_deadline(breaker: CircuitBreaker) -> None:
    hang(breaker)

    def call() -> None:
        deadline.start(0.05)
        assert breaker.refusal()

    assert_ends_within(WAIT_SECONDS, call)


def test_opening_and_closing_is_logged_once(store: Store, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    breaker = CircuitBreaker("a store of its own", store.probe)
    hang(breaker)
    hang(breaker)
    store.answers = True

    def told() -> list[str]:
        messages = (record.getMessage() for record in caplog.records)
        return [each for each in messages if "of its own" in each]

    wait_until(lambda: len(told()) == 2)  # it is closed a moment before that is told
    assert not breaker.is_open
    assert told() == [
        "a store of its own does not respond, so calls fail at once: no response",
        "a store of its own responds again",
    ]
