"""A part of what was done is undone: whoever is as the import left them, and nobody else."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

from app.contracts import EmployeeStore
from app.employee import Employee
from app.errors import EditConflict, EmployeeDeleted, EmployeeNotFound
from app.imports.doing import AT_ONCE, Pulse, is_as_left, with_values
from app.imports.lines import ADDED, CHANGED, KEPT, UNDONE, Line
from app.imports.matching import get_all, lives_of
from app.revision import revision_of, version_in

_CHANGED_SINCE = "Was changed since the import, and is left as it is"
_GONE_SINCE = "Was deleted since the import"


class Undoer:
    """Undoes the lines of one job."""

    def __init__(self, store: EmployeeStore, job_id: str, pulse: Pulse, writers: int) -> None:
        self._store = store
        self._job_id = job_id
        self._pulse = pulse
        self._writers = writers

    def undo(self, lines: Sequence[Line]) -> list[Line]:
        """What became of each line that was done; lines that never were are left out."""
        return [line for line in self._each(lines) if line is not None]

    def _each(self, lines: Sequence[Line]) -> Iterator[Line | None]:
        touched = [line for line in lines if line.outcome in (ADDED, CHANGED)]
        with ThreadPoolExecutor(self._writers) as writers:
            for at in range(0, len(touched), AT_ONCE):
                some = touched[at : at + AT_ONCE]
                stored = get_all(self._store, (each for line in some for each in _ids(line)))
                found = [
                    next((stored[i] for i in _ids(line) if i in stored), None) for line in some
                ]
                if self._writers > 1:
                    yield from writers.map(self._one, some, found)
                else:
                    yield from map(self._one, some, found)
                self._pulse()

    def _one(self, line: Line, stored: Employee | None) -> Line | None:
        try:
            if line.outcome == ADDED:
                return self._delete(line, stored)
            return self._restore(line, stored)
        except EditConflict:
            return _kept(line, _CHANGED_SINCE)
        except EmployeeDeleted:
            return _kept(line, _GONE_SINCE)
        except EmployeeNotFound:
            return None if line.outcome == ADDED else _kept(line, _GONE_SINCE)

    def _delete(self, line: Line, stored: Employee | None) -> Line:
        newcomer = line.newcomer
        if stored is None:  # by us, before we were killed, or by another: the store knows
            self._store.delete(line.id, None, self._write_id(line))
        elif stored.version == 1 and stored.same_content(replace(newcomer, id=stored.id)):
            self._store.delete(stored.id, revision_of(stored), self._write_id(line))
        else:
            return _kept(line, _CHANGED_SINCE)
        return replace(line, outcome=UNDONE)

    def _restore(self, line: Line, stored: Employee | None) -> Line | None:
        if stored is None:
            return _kept(line, _GONE_SINCE)
        if revision_of(stored) == line.revision:
            return None  # never changed: the import was stopped before
        if is_as_left(line, stored):
            wanted = with_values(stored, line.old)
            self._store.update(wanted, revision_of(stored), self._write_id(line))
        elif not _is_undone(line, stored):
            return _kept(line, _CHANGED_SINCE)
        return replace(line, outcome=UNDONE)

    def _write_id(self, line: Line) -> str:
        return f"undo {self._job_id} {line.number}"


def _ids(line: Line) -> tuple[str, ...]:
    return lives_of(line.id) if line.reborn else (line.id,)


def _is_undone(line: Line, stored: Employee) -> bool:
    """Whether we gave the old values back before we were killed."""
    before: Any = version_in(line.revision)
    same = with_values(stored, line.old).same_content(stored)
    return before is not None and stored.version == before + 2 and same


def _kept(line: Line, why: str) -> Line:
    return replace(line.refused(why), outcome=KEPT)
