"""Let people report to managers who got another id than planned: theirs was deleted before.

So it is when a file without ids is imported, undone, and imported again. Safe to repeat after a
kill: it looks at all parts again, and changes only who has the planned id as their manager.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from app.contracts import EmployeeStore
from app.contracts.batching import find_by_ids
from app.imports.planning.line_store import DONE, PLAN, LineStore
from app.imports.planning.lines import ADDED, CHANGED, RESTORED, Line
from app.imports.running.job_lease import JobLease
from app.imports.running.writes import JobWrites
from app.model.errors import EditConflict, EmployeeNotFound
from app.model.revision import revision_of

_WRITTEN = (ADDED, CHANGED, RESTORED)


def follow_reassigned(store: EmployeeStore, lease: JobLease, parts: LineStore) -> None:
    """Set the managers with another id in the records and lines of a job that is applied."""
    if not (lease.job.sets_managers or lease.job.samples):
        return
    new_ids = dict(_reassigned(lease, parts))
    if not new_ids:
        return
    writes = JobWrites(lease.job)
    for number in range(lease.job.parts):
        lease.renew()
        lines = parts.get(DONE, number)
        led = [line for line in lines if _manager_of(line) in new_ids]
        if led:
            _follow(store, writes, led, new_ids)
            parts.replace(DONE, number, [_led_anew(line, new_ids) for line in lines])


def _reassigned(lease: JobLease, parts: LineStore) -> Iterator[tuple[str, str]]:
    """Yield the planned and the other id of everybody who was added with another one."""
    for number in range(lease.job.parts):
        lease.renew()
        applied = parts.applied_otherwise(number)
        if applied is None:
            continue
        for plan, line in zip(parts.get(PLAN, number), applied, strict=True):
            if line.outcome == ADDED and line.id != plan.id:
                yield plan.id, line.id


def _follow(
    store: EmployeeStore, writes: JobWrites, lines: Sequence[Line], new_ids: Mapping[str, str]
) -> None:
    stored = find_by_ids(store, (line.id for line in lines))
    for line in lines:
        person, planned = stored.get(line.id), _manager_of(line)
        if person is None or person.manager != planned:
            continue  # done before a kill, or changed by others since
        moved = replace(person, manager=new_ids[planned])
        try:
            store.update(moved, revision_of(person), writes.following(line))
        except (EditConflict, EmployeeNotFound):
            continue  # changed by others at this moment, who see whom they report to


def _manager_of(line: Line) -> str:
    return str(line.new.get("manager", "")) if line.outcome in _WRITTEN else ""


def _led_anew(line: Line, new_ids: Mapping[str, str]) -> Line:
    if (manager := new_ids.get(_manager_of(line))) is None:
        return line
    return replace(line, new={**line.new, "manager": manager})
