"""Plan a bulk edit: whom the list shows now, and what changes of each of them.

Whoever is added to the list later is not changed, and whoever was changed later is rejected.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from app.contracts import MAX_BATCH, EmployeeStore, Query
from app.contracts.batching import find_by_ids
from app.contracts.bulk_edits import BulkEdit
from app.contracts.import_jobs import Job
from app.contracts.queries import MANAGER
from app.contracts.reports import MAX_CHAIN
from app.imports.planning.edited_lines import edited_line
from app.imports.planning.line_store import MAX_PART_LINES, PLAN, LineStore, split_into_parts
from app.imports.planning.lines import Line, count_lines
from app.imports.running.job_lease import JobLease
from app.model import leaving
from app.model.employee import Employee

# Reads of the store after which the progress is stored, however few people they found.
_READS_PER_CHECKPOINT = 20


class _Group(NamedTuple):
    """Some people of the list, and the bookmark after them; "" at the end of a list."""

    people: Sequence[Employee]
    bookmark: str


def plan_edit(store: EmployeeStore, lease: JobLease, parts: LineStore) -> Iterator[Job]:
    """Plan the remaining people of the list; yield the job after each step.

    In bounded memory: MAX_PART_LINES and one group of people are held. The job has a ``total`` as
    soon as all are planned.
    """
    if lease.job.total >= 0:
        return  # all of it was planned before a kill
    edit, lines, planned = lease.job.edit, list[Line](), sum(lease.job.planned)
    bookmark, above = lease.job.bookmark, _above(store, dict(edit.values).get(MANAGER, ""))
    for reads, group in enumerate(_groups(store, edit, bookmark), 1):
        lease.renew()
        first = planned + len(lines) + 1
        numbered = enumerate(group.people, first)
        lines += [edited_line(number, one, edit, above) for number, one in numbered]
        bookmark = group.bookmark
        if bookmark and (len(lines) >= MAX_PART_LINES or reads % _READS_PER_CHECKPOINT == 0):
            planned += len(lines)
            yield _store(lease, parts, lines, bookmark=bookmark)
            lines = []
    yield _store(lease, parts, lines, bookmark="", total=planned + len(lines))


def _above(store: EmployeeStore, manager_id: str) -> dict[str, str]:
    """Return the names of a manager and those above them, by id, the nearest first."""
    above: dict[str, str] = {}
    while manager_id and manager_id not in above and len(above) <= MAX_CHAIN:
        manager = find_by_ids(store, [manager_id]).get(manager_id)
        if manager is None:
            break
        above[manager_id] = manager.full_name or manager_id
        manager_id = manager.manager
    return above


def _store(lease: JobLease, parts: LineStore, lines: list[Line], **changes: object) -> Job:
    number = lease.job.parts
    for part, content in split_into_parts(lines):
        parts.put(PLAN, number, part, content)
        number += 1
    planned = lease.job.planned.plus(count_lines(lines))
    return lease.checkpoint(parts=number, planned=planned, **changes)


def _groups(store: EmployeeStore, edit: BulkEdit, bookmark: str) -> Iterator[_Group]:
    """Yield those of the list from a bookmark on; who has left is in no list.

    Exceptions are the first: without them, the others would close a circle.
    """
    today, query, apart = leaving.today(), edit.query, dict(edit.exceptions)
    if apart and not bookmark:
        found = find_by_ids(store, apart).values()
        in_list = [one for one in found if one.manager == edit.leaver]
        yield _Group([one for one in in_list if not leaving.has_left(one, today)], "")
    read = _everybody(store, bookmark) if query.is_empty else _matching(store, query, bookmark)
    for people, after in read:
        here = [one for one in people if not leaving.has_left(one, today)]
        yield _Group([one for one in here if one.id not in apart], after)


def _everybody(store: EmployeeStore, bookmark: str) -> Iterator[_Group]:
    for batch in store.iter_batches(bookmark):
        yield _Group(batch.people, batch.bookmark)


def _matching(store: EmployeeStore, query: Query, bookmark: str) -> Iterator[_Group]:
    cursor: str | None = bookmark or None
    while True:
        page = store.browse(query, cursor, MAX_BATCH)
        ids = [card.id for card in page.cards]
        stored = store.get_many(ids) if ids else {}
        yield _Group([stored[key] for key in ids if key in stored], page.next or "")
        cursor = page.next
        if cursor is None:
            return
