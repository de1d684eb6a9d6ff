"""Add the new employees of many parts together: a store is faster with more to sort.

After a kill it starts again from the beginning and adds the employees that are missing.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from itertools import islice

from app.contracts import MAX_BATCH, EmployeeStore
from app.contracts.batching import find_by_emails, find_by_ids, find_by_numbers
from app.contracts.import_jobs import Job
from app.imports.planning.lines import UNCHANGED, Line
from app.imports.planning.matching import (
    MAX_ID_CANDIDATES,
    generated_id,
    id_candidates,
    possible_ids,
)
from app.imports.running.writes import JobWrites
from app.model.employee import Employee
from app.model.errors import EditConflict, EmployeeNotFound
from app.text.search_keys import email_key, number_key

_ADDED_SINCE = "Someone with this email was added after the check. Import the file again"
_NUMBERED_SINCE = (
    "Someone with this employee number was added after the check. Import the file again"
)
_TAKEN_SINCE = "Someone else with this id was added after the check. Import the file again"
_WAS_DELETED = (
    "The person with this id was deleted, and ids are not reused. Remove the id to add a new person"
)
_WAS_DELETED_AGAIN = (
    f"The same person was added and deleted {MAX_ID_CANDIDATES} times. "
    "Give them an id or an email to add them again"
)

# Called with the number of lines read so far; may raise to end the work.
OnRead = Callable[[int], None]


class Additions:
    """The additions of some parts of one job. ``as_planned`` says that all were added.

    ``is_fresh`` says that this job has added none of them yet: those that exist are not its own.
    """

    def __init__(self, store: EmployeeStore, job: Job, *, is_fresh: bool) -> None:
        self.as_planned = True
        self._store = store
        self._job_id = job.id
        self._writes = JobWrites(job)
        self._is_fresh = is_fresh
        # Line numbers, as arrays: in the worst case these are all lines.
        self._email_taken = array("Q")
        self._number_taken = array("Q")
        self._id_taken = array("Q")
        self._already_added = 0

    def add(self, lines: Iterable[Line], on_read: OnRead) -> Iterator[int]:
        """Add the employees of these lines; yield how many exist so far.

        The store may read all lines before it writes the first employee.
        """
        self.as_planned = False
        offered = stored = 0

        def people() -> Iterator[Employee]:
            nonlocal offered
            for line in self._lines_to_add(lines, on_read):
                offered += 1
                yield line.new_employee

        for stored in self._store.add_many(people(), self._writes.addition):
            yield self._already_added + stored
        taken = self._email_taken or self._number_taken or self._id_taken
        self.as_planned = stored == offered and not taken

    def resolve(self, lines: list[Line]) -> Iterator[Line]:
        """Yield the outcome of each of these lines; call it after ``add``."""
        stored = {} if self.as_planned else self._find_stored(lines)
        for line in lines:
            if _contains(self._email_taken, line.number):
                yield line.rejected(_ADDED_SINCE)
            elif _contains(self._number_taken, line.number):
                yield line.rejected(_NUMBERED_SINCE)
            elif _contains(self._id_taken, line.number):
                yield _resolve_taken(line, stored)
            elif self.as_planned or self._has_generated_id(line):
                yield line  # only this job generates this id
            else:
                yield self._resolve_stored(line, stored.get(line.id))

    def _lines_to_add(self, lines: Iterable[Line], on_read: OnRead) -> Iterator[Line]:
        """Yield the lines that an earlier run did not add and whose keys are still free."""
        remaining = iter(lines)
        count = 0
        while chunk := list(islice(remaining, MAX_BATCH)):
            count += len(chunk)
            on_read(count)
            emails = {
                line.number: email_key(str(line.new["email"]))
                for line in chunk
                if self._has_generated_id(line) and line.new.get("email")
            }
            owners = find_by_emails(self._store, emails.values())
            numbered = self._find_numbered(chunk)
            stored = self._find_stored(chunk) if self._is_fresh else {}
            for line in chunk:
                ids = owners.get(emails.get(line.number, ""), ())
                if line.number in numbered:
                    self._number_taken.append(line.number)
                elif any(key in stored for key in possible_ids(line)):
                    self._id_taken.append(line.number)
                elif line.id in ids:
                    self._already_added += 1
                elif ids and not line.resembles:
                    self._email_taken.append(line.number)
                else:
                    yield line

    def _find_numbered(self, lines: Iterable[Line]) -> set[int]:
        """Return the lines whose employee number somebody else has by now."""
        keys = {
            line.number: number_key(number)
            for line in lines
            if isinstance(number := line.new.get("employee_number"), str) and number
        }
        owners = find_by_numbers(self._store, keys.values())
        return {
            line.number
            for line in lines
            if not set(owners.get(keys.get(line.number, ""), ())) <= {*possible_ids(line)}
        }

    def _find_stored(self, lines: Iterable[Line]) -> dict[str, Employee]:
        """Look up the ids that other sources than this job may have used."""
        given = (line for line in lines if not self._has_generated_id(line))
        return find_by_ids(self._store, (key for line in given for key in possible_ids(line)))

    def _has_generated_id(self, line: Line) -> bool:
        return line.id == generated_id(self._job_id, line.number)

    def _resolve_stored(self, line: Line, stored: Employee | None) -> Line:
        """Return the outcome of a line whose employee may have existed or been deleted before."""
        if stored is not None:
            is_same = stored.same_content(line.new_employee)
            return line if is_same else line.rejected(_TAKEN_SINCE)
        if not line.may_reassign_id:
            return line.rejected(_WAS_DELETED)
        for employee_id in id_candidates(line.id)[1:]:
            reassigned = replace(line, id=employee_id)
            try:
                self._store.add(reassigned.new_employee, self._writes.applying(line))
            except (EmployeeNotFound, EditConflict):
                continue
            return reassigned
        return line.rejected(_WAS_DELETED_AGAIN)


def _resolve_taken(line: Line, employees: dict[str, Employee]) -> Line:
    """Return the outcome of a line whose id others used since the plan: unchanged or rejected."""
    stored = next((employees[key] for key in possible_ids(line) if key in employees), None)
    if stored is None or not stored.same_content(replace(line.new_employee, id=stored.id)):
        return line.rejected(_TAKEN_SINCE)
    return replace(line, outcome=UNCHANGED, id=stored.id, new={}, may_reassign_id=False)


def _contains(numbers: array[int], number: int) -> bool:
    position = bisect_left(numbers, number)  # numbers are ascending
    return numbers[position : position + 1] == array("Q", [number])
