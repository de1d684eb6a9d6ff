"""What a search takes: time by the clock, and CPU."""

from __future__ import annotations

import time
from typing import NamedTuple


class Cost(NamedTuple):
    """What a search took: by the clock, and of this thread's CPU."""

    seconds: float
    cpu_seconds: float

    @classmethod
    def now(cls) -> Cost:
        """To be taken away from what is spent by then."""
        return cls(time.monotonic(), time.thread_time())

    def since(self) -> Cost:
        """What was spent from here to now."""
        now = Cost.now()
        return Cost(now.seconds - self.seconds, now.cpu_seconds - self.cpu_seconds)

    def exceeds(self, most: Cost) -> bool:
        """Whether either is more."""
        return self.seconds > most.seconds or self.cpu_seconds > most.cpu_seconds
