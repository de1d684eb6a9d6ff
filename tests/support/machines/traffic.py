"""People reading pages while something is done to the machine, and what went wrong for them."""

import threading
import time
from collections.abc import Callable
from itertools import cycle

import urllib3

# Who is dropped is dropped before anything is read: a page now and then shows that pages come too.
PATHS = ("/", "/readyz", "/add", *("/healthz",) * 7)


class Traffic:
    """Two readers until the end: one keeps its connection, one comes anew for every page.

    They come often while it is ``dense``, and now and then before: each costs the processor that
    the machine needs.
    """

    def __init__(self, url: str, dense: Callable[[], bool]) -> None:
        self._url = url
        self._dense = dense
        self._ending = threading.Event()
        self._threads = [
            threading.Thread(target=self._read, args=(headers,))
            for headers in ({}, {"Connection": "close"})
        ]
        self.answers = 0
        self.slowest = 0.0
        self.failures: list[str] = []

    def __enter__(self) -> "Traffic":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ending.set()
        for thread in self._threads:
            thread.join()

    def _read(self, headers: dict[str, str]) -> None:
        with urllib3.PoolManager(headers=headers, retries=False, timeout=30) as pool:
            for path in cycle(PATHS):
                if self._ending.wait(0.1 if self._dense() else 0.5):
                    break
                began = time.monotonic()
                try:
                    status = pool.request("GET", f"{self._url}{path}", redirect=False).status
                except urllib3.exceptions.HTTPError as error:
                    self.failures.append(repr(error))
                    continue
                self.answers += 1
                self.slowest = max(self.slowest, time.monotonic() - began)
                if status not in (200, 303):  # which leads to the sign-in
                    self.failures.append(f"{path} {status}")
