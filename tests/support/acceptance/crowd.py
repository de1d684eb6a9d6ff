"""A crowd of browsers that ask again and again, and what each was answered when, after how long."""

from __future__ import annotations

import itertools
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

import urllib3

PAUSE_SECONDS = 0.25
# Longer than any answer may take; what has not come by then counts as so late.
PATIENCE_SECONDS = 60.0
NO_ANSWER = 0


class Asked(NamedTuple):
    """One request: when it was sent (monotonic), and how long its answer took."""

    at: float
    address: str
    status: int
    seconds: float

    @property
    def answered_at(self) -> float:
        return self.at + self.seconds


class Crowd:
    """Browsers at one server, each with a connection of its own."""

    def __init__(self, url: str, addresses: Sequence[str], browsers: int) -> None:
        self._url = url
        self._addresses = addresses
        self._asked: list[Asked] = []
        self._leaving = threading.Event()
        self._threads = [
            threading.Thread(target=self._browse, args=(number,), daemon=True)
            for number in range(browsers)
        ]

    @contextmanager
    def asking(self) -> Iterator[Crowd]:
        """They come, and leave at the end, each with the answer to its last request."""
        for thread in self._threads:
            thread.start()
        try:
            yield self
        finally:
            self._leaving.set()
            for thread in self._threads:
                thread.join()

    def asked(self, since: float = 0.0, until: float = float("inf")) -> list[Asked]:
        """What was sent in this time and has been answered."""
        return [each for each in list(self._asked) if since <= each.at < until]

    def _browse(self, number: int) -> None:
        pool = urllib3.PoolManager(retries=False, timeout=PATIENCE_SECONDS)
        addresses = itertools.islice(itertools.cycle(self._addresses), number, None)
        with pool:
            while not self._leaving.wait(PAUSE_SECONDS):
                self._asked.append(_ask(pool, self._url, next(addresses)))


def _ask(pool: urllib3.PoolManager, url: str, address: str) -> Asked:
    began = time.monotonic()
    try:
        status = pool.request("GET", url + address, redirect=False).status
    except urllib3.exceptions.HTTPError:
        status = NO_ANSWER
    return Asked(began, address, status, time.monotonic() - began)


def slowest(asked: Sequence[Asked]) -> float:
    """The longest that any of these took, in seconds."""
    return max((each.seconds for each in asked), default=0.0)


def slowest_of_three(asked: Sequence[Asked]) -> float:
    """The longest that three in a row took at least: a busy machine makes one or two late."""
    seconds = [each.seconds for each in asked]
    return max(map(min, zip(seconds, seconds[1:], seconds[2:], strict=False)), default=0.0)


def statuses(asked: Sequence[Asked]) -> Counter[int]:
    return Counter(each.status for each in asked)


def summary(asked: Sequence[Asked]) -> str:
    """For the message of a failed assertion, and for people who measure."""
    seconds = sorted(each.seconds for each in asked) or [0.0]
    p50, p95 = seconds[len(seconds) // 2], seconds[len(seconds) * 95 // 100]
    return (
        f"{len(asked)} answers {dict(statuses(asked))}, p50 {p50:.2f} s, p95 {p95:.2f} s, "
        f"slowest {seconds[-1]:.2f} s"
    )
