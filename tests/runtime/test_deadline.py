"""One deadline bounds all calls of a request, in every thread its own."""

from __future__ import annotations

import time
from contextvars import Context
from threading import Thread

from app.runtime import deadline


def test_without_a_deadline_there_is_no_end() -> None:
    assert Context().run(deadline.remaining) == float("inf")


def test_a_deadline_runs_down_and_never_below_zero() -> None:
    def spend() -> tuple[float, float]:
        deadline.start(5)
        before = deadline.remaining()
        deadline.start(-1)
        return before, deadline.remaining()

    before, after = Context().run(spend)
    assert 4 < before <= 5
    assert after == 0.0


def test_an_inner_limit_never_exceeds_what_is_left_outside() -> None:
    def nest() -> tuple[float, float, float]:
        deadline.start(5)
        with deadline.within(60):
            capped = deadline.remaining()
        with deadline.within(1):
            shorter = deadline.remaining()
        return capped, shorter, deadline.remaining()

    capped, shorter, afterwards = Context().run(nest)
    assert capped <= 5
    assert shorter <= 1
    assert 4 < afterwards <= 5


def test_another_thread_has_no_part_in_it() -> None:
    seen: list[float] = []

    def start_here() -> None:
        deadline.start(5)
        thread = Thread(target=lambda: seen.append(deadline.remaining()))
        thread.start()
        thread.join()

    Context().run(start_here)
    assert seen == [float("inf")]


def test_the_wait_for_a_thread_counts() -> None:
    def of_a_request_that_waited(seconds: float) -> float:
        deadline.begin_at(time.monotonic() - seconds)
        deadline.start_request(8.0)
        return deadline.remaining()

    assert Context().run(of_a_request_that_waited, 0.0) > 7.9
    assert 2.9 < Context().run(of_a_request_that_waited, 5.0) <= 3.0
    assert Context().run(of_a_request_that_waited, 9.0) == 0.0


def test_the_next_part_of_a_long_request_has_its_own_time() -> None:
    def of_a_part_after(seconds: float) -> float:
        deadline.begin_at(time.monotonic() - seconds)
        deadline.start_request(8.0)
        deadline.start(8.0)
        return deadline.remaining()

    assert 7.9 < Context().run(of_a_part_after, 60.0) <= 8.0
