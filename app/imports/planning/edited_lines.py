"""The lines of a bulk edit: what changes of each of the people whom a list shows."""

from app.contracts.bulk_edits import BulkEdit
from app.imports.planning.lines import CHANGED, UNCHANGED, Line, Value
from app.model.employee import Employee
from app.model.revision import revision_of


def edited_line(number: int, stored: Employee, edit: BulkEdit) -> Line:
    """Return the planned line of an employee, UNCHANGED if they have all values already."""
    new: dict[str, Value] = {}
    old: dict[str, Value] = {}
    for name, value_of_others in edit.values:
        value = edit.value_for(name, value_of_others, stored.id)
        if getattr(stored, name) != value:
            new[name], old[name] = value, getattr(stored, name)
    badges = edit.badges_of(stored)
    if badges != stored.known_badges:
        new["badges"], old["badges"] = badges, stored.known_badges
    if not new:
        return Line(number, UNCHANGED, stored.id, stored.full_name)
    return Line(number, CHANGED, stored.id, stored.full_name, revision_of(stored), new, old)
