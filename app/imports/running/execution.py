"""Apply a plan: add the new employees of many parts together, then finish part by part."""

from collections.abc import Iterator, Sequence

from app.contracts import EmployeeStore
from app.contracts.import_jobs import Job
from app.contracts.line_counts import LineCounts
from app.contracts.linked_accounts import LinkedAccounts
from app.imports.planning.line_store import DONE, PLAN, LineStore
from app.imports.planning.lines import ADDED, Line, count_lines
from app.imports.running.additions import Additions
from app.imports.running.job_lease import JobLease
from app.imports.running.moved_photos import MovedPhotos
from app.imports.running.reassigned import follow_reassigned
from app.imports.running.updates import Updater

# In a directory of a million, adding 100,000 people at once costs half of adding 10,000 at a time.
# A store with several writers does not sort, and batches of one part limit the rework after a kill.
PARTS_PER_BATCH = 100


def apply(
    store: EmployeeStore,
    lease: JobLease,
    parts: LineStore,
    writers: int,
    photos: MovedPhotos,
    accounts: LinkedAccounts | None,
) -> Iterator[Job]:
    """Apply the remaining parts of rows; yield the job after each step."""
    size = PARTS_PER_BATCH if writers == 1 or lease.job.samples else 1
    while (begin := lease.job.done_parts) < lease.job.parts:
        numbers = range(begin, min(begin - begin % size + size, lease.job.parts))
        yield from _Batch(store, lease, parts, numbers, writers, photos, accounts).run()
    follow_reassigned(store, lease, parts)


class _Batch:
    """Consecutive parts that are applied together."""

    def __init__(
        self,
        store: EmployeeStore,
        lease: JobLease,
        parts: LineStore,
        numbers: range,
        writers: int,
        photos: MovedPhotos,
        accounts: LinkedAccounts | None,
    ) -> None:
        self._lease = lease
        self._parts = parts
        self._numbers = numbers
        self._planned: Sequence[LineCounts] = parts.planned_counts(numbers)
        # Otherwise a worker that was killed may have applied or stored a part without a checkpoint.
        self._is_fresh = lease.job.begun_parts <= numbers.start
        self._additions = Additions(store, lease.job, is_fresh=self._is_fresh)
        self._updater = Updater(
            store, lease.job, photos, accounts, lease.renew, writers, is_fresh=self._is_fresh
        )

    def run(self) -> Iterator[Job]:
        self._lease.renew()
        begun = max(self._lease.job.begun_parts, self._numbers.stop)
        yield self._lease.update(begun_parts=begun, buffered=0)
        if any(counts.added for counts in self._planned):
            yield from self._add()
        for number, planned in zip(self._numbers, self._planned, strict=True):
            self._lease.renew()
            counts = self._finish(number, planned)
            job = self._lease.job
            yield self._lease.checkpoint(
                done_parts=number + 1,
                done=job.done.plus(counts),
                added_ahead=max(job.added_ahead - planned.added, 0),
            )

    def _add(self) -> Iterator[Job]:
        for added in self._additions.add(self._added_lines(), self._on_read):
            if added > self._lease.job.added_ahead:
                # Progress beyond the point where an earlier worker died resets the attempts.
                yield self._lease.report(buffered=0, added_ahead=added, attempts=0, error="")
            else:
                yield self._lease.report(buffered=0)
            self._lease.renew()

    def _added_lines(self) -> Iterator[Line]:
        for number, planned in zip(self._numbers, self._planned, strict=True):
            if planned.added:
                lines = self._parts.get(PLAN, number)
                yield from (line for line in lines if line.outcome == ADDED)

    def _on_read(self, count: int) -> None:
        self._lease.renew()
        self._lease.report(buffered=count)

    def _finish(self, number: int, planned: LineCounts) -> LineCounts:
        """Apply the rest of a part and store its outcomes; return their counts."""
        as_planned = self._is_fresh and self._additions.as_planned
        if as_planned and not planned.updated:
            self._parts.put_as_planned(number, planned)
            return planned
        lines = self._parts.get(PLAN, number)
        results = self._updater.apply(lines, self._additions)
        if self._is_fresh and results == lines:
            self._parts.put_as_planned(number, planned)
        else:
            self._parts.put(DONE, number, results)
        return count_lines(results)
