"""Parse a row into the employee that it means and the field values to store."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from app.imports.files.columns import Columns
from app.imports.files.headings import FIRST_NAME, LAST_NAME
from app.imports.files.rows import Row
from app.imports.planning.dates import DayOrder, parse_date
from app.imports.planning.lines import Problem, Value, problem_at
from app.model import validation
from app.model.employee import BADGES, Employee, in_catalogue_order
from app.model.fields import DATE_FIELDS, FIELDS, TEXT_FIELDS
from app.text.folding import fold
from app.text.search_keys import email_key

_BADGE_SEPARATORS = re.compile(r"[,;|\n]")
_BADGE_OF = {fold(name): badge.key for badge in BADGES for name in (badge.key, badge.label)}
_BADGE_OF[fold("Paperclip Afficionado")] = "paperclip"  # as pages wrote it before 1.0
_MAX_ID_CHARACTERS = 200
_NO_RESULT = (
    "The file has a formula here and not its result. Open the file in a spreadsheet program, save "
    "it, and import it again"
)
_IS_FOREIGN = {
    field.name: is_foreign for field in FIELDS if (is_foreign := field.kind.rules.is_foreign)
}


@dataclass(frozen=True, slots=True)
class ParsedRow:
    """A parsed row: an id, or "" if it has none, and values by field.

    ``errors`` are the problems of fields that cannot be parsed. ``email_key`` is the key of a valid
    email, otherwise "". ``problem`` concerns the whole row. ``is_sparse`` is that of the Row.
    """

    number: int
    id: str
    values: dict[str, Value]
    errors: dict[str, str]
    email_key: str = ""
    problem: Problem | None = None
    is_sparse: bool = False

    def text(self, name: str) -> str:
        """Return a text field; "" if the row has none."""
        value = self.values.get(name, "")
        return value if isinstance(value, str) else ""

    def problem_with(self, name: str, stored: Employee | None) -> str:
        """Return what is wrong with a field, or ""; stored values are always accepted."""
        if stored is not None and not self.differs(name, stored):
            return ""
        value = self.values[name]
        if isinstance(value, str):
            return self.errors.get(name) or validation.problem(name, value)
        known = stored.badges if stored is not None else ()
        unknown = (key for key in value if key not in _BADGE_KEYS and key not in known)
        return validation.badges_problem(unknown)

    def differs(self, name: str, stored: Employee) -> bool:
        """Return whether the row differs from the stored value of a field."""
        value = self.values[name]
        if self.is_sparse and not value:
            return False
        if isinstance(value, str):
            return value != validation.clean(name, getattr(stored, name))
        known = in_catalogue_order(value)
        return set(value) - set(stored.badges) != set() or known != stored.known_badges


_BADGE_KEYS = frozenset(badge.key for badge in BADGES)


def read_row(row: Row, columns: Columns, order: DayOrder) -> ParsedRow:
    """Parse a row; one that cannot be read has only a ``problem``."""
    values: dict[str, Value] = {}
    errors: dict[str, str] = {}
    if problem := _row_problem(row, columns):
        if row.cells and "full_name" in columns.fields:
            values["full_name"] = validation.clean("full_name", _cell(row, columns, "full_name"))
        return ParsedRow(row.number, "", values, errors, problem=problem)
    for name, text in _texts(row, columns):
        if text and name in DATE_FIELDS:
            iso_date, error = parse_date(text, order)
            text = iso_date or text
            if error:
                errors[name] = error
        values[name] = text
    if "badges" in columns.positions:
        values["badges"] = _parse_badges(_first_filled(row.cells, columns.positions["badges"]))
    employee_id = _first_filled(row.cells, columns.positions.get("id", ())).strip()
    key = _valid_email_key(values.get("email", ""))
    return ParsedRow(row.number, employee_id, values, errors, key, is_sparse=row.is_sparse)


def _texts(row: Row, columns: Columns) -> Iterator[tuple[str, str]]:
    """Yield the cleaned text of each field; one with a foreign value is left out."""
    fields = columns.fields
    for name in TEXT_FIELDS:
        if name in fields:
            text = validation.clean(name, _cell(row, columns, name))
            if not (text and name in _IS_FOREIGN and _IS_FOREIGN[name](text)):
                yield name, text


def _row_problem(row: Row, columns: Columns) -> Problem | None:
    """Return why the row cannot be read; errors in ignored columns do not count."""
    if row.problem:
        return problem_at("", row.problem)
    for position in row.errors:
        name = columns.fields_by_column[position] if position < columns.width else ""
        if name and _is_read(row.cells, columns, name, position):
            cell = row.cells[position]
            reason = "Fix the formula that gives this error" if cell else _NO_RESULT
            return problem_at(columns.headings[position], reason, cell)
    return None


def _is_read(cells: Sequence[str], columns: Columns, name: str, position: int) -> bool:
    """Return whether a field is read from this cell, or would be if it had a result."""
    filled = _first_filled_position(cells, columns.positions.get(name, ()))
    if cells[position] or filled is not None:
        return position == filled
    if name == "full_name":
        return not _joined_name(cells, columns)
    is_part = name in (FIRST_NAME, LAST_NAME)
    full_names = columns.positions.get("full_name", ()) if is_part else ()
    return _first_filled_position(cells, full_names) is None


def _valid_email_key(address: Value) -> str:
    if not address or not isinstance(address, str) or validation.problem("email", address):
        return ""
    return email_key(address)


def id_problem(employee_id: str) -> str:
    """Return why an id is invalid, or ""."""
    if len(employee_id) > _MAX_ID_CHARACTERS:
        return f"Must be {_MAX_ID_CHARACTERS} characters or fewer, or empty"
    if not employee_id.isprintable():
        return "Remove the invisible characters, or leave it empty"
    return ""


def _cell(row: Row, columns: Columns, name: str) -> str:
    cells = row.cells
    if name != "full_name":
        return _first_filled(cells, columns.positions[name])
    exact = columns.positions.get(name, ())
    position = _first_filled_position(cells, exact)
    if position is None:
        if parts := _joined_name(cells, columns):
            return parts
        position = _first_filled_position(cells, columns.loose_names)
    if position is None:
        return ""
    cell = cells[position]
    return _first_name_first(cell) if position in columns.last_name_first else cell


def _joined_name(cells: Sequence[str], columns: Columns) -> str:
    """Return the first and the last name, or "" if both are empty."""
    parts = [
        _first_filled(cells, columns.positions[part])
        for part in (FIRST_NAME, LAST_NAME)
        if part in columns.positions
    ]
    if columns.last_name_may_be_full and fold(parts[0]) in fold(parts[1]):
        return parts[1]
    return " ".join(parts).strip()


def _first_filled(cells: Sequence[str], positions: Sequence[int]) -> str:
    """Return the first cell of these that is not blank; "" if all are."""
    for position in positions:
        cell = cells[position]
        if cell and not cell.isspace():
            return cell
    return ""


def _first_filled_position(cells: Sequence[str], positions: Sequence[int]) -> int | None:
    return next((position for position in positions if cells[position].strip()), None)


def _first_name_first(name: str) -> str:
    """Return the first name first, unless there is not exactly one comma."""
    last, _, first = name.partition(",")
    return name if "," in first else f"{first} {last}".strip()


@lru_cache(maxsize=1024)
def _parse_badges(cell: str) -> tuple[str, ...]:
    pieces = (validation.clean("badges", piece) for piece in _BADGE_SEPARATORS.split(cell))
    return tuple(dict.fromkeys(_BADGE_OF.get(fold(piece), piece) for piece in pieces if piece))
