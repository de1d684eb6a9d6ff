"""What is planned is carried out: the newcomers of many parts together, then part after part."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from app.contracts import EmployeeStore
from app.contracts.import_jobs import Job, LineCounts
from app.imports.planning.line_store import DONE, PLAN, LineStore
from app.imports.planning.lines import ADDED, Line, count_lines
from app.imports.running.additions import Additions
from app.imports.running.job_lease import JobLease
from app.imports.running.updates import Updater

# In a directory of a million, 100,000 people at once cost half of what 10,000 at a time do. A store
# with several writers puts nobody in order, and what a kill interrupts is looked at again there.
PARTS_TOGETHER = 100


def apply(store: EmployeeStore, lease: JobLease, parts: LineStore, writers: int) -> Iterator[Job]:
    """Carry out the parts that are not done yet; yield how far it is."""
    together = PARTS_TOGETHER if writers == 1 else 1
    while (begin := lease.job.done_parts) < lease.job.parts:
        some = range(begin, min(begin - begin % together + together, lease.job.parts))
        yield from _Group(store, lease, parts, some, writers).run()


class _Group:
    """Some parts that are carried out together."""

    def __init__(
        self, store: EmployeeStore, lease: JobLease, parts: LineStore, some: range, writers: int
    ) -> None:
        self._lease = lease
        self._parts = parts
        self._some = some
        self._planned: Sequence[LineCounts] = parts.planned_counts(some)
        # Else a part may have been done, or kept, by a worker that was killed before it said so.
        self._is_fresh = lease.job.begun_parts <= some.start
        self._newcomers = Additions(store, lease.job.id, is_fresh=self._is_fresh)
        self._doer = Updater(store, lease.job.id, lease.renew, writers, is_fresh=self._is_fresh)

    def run(self) -> Iterator[Job]:
        self._lease.renew()
        begun = max(self._lease.job.begun_parts, self._some.stop)
        yield self._lease.update(begun_parts=begun, buffered=0)
        if any(counts.added for counts in self._planned):
            yield from self._add()
        for number, planned in zip(self._some, self._planned, strict=True):
            self._lease.renew()
            counts = self._finish(number, planned)
            job = self._lease.job
            yield self._lease.checkpoint(
                done_parts=number + 1,
                done=job.done.plus(counts),
                added_ahead=max(job.added_ahead - planned.added, 0),
            )

    def _add(self) -> Iterator[Job]:
        for there in self._newcomers.add(self._lines(), self._reading):
            if there > self._lease.job.added_ahead:
                # Whatever killed a worker before is behind us.
                yield self._lease.report(buffered=0, added_ahead=there, attempts=0, error="")
            else:
                yield self._lease.report(buffered=0)
            self._lease.renew()

    def _lines(self) -> Iterator[Line]:
        for number, planned in zip(self._some, self._planned, strict=True):
            if planned.added:
                lines = self._parts.get(PLAN, number)
                yield from (line for line in lines if line.outcome == ADDED)

    def _reading(self, count: int) -> None:
        self._lease.renew()
        self._lease.report(buffered=count)

    def _finish(self, number: int, planned: LineCounts) -> LineCounts:
        """Do what is left of a part, and keep what became of its lines; how many of each."""
        as_planned = self._is_fresh and self._newcomers.as_planned
        if as_planned and not planned.changed:
            self._parts.put_as_planned(number, planned)
            return planned
        lines = self._parts.get(PLAN, number)
        became = self._doer.do(lines, self._newcomers)
        if self._is_fresh and became == lines:
            self._parts.put_as_planned(number, planned)
        else:
            self._parts.put(DONE, number, became)
        return count_lines(became)
