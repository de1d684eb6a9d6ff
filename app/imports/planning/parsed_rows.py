"""Parse a row into the employee that it means and the field values to store."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from app.contracts.queries import MANAGER
from app.imports.files.columns import Columns
from app.imports.files.rows import Row
from app.imports.planning.cell_values import clean
from app.imports.planning.dates import DayOrder, parse_date
from app.imports.planning.leavers import NO_DEPARTURE, Departure, LeaverCheck
from app.imports.planning.lines import Problem, Value, problem_at
from app.imports.planning.manager_texts import one_of
from app.imports.planning.placeholders import is_placeholder, without_placeholders
from app.imports.planning.row_cells import (
    alternatives_of,
    cell_of,
    first_filled,
    is_courtesy_title,
    is_read,
)
from app.model import validation
from app.model.employee import BADGES, Employee, in_catalogue_order
from app.model.fields import DATE_FIELDS, FIELDS
from app.model.kinds import CUT_OFF, NUMBER_CUT_OFF
from app.text.folding import fold
from app.text.search_keys import email_key, number_key

_BADGE_SEPARATORS = re.compile(r"[,;|\n]")
_BADGE_OF = {fold(name): badge.key for badge in BADGES for name in (badge.key, badge.label)}
_BADGE_OF[fold("Paperclip Afficionado")] = "paperclip"  # as pages wrote it before 1.0
_MAX_ID_CHARACTERS = 200
_NUMBER = "employee_number"
_INVISIBLE = " \u00a0\u200b\u200c\u200d\u2060\ufeff\u200e\u200f\u202a\u202c"
_NO_RESULT = (
    "The file has a formula here and not its result. Open the file in a spreadsheet program, save "
    "it, and import it again"
)
_IS_FOREIGN = {
    field.name: is_foreign for field in FIELDS if (is_foreign := field.kind.rules.is_foreign)
}
_MAY_BE_FOREIGN = {"job_title", *_IS_FOREIGN}


@dataclass(frozen=True, slots=True)
class ParsedRow:
    """A parsed row: an id, or "" if it has none, and values by field.

    ``errors`` are the problems of fields that cannot be parsed. ``email_key`` is the key of a valid
    email, otherwise "", and ``other_email_keys`` are those of further columns. ``number_key`` is
    that of the employee number, ``id_number_key`` that of an id which may be one. ``problem``
    concerns the whole row; ``departure`` is what the row says of leaving.
    ``is_sparse`` is that of the Row.
    """

    number: int
    id: str
    values: dict[str, Value]
    errors: dict[str, str]
    email_key: str = ""
    other_email_keys: tuple[str, ...] = ()
    number_key: str = ""
    id_number_key: str = ""
    problem: Problem | None = None
    departure: Departure = NO_DEPARTURE
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
            known_text = clean(name, getattr(stored, name))
            return value != known_text and (value != "" or not is_placeholder(name, known_text))
        known = in_catalogue_order(value)
        return set(value) - set(stored.badges) != set() or known != stored.known_badges


_BADGE_KEYS = frozenset(badge.key for badge in BADGES)


def read_row(
    row: Row, columns: Columns, order: DayOrder, leavers: LeaverCheck | None = None
) -> ParsedRow:
    """Parse a row; one that cannot be read has only a ``problem``."""
    values: dict[str, Value] = {}
    errors: dict[str, str] = {}
    cells = columns.cells_of(row.cells)
    if not row.is_sparse:  # contacts have nothing in place of nothing
        cells = without_placeholders(cells, columns.fields_by_column)
    if problem := _row_problem(row, columns):
        if row.cells and "full_name" in columns.fields:
            name = cell_of(cells, columns, "full_name")
            values["full_name"] = validation.clean("full_name", name)
        return ParsedRow(row.number, "", values, errors, problem=problem)
    for name, text in _texts(cells, columns):
        values[name] = text
        if name in DATE_FIELDS and text:
            iso_date, error = parse_date(text, order)
            values[name] = iso_date or text
        else:
            error = NUMBER_CUT_OFF if name == _NUMBER and CUT_OFF.fullmatch(text) else ""
        if error:
            errors[name] = error
    positions = columns.positions
    if "badges" in positions:
        values["badges"] = _parse_badges(first_filled(cells, positions["badges"]))
    employee_id = _id_in(first_filled(cells, positions["id"])) if "id" in positions else ""
    departure = _departure(cells, values, leavers)
    return ParsedRow(
        row.number,
        employee_id,
        values,
        errors,
        _valid_email_key(values.get("email", "")),
        _other_email_keys(cells, positions.get("email", ())),
        number_key(str(values["employee_number"])) if values.get("employee_number") else "",
        number_key(employee_id) if columns.id_may_be_number else "",
        is_sparse=row.is_sparse,
        departure=departure,
    )


def _departure(
    cells: Sequence[str], values: dict[str, Value], leavers: LeaverCheck | None
) -> Departure:
    """Return what a row says of leaving; a last day to come is a value like any other."""
    if leavers is None:
        return NO_DEPARTURE
    departure = leavers.read(cells, str(values.get("start_date", "")))
    if departure.cell is None and departure.day is not None:
        values["left_on"] = departure.day
    return departure


def _texts(cells: Sequence[str], columns: Columns) -> Iterator[tuple[str, str]]:
    """Yield the cleaned text of each field; one with a foreign value is left out."""
    for name, position in columns.text_columns:
        if name == MANAGER and position < 0:
            yield name, _manager(cells, columns)
            continue
        cell = cells[position] if position >= 0 else cell_of(cells, columns, name)
        text = clean(name, cell)
        if name not in _MAY_BE_FOREIGN or not text or not _is_foreign(name, text, columns):
            yield name, text


def _manager(cells: Sequence[str], columns: Columns) -> str:
    """Return all that a row calls the manager: an id of another system may be nobody's here."""
    texts = (clean(MANAGER, cell) for cell in alternatives_of(cells, columns, MANAGER))
    return one_of(filter(None, texts))


def _is_foreign(name: str, text: str, columns: Columns) -> bool:
    """Return whether a text is a value of another kind, which other programs call the same."""
    if name == "job_title":
        return columns.title_may_be_courtesy and is_courtesy_title(text)
    return _IS_FOREIGN[name](text)


def _other_email_keys(cells: Sequence[str], positions: Sequence[int]) -> tuple[str, ...]:
    """Return the keys of the addresses in the other columns, such as the user principal name."""
    if len(positions) < 2:
        return ()
    texts = (clean("email", cells[position]) for position in positions)
    keys = dict.fromkeys(filter(None, map(_valid_email_key, texts)))
    return tuple(keys)[1:]


def _row_problem(row: Row, columns: Columns) -> Problem | None:
    """Return why the row cannot be read; errors in ignored columns do not count."""
    if row.problem:
        return problem_at("", row.problem)
    for position in row.errors:
        name = columns.fields_by_column[position] if position < columns.width else ""
        if name and is_read(row.cells, columns, name, position):
            cell = row.cells[position]
            reason = "Fix the formula that gives this error" if cell else _NO_RESULT
            return problem_at(columns.headings[position], reason, cell)
    return None


def _id_in(cell: str) -> str:
    """Return an id without the spaces and invisible signs around it."""
    return cell.strip().strip(_INVISIBLE)


def _valid_email_key(address: Value) -> str:
    if not address or not isinstance(address, str) or validation.problem("email", address):
        return ""
    return email_key(address)


def id_problem(employee_id: str) -> str:
    """Return why an id is invalid, or ""."""
    if len(employee_id) > _MAX_ID_CHARACTERS:
        return f"Must be {_MAX_ID_CHARACTERS} characters or fewer, or empty"
    if CUT_OFF.fullmatch(employee_id):
        return NUMBER_CUT_OFF
    if not employee_id.isprintable():
        return "Remove the invisible characters, or leave it empty"
    return ""


@lru_cache(maxsize=1024)
def _parse_badges(cell: str) -> tuple[str, ...]:
    pieces = (validation.clean("badges", piece) for piece in _BADGE_SEPARATORS.split(cell))
    return tuple(dict.fromkeys(_BADGE_OF.get(fold(piece), piece) for piece in pieces if piece))
