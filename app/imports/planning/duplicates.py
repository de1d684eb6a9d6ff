"""Rows of people who may be here already, or in an earlier row of the same file."""

from collections.abc import Iterable, Mapping, Sequence

from app.contracts import EmployeeStore, Namesake
from app.contracts.batching import find_by_names
from app.imports.planning.identities import is_a_leavers_address
from app.imports.planning.lines import (
    DUPLICATE,
    INACTIVE,
    LEFT,
    REJECTED,
    Line,
    Resemblance,
)
from app.imports.planning.matching import Match
from app.imports.planning.parsed_rows import ParsedRow
from app.runtime.compact_map import CompactMap
from app.text.search_keys import email_key, name_key, number_key

Namesakes = Mapping[str, tuple[Namesake, ...]]


class RowsByPerson:
    """The first row of each person in a file: by id, by email, and by name where it has neither."""

    def __init__(self) -> None:
        self._rows = CompactMap()
        self._contradicted: set[int] = set()

    @property
    def contradicted(self) -> tuple[int, ...]:
        """The rows of who has left by them, and is here by a later one."""
        return tuple(sorted(self._contradicted))

    def remember(self, line: Line) -> None:
        """Note the person of a line, and whom it may mean."""
        for similar in line.resembles:
            self._rows.add(f"met {similar.id}", line.number)
        has_left = line.outcome == LEFT and bool(line.problems)
        if has_left or line.outcome in (REJECTED, DUPLICATE, INACTIVE):
            self._rows.add(f"met {line.id}", line.number)
            if has_left:
                self._rows.add(f"left {line.id}", line.number)
            return
        if left := self._rows.get(f"left {line.id}"):
            self._contradicted.add(left)
        self._rows.add(f"id {line.id}", line.number)
        email = line.new.get("email") or line.old.get("email") or ""
        if isinstance(email, str) and email:
            self._rows.add(f"mail {email_key(email)}", line.number)
        number = line.new.get("employee_number") or ""
        if isinstance(number, str) and number:
            self._rows.add(f"number {number_key(number)}", line.number)
        if line.may_reassign_id:  # it has no key of its own
            self._rows.add(f"name {name_key(line.name)}", line.number)

    def may_mean(self, employee_id: str) -> bool:
        """Return whether a row means an employee, or may mean them."""
        return bool(self.by_id(employee_id) or self._rows.get(f"met {employee_id}"))

    def by_id(self, employee_id: str) -> int:
        """Return the number of the first row with this person; 0 if there is none."""
        return self._rows.get(f"id {employee_id}")

    def left_by(self, employee_id: str) -> int:
        """Return the number of the first row by which this person leaves; 0 if there is none."""
        return self._rows.get(f"left {employee_id}")

    def by_email(self, key: str) -> int:
        """Return the number of the first row with this email key; 0 if there is none."""
        return self._rows.get(f"mail {key}") if key else 0

    def by_number(self, key: str) -> int:
        """Return the number of the first row that gives this employee number; 0 if none does."""
        return self._rows.get(f"number {key}") if key else 0

    def by_name(self, full_name: str) -> int:
        """Return the number of the first row with this name and no key; 0 if there is none."""
        return self._rows.get(f"name {name_key(full_name)}")


def find_namesakes(
    store: EmployeeStore, rows: Sequence[ParsedRow], matches: Sequence[Match]
) -> Namesakes:
    """Return who has the name of a row that has no key and means nobody who is here."""
    names = (
        row.text("full_name")
        for row, match in zip(rows, matches, strict=True)
        if is_keyless(row) and match.employee is None and row.text("full_name")
    )
    return find_by_names(store, names)


def is_keyless(row: ParsedRow) -> bool:
    """Return whether a row has nothing but its values to tell whom it means."""
    return not (row.id or row.email_key or row.text("employee_number"))


def resembled(
    row: ParsedRow, match: Match, earlier: RowsByPerson, namesakes: Namesakes
) -> tuple[Resemblance, ...]:
    """Return whom a row that would add somebody may mean; nobody for a row that is certain.

    A second row with the same email adds somebody too, though the first one may change somebody.
    """
    return tuple(dict.fromkeys(_resembled(row, match, earlier, namesakes)))


def _former_owner(row: ParsedRow, match: Match) -> Iterable[Resemblance]:
    """Yield who has left, and whose address somebody else may have got."""
    if (stored := match.employee) and match.by_email and is_a_leavers_address(row, stored):
        yield Resemblance(stored.id, stored.full_name)


def _resembled(
    row: ParsedRow, match: Match, earlier: RowsByPerson, namesakes: Namesakes
) -> Iterable[Resemblance]:
    if match.owners:
        return
    yield from _former_owner(row, match)
    same_person = earlier.by_id(match.employee.id if match.employee else match.ids[0])
    if same_person and (match.by_email or is_keyless(row)):
        yield Resemblance(row=same_person)
    if match.employee or same_person:
        return
    if same_email := earlier.by_email(row.email_key):
        yield Resemblance(row=same_email)
    if is_keyless(row) and (name := row.text("full_name")):
        if same_name := earlier.by_name(name):
            yield Resemblance(row=same_name)
        for namesake in namesakes.get(name_key(name), ()):
            yield Resemblance(namesake.id, namesake.full_name)
