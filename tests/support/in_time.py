"""Promises about time, held on a machine that is busy with other things."""

import time
from collections.abc import Callable

TRIES = 3
# What a busy machine may add to what takes seconds in several processes.
LATE = 6.0


def assert_ends_within(seconds: float, action: Callable[[], object]) -> None:
    """A busy machine makes a try late, so one try in time will do: late code is late each time."""
    taken: list[float] = []
    while len(taken) < TRIES and (not taken or taken[-1] >= seconds):
        began = time.monotonic()
        action()
        taken.append(time.monotonic() - began)
    assert min(taken) < seconds, f"took {taken} seconds, and is promised to end within {seconds}"


def wait_until(is_so: Callable[[], object], seconds: float = 60) -> None:
    """Return once it is so; fail where it is not within a time that no busy machine needs."""
    ends = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < ends, f"not so within {seconds:g} s"
        time.sleep(0.02)
