"""The lines of who has left by a row, and of who comes back by one."""

from collections.abc import Sequence

from app.imports.planning.lines import (
    CHANGED,
    INACTIVE,
    LEFT,
    REJECTED,
    RESTORED,
    UNCHANGED,
    Line,
    Problem,
    Resemblance,
    Value,
)
from app.imports.planning.matching import Match
from app.imports.planning.parsed_rows import ParsedRow
from app.model.employee import Employee
from app.model.leaving import has_left
from app.model.revision import revision_of
from app.photos.keys import key_before_leaving

NOT_HERE = "Has left, and is not in the directory"
HAS_LEFT = "Has left already"


def departed(
    row: ParsedRow, cell: Problem, match: Match, today: str, similar: Sequence[Resemblance] = ()
) -> Line:
    """Return the line of somebody who has left by this cell: they leave, if they are here.

    Of the row nothing but the last day is written. Nobody is added. ``similar`` are those who may
    be the person of a row that is nobody's for sure.
    """
    stored, departure = match.employee, row.departure
    if stored is None:
        name = row.text("full_name") or row.text("email") or row.id
        problem = cell._replace(reason=NOT_HERE)
        return Line(
            row.number, INACTIVE, name=name[:200], problems=(problem,), resembles=tuple(similar)
        )
    if departure.problem:
        name, meant = row.text("full_name") or stored.full_name, (Resemblance(stored.id),)
        return Line(row.number, REJECTED, name=name, problems=(departure.problem,), resembles=meant)
    day = departure.day or ("" if has_left(stored, today) else today)
    if has_left(stored, today) and day in ("", stored.left_on):
        return stays(row, cell, stored, HAS_LEFT)
    return Line(
        row.number, LEFT, stored.id, row.text("full_name") or stored.full_name, revision_of(stored),
        {"left_on": day}, {"left_on": stored.left_on}, (cell,),
    )  # fmt: skip


def stays(row: ParsedRow, cell: Problem, stored: Employee, reason: str) -> Line:
    """Return the line of somebody who stays as they are, though a row says that they have left."""
    name, problem = row.text("full_name") or stored.full_name, cell._replace(reason=reason)
    return Line(row.number, INACTIVE, stored.id, name, problems=(problem,))


def returning(row: ParsedRow, stored: Employee, today: str) -> dict[str, Value]:
    """Return what makes a leaver come back, beside the values of the row; nothing of others."""
    if not has_left(stored, today):
        return {}
    new: dict[str, Value] = {"left_on": row.text("left_on")}
    before = key_before_leaving(stored.photo_key)
    return new if before == stored.photo_key else {**new, "photo_key": before}


def outcome_of(stored: Employee, new: dict[str, Value], today: str) -> str:
    """Return the outcome of a line that gives an employee these values."""
    if not new:
        return UNCHANGED
    if has_left(stored, today):
        return RESTORED
    return LEFT if new.get("left_on") else CHANGED
