"""What a row asks for: the person it means and the fields it gives, as they would be stored."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from app.imports.files.columns import FIRST_NAME, LAST_NAME, Columns
from app.imports.files.rows import Row
from app.imports.planning.dates import DayOrder, parse_date
from app.imports.planning.lines import Problem, Value, problem_at
from app.model import validation
from app.model.employee import BADGES, Employee, in_catalogue_order
from app.model.fields import DATE_FIELDS, TEXT_FIELDS
from app.text.folding import fold
from app.text.search_keys import email_key

_BETWEEN_BADGES = re.compile(r"[,;|\n]")
_BADGE_OF = {fold(name): badge.key for badge in BADGES for name in (badge.key, badge.label)}
_BADGE_OF[fold("Paperclip Afficionado")] = "paperclip"  # as pages wrote it before 1.0
_LONGEST_ID = 200


@dataclass(frozen=True, slots=True)
class ParsedRow:
    """A row, understood: an id ("" where it gives none), and values by field.

    ``troubles`` are the fields whose text could not be understood. ``mail`` is the key of the mail
    address, where it is one that a person can have. ``problem`` is about the row.
    """

    number: int
    id: str
    values: dict[str, Value]
    troubles: dict[str, str]
    mail: str = ""
    problem: Problem | None = None

    def text(self, name: str) -> str:
        """A field of text; empty where the row gives none."""
        value = self.values.get(name, "")
        return value if isinstance(value, str) else ""

    def problem_with(self, name: str, stored: Employee | None) -> str:
        """What is wrong with a field; nothing where it says what is stored already."""
        if stored is not None and not self.differs(name, stored):
            return ""
        value = self.values[name]
        if isinstance(value, str):
            return self.troubles.get(name) or validation.problem(name, value)
        known = stored.badges if stored is not None else ()
        unknown = (key for key in value if key not in _KEYS and key not in known)
        return validation.badges_problem(unknown)

    def differs(self, name: str, stored: Employee) -> bool:
        """Whether the row says something else of a field than what is stored."""
        value = self.values[name]
        if isinstance(value, str):
            return value != validation.clean(name, getattr(stored, name))
        known = in_catalogue_order(value)
        return set(value) - set(stored.badges) != set() or known != stored.known_badges


_KEYS = frozenset(badge.key for badge in BADGES)


def read_row(row: Row, columns: Columns, order: DayOrder) -> ParsedRow:
    """What a row asks for."""
    values: dict[str, Value] = {}
    troubles: dict[str, str] = {}
    if problem := _problem_of(row, columns):
        if row.cells and "full_name" in columns.fields:
            values["full_name"] = validation.clean("full_name", _cell(row, columns, "full_name"))
        return ParsedRow(row.number, "", values, troubles, problem=problem)
    fields = columns.fields
    for name in TEXT_FIELDS:
        if name in fields:
            text = validation.clean(name, _cell(row, columns, name))
            if text and name in DATE_FIELDS:
                day, trouble = parse_date(text, order)
                text = day or text
                if trouble:
                    troubles[name] = trouble
            values[name] = text
    if "badges" in columns.places:
        values["badges"] = _badges(row.cells[columns.places["badges"]])
    place = columns.places.get("id")
    employee_id = "" if place is None else row.cells[place].strip()
    return ParsedRow(row.number, employee_id, values, troubles, _mail_key(values.get("email", "")))


def _problem_of(row: Row, columns: Columns) -> Problem | None:
    """Why the row cannot be read; an error in a column that is not read is nobody's business."""
    if row.problem:
        return problem_at("", row.problem)
    for field, place in columns.places.items():
        if place in row.errors:
            heading = columns.headings[field]
            return problem_at(heading, "Fix the formula that gives this error", row.cells[place])
    return None


def _mail_key(address: Value) -> str:
    if not address or not isinstance(address, str) or validation.problem("email", address):
        return ""
    return email_key(address)


def id_problem(employee_id: str) -> str:
    """Why nobody can have this id; empty when somebody can."""
    if len(employee_id) > _LONGEST_ID:
        return f"Must be {_LONGEST_ID} characters or fewer, or empty"
    if not employee_id.isprintable():
        return "Remove the invisible characters, or leave it empty"
    return ""


def _cell(row: Row, columns: Columns, name: str) -> str:
    if name in columns.places:
        cell = row.cells[columns.places[name]]
        return _turned(cell) if name == "full_name" and columns.is_turned else cell
    # Only the full name may come in two cells.
    places = [columns.places[part] for part in (FIRST_NAME, LAST_NAME) if part in columns.places]
    parts = [row.cells[place] for place in places]
    if columns.is_last_or_whole and fold(parts[0]) in fold(parts[1]):
        return parts[1]
    return " ".join(parts)


def _turned(name: str) -> str:
    """The first name first; as it stands where not exactly one comma says which that is."""
    last, _, first = name.partition(",")
    return name if "," in first else f"{first} {last}".strip()


@lru_cache(maxsize=1024)
def _badges(cell: str) -> tuple[str, ...]:
    pieces = (validation.clean("badges", piece) for piece in _BETWEEN_BADGES.split(cell))
    return tuple(dict.fromkeys(_BADGE_OF.get(fold(piece), piece) for piece in pieces if piece))
