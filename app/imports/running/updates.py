"""The changes of a part are carried out; done again after a kill, they change nothing more."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

from app.contracts import EmployeeStore
from app.contracts.batching import find_by_ids
from app.imports.planning.lines import ADDED, CHANGED, UNCHANGED, Line
from app.imports.running.additions import Additions
from app.model.employee import Employee
from app.model.errors import EditConflict, EmployeeNotFound
from app.model.revision import fields_changed_since, revision_of, version_in

AT_ONCE = 50
_CHANGED_SINCE = (
    "The person was changed since they were compared. Import the file again to look again"
)
_GONE_SINCE = "The person is not here any more. Import the file again to look again"


class Updater:
    """Carries out the lines of one job.

    ``is_fresh``: nobody has begun with them, so what is as they would leave it was done by others.
    """

    def __init__(
        self,
        store: EmployeeStore,
        job_id: str,
        renew_lease: Callable[[], None],
        writers: int,
        *,
        is_fresh: bool,
    ) -> None:
        self._is_fresh = is_fresh
        self._store = store
        self._job_id = job_id
        self._renew_lease = renew_lease
        self._writers = writers

    def do(self, lines: Sequence[Line], newcomers: Additions) -> list[Line]:
        """What became of each line, in order, once the newcomers are added."""
        became: dict[int, Line] = {}
        for line in newcomers.resolve([line for line in lines if line.outcome == ADDED]):
            became[line.number] = line
        for line in self._change([line for line in lines if line.outcome == CHANGED]):
            became[line.number] = line
        return [became.get(line.number, line) for line in lines]

    def _change(self, lines: list[Line]) -> Iterator[Line]:
        with ThreadPoolExecutor(self._writers) as writers:
            for at in range(0, len(lines), AT_ONCE):
                some = lines[at : at + AT_ONCE]
                stored = find_by_ids(self._store, (line.id for line in some))
                found = [stored.get(line.id) for line in some]
                if self._writers > 1:
                    yield from writers.map(self._changed, some, found)
                else:
                    yield from map(self._changed, some, found)
                self._renew_lease()

    def _changed(self, line: Line, stored: Employee | None) -> Line:
        if stored is None:
            return line.rejected(_GONE_SINCE)
        if is_as_left(line, stored):
            if self._is_fresh:  # by somebody else
                return replace(line, outcome=UNCHANGED, revision="", new={}, old={})
            return line  # by us, before we were killed
        if revision_of(stored) != line.revision:
            return line.rejected(_CHANGED_SINCE)
        wanted = with_values(stored, line.new)
        try:
            self._store.update(wanted, line.revision, self._write_id(line))
        except EditConflict:
            return line.rejected(_CHANGED_SINCE)
        except EmployeeNotFound:
            return line.rejected(_GONE_SINCE)
        return line

    def _write_id(self, line: Line) -> str:
        return f"import {self._job_id} {line.number}"


def with_values(stored: Employee, values: Any) -> Employee:
    """The person with these fields; badges that are not in the catalogue stay."""
    fields: dict[str, Any] = dict(values)
    if "badges" in fields:
        known = stored.known_badges
        unknown = tuple(key for key in stored.badges if key not in known)
        fields["badges"] = (*fields["badges"], *unknown)
    return replace(stored, **fields)


def is_as_left(line: Line, stored: Employee) -> bool:
    """Whether a person is as a changed line left them: written once since, with its values."""
    before = version_in(line.revision)
    return before is not None and stored.version == before + 1 and has_what_was_left(line, stored)


def has_what_was_left(line: Line, stored: Employee) -> bool:
    """Whether a person is what a changed line made of them, however often written since."""
    others = fields_changed_since(line.revision, stored) - line.new.keys()
    return not others and with_values(stored, line.new).same_content(stored)
