"""Limits of how often somebody may do something, in the memory of a process."""

import ipaddress
import threading
import time
from collections.abc import Callable

_MAX_KEYS = 10_000
_MAX_KEY_CHARACTERS = 64
_NETWORK_OF_A_HOUSEHOLD = 64


class RateLimit:
    """A token bucket for each key: ``burst`` at once, then ``per_minute``.

    Of more than ``max_keys`` keys, those that were used longest ago are forgotten.
    """

    def __init__(
        self,
        per_minute: float,
        burst: float,
        clock: Callable[[], float] = time.monotonic,
        max_keys: int = _MAX_KEYS,
    ) -> None:
        self._per_second = per_minute / 60
        self._burst = burst
        self._clock = clock
        self._max_keys = max_keys
        self._lock = threading.Lock()
        self._buckets: dict[str, tuple[float, float]] = {}

    def wait_of(self, key: str) -> float:
        """Return the seconds until there is a token, 0 if there is one; take none."""
        with self._lock:
            now = self._clock()
            tokens, since = self._buckets.get(key, (self._burst, now))
            return max(0.0, (1 - tokens) / self._per_second - (now - since))

    def take(self, key: str) -> float:
        """Take a token; return 0, or the seconds until there is one if there is none."""
        with self._lock:
            now = self._clock()
            tokens, since = self._buckets.pop(key, (self._burst, now))
            tokens = min(self._burst, tokens + (now - since) * self._per_second)
            wait = 0.0 if tokens >= 1 else (1 - tokens) / self._per_second
            self._buckets[key] = (tokens if wait else tokens - 1, now)
            while len(self._buckets) > self._max_keys:
                del self._buckets[next(iter(self._buckets))]
            return wait


def address_key(address: str | None) -> str:
    """Return what addresses of one household or machine have in common: IPv6 gives each 2^64."""
    try:
        parsed = ipaddress.ip_address(address or "")
    except ValueError:
        return (address or "unknown")[:_MAX_KEY_CHARACTERS]  # a proxy may forward anything
    if isinstance(parsed, ipaddress.IPv4Address):
        return str(parsed)
    if parsed.ipv4_mapped:
        return str(parsed.ipv4_mapped)
    network = ipaddress.IPv6Network((parsed, _NETWORK_OF_A_HOUSEHOLD), strict=False)
    return str(network)
