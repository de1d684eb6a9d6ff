"""Let somebody report to another manager, whatever else of them has changed meanwhile."""

from dataclasses import replace
from enum import Enum
from typing import NamedTuple

from app.access.rights import Right, require
from app.access.viewer import Viewer
from app.directory.service import NO_PHOTO_CHANGE, Directory
from app.history.changes import Through
from app.model import leaving
from app.model.employee import Employee
from app.model.errors import DirectoryError, EditConflict
from app.model.revision import revision_of

_MAX_TRIES = 4
# So many of the newest changes are looked through for another manager.
_CHANGES_READ = 100


class Why(Enum):
    """Why somebody does not come to report to a manager."""

    HAS_LEFT = "they have left"
    REPORTS_ALREADY = "they report to this manager already"
    MOVED = "somebody gave them another manager"
    CHANGING = "others change their record again and again"


class Seen(NamedTuple):
    """Whom somebody reported to when they were chosen, and the version of their record."""

    manager: str
    version: int


class ReportNotAdded(DirectoryError):
    """Nothing was changed, because of ``why``; ``stored`` is their record."""

    def __init__(self, why: Why, stored: Employee) -> None:
        super().__init__(why.value)
        self.why = why
        self.stored = stored


def add_report(
    directory: Directory,
    viewer: Viewer,
    employee_id: str,
    manager_id: str,
    seen: Seen | None,
    write_id: str,
    through: Through,
) -> Employee:
    """Let somebody report to a manager who is here; return what is stored.

    Without ``seen`` nobody looked whom they reported to. The same call again changes nothing, also
    when somebody has moved them back since. Raises NotAllowed, EmployeeNotFound, ReportingLoop,
    RecordTooLarge and ReportNotAdded.
    """
    require(viewer, Right.EDIT_PEOPLE)
    stored = directory.get(viewer, employee_id)
    for _ in range(_MAX_TRIES):
        if leaving.has_left(stored, leaving.today()):
            raise ReportNotAdded(Why.HAS_LEFT, stored)
        if stored.manager == manager_id:
            if seen is None or seen.manager == manager_id:
                raise ReportNotAdded(Why.REPORTS_ALREADY, stored)
            return stored  # the form was sent before
        if seen is not None and _was_moved(directory, stored, seen):
            raise ReportNotAdded(Why.MOVED, stored)
        changed, revision = replace(stored, manager=manager_id), revision_of(stored)
        try:
            return directory.update(viewer, changed, revision, write_id, NO_PHOTO_CHANGE, through)
        except EditConflict as error:
            stored = error.stored  # what else changed of them does not matter
    raise ReportNotAdded(Why.CHANGING, stored)


def _was_moved(directory: Directory, stored: Employee, seen: Seen) -> bool:
    """Return whether somebody got another manager since, also if it is the former one again."""
    if stored.manager != seen.manager:
        return True
    if stored.version == seen.version or directory.history is None:
        return False
    changes = directory.history.changes_of(stored.id, limit=_CHANGES_READ).changes
    return any("manager" in each.now for each in changes if each.version > seen.version)
