"""What a search takes: time by the clock, and CPU."""

from __future__ import annotations

import time
from typing import NamedTuple


class Spent(NamedTuple):
    """What a search took: by the clock, and of this thread's CPU."""

    seconds: float
    cpu_seconds: float

    @classmethod
    def by_now(cls) -> Spent:
        """To be taken away from what is spent by then."""
        return cls(time.monotonic(), time.thread_time())

    def since(self) -> Spent:
        """What was spent from here to now."""
        now = Spent.by_now()
        return Spent(now.seconds - self.seconds, now.cpu_seconds - self.cpu_seconds)

    def exceeds(self, most: Spent) -> bool:
        """Whether either is more."""
        return self.seconds > most.seconds or self.cpu_seconds > most.cpu_seconds
