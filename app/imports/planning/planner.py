"""What becomes of each row of a file, without doing it: the dry run."""

from __future__ import annotations

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
from app.imports.planning.parsed_rows import ParsedRow, id_problem, known_badges, read_row
from app.model import validation
from app.model.employee import Employee
from app.model.revision import revision_of
from app.runtime.compact_map import CompactMap
from app.text.search_keys import email_key


class Planner:
    """Plans the rows of one file, some at a time, from the first to the last."""

    def __init__(self, store: EmployeeStore, table: Table, order: DayOrder, job_id: str) -> None:
        self._store = store
        self._columns = table.columns
        self._sheets = table.sheets
        self._order = order
        self._job_id = job_id
        self._seen = CompactMap()

    def plan(self, rows: Sequence[Row]) -> list[Line]:
        """What becomes of these rows."""
        wanted = [read_row(row, self._columns, self._order) for row in rows]
        found = match(self._store, [each for each in wanted if not each.problem], self._job_id)
        matches = iter(found)
        return [
            self._refused(each, [each.problem]) if each.problem else self._line(each, next(matches))
            for each in wanted
        ]

    def remember(self, line: Line) -> None:
        """Note whom a line is about, so that a later one about the same person is refused."""
        if line.outcome == REJECTED:
            return
        self._seen.note(f"id {line.id}", line.number)
        mail = line.new.get("email") or line.old.get("email") or ""
        if isinstance(mail, str) and mail:
            self._seen.note(f"mail {email_key(mail)}", line.number)

    def _line(self, wanted: ParsedRow, match: Match) -> Line:
        problems = [*self._problems_of_match(wanted, match), *self._problems(wanted, match)]
        if problems:
            return self._refused(wanted, problems)
        line = _added(wanted, match) if match.person is None else _compared(wanted, match.person)
        self.remember(line)
        return line

    def _refused(self, wanted: ParsedRow, problems: Sequence[Problem]) -> Line:
        name = wanted.text("full_name") or wanted.text("email") or wanted.id
        return Line(wanted.number, REJECTED, name=name[:200], problems=tuple(problems))

    def _problems_of_match(self, wanted: ParsedRow, match: Match) -> Iterator[Problem]:
        heading = self._columns.heading_of
        if match.namesakes:
            yield problem_at(
                heading("email"),
                f"{len(match.namesakes)} people have this address. Put the id of the one that is "
                "meant in a column named Id",
                wanted.text("email"),
            )
            return
        who = match.person.id if match.person else match.ids[0]
        first = self._seen.first(f"id {who}")
        if not first and match.by_mail:
            first = self._seen.first(f"mail {wanted.mail}")
        if first:
            line = row_label(first, self._sheets)
            yield problem_at("", f"Line {line} is about the same person. Keep one of the two")

    def _problems(self, wanted: ParsedRow, match: Match) -> Iterator[Problem]:
        stored = match.person
        for name, value in wanted.values.items():
            if why := wanted.problem_with(name, stored):
                typed = value if isinstance(value, str) else ", ".join(value)
                yield problem_at(self._columns.heading_of(name), why, typed)
        if stored is None:
            yield from self._problems_of_newcomer(wanted)

    def _problems_of_newcomer(self, wanted: ParsedRow) -> Iterator[Problem]:
        if why := id_problem(wanted.id):
            yield problem_at(self._columns.heading_of("id"), why, wanted.id)
        for name, what in validation.REQUIRED.items():
            if name not in wanted.values:
                label = validation.LABELS[name]
                yield problem_at(label, f"{what}: the file has no column for it")


def _added(wanted: ParsedRow, match: Match) -> Line:
    new: dict[str, Value] = {name: value for name, value in wanted.values.items() if value}
    if "badges" in new:
        new["badges"] = known_badges(new["badges"])
    name, reborn = wanted.text("full_name"), len(match.ids) > 1
    return Line(wanted.number, ADDED, match.ids[0], name, new=new, reborn=reborn)


def _compared(wanted: ParsedRow, stored: Employee) -> Line:
    new: dict[str, Value] = {}
    old: dict[str, Value] = {}
    for name, value in wanted.values.items():
        if not wanted.differs(name, stored):
            continue
        if isinstance(value, str):
            new[name], old[name] = value, getattr(stored, name)
        else:
            new[name], old[name] = known_badges(value), stored.known_badges
    name = wanted.text("full_name") or stored.full_name
    if not new:
        return Line(wanted.number, UNCHANGED, stored.id, name)
    return Line(wanted.number, CHANGED, stored.id, name, revision_of(stored), new, old)
