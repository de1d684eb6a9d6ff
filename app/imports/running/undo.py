"""Undo the lines of a part, for employees that nobody changed since the import."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

from app.contracts import MAX_DELETE_BATCH, Deletion, EmployeeStore
from app.contracts.batching import find_by_ids
from app.contracts.import_jobs import Job
from app.contracts.linked_accounts import LinkedAccounts
from app.imports.planning.lines import ADDED, SKIPPED, UNDONE, UPDATES, Line, Problem
from app.imports.planning.matching import possible_ids
from app.imports.running.job_context import JobAccounts
from app.imports.running.moved_photos import MovedPhotos
from app.imports.running.updates import UPDATE_BATCH, has_values_of, with_values
from app.imports.running.writes import JobWrites
from app.model.employee import Employee
from app.model.errors import (
    DirectoryError,
    EditConflict,
    EmployeeDeleted,
    EmployeeNotFound,
    ReportingLoop,
)
from app.model.revision import revision_of, version_in

_CHANGED_SINCE = "Changed since then, so not undone"
_GONE_SINCE = "Deleted since then"
_LOOP = "They would report to themselves, by others, so not undone"
_CLOSES_LOOP = (Problem("", _LOOP),)


class Undo:
    """Undoes the lines of one job, except for employees that were changed since."""

    def __init__(
        self,
        store: EmployeeStore,
        job: Job,
        photos: MovedPhotos,
        accounts: LinkedAccounts | None,
        renew_lease: Callable[[], None],
        writers: int,
    ) -> None:
        self._store = store
        self._photos = photos
        self._accounts = JobAccounts(accounts, job.undone_by)
        self._writes = JobWrites(job)
        self._is_move = bool(job.edit.leaver)
        self._renew_lease = renew_lease
        self._writers = writers
        # A store with several writers deletes one by one, and a stop waits for the whole batch.
        self._batch_size = UPDATE_BATCH if writers > 1 else MAX_DELETE_BATCH

    def apply(self, lines: Sequence[Line]) -> list[Line]:
        """Return the outcome of each line that was applied; lines that never were are omitted."""
        return [line for line in self._results(lines) if line is not None]

    def _results(self, lines: Sequence[Line]) -> Iterator[Line | None]:
        applied = [line for line in lines if line.outcome in (ADDED, *UPDATES)]
        with ThreadPoolExecutor(self._writers) as writers:
            for batch in _groups(applied, self._batch_size):
                employees = self._find_employees(batch)
                self._renew_lease()
                results = self._delete([line for line in batch if line.outcome == ADDED], employees)
                changed = [line for line in batch if line.outcome in UPDATES]
                run = writers.map if self._writers > 1 else map
                results |= self._restore_all(changed, employees, run)
                yield from (results[line.number] for line in batch)
                self._renew_lease()

    def _find_employees(self, lines: Sequence[Line]) -> dict[int, Employee | None]:
        """Return the stored employee of each line by its number."""
        stored = find_by_ids(self._store, (key for line in lines for key in possible_ids(line)))
        return {
            line.number: next((stored[key] for key in possible_ids(line) if key in stored), None)
            for line in lines
        }

    def _delete(
        self, lines: Sequence[Line], employees: Mapping[int, Employee | None]
    ) -> dict[int, Line | None]:
        """Delete the employees that these lines added; return the outcomes by line number."""
        results: dict[int, Line | None] = {}
        deletions: list[tuple[Line, Deletion]] = []
        for line in lines:
            stored, write = employees[line.number], self._writes.undoing(line)
            if stored is None:  # deleted, by this job or by others: the store knows
                deletions.append((line, Deletion(line.id, None, write)))
            elif stored.same_content(replace(line.new_employee, id=stored.id)):
                deletions.append((line, Deletion(stored.id, revision_of(stored), write)))
            else:
                results[line.number] = _skipped(line, _CHANGED_SINCE)
        outcomes = self._store.delete_many([deletion for _, deletion in deletions])
        for (line, _), outcome in zip(deletions, outcomes, strict=True):
            results[line.number] = _after_deletion(line, outcome)
        return results

    def _restore_all(
        self,
        lines: Sequence[Line],
        employees: Mapping[int, Employee | None],
        run: Callable[..., Any],
    ) -> dict[int, Line | None]:
        """Restore these lines; one that would close a circle waits for the others."""
        results: dict[int, Line | None] = {}
        waiting = lines
        while waiting:
            for group in _groups(waiting, UPDATE_BATCH):
                stored = [employees[line.number] for line in group]
                restored = run(self._try_restore, group, stored)
                results |= zip((line.number for line in group), restored, strict=True)
                self._renew_lease()
            refused = [line for line in waiting if _closes_loop(results[line.number])]
            if len(refused) == len(waiting):
                break
            waiting = refused
        return results

    def _try_restore(self, line: Line, stored: Employee | None) -> Line | None:
        try:
            return self._restore(line, stored)
        except EditConflict:
            return _skipped(line, _CHANGED_SINCE)
        except EmployeeNotFound:
            return _skipped(line, _GONE_SINCE)
        except ReportingLoop:
            return _skipped(line, _LOOP)

    def _restore(self, line: Line, stored: Employee | None) -> Line | None:
        if stored is None:
            return _skipped(line, _GONE_SINCE)
        if revision_of(stored) == line.revision:
            return None  # never changed: the import was stopped before
        if self._is_move:
            return self._give_back(line, stored)
        if has_values_of(line, stored):
            moved = self._photos.for_undo(line, stored)
            restored = with_values(stored, moved.old)
            self._store.update(restored, revision_of(stored), self._writes.undoing(line))
            if "left_on" in line.new and stored.photo_key:
                self._photos.drop(stored.photo_key, restored.photo_key)
        elif not _is_undone(line, stored):
            return _skipped(line, _CHANGED_SINCE)
        elif isinstance(key := line.new.get("photo_key"), str) and "left_on" in line.new:
            self._photos.drop(key, stored.photo_key)  # undone before a kill
        self._accounts.follow(line, line.old.get("left_on"))
        return replace(line, outcome=UNDONE)

    def _give_back(self, line: Line, stored: Employee) -> Line:
        """Let somebody report to their former manager, whatever else was changed since."""
        before = str(line.old["manager"])
        if stored.manager == line.new["manager"]:
            restored = replace(stored, manager=before)
            self._store.update(restored, revision_of(stored), self._writes.undoing(line))
        elif stored.manager != before:  # otherwise undone before a kill
            return _skipped(line, _CHANGED_SINCE)
        return replace(line, outcome=UNDONE)


def _closes_loop(result: Line | None) -> bool:
    return result is not None and result.problems == _CLOSES_LOOP


def _groups(lines: Sequence[Line], size: int) -> Iterator[Sequence[Line]]:
    return (lines[start : start + size] for start in range(0, len(lines), size))


def _after_deletion(line: Line, outcome: Employee | DirectoryError) -> Line | None:
    """Return the outcome of an added line; None if its employee never existed."""
    if isinstance(outcome, EditConflict):
        return _skipped(line, _CHANGED_SINCE)
    if isinstance(outcome, EmployeeDeleted):
        return _skipped(line, _GONE_SINCE)
    if isinstance(outcome, DirectoryError):
        return None
    return replace(line, outcome=UNDONE)


def _is_undone(line: Line, stored: Employee) -> bool:
    """Return whether this job restored the old values before a kill."""
    version: Any = version_in(line.revision)
    has_old_values = with_values(stored, line.old).same_content(stored)
    return version is not None and stored.version == version + 2 and has_old_values


def _skipped(line: Line, reason: str) -> Line:
    return replace(line.rejected(reason), outcome=SKIPPED)
