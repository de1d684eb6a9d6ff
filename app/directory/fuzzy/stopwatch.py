"""Measure the cost of a search."""

from __future__ import annotations

import time
from typing import NamedTuple


class Cost(NamedTuple):
    """Elapsed time and CPU time of this thread, in seconds; also a point in both times."""

    seconds: float
    cpu_seconds: float

    @classmethod
    def now(cls) -> Cost:
        """Return the current point in time, from which ``since`` measures."""
        return cls(time.monotonic(), time.thread_time())

    def since(self) -> Cost:
        """Return the cost from this point in time until now."""
        now = Cost.now()
        return Cost(now.seconds - self.seconds, now.cpu_seconds - self.cpu_seconds)

    def exceeds(self, limit: Cost) -> bool:
        """Return whether either time is greater than the limit."""
        return self.seconds > limit.seconds or self.cpu_seconds > limit.cpu_seconds
