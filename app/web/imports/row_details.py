"""Rows of an import as its page shows them: the employee, and the changes or errors."""

from collections.abc import Iterator
from typing import NamedTuple

from app.contracts.import_jobs import Job, Phase
from app.imports.files.rows import row_label
from app.imports.planning.lines import (
    ABSENT,
    ADDED,
    DUPLICATE,
    INACTIVE,
    LABELS,
    LEFT,
    SKIPPED,
    UNCHANGED,
    UPDATES,
    Line,
    Value,
    Values,
)
from app.model.employee import BADGES
from app.photos.keys import any_photo_key
from app.text.folding import LINE_CHARACTERS
from app.web.ui.dates import day, is_day
from app.web.ui.urls import thumbnail_address

_BADGE_LABELS = {badge.key: badge.label for badge in BADGES}


class Detail(NamedTuple):
    """One detail of a row: field, new value (or error), and old value (or typed text).

    One that ``is_reason`` is the cell by which somebody has left. ``none`` stands for no value.
    """

    label: str
    value: str
    before: str = ""
    is_reason: bool = False
    none: str = "nothing"


class Similar(NamedTuple):
    """Whom a row may mean: a sentence, or the name and id of a person who is here."""

    text: str
    person: str = ""


class RowView(NamedTuple):
    """A row as the table shows it; ``person`` is the id of a page, "" if there is none.

    ``photo`` and ``photo_before`` are the addresses of small photos. ``choice`` is the value that
    chooses the row in a form.
    """

    number: str
    name: str
    person: str
    details: tuple[Detail, ...]
    photo: str = ""
    photo_before: str = ""
    similar: tuple[Similar, ...] = ()
    choice: str = ""


def row_view(line: Line, job: Job) -> RowView:
    """Return a row as the table shows it; a person who is not stored yet has no page."""
    is_stored = line.outcome in (*UPDATES, UNCHANGED, SKIPPED, ABSENT, INACTIVE)
    is_stored = is_stored or (line.outcome == ADDED and job.phase is Phase.APPLIED)
    is_row = line.number > 0 and not job.edit.is_set
    number = row_label(line.number, job.sheets) if is_row else ""
    similar = tuple(_similar(line, job)) if line.outcome in (ADDED, DUPLICATE) else ()
    person = line.id if is_stored else ""
    photos = (_photo(line, line.new), _photo(line, line.old))
    details = tuple(_details(line))
    return RowView(number, line.name, person, details, *photos, similar, str(line.number))


def _photo(line: Line, values: Values) -> str:
    """Return the address of a photo in these values; an undone import has none any more."""
    key = any_photo_key(values.get("photo_key"))
    return thumbnail_address(key) if key and line.has_new_photo else ""


def _similar(line: Line, job: Job) -> Iterator[Similar]:
    same = "email" if line.new.get("email") else "name"
    for each in line.resembles:
        if each.row:
            yield Similar(f"Row {row_label(each.row, job.sheets)} has the same {same}")
        else:
            yield Similar(each.name, each.id)


def _details(line: Line) -> list[Detail]:
    if line.problems and line.outcome != LEFT:
        return [
            Detail(error.column, _full_stop(error.reason), error.typed) for error in line.problems
        ]
    is_update = line.outcome in UPDATES
    values = [
        Detail(label, _shown(name, line.new), _shown(name, line.old), none=_none(name))
        for name, label in LABELS.items()
        if name in line.new and (is_update or name != "full_name")
    ]
    return values + [Detail(cell.column, cell.typed, is_reason=True) for cell in line.problems]


def _none(name: str) -> str:
    return "nobody" if name == "manager" else "nothing"


def _shown(name: str, values: Values) -> str:
    text = _text(values.get(name, ""))
    return day(text) if name == "left_on" and is_day(text) else text


def _full_stop(sentence: str) -> str:
    return sentence if sentence.endswith(".") else f"{sentence}."


def _text(value: Value) -> str:
    if isinstance(value, str):
        return value if len(value) <= LINE_CHARACTERS else f"{value[: LINE_CHARACTERS - 1]}…"
    return ", ".join(_BADGE_LABELS.get(key, key) for key in value)
