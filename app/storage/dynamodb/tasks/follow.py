"""Follow: what other programs write to the table of people is brought into the index.

It reads the table's stream. Of all machines that follow, one works, by a lease, which also keeps
its place in the stream. Our own saves bring the index along, and are known without a read: the
record names the hash of what the index holds, and the time of its save. A change that is dealt with
twice does no harm, so after any trouble all goes on from the last place that was noted.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import datetime
from threading import Event

from app.contracts import Progress
from app.model.errors import StorageUnavailable
from app.runtime.ttl import TtlValue
from app.storage.dynamodb.client.calls import SERVICE, Calls
from app.storage.dynamodb.client.failures import is_about_the_item
from app.storage.dynamodb.client.tables import Tables, describe, stream_of
from app.storage.dynamodb.index.counters import MAX_UNFOLDED_DELTAS, Counters
from app.storage.dynamodb.index.repair import IndexRepair
from app.storage.dynamodb.index.rows import project_rows
from app.storage.dynamodb.records import employee_from, index_hash
from app.storage.dynamodb.tasks.lease import Checkpoint, Lease
from app.storage.dynamodb.tasks.stream import Change, Places, PositionLost, StreamReader
from app.text.plurals import count_of

log = logging.getLogger(__name__)

# How soon it looks again, while there is more, after changes, and when nothing happens.
_AT_ONCE, _SOON, _IDLE = 0.2, 1.0, 5.0
_LONGEST_PAUSE = 30.0
# A stream keeps 24 hours; the half hour is for beginning to read it.
_OLDEST_PLACE = 23.5 * 3600
# A stream may round times to the minute, and clocks differ.
_SAME_MOMENT = 120.0
# The service may say "nothing yet" in the middle of a shard.
_IDLE_LOOKS = 3
_HEALERS = 4
_HEALED_AT_ONCE = 50
_MOST_EXPECTED = 10_000
_SAME_STREAM_SECONDS = 60.0


class Follower:
    """One machine that follows, or waits until the one that does ends."""

    def __init__(
        self,
        calls: Calls,
        tables: Tables,
        upkeep: IndexRepair,
        tally: Counters,
        reindex: Callable[[], Generator[Progress, None, None]],
    ) -> None:
        self._calls = calls
        self._tables = tables
        self._upkeep = upkeep
        self._tally = tally
        self._reindex = reindex
        self._lease = Lease(calls, tables, "follow", "flask follow")
        self._stream: TtlValue[str] = TtlValue(_SAME_STREAM_SECONDS)
        self._waits_for_another = False
        self._trouble = ""
        self._pause = _SOON
        # What our own heals write into records: it comes back through the stream.
        self._expected: set[tuple[str, str]] = set()
        # Nobody knows how many deltas the last follower left.
        self._changes_since_fold = MAX_UNFOLDED_DELTAS

    def run(self, stop: Event, *, once: bool) -> Iterator[str]:
        """See EmployeeStore.follow."""
        try:
            while not stop.is_set():
                try:
                    yield from self._take_turn(stop, once=once)
                except StorageUnavailable as error:
                    if once:
                        raise
                    self._wait_out(error, stop)
                if once:
                    return
        finally:
            self._let_go()

    def _take_turn(self, stop: Event, *, once: bool) -> Iterator[str]:
        reached = self._lease.try_acquire()
        if reached is None:
            if not self._waits_for_another:
                yield "Another machine follows the table, and one is enough."
            self._waits_for_another = True
            if not once:
                stop.wait(self._lease.seconds_until_free() + _SOON)
            return
        self._waits_for_another = False
        arn = self._stream.get(self._find_stream, 0.0)
        lost = _why_lost(reached, arn)
        while not stop.is_set():
            if lost:
                yield f"{lost}, so the whole index is compared with the records."
                began = time.time()
                yield from self._compare_all(stop)
                if stop.is_set():
                    return
                reached = {"stream": arn, "places": {}, "at": began}
                self._lease.checkpoint(reached)
            try:
                yield from self._walk(reached, stop, once=once)
                return
            except PositionLost:
                lost = "The stream has forgotten what came after the place that was reached"

    def _walk(self, reached: Checkpoint, stop: Event, *, once: bool) -> Iterator[str]:
        """Follow this stream until it is another one, or until this has to stop."""
        arn, at = reached["stream"], reached["at"]
        walk = StreamReader(self._calls, self._tables.people, arn, reached["places"])
        idle = 0
        while not stop.is_set() and not (once and idle == _IDLE_LOOKS):
            found = 0
            for changes in walk.look():
                found += len(changes)
                if healed := self._deal_with(changes):
                    what = count_of(healed, "record", "records")
                    yield f"Brought {what} that others changed into the index."
            self._all_is_well(found)
            at = at if walk.has_more else time.time()
            if self._lease.needs_renewal:
                self._lease.checkpoint(_checkpoint(arn, walk.places, at))
            idle = 0 if found or walk.has_more else idle + 1
            stop.wait(_AT_ONCE if walk.has_more or once else self._pause)
            if self._stream.get(self._find_stream, 0.0 if walk.has_ended else None) != arn:
                return
        self._lease.checkpoint(_checkpoint(arn, walk.places, at))

    def _deal_with(self, changes: list[Change]) -> int:
        """Heal whom other programs changed; how many were not in the index as they are."""
        self._changes_since_fold += len(changes)
        others = self._by_others(changes)
        ids, healed = list(others), 0
        with ThreadPoolExecutor(_HEALERS) as healers:
            for first in range(0, len(ids), _HEALED_AT_ONCE):
                some = ids[first : first + _HEALED_AT_ONCE]
                was_healed = zip(some, healers.map(self._heal, some), strict=True)
                mended = {(each, others[each]) for each, was in was_healed if was}
                healed += len(mended)
                self._expected |= mended
                self._lease.renew()
        if len(self._expected) > _MOST_EXPECTED:
            self._expected.clear()
        return healed

    def _by_others(self, changes: list[Change]) -> dict[str, str]:
        """Whom other programs changed, with the hash that a heal will write into the record."""
        others = {}
        for change in changes:
            if change.image is None:
                others[change.employee_id] = ""
                continue
            employee = employee_from(change.image)
            digest = project_rows(employee).hash
            ours = (change.employee_id, digest)
            if index_hash(change.image) != digest:
                others[change.employee_id] = digest
            elif ours in self._expected:
                self._expected.discard(ours)
            # An old copy that someone put back holds the hash of its own time, and that time.
            elif not _is_of(employee.updated_at, change.at):
                others[change.employee_id] = digest
        return others

    def _heal(self, employee_id: str) -> bool:
        try:
            return self._upkeep.heal(employee_id)
        except StorageUnavailable as error:
            if not is_about_the_item(error):
                raise
            log.warning("the record %r cannot be brought into the index: %s", employee_id, error)
            return False

    def _compare_all(self, stop: Event) -> Iterator[str]:
        with closing(self._reindex()) as running:
            changed = 0
            for progress in running:
                changed = progress.changed
                self._lease.renew()
                if stop.is_set():
                    return
        yield f"The index agrees with the records; {changed:,} mended."

    def _find_stream(self, _: object) -> str:
        arn, _ = stream_of(describe(self._calls, self._tables.people))
        if not arn:
            reason = "the table has no stream: run flask setup"
            raise StorageUnavailable(SERVICE, "dynamodb:DescribeTable", self._tables.people, reason)
        return arn

    def _all_is_well(self, found: int) -> None:
        if self._trouble:
            log.info("following goes on")
        self._trouble = ""
        self._pause = _SOON if found else min(2 * self._pause, _IDLE)
        if self._changes_since_fold >= MAX_UNFOLDED_DELTAS:
            while self._tally.fold():
                self._lease.renew()
            self._changes_since_fold = 0

    def _wait_out(self, error: StorageUnavailable, stop: Event) -> None:
        if str(error) == self._trouble:
            self._pause = min(2 * self._pause, _LONGEST_PAUSE)
        else:
            self._trouble, self._pause = str(error), _SOON
            log.warning("following waits until this is over: %s", error)
        stop.wait(self._pause)

    def _let_go(self) -> None:
        try:
            self._lease.release()
        except StorageUnavailable as error:
            log.warning("the lease of this follower runs out by itself: %s", error)


def _why_lost(reached: Checkpoint, arn: str) -> str:
    """Why the stream must not be followed from here, the beginning of a sentence; or nothing."""
    if not reached:
        return "Nobody has followed the table yet"
    if reached["stream"] != arn:
        return "The table has another stream than before"
    if time.time() - reached["at"] > _OLDEST_PLACE:
        return "Nobody has followed the table for a day"
    return ""


def _checkpoint(arn: str, places: Places, at: float) -> Checkpoint:
    return {"stream": arn, "places": places, "at": at}


def _is_of(saved: datetime | None, at: float) -> bool:
    return saved is not None and abs(saved.timestamp() - at) <= _SAME_MOMENT
