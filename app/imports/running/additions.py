"""The newcomers of many parts are added together: a store is faster the more it can put in order.

It may be done again from the beginning after a kill; then it adds who is missing.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from itertools import islice

from app.contracts import MAX_BATCH, EmployeeStore
from app.contracts.batching import find_by_emails, find_by_ids
from app.imports.planning.lines import UNCHANGED, Line
from app.imports.planning.matching import MAX_REINCARNATIONS, id_candidates, minted_id, possible_ids
from app.model.employee import Employee
from app.model.errors import EditConflict, EmployeeNotFound
from app.text.search_keys import email_key

_ADDED_SINCE = "Somebody with this address was added since. Import the file again to look again"
_TAKEN_SINCE = "Somebody else was added under this id since. Import the file again to look again"
_WAS_DELETED = (
    "Who had this id was deleted, and no id is given twice. Take the id out to add a new person"
)
_WAS_DELETED_AGAIN = (
    f"The same person was added and deleted {MAX_REINCARNATIONS} times. "
    "Give them an id or a mail address to add them once more"
)

# Told how many lines were read so far. It may raise to end the work.
Reading = Callable[[int], None]


class Additions:
    """Those of some parts of one job. ``as_planned`` says that each of them was added.

    ``is_fresh``: nobody has begun to add them, so whoever is there was added by others.
    """

    def __init__(self, store: EmployeeStore, job_id: str, *, is_fresh: bool) -> None:
        self.as_planned = True
        self._store = store
        self._job_id = job_id
        self._is_fresh = is_fresh
        # As compact as can be, should somebody else have added them all.
        self._refused = array("Q")
        self._taken = array("Q")
        self._there = 0

    def add(self, lines: Iterable[Line], reading: Reading) -> Iterator[int]:
        """Add whom these lines describe; yield how many are there so far.

        The store may read all of them before it stores the first.
        """
        self.as_planned = False
        given = stored = 0

        def people() -> Iterator[Employee]:
            nonlocal given
            for line in self._still_new(lines, reading):
                given += 1
                yield line.newcomer

        for stored in self._store.add_many(people()):
            yield self._there + stored
        self.as_planned = stored == given and not (self._refused or self._taken)

    def settle(self, lines: list[Line]) -> Iterator[Line]:
        """What became of each of these lines, now that all are added."""
        unsure = [] if self.as_planned else [line for line in lines if not self._is_minted(line)]
        there = find_by_ids(self._store, (each for line in unsure for each in possible_ids(line)))
        for line in lines:
            if _holds(self._refused, line.number):
                yield line.refused(_ADDED_SINCE)
            elif _holds(self._taken, line.number):
                yield _others(line, there)
            elif self.as_planned or self._is_minted(line):
                yield line  # nobody but this job gives such an id
            else:
                yield self._judged(line, there.get(line.id))

    def _still_new(self, lines: Iterable[Line], reading: Reading) -> Iterator[Line]:
        """Without whom we added before we were killed, and whose address another has by now."""
        left = iter(lines)
        count = 0
        while some := list(islice(left, MAX_BATCH)):
            count += len(some)
            reading(count)
            asked = {
                line.number: email_key(str(line.new["email"]))
                for line in some
                if self._is_minted(line)
            }
            owners = find_by_emails(self._store, asked.values())
            others = self._there_already(some) if self._is_fresh else {}
            for line in some:
                ids = owners.get(asked.get(line.number, ""), ())
                if any(each in others for each in possible_ids(line)):
                    self._taken.append(line.number)
                elif line.id in ids:
                    self._there += 1
                elif ids:
                    self._refused.append(line.number)
                else:
                    yield line

    def _there_already(self, lines: Iterable[Line]) -> dict[str, Employee]:
        given = (line for line in lines if not self._is_minted(line))
        return find_by_ids(self._store, (each for line in given for each in possible_ids(line)))

    def _is_minted(self, line: Line) -> bool:
        return line.id == minted_id(self._job_id, line.number)

    def _judged(self, line: Line, stored: Employee | None) -> Line:
        """A newcomer after the adding of many of whom some were there or had been deleted."""
        if stored is not None:
            same = stored.same_content(line.newcomer)
            return line if same else line.refused(_TAKEN_SINCE)
        if not line.reborn:
            return line.refused(_WAS_DELETED)
        for life in id_candidates(line.id)[1:]:
            again = replace(line, id=life)
            try:
                self._store.add(again.newcomer, f"import {self._job_id} {line.number}")
            except (EmployeeNotFound, EditConflict):
                continue
            return again
        return line.refused(_WAS_DELETED_AGAIN)


def _others(line: Line, there: dict[str, Employee]) -> Line:
    """A newcomer whom others added since they were planned: nothing of ours, to do or to undo."""
    stored = next((there[each] for each in possible_ids(line) if each in there), None)
    if stored is None or not stored.same_content(replace(line.newcomer, id=stored.id)):
        return line.refused(_TAKEN_SINCE)
    return replace(line, outcome=UNCHANGED, id=stored.id, new={}, reborn=False)


def _holds(numbers: array[int], number: int) -> bool:
    place = bisect_left(numbers, number)  # the numbers rise with the lines
    return numbers[place : place + 1] == array("Q", [number])
