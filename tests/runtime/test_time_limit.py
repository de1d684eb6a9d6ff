"""A caller waits no longer than it wants."""

from __future__ import annotations

import threading

import pytest

from app.runtime.time_limit import call_within
from tests.support.in_time import assert_ends_within


def test_what_the_call_returns_or_raises_is_the_callers() -> None:
    assert call_within(5, lambda: 7, name="seven") == 7
    with pytest.raises(ZeroDivisionError):
        call_within(5, lambda: 1 // 0, name="nothing")


def test_a_call_that_hangs_is_given_up() -> None:
    goes_on = threading.Event()

    def wait() -> None:
        with pytest.raises(TimeoutError, match=r"within 0\.1 seconds"):
            call_within(0.1, goes_on.wait, name="hanging")

    assert_ends_within(2, wait)
    goes_on.set()
