"""A part of what was done is undone: whoever is as the import left them, and nobody else."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

from app.contracts import MAX_DELETE_BATCH, Deletion, EmployeeStore
from app.contracts.batching import find_by_ids
from app.imports.planning.lines import ADDED, CHANGED, SKIPPED, UNDONE, Line
from app.imports.planning.matching import possible_ids
from app.imports.running.updates import AT_ONCE, has_what_was_left, with_values
from app.model.employee import Employee
from app.model.errors import DirectoryError, EditConflict, EmployeeDeleted, EmployeeNotFound
from app.model.revision import revision_of, version_in

_CHANGED_SINCE = "Was changed since the import, and is left as it is"
_GONE_SINCE = "Was deleted since the import"


class Undo:
    """Undoes the lines of one job."""

    def __init__(
        self, store: EmployeeStore, job_id: str, renew_lease: Callable[[], None], writers: int
    ) -> None:
        self._store = store
        self._job_id = job_id
        self._renew_lease = renew_lease
        self._writers = writers
        # A store with several writers deletes one by one, and whoever stops it waits for a group.
        self._at_once = AT_ONCE if writers > 1 else MAX_DELETE_BATCH

    def undo(self, lines: Sequence[Line]) -> list[Line]:
        """What became of each line that was done; lines that never were are left out."""
        return [line for line in self._each(lines) if line is not None]

    def _each(self, lines: Sequence[Line]) -> Iterator[Line | None]:
        touched = [line for line in lines if line.outcome in (ADDED, CHANGED)]
        with ThreadPoolExecutor(self._writers) as writers:
            for some in _groups(touched, self._at_once):
                stored = find_by_ids(
                    self._store, (each for line in some for each in possible_ids(line))
                )
                found = {
                    line.number: next((stored[i] for i in possible_ids(line) if i in stored), None)
                    for line in some
                }
                self._renew_lease()
                became = self._deleted([line for line in some if line.outcome == ADDED], found)
                changed = [line for line in some if line.outcome == CHANGED]
                for group in _groups(changed, AT_ONCE):
                    there = [found[line.number] for line in group]
                    restored = writers.map if self._writers > 1 else map
                    now = restored(self._restored, group, there)
                    became |= zip((line.number for line in group), now, strict=True)
                    self._renew_lease()
                yield from (became[line.number] for line in some)
                self._renew_lease()

    def _deleted(
        self, lines: Sequence[Line], found: Mapping[int, Employee | None]
    ) -> dict[int, Line | None]:
        """What became of lines that added somebody, by number."""
        became: dict[int, Line | None] = {}
        asked: list[tuple[Line, Deletion]] = []
        for line in lines:
            stored, write_id = found[line.number], self._write_id(line)
            if stored is None:  # by us, before we were killed, or by another: the store knows
                asked.append((line, Deletion(line.id, None, write_id)))
            elif stored.same_content(replace(line.new_employee, id=stored.id)):
                asked.append((line, Deletion(stored.id, revision_of(stored), write_id)))
            else:
                became[line.number] = _kept(line, _CHANGED_SINCE)
        outcomes = self._store.delete_many([deletion for _, deletion in asked])
        for (line, _), outcome in zip(asked, outcomes, strict=True):
            became[line.number] = _after_deletion(line, outcome)
        return became

    def _restored(self, line: Line, stored: Employee | None) -> Line | None:
        try:
            return self._restore(line, stored)
        except EditConflict:
            return _kept(line, _CHANGED_SINCE)
        except EmployeeNotFound:
            return _kept(line, _GONE_SINCE)

    def _restore(self, line: Line, stored: Employee | None) -> Line | None:
        if stored is None:
            return _kept(line, _GONE_SINCE)
        if revision_of(stored) == line.revision:
            return None  # never changed: the import was stopped before
        if has_what_was_left(line, stored):
            wanted = with_values(stored, line.old)
            self._store.update(wanted, revision_of(stored), self._write_id(line))
        elif not _is_undone(line, stored):
            return _kept(line, _CHANGED_SINCE)
        return replace(line, outcome=UNDONE)

    def _write_id(self, line: Line) -> str:
        return f"undo {self._job_id} {line.number}"


def _groups(lines: Sequence[Line], most: int) -> Iterator[Sequence[Line]]:
    return (lines[at : at + most] for at in range(0, len(lines), most))


def _after_deletion(line: Line, outcome: Employee | DirectoryError) -> Line | None:
    """What became of a line, whose person was deleted or not; None where there never was one."""
    if isinstance(outcome, EditConflict):
        return _kept(line, _CHANGED_SINCE)
    if isinstance(outcome, EmployeeDeleted):
        return _kept(line, _GONE_SINCE)
    if isinstance(outcome, DirectoryError):
        return None
    return replace(line, outcome=UNDONE)


def _is_undone(line: Line, stored: Employee) -> bool:
    """Whether we gave the old values back before we were killed."""
    before: Any = version_in(line.revision)
    same = with_values(stored, line.old).same_content(stored)
    return before is not None and stored.version == before + 2 and same


def _kept(line: Line, why: str) -> Line:
    return replace(line.rejected(why), outcome=SKIPPED)
