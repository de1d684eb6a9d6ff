"""Follow: bring what other programs write to the table of employees into the index.

It reads the stream of the table. Of all machines that follow, one works: the holder of a lease,
which also stores the position in the stream. Our own saves update the index themselves, and are
recognised without a read: the record contains the hash of its index rows and the time of its save.
Processing a change twice is harmless, so after an error it resumes at the last checkpoint.
"""

import logging
import time
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from threading import Event

from app.contracts import Progress
from app.contracts.following import FollowObserver
from app.model import leaving
from app.model.errors import StorageUnavailable
from app.runtime.ttl import TtlValue
from app.storage.dynamodb.client.calls import SERVICE, Calls
from app.storage.dynamodb.client.failures import is_item_rejected
from app.storage.dynamodb.client.tables import Tables, describe, stream_arn_and_view_type
from app.storage.dynamodb.index.counters import MAX_UNFOLDED_DELTAS, Counters
from app.storage.dynamodb.index.leaving import carry_out_leaving
from app.storage.dynamodb.index.order import IndexOrder
from app.storage.dynamodb.index.repair import IndexRepair
from app.storage.dynamodb.tasks.follow_checkpoint import checkpoint_at, reason_to_compare
from app.storage.dynamodb.tasks.foreign_changes import ForeignChanges
from app.storage.dynamodb.tasks.lease import Checkpoint, Lease
from app.storage.dynamodb.tasks.stream import Change, PositionLost, StreamReader
from app.text.plurals import count_of

log = logging.getLogger(__name__)

# Pauses between reads: while there are more changes, after changes, and without changes.
_BUSY_PAUSE_SECONDS, _ACTIVE_PAUSE_SECONDS, _IDLE_PAUSE_SECONDS = 0.2, 1.0, 5.0
_MAX_ERROR_PAUSE_SECONDS = 30.0
# A read in the middle of a shard may return no records.
_MAX_EMPTY_READS = 3
_MAX_WORKERS = 4
_HEAL_BATCH_SIZE = 50
_STREAM_CHECK_SECONDS = 60.0
_LEAVING_CHECK_SECONDS = 60.0


class Follower:
    """One machine that follows, or waits until the leader ends."""

    def __init__(
        self,
        calls: Calls,
        tables: Tables,
        repair: IndexRepair,
        order: IndexOrder,
        counters: Counters,
        reindex: Callable[[], Generator[Progress, None, None]],
        observer: FollowObserver,
    ) -> None:
        self._calls = calls
        self._tables = tables
        self._repair = repair
        self._foreign = ForeignChanges(order)
        self._counters = counters
        self._reindex = reindex
        self._observer = observer
        self._lease = Lease(calls, tables, "follow", "flask follow")
        self._stream: TtlValue[str] = TtlValue(_STREAM_CHECK_SECONDS)
        self._next_leaving_check = 0.0
        self._is_waiting = False
        self._last_error = ""
        self._pause = _ACTIVE_PAUSE_SECONDS
        # The number of deltas that the last follower left is unknown.
        self._changes_since_fold = MAX_UNFOLDED_DELTAS

    def run(self, stop: Event, *, once: bool) -> Iterator[str]:
        """Implement EmployeeStore.follow."""
        try:
            while not stop.is_set():
                try:
                    yield from self._follow_as_leader(stop, once=once)
                except StorageUnavailable as error:
                    if once:
                        raise
                    self._back_off(error, stop)
                if once:
                    return
        finally:
            self._drop_lease()

    def _follow_as_leader(self, stop: Event, *, once: bool) -> Iterator[str]:
        checkpoint = self._lease.try_acquire()
        if checkpoint is None:
            if not self._is_waiting:
                yield "Another machine is already following the table."
            self._is_waiting = True
            self._observer.waits_for_another()
            if not once:
                stop.wait(self._lease.seconds_until_free() + _ACTIVE_PAUSE_SECONDS)
            return
        self._is_waiting = False
        arn = self._stream.get(self._find_stream, 0.0)
        reason = reason_to_compare(checkpoint, arn)
        while not stop.is_set():
            if reason:
                yield f"{reason}. Checking the whole index against the records."
                started = time.time()
                yield from self._compare_index(stop, started)
                if stop.is_set():
                    return
                checkpoint = checkpoint_at(arn, {}, started)
                self._lease.checkpoint(checkpoint)
            try:
                yield from self._read_stream(checkpoint, stop, once=once)
                return
            except PositionLost:
                reason = "The stream no longer has the changes after the last position"

    def _read_stream(self, checkpoint: Checkpoint, stop: Event, *, once: bool) -> Iterator[str]:
        """Follow this stream until the table has another one, or until ``stop`` is set."""
        arn, at = checkpoint["stream"], checkpoint["at"]
        reader = StreamReader(self._calls, self._tables.people, arn, checkpoint["places"])
        empty_reads = 0
        while not stop.is_set() and not (once and empty_reads == _MAX_EMPTY_READS):
            count = 0
            for changes in reader.read_changes():
                count += len(changes)
                if healed := self._apply_changes(changes):
                    records = count_of(healed, "record", "records")
                    yield f"Updated the index for {records} changed by other programs."
            yield from self._carry_out_leaving()
            self._after_success(count)
            at = at if reader.has_more else time.time()
            self._observer.caught_up_to(at)
            if self._lease.needs_renewal:
                self._lease.checkpoint(checkpoint_at(arn, reader.positions, at))
            empty_reads = 0 if count or reader.has_more else empty_reads + 1
            stop.wait(_BUSY_PAUSE_SECONDS if reader.has_more or once else self._pause)
            if self._stream.get(self._find_stream, 0.0 if reader.has_ended else None) != arn:
                return
        self._lease.checkpoint(checkpoint_at(arn, reader.positions, at))

    def _apply_changes(self, changes: list[Change]) -> int:
        """Repair what other programs changed; return how many employees differed from the index."""
        self._changes_since_fold += len(changes)
        hash_of = self._foreign.find(changes)
        ids, count = list(hash_of), 0
        with ThreadPoolExecutor(_MAX_WORKERS) as workers:
            for start in range(0, len(ids), _HEAL_BATCH_SIZE):
                batch = ids[start : start + _HEAL_BATCH_SIZE]
                results = zip(batch, workers.map(self._heal, batch), strict=True)
                healed = {(employee_id, hash_of[employee_id]) for employee_id, ok in results if ok}
                count += len(healed)
                self._foreign.expect(healed)
                self._lease.renew()
        return count

    def _heal(self, employee_id: str) -> bool:
        try:
            return self._repair.heal(employee_id, is_change=True)
        except StorageUnavailable as error:
            if not is_item_rejected(error):
                raise
            log.warning("the record %r cannot be added to the index: %s", employee_id, error)
            return False

    def _carry_out_leaving(self) -> Iterator[str]:
        """Take those out of lists whose last day has come, which is no change of a record."""
        if time.monotonic() < self._next_leaving_check:
            return
        people = 0
        while count := carry_out_leaving(
            self._calls, self._tables, self._repair, self._counters, leaving.today()
        ):
            people += count
            self._lease.renew()
        self._next_leaving_check = time.monotonic() + _LEAVING_CHECK_SECONDS
        if people:
            yield f"{count_of(people, 'person', 'people')} left the lists: their last day has come."

    def _compare_index(self, stop: Event, started: float) -> Iterator[str]:
        with closing(self._reindex()) as running:
            changed = 0
            for progress in running:
                changed = progress.changed
                self._observer.caught_up_to(started)
                self._lease.renew()
                if stop.is_set():
                    return
        yield f"The index matches the records; {changed:,} repaired."

    def _find_stream(self, _: object) -> str:
        arn, _ = stream_arn_and_view_type(describe(self._calls, self._tables.people))
        if not arn:
            reason = "the table has no stream: run flask setup"
            raise StorageUnavailable(SERVICE, "dynamodb:DescribeTable", self._tables.people, reason)
        return arn

    def _after_success(self, changes: int) -> None:
        if self._last_error:
            log.info("following resumed")
        self._last_error = ""
        idle_pause = min(2 * self._pause, _IDLE_PAUSE_SECONDS)
        self._pause = _ACTIVE_PAUSE_SECONDS if changes else idle_pause
        if self._changes_since_fold >= MAX_UNFOLDED_DELTAS:
            while self._counters.fold():
                self._lease.renew()
            self._changes_since_fold = 0

    def _back_off(self, error: StorageUnavailable, stop: Event) -> None:
        self._observer.failed()
        if str(error) == self._last_error:
            self._pause = min(2 * self._pause, _MAX_ERROR_PAUSE_SECONDS)
        else:
            self._last_error, self._pause = str(error), _ACTIVE_PAUSE_SECONDS
            log.warning("following is waiting: %s", error)
        stop.wait(self._pause)

    def _drop_lease(self) -> None:
        try:
            self._lease.release()
        except StorageUnavailable as error:
            log.warning(
                "the lease of this follower could not be released and will expire: %s", error
            )
