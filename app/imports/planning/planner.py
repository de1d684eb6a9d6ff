"""The dry run: work out the outcome of each row without writing anything."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

from app.contracts import EmployeeStore
from app.contracts.import_choices import Choices
from app.imports.files.rows import Row, row_label
from app.imports.files.table import Table
from app.imports.planning.dates import DayOrder
from app.imports.planning.departures import departed, outcome_of, returning, stays
from app.imports.planning.duplicates import (
    Namesakes,
    RowsByPerson,
    find_namesakes,
    resembled,
)
from app.imports.planning.leavers import LeaverCheck
from app.imports.planning.lines import (
    ADDED,
    DUPLICATE,
    REJECTED,
    UNCHANGED,
    Line,
    Problem,
    Resemblance,
    Value,
    problem_at,
)
from app.imports.planning.matching import Match, generated_id, match, number_ids
from app.imports.planning.parsed_rows import ParsedRow, id_problem, read_row
from app.imports.planning.row_photos import RowPhotos
from app.model import leaving, validation
from app.model.employee import Employee, in_catalogue_order
from app.model.errors import PhotoRejected
from app.model.revision import revision_of

_NO_COLUMN = (
    "The file has no column for this, and every new person needs it. Add the column, or give one "
    "value for the whole file"
)
_NO_CHOICES = Choices()


class Planner:
    """Plans the rows of one file in chunks, from the first to the last."""

    def __init__(
        self,
        store: EmployeeStore,
        table: Table,
        order: DayOrder,
        job_id: str,
        photos: RowPhotos,
        choices: Choices = _NO_CHOICES,
    ) -> None:
        self._store = store
        self._photos = photos
        self._read_photo = table.read_photo
        self._columns = table.columns
        self._sheets = table.sheets
        self._order = order
        self._job_id = job_id
        self._today = leaving.today()
        self._leavers = LeaverCheck(table.columns, order, date.fromisoformat(self._today))
        self._first_rows = RowsByPerson()
        self._defaults: dict[str, Value] = dict(choices.defaults)
        self._adds_duplicates = choices.add_duplicates
        self._added_rows = frozenset(choices.added_rows)

    def plan(self, rows: Sequence[Row]) -> list[Line]:
        """Return the planned line of each row."""
        parsed = [read_row(row, self._columns, self._order, self._leavers) for row in rows]
        readable = [row for row in parsed if not row.problem]
        matches = match(self._store, readable, self._job_id)
        namesakes = find_namesakes(self._store, readable, matches)
        each_match = iter(matches)
        return [
            self._reject(parsed_row, [parsed_row.problem])
            if parsed_row.problem
            else self._line(parsed_row, next(each_match), row, namesakes)
            for parsed_row, row in zip(parsed, rows, strict=True)
        ]

    def remember(self, line: Line) -> None:
        """Note the employee of a line, so that a later line about the same one is rejected."""
        self._first_rows.remember(line)

    @property
    def contradicted(self) -> tuple[int, ...]:
        """The rows of who has left by them, and is here by another row."""
        return self._first_rows.contradicted

    def may_mean(self, employee_id: str) -> bool:
        """Return whether a row so far means an employee, or may mean them."""
        return self._first_rows.may_mean(employee_id)

    def _line(self, row: ParsedRow, match: Match, source: Row, namesakes: Namesakes) -> Line:
        if row.departure.cell:
            line = self._departed(row, row.departure.cell, match, namesakes)
        else:
            line = self._planned(row, self._told_apart(row, match), source, namesakes)
        self.remember(line)
        return line

    def _departed(self, row: ParsedRow, cell: Problem, match: Match, namesakes: Namesakes) -> Line:
        if match.owners:
            return self._reject(row, list(self._problems_of_match(row, match)), _meant_by(match))
        if stored := match.employee:
            first = self._first_rows.by_id(stored.id) or self._first_rows.left_by(stored.id)
            if first:
                return stays(row, cell, stored, self._same_person(first))
        similar = resembled(row, match, self._first_rows, namesakes)
        return departed(row, cell, match, self._today, similar)

    def _same_person(self, first_row: int) -> str:
        line = row_label(first_row, self._sheets)
        return f"Row {line} is about the same person. Keep only one of them"

    def _planned(self, row: ParsedRow, match: Match, source: Row, namesakes: Namesakes) -> Line:
        resembles = resembled(row, match, self._first_rows, namesakes)
        is_told = self._adds_duplicates or row.number in self._added_rows
        meant = match
        if resembles:
            match = self._as_somebody_new(row, match)
        if match.employee is None:
            row = self._with_defaults(row)
        problems = [*self._problems_of_match(row, match), *self._problems(row, match)]
        photo_key = ""
        if not problems and source.photo and (is_told or not resembles):
            try:
                image = self._read_photo(source, self._photos.max_bytes)
                photo_key = self._photos.take(row.number, image, match.employee)
            except PhotoRejected as error:
                problems.append(problem_at("Photo", str(error).rstrip(".")))
        if problems:
            return self._reject(row, problems, _meant_by(meant))
        if match.employee is None:
            line = _added(row, match, photo_key)
        else:
            line = _compared(row, match.employee, photo_key, self._today)
        if resembles:
            outcome = ADDED if is_told else DUPLICATE
            line = replace(line, outcome=outcome, resembles=resembles)
        return line

    def _told_apart(self, row: ParsedRow, match: Match) -> Match:
        """Tell a row by its number from one with equal values and another number."""
        if match.employee or row.id or row.email_key or not row.number_key or match.owners:
            return match
        return Match(ids=number_ids(row)) if self._first_rows.by_id(match.ids[0]) else match

    def _as_somebody_new(self, row: ParsedRow, match: Match) -> Match:
        """Return what a possible duplicate would be: an employee of its own."""
        is_taken = match.employee is not None or self._first_rows.by_id(match.ids[0])
        ids = (generated_id(self._job_id, row.number),) if is_taken else match.ids
        return Match(ids=ids)

    def _with_defaults(self, row: ParsedRow) -> ParsedRow:
        """Return the row of a new employee with the values of those fields that it leaves empty."""
        missing = {
            name: value for name, value in self._defaults.items() if not row.values.get(name)
        }
        return replace(row, values={**row.values, **missing}) if missing else row

    def _reject(
        self, row: ParsedRow, problems: Sequence[Problem], meant: tuple[Resemblance, ...] = ()
    ) -> Line:
        name = row.text("full_name") or row.text("email") or row.id
        problems = tuple(problems)
        return Line(row.number, REJECTED, name=name[:200], problems=problems, resembles=meant)

    def _problems_of_match(self, row: ParsedRow, match: Match) -> Iterator[Problem]:
        heading = self._columns.heading_of
        if match.owners:
            name = match.conflict_field
            typed = row.id if name == "id" else row.text(name)
            yield problem_at(heading(name), match.conflict, typed or row.id)
            return
        employee_id = match.employee.id if match.employee else match.ids[0]
        if first_row := self._first_rows.by_id(employee_id):
            yield problem_at("", self._same_person(first_row))
        elif first_row := self._first_rows.by_number(row.number_key):
            line = row_label(first_row, self._sheets)
            reason = f"Row {line} has the same employee number. Correct one of the two"
            yield problem_at(heading("employee_number"), reason, row.text("employee_number"))

    def _problems(self, row: ParsedRow, match: Match) -> Iterator[Problem]:
        stored = match.employee
        for name, value in row.values.items():
            if reason := row.problem_with(name, stored):
                typed = value if isinstance(value, str) else ", ".join(value)
                yield problem_at(self._columns.heading_of(name), reason, typed)
        if stored is None:
            yield from self._problems_of_new(row)

    def _problems_of_new(self, row: ParsedRow) -> Iterator[Problem]:
        if reason := id_problem(row.id):
            yield problem_at(self._columns.heading_of("id"), reason, row.id)
        for name in validation.REQUIRED:
            if name in row.values:
                continue
            if name in self._columns.fields:  # its cells are of another kind, such as "Dr."
                yield problem_at(self._columns.heading_of(name), validation.problem(name, ""))
            else:
                yield problem_at(validation.LABELS[name], _NO_COLUMN)


def _meant_by(match: Match) -> tuple[Resemblance, ...]:
    """Return the employees that a row means or may mean."""
    ids = (match.employee.id,) if match.employee else match.owners
    return tuple(map(Resemblance, ids))


def _added(row: ParsedRow, match: Match, photo_key: str) -> Line:
    new: dict[str, Value] = {name: value for name, value in row.values.items() if value}
    if "badges" in new:
        new["badges"] = in_catalogue_order(new["badges"])
    if photo_key:
        new["photo_key"] = photo_key
    name, may_reassign_id = row.text("full_name"), len(match.ids) > 1
    return Line(row.number, ADDED, match.ids[0], name, new=new, may_reassign_id=may_reassign_id)


def _compared(row: ParsedRow, stored: Employee, photo_key: str, today: str) -> Line:
    new = returning(row, stored, today)
    for name, value in row.values.items():
        if row.differs(name, stored):
            new[name] = value if isinstance(value, str) else in_catalogue_order(value)
    if photo_key and photo_key != stored.photo_key:
        new["photo_key"] = photo_key
    old = {name: _stored_value(stored, name) for name in new}
    name, outcome = row.text("full_name") or stored.full_name, outcome_of(stored, new, today)
    if outcome == UNCHANGED:
        return Line(row.number, UNCHANGED, stored.id, name)
    return Line(row.number, outcome, stored.id, name, revision_of(stored), new, old)


def _stored_value(stored: Employee, name: str) -> Value:
    value: Value = stored.known_badges if name == "badges" else getattr(stored, name)
    return value
