"""Pauses between the attempts of a call: exponential backoff with full jitter."""

import random
import time

from app.runtime import deadline

_FIRST_SECONDS = 0.02
_MAX_SECONDS = 1.0


def pause(attempt: int, reserved_seconds: float = 0.0) -> bool:
    """Sleep after this attempt, the first being 1; return whether there is time for another.

    The pause is random and doubles on average, up to a second. If less than ``reserved_seconds`` of
    the deadline would remain after it, return False at once.
    """
    longest = min(_MAX_SECONDS, _FIRST_SECONDS * 2 ** min(attempt - 1, 10))
    seconds = random.uniform(0, longest)
    if deadline.remaining() - seconds < reserved_seconds:
        return False
    time.sleep(seconds)
    return True
