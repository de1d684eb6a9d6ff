"""The lines of a bulk edit: what changes of each of the people whom a list shows."""

from collections.abc import Mapping
from types import MappingProxyType

from app.contracts.bulk_edits import BulkEdit
from app.imports.planning.lines import CHANGED, REJECTED, UNCHANGED, Line, Problem, Value
from app.model.employee import Employee
from app.model.fields import FIELD
from app.model.revision import revision_of

_MAX_NAMED = 8
_OWN = "Nobody can report to themselves"
_LOOP = "The reporting line would go round in a circle: {}. Take them out of the list"
_MANAGER = FIELD["manager"].label


def edited_line(
    number: int, stored: Employee, edit: BulkEdit, above: Mapping[str, str] = MappingProxyType({})
) -> Line:
    """Return the planned line of an employee, UNCHANGED if they have all values already.

    ``above`` are the new manager and those above, the nearest first, by id with their names: who is
    one of them is rejected, since they would report to themselves.
    """
    is_above = stored.id in above and stored.id not in dict(edit.exceptions)
    if is_above and dict(edit.values).get("manager") != stored.manager:
        problem = Problem(_MANAGER, _circle(stored, above))
        return Line(number, REJECTED, stored.id, stored.full_name, problems=(problem,))
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


def _circle(stored: Employee, above: Mapping[str, str]) -> str:
    ids = list(above)
    between = [above[one] for one in ids[: ids.index(stored.id)]]
    if not between:
        return _OWN
    if len(between) > _MAX_NAMED:
        between = [*between[:_MAX_NAMED], "…"]
    return _LOOP.format(" → ".join((stored.full_name, *between, stored.full_name)))
