"""The dry run: work out the outcome of each row without writing anything."""

from collections.abc import Iterator, Sequence

from app.contracts import EmployeeStore
from app.imports.files.rows import Row, row_label
from app.imports.files.table import Table
from app.imports.planning.dates import DayOrder
from app.imports.planning.lines import (
    ADDED,
    CHANGED,
    REJECTED,
    UNCHANGED,
    Line,
    Problem,
    Value,
    problem_at,
)
from app.imports.planning.matching import Match, match
from app.imports.planning.parsed_rows import ParsedRow, id_problem, read_row
from app.imports.planning.row_photos import RowPhotos
from app.model import validation
from app.model.employee import Employee, in_catalogue_order
from app.model.errors import PhotoRejected
from app.model.revision import revision_of
from app.runtime.compact_map import CompactMap
from app.text.search_keys import email_key

_NO_COLUMN = "The file has no column for this, and every new person needs it. Add the column"


class Planner:
    """Plans the rows of one file in chunks, from the first to the last."""

    def __init__(
        self,
        store: EmployeeStore,
        table: Table,
        order: DayOrder,
        job_id: str,
        photos: RowPhotos,
    ) -> None:
        self._store = store
        self._photos = photos
        self._read_photo = table.read_photo
        self._columns = table.columns
        self._sheets = table.sheets
        self._order = order
        self._job_id = job_id
        self._first_rows = CompactMap()

    def plan(self, rows: Sequence[Row]) -> list[Line]:
        """Return the planned line of each row."""
        parsed = [read_row(row, self._columns, self._order) for row in rows]
        readable = [row for row in parsed if not row.problem]
        matches = iter(match(self._store, readable, self._job_id))
        return [
            self._reject(parsed_row, [parsed_row.problem])
            if parsed_row.problem
            else self._line(parsed_row, next(matches), row)
            for parsed_row, row in zip(parsed, rows, strict=True)
        ]

    def remember(self, line: Line) -> None:
        """Note the employee of a line, so that a later line about the same one is rejected."""
        if line.outcome == REJECTED:
            return
        self._first_rows.add(f"id {line.id}", line.number)
        email = line.new.get("email") or line.old.get("email") or ""
        if isinstance(email, str) and email:
            self._first_rows.add(f"mail {email_key(email)}", line.number)

    def _line(self, row: ParsedRow, match: Match, source: Row) -> Line:
        problems = [*self._problems_of_match(row, match), *self._problems(row, match)]
        photo_key = ""
        if not problems and source.photo:
            try:
                image = self._read_photo(source)
                photo_key = self._photos.take(row.number, image, match.employee)
            except PhotoRejected as error:
                problems.append(problem_at("Photo", str(error).rstrip(".")))
        if problems:
            return self._reject(row, problems)
        if match.employee is None:
            line = _added(row, match, photo_key)
        else:
            line = _compared(row, match.employee, photo_key)
        self.remember(line)
        return line

    def _reject(self, row: ParsedRow, problems: Sequence[Problem]) -> Line:
        name = row.text("full_name") or row.text("email") or row.id
        return Line(row.number, REJECTED, name=name[:200], problems=tuple(problems))

    def _problems_of_match(self, row: ParsedRow, match: Match) -> Iterator[Problem]:
        heading = self._columns.heading_of
        if match.owners:
            yield problem_at(
                heading("email"),
                f"{len(match.owners)} people have this email. Enter the id of the right person "
                "in a column named Id",
                row.text("email"),
            )
            return
        employee_id = match.employee.id if match.employee else match.ids[0]
        first_row = self._first_rows.get(f"id {employee_id}")
        if not first_row and match.by_email:
            first_row = self._first_rows.get(f"mail {row.email_key}")
        if first_row:
            line = row_label(first_row, self._sheets)
            yield problem_at("", f"Row {line} is about the same person. Keep only one of them")

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
            if name not in row.values:
                label = validation.LABELS[name]
                yield problem_at(label, _NO_COLUMN)


def _added(row: ParsedRow, match: Match, photo_key: str) -> Line:
    new: dict[str, Value] = {name: value for name, value in row.values.items() if value}
    if "badges" in new:
        new["badges"] = in_catalogue_order(new["badges"])
    if photo_key:
        new["photo_key"] = photo_key
    name, may_reassign_id = row.text("full_name"), len(match.ids) > 1
    return Line(row.number, ADDED, match.ids[0], name, new=new, may_reassign_id=may_reassign_id)


def _compared(row: ParsedRow, stored: Employee, photo_key: str) -> Line:
    new: dict[str, Value] = {}
    old: dict[str, Value] = {}
    for name, value in row.values.items():
        if not row.differs(name, stored):
            continue
        if isinstance(value, str):
            new[name], old[name] = value, getattr(stored, name)
        else:
            new[name], old[name] = in_catalogue_order(value), stored.known_badges
    if photo_key and photo_key != stored.photo_key:
        new["photo_key"], old["photo_key"] = photo_key, stored.photo_key
    name = row.text("full_name") or stored.full_name
    if not new:
        return Line(row.number, UNCHANGED, stored.id, name)
    return Line(row.number, CHANGED, stored.id, name, revision_of(stored), new, old)
