"""A value is computed once for so many seconds, by one thread, however many ask."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from itertools import count
from threading import Event
from time import sleep

import pytest

from app.runtime.ttl import TtlValue
from tests.support.in_time import wait_until


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def value(clock: Clock) -> TtlValue[int]:
    return TtlValue(5.0, clock)


def test_a_value_is_computed_again_when_it_is_as_old_as_it_may_be(
    value: TtlValue[int], clock: Clock
) -> None:
    numbers = count()
    values = []
    for now in (100.0, 104.9, 105.0, 109.9, 110.0):
        clock.now = now
        values.append(value.get(lambda _: next(numbers)))
    assert values == [0, 0, 1, 1, 2]


def test_a_call_may_ask_for_another_age(value: TtlValue[int], clock: Clock) -> None:
    assert value.get(lambda _: 1) == 1
    clock.now += 7.0
    assert value.get(lambda _: 2, 60.0) == 1
    assert value.get(lambda _: 3, 0.0) == 3
    assert value.get(lambda _: 4, 0.0) == 4


def test_an_expired_value_is_computed_from_the_last_one(value: TtlValue[int]) -> None:
    assert value.last is None
    assert value.get(lambda last: -1 if last is None else last + 1) == -1
    value.expire()
    assert value.last == -1
    assert value.get(lambda last: -1 if last is None else last + 1) == 0


def test_what_cannot_be_computed_is_tried_again_at_once(value: TtlValue[int]) -> None:
    def fail(_: object) -> int:
        raise LookupError

    with pytest.raises(LookupError):
        value.get(fail)
    assert value.last is None
    assert value.get(lambda _: 1) == 1


def test_one_thread_computes_while_the_others_wait(value: TtlValue[int]) -> None:
    numbers = count()
    asked, go_on = Event(), Event()

    def compute(_: object) -> int:
        asked.set()
        assert go_on.wait(60)
        return next(numbers)

    with ThreadPoolExecutor(8) as threads:
        first = threads.submit(value.get, compute)
        assert asked.wait(60)
        others = [threads.submit(value.get, compute) for _ in range(7)]
        go_on.set()
        assert {each.result(60) for each in (first, *others)} == {0}
    assert next(numbers) == 1


def test_those_who_wait_share_the_exception_and_do_not_try_in_turn(value: TtlValue[int]) -> None:
    tries = count()
    asked, go_on = Event(), Event()

    def fail(_: object) -> int:
        next(tries)
        asked.set()
        assert go_on.wait(60)
        raise LookupError

    with ThreadPoolExecutor(8) as threads:
        first = threads.submit(value.get, fail)
        assert asked.wait(60)
        others = [threads.submit(value.get, fail) for _ in range(7)]
        wait_until(lambda: sum(each.running() for each in others) == 7)
        sleep(0.1)  # until they wait
        go_on.set()
        for each in (first, *others):
            with pytest.raises(LookupError):
                each.result(60)
    assert next(tries) == 1
    assert value.get(lambda _: 1) == 1


def test_what_must_not_be_old_is_not_shared(value: TtlValue[int]) -> None:
    numbers = count()
    asked, go_on = Event(), Event()

    def compute(_: object) -> int:
        asked.set()
        assert go_on.wait(60)
        return next(numbers)

    with ThreadPoolExecutor(2) as threads:
        first = threads.submit(value.get, compute)
        assert asked.wait(60)
        fresh = threads.submit(value.get, compute, 0.0)
        go_on.set()
        assert (first.result(60), fresh.result(60)) == (0, 1)
