"""Rows of an import as its page shows them: the employee, and what changes or is wrong."""

from __future__ import annotations

from typing import NamedTuple

from app.contracts.import_jobs import Job, Phase
from app.imports.files.rows import row_label
from app.imports.planning.lines import ADDED, CHANGED, SKIPPED, UNCHANGED, Line, Value
from app.model import validation
from app.model.employee import BADGES

_BADGE_WORDS = {badge.key: badge.label for badge in BADGES}


class Detail(NamedTuple):
    """One detail of a row: field, old and new value."""

    label: str
    words: str
    before: str = ""


class LineShown(NamedTuple):
    """A row as the table shows it."""

    number: str
    name: str
    person: str
    details: tuple[Detail, ...]


def visible(line: Line, job: Job) -> LineShown:
    """Return a row as the table shows it; a person who is not stored yet has no page."""
    there = line.outcome in (CHANGED, UNCHANGED, SKIPPED)
    there = there or (line.outcome == ADDED and job.phase is Phase.APPLIED)
    number = row_label(line.number, job.sheets)
    return LineShown(number, line.name, line.id if there else "", tuple(_details(line)))


def _details(line: Line) -> list[Detail]:
    if line.problems:
        return [Detail(each.column, _full_stop(each.reason), each.typed) for each in line.problems]
    return [
        Detail(label, _words(line.new[name]), _words(line.old.get(name, "")))
        for name, label in validation.LABELS.items()
        if name in line.new and (line.outcome == CHANGED or name != "full_name")
    ]


def _full_stop(words: str) -> str:
    return words if words.endswith(".") else f"{words}."


def _words(value: Value) -> str:
    if isinstance(value, str):
        return value if len(value) <= 200 else f"{value[:199]}…"
    return ", ".join(_BADGE_WORDS.get(key, key) for key in value)
