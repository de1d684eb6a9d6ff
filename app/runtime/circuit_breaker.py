"""A circuit breaker: while a store hangs, calls to it fail at once and not after their timeouts.

Without one, every thread of a server waits for the store, and requests queue behind the threads.
"""

import logging
import math
import threading
import time
from collections.abc import Callable

from app.runtime import deadline
from app.runtime.store_counts import StoreCounter, StoreEvent

log = logging.getLogger(__name__)

# An attempt that got no answer for so long has hung; below the shortest connect timeout.
HANG_SECONDS = 0.9
# Quick failures, such as a status of 500, open the circuit after so long without any success.
ERROR_SECONDS = 5.0
PROBE_SECONDS = 1.0
# A call that waits for a probe brings it forward, so that it need not wait longer than this.
_MIN_PAUSE_SECONDS = 0.5
WAIT_SECONDS = 0.6
# A store that no call has asked for so long is not probed any more; the next call tries it again.
IDLE_SECONDS = 30.0


class _Outage:
    """One time for which the circuit is open."""

    def __init__(self, began: float, reason: str) -> None:
        self.began = began
        self.reason = reason
        self.ended = threading.Event()
        self.awaited = threading.Event()
        self.next_wait_at = began
        self.asked_at = began


class CircuitBreaker:
    """The circuit of one store, shared by the threads of a process.

    It opens when an attempt hung while nothing else was answered, or when every attempt has failed
    for ERROR_SECONDS, so one slow call among answered ones does not open it. Then it probes the
    store at once and each PROBE_SECONDS, and closes at the first answer, so that a false alarm
    costs milliseconds. ``probe`` returns whether the store answered; as one may hang, several may
    run at the same time.

    Calls without a deadline, those of commands, neither open it nor are refused by it: they wait.
    """

    def __init__(
        self, name: str, probe: Callable[[], bool], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._name = name
        self._probe = probe
        self._clock = clock
        self._lock = threading.Lock()
        self._succeeded_at = -math.inf
        self._failing_since = -math.inf
        self._outage: _Outage | None = None
        self._counter = StoreCounter(name)

    @property
    def is_open(self) -> bool:
        """Whether calls with a deadline are refused."""
        return self._outage is not None

    def refusal(self) -> str | None:
        """Return None if a call may be sent now, otherwise the reason of the last failure.

        While the circuit is open, one call at a time waits up to WAIT_SECONDS for a probe, so that
        the first request after a recovery works. In its first WAIT_SECONDS all calls wait, so that
        a false alarm costs nobody a page.
        """
        outage = self._outage
        if outage is None or math.isinf(deadline.remaining()) or self._await_end(outage):
            return None
        return f"{outage.reason}; asked again each second"

    def succeeded(self) -> None:
        """Note that the store answered, also with a refusal; close the circuit."""
        self._succeeded_at = self._clock()
        self._counter.count(StoreEvent.ANSWERED)
        if self._outage is not None and self._end(self._outage):
            log.info("%s responds again", self._name)

    def failed(self, began: float, reason: str) -> None:
        """Note that an attempt that began then got no answer, or the answer that the store failed.

        ``began`` is a time of the clock, by default ``time.monotonic()``.
        """
        self._counter.count(StoreEvent.FAILED)
        if math.isinf(deadline.remaining()):
            return
        now = self._clock()
        with self._lock:
            if self._failing_since <= self._succeeded_at:
                self._failing_since = max(began, self._succeeded_at)
            failing_seconds = now - self._failing_since
            hung = now - began >= HANG_SECONDS and failing_seconds >= HANG_SECONDS
            if self._outage is not None or not (hung or failing_seconds >= ERROR_SECONDS):
                return
            self._outage = outage = _Outage(now, reason)
        self._counter.count(StoreEvent.OPENED)
        self._counter.count(StoreEvent.OPEN)
        log.warning("%s does not respond, so calls fail at once: %s", self._name, reason)
        self._start(self._probe_until_ended, outage)

    def _await_end(self, outage: _Outage) -> bool:
        now = outage.asked_at = self._clock()
        with self._lock:
            if now >= outage.began + WAIT_SECONDS:
                if now < outage.next_wait_at:
                    return False
                outage.next_wait_at = now + WAIT_SECONDS
        outage.awaited.set()
        return outage.ended.wait(min(WAIT_SECONDS, deadline.remaining()))

    def _end(self, outage: _Outage) -> bool:
        """Close the circuit; return False if another thread has closed it."""
        with self._lock:
            if self._outage is not outage:
                return False
            self._outage = None
        self._counter.count(StoreEvent.OPEN, -1)
        outage.ended.set()
        outage.awaited.set()
        return True

    def _probe_until_ended(self, outage: _Outage) -> None:
        while not outage.ended.is_set():
            if self._clock() - outage.asked_at > IDLE_SECONDS:
                self._end(outage)
                return
            self._start(self._probe_once)
            if not outage.ended.wait(_MIN_PAUSE_SECONDS):
                outage.awaited.wait(PROBE_SECONDS - _MIN_PAUSE_SECONDS)
                outage.awaited.clear()

    def _probe_once(self) -> None:
        if self._probe():
            self.succeeded()

    def _start(self, target: Callable[..., None], *arguments: object) -> None:
        name = f"probe of {self._name}"
        threading.Thread(target=target, args=arguments, name=name, daemon=True).start()
