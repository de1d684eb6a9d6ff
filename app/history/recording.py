"""Which changes a write leaves, by the same rules in every store; moments are in difference.py."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from app.history import difference
from app.history.changes import Change, ChangeKind, Through, Via, Write
from app.history.folding import Recorded
from app.model.employee import Employee

# Each change of a version that it divides has a base, so that few rows tell a whole content.
BASE_EVERY = 20
_OUTSIDE = Through(Via.OUTSIDE)


def change_of(before: Employee | None, after: Employee, write: Write, moment: str) -> Change:
    """Return the change that a write of ours leaves; ``after`` has its version.

    ``moment`` is that of ``difference.next_moment`` after the last change of ``before``.
    """
    was, now = difference.differences(before, after)
    has_base = before is not None and (not before.history or after.version % BASE_EVERY == 0)
    return Change(
        employee_id=after.id,
        moment=moment,
        kind=ChangeKind.ADDED if before is None else ChangeKind.CHANGED,
        version=after.version,
        full_name=after.full_name,
        was=was,
        now=now,
        base=difference.content_of(before) if before is not None and has_base else None,
        author=write.author,
        through=write.through,
    )


def marked(employee: Employee, change: Change) -> Employee:
    """Return an employee with the mark that the change is the last of their content."""
    return replace(employee, history=difference.mark_of(change.moment, employee))


def outside_change(
    stored: Employee, recorded: Callable[[], Recorded], clock: datetime
) -> Change | None:
    """Return the change by which another program made the content what it is now.

    None if there is none, or the history does not tell what the content was. ``recorded`` is asked
    only where the mark says that there is one.
    """
    if difference.is_as_recorded(stored):
        return None
    content, is_whole = recorded()
    now = difference.content_of(stored)
    before = content if is_whole else {**now, **content}
    was, now = difference.content_differences(before, now)
    if not now:
        return None
    return Change(
        employee_id=stored.id,
        moment=difference.next_moment(difference.last_moment(stored.history), clock),
        kind=ChangeKind.CHANGED,
        version=stored.version,
        full_name=stored.full_name,
        was=was,
        now=now,
        base={name: value for name, value in before.items() if value} if is_whole else None,
        through=_OUTSIDE,
    )
