"""Apply the lines of a part; repeated after a kill, this changes nothing more."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

from app.contracts import EmployeeStore
from app.contracts.batching import find_by_ids
from app.contracts.import_jobs import Job
from app.contracts.linked_accounts import LinkedAccounts
from app.imports.planning.lines import ADDED, INACTIVE, UNCHANGED, UPDATES, Line, Problem
from app.imports.running.additions import Additions
from app.imports.running.job_context import JobAccounts
from app.imports.running.moved_photos import MovedPhotos
from app.imports.running.writes import JobWrites
from app.model.employee import Employee
from app.model.errors import (
    DirectoryError,
    EditConflict,
    EmployeeNotFound,
    RecordTooLarge,
    ReportingLoop,
)
from app.model.revision import fields_changed_since, revision_of, version_in

UPDATE_BATCH = 50
_CHANGED_SINCE = "The person was changed after the check. {}"
_GONE_SINCE = "The person was deleted after the check. {}"
_IMPORT_AGAIN, _EDIT_AGAIN = "Import the file again", "Edit the list again"
_LOOP = "They would report to themselves, by others, so nothing was changed. Choose another manager"
_CIRCLE = (
    "The reporting line would go round in a circle: {}. So nothing was changed. Choose another "
    "manager"
)
_MAX_NAMED = 8
_CLOSES_LOOP = (Problem("", _LOOP),)
_IS_HERE = "Another row is about the same person, and says that they are here"


class Updater:
    """Applies the lines of one job.

    ``is_fresh`` says that this job has not begun with them: equal values are changes by others.
    """

    def __init__(
        self,
        store: EmployeeStore,
        job: Job,
        photos: MovedPhotos,
        accounts: LinkedAccounts | None,
        renew_lease: Callable[[], None],
        writers: int,
        *,
        is_fresh: bool,
    ) -> None:
        self._is_fresh = is_fresh
        self._store = store
        self._writes = JobWrites(job)
        self._photos = photos
        self._accounts = JobAccounts(accounts, job.author)
        again = _EDIT_AGAIN if job.edit.is_set else _IMPORT_AGAIN
        self._changed_since = _CHANGED_SINCE.format(again)
        self._gone_since = _GONE_SINCE.format(again)
        self._contradicted = frozenset(job.contradicted)
        self._renew_lease = renew_lease
        self._writers = writers
        self._circles: dict[str, tuple[str, ...]] = {}

    def apply(self, lines: Sequence[Line], additions: Additions) -> list[Line]:
        """Return the outcome of each line, in order; call it after ``additions.add``."""
        results: dict[int, Line] = {}
        for line in additions.resolve([line for line in lines if line.outcome == ADDED]):
            results[line.number] = line
        for line in self._update_all([line for line in lines if line.outcome in UPDATES]):
            results[line.number] = line
        return [results.get(line.number, line) for line in lines]

    def _update_all(self, lines: list[Line]) -> Iterator[Line]:
        """Yield the outcome of each line; one that would close a circle waits for the others."""
        waiting = lines
        while waiting:
            refused: dict[int, Line] = {}
            for result in self._update_each(waiting):
                if result.problems == _CLOSES_LOOP:
                    refused[result.number] = result
                else:
                    yield result
            if len(refused) == len(waiting):
                yield from map(self._with_names, refused.values())
                return
            waiting = [line for line in waiting if line.number in refused]

    def _with_names(self, refused: Line) -> Line:
        """Return a line that would close a circle, with the names of who is in it."""
        ids = (refused.id, *self._circles[refused.id])[: _MAX_NAMED + 1]
        stored = find_by_ids(self._store, dict.fromkeys(ids))
        names = [stored[one].full_name if one in stored else one for one in ids]
        return refused.rejected(_CIRCLE.format(" → ".join(names)))

    def _update_each(self, lines: list[Line]) -> Iterator[Line]:
        with ThreadPoolExecutor(self._writers) as writers:
            for start in range(0, len(lines), UPDATE_BATCH):
                chunk = lines[start : start + UPDATE_BATCH]
                stored = find_by_ids(self._store, (line.id for line in chunk))
                employees = [stored.get(line.id) for line in chunk]
                if self._writers > 1:
                    yield from writers.map(self._update, chunk, employees)
                else:
                    yield from map(self._update, chunk, employees)
                self._renew_lease()

    def _update(self, line: Line, stored: Employee | None) -> Line:
        if stored is None:
            return line.rejected(self._gone_since)
        if line.number in self._contradicted:
            problems = (Problem("", _IS_HERE),)
            return replace(line, outcome=INACTIVE, revision="", new={}, old={}, problems=problems)
        if is_updated_by(line, stored):
            if self._is_fresh:  # by others
                return _unchanged(line)
            written = self._photos.as_written(line, stored)  # by this job, before a kill
            self._drop_photo(written, stored)
            self._accounts.follow(line, stored.left_on)
            return written
        if revision_of(stored) != line.revision:
            return line.rejected(self._changed_since)
        if refusal := self._accounts.refusal(line):
            return line.rejected(refusal.rstrip("."))
        moved = self._photos.for_line(line, stored)
        updated = with_values(stored, moved.new)
        try:
            stored_anew = self._store.update(updated, line.revision, self._writes.applying(line))
        except (EditConflict, EmployeeNotFound, RecordTooLarge, ReportingLoop) as error:
            self._photos.drop(updated.photo_key, stored.photo_key)
            return line.rejected(self._refusal(error, line.id))
        self._drop_photo(moved, stored_anew)
        self._accounts.follow(line, stored_anew.left_on)
        return moved

    def _drop_photo(self, line: Line, stored: Employee) -> None:
        if "left_on" in line.new and isinstance(key := line.old.get("photo_key"), str) and key:
            self._photos.drop(key, stored.photo_key)

    def _refusal(self, error: DirectoryError, employee_id: str) -> str:
        if isinstance(error, EditConflict):
            return self._changed_since
        if isinstance(error, ReportingLoop):
            self._circles[employee_id] = error.employee_ids
            return _LOOP
        return self._gone_since if isinstance(error, EmployeeNotFound) else str(error)


def _unchanged(line: Line) -> Line:
    return replace(line, outcome=UNCHANGED, revision="", new={}, old={}, problems=())


def with_values(stored: Employee, values: Any) -> Employee:
    """Return the employee with these fields; badges outside the catalogue are kept."""
    fields: dict[str, Any] = dict(values)
    if "badges" in fields:
        fields["badges"] = stored.badges_with(fields["badges"])
    return replace(stored, **fields)


def is_updated_by(line: Line, stored: Employee) -> bool:
    """Return whether the last write of the employee was that of this changed line."""
    version = version_in(line.revision)
    return version is not None and stored.version == version + 1 and has_values_of(line, stored)


def has_values_of(line: Line, stored: Employee) -> bool:
    """Return whether only the line's fields changed since, and all have the line's values.

    Who leaves or comes back has a photo under another key.
    """
    own = {*line.new, "photo_key"} if "left_on" in line.new else line.new.keys()
    others = fields_changed_since(line.revision, stored) - own
    return not others and with_values(stored, line.new).same_content(stored)
