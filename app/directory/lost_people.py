"""People whose record another program has deleted, of whom the history still tells.

Their history stays, so that it goes on if the record is put back. Erasing it is apart.
"""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from app.access.rights import Right, require
from app.access.viewer import Viewer
from app.contracts.audit_entries import erasure_entry
from app.directory.service import Directory
from app.history.changes import Through
from app.history.difference import next_moment
from app.history.folding import recorded
from app.model.employee import Employee
from app.model.errors import EmployeeNotFound


def find_lost(directory: Directory, viewer: Viewer, employee_id: str) -> Employee:
    """Return somebody without a record as their newest changes tell of them.

    Raises EmployeeNotFound if there are none, or if there is a record.
    """
    require(viewer, Right.DELETE)
    is_stored = bool(directory.employees.get_many([employee_id]))
    page = directory.history.changes_of(employee_id) if directory.history else None
    if is_stored or page is None or not page.changes:
        raise EmployeeNotFound(employee_id)
    content: dict[str, Any] = recorded(page.changes).content
    named = Employee(id=employee_id, full_name=page.changes[0].full_name)
    return replace(named, **content)


def erase_lost(
    directory: Directory, viewer: Viewer, person: Employee, write_id: str, through: Through
) -> None:
    """Erase all that is left of such a person: traces, words, history. Can be repeated."""
    require(viewer, Right.DELETE)
    if directory.history is None:
        return
    write = directory.erasure.write_of(viewer, person.id, write_id, through)
    directory.erasure.erase_traces(viewer, person)
    directory.history.erase(person.id)
    entry = erasure_entry(write, next_moment("", datetime.now(UTC)))
    if entry is not None:
        directory.history.note(entry)
    directory.note_change()
