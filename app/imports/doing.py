"""A part of a plan is carried out; done again after a kill, it changes nothing more."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

from app.contracts import EmployeeStore
from app.employee import Employee
from app.errors import EditConflict, EmployeeNotFound
from app.imports.lines import ADDED, CHANGED, Line
from app.imports.matching import find_all, get_all, lives_of, minted_id
from app.revision import fields_changed_since, revision_of, version_in
from app.terms import email_key

AT_ONCE = 50
_CHANGED_SINCE = (
    "The person was changed since they were compared. Import the file again to look again"
)
_GONE_SINCE = "The person is not here any more. Import the file again to look again"
_ADDED_SINCE = "Somebody with this address was added since. Import the file again to look again"
_TAKEN_SINCE = "Somebody else was added under this id since. Import the file again to look again"
_WAS_DELETED = (
    "Who had this id was deleted, and no id is given twice. Take the id out to add a new person"
)

Pulse = Callable[[], None]


class Doer:
    """Carries out the lines of one job."""

    def __init__(self, store: EmployeeStore, job_id: str, pulse: Pulse, writers: int) -> None:
        self._store = store
        self._job_id = job_id
        self._pulse = pulse
        self._writers = writers

    def do(self, lines: Sequence[Line]) -> list[Line]:
        """What became of each line, in order. It may be done again, from the beginning."""
        became: dict[int, Line] = {}
        for line in self._add([line for line in lines if line.outcome == ADDED]):
            became[line.number] = line
        for line in self._change([line for line in lines if line.outcome == CHANGED]):
            became[line.number] = line
        return [became.get(line.number, line) for line in lines]

    def _add(self, lines: list[Line]) -> Iterator[Line]:
        lines, refused = self._without_known_addresses(lines)
        yield from refused
        count = 0
        for count in self._store.add_many(line.newcomer for line in lines):  # noqa: B007
            self._pulse()
        if count == len(lines):
            yield from lines
            return
        there = get_all(self._store, (line.id for line in lines))
        for line in lines:
            yield self._judged(line, there.get(line.id))

    def _without_known_addresses(self, lines: list[Line]) -> tuple[list[Line], list[Line]]:
        """Those who still are new, and those whose address somebody else has by now."""
        asked = {
            line.number: email_key(str(line.new["email"]))
            for line in lines
            if line.id == minted_id(self._job_id, line.number)
        }
        owners = find_all(self._store, asked.values())
        fresh, refused = [], []
        for line in lines:
            if set(owners.get(asked.get(line.number, ""), ())) - {line.id}:
                refused.append(line.refused(_ADDED_SINCE))
            else:
                fresh.append(line)
        return fresh, refused

    def _judged(self, line: Line, stored: Employee | None) -> Line:
        """A newcomer after the adding of many of whom some were there or had been deleted."""
        if stored is not None:
            same = stored.same_content(line.newcomer)
            return line if same else line.refused(_TAKEN_SINCE)
        if not line.reborn:
            return line.refused(_WAS_DELETED)
        for life in lives_of(line.id)[1:]:
            again = replace(line, id=life)
            try:
                self._store.add(again.newcomer, self._write_id(line))
            except (EmployeeNotFound, EditConflict):
                continue
            return again
        return line.refused(_WAS_DELETED)

    def _change(self, lines: list[Line]) -> Iterator[Line]:
        with ThreadPoolExecutor(self._writers) as writers:
            for at in range(0, len(lines), AT_ONCE):
                some = lines[at : at + AT_ONCE]
                stored = get_all(self._store, (line.id for line in some))
                found = [stored.get(line.id) for line in some]
                if self._writers > 1:
                    yield from writers.map(self._changed, some, found)
                else:
                    yield from map(self._changed, some, found)
                self._pulse()

    def _changed(self, line: Line, stored: Employee | None) -> Line:
        if stored is None:
            return line.refused(_GONE_SINCE)
        if is_as_left(line, stored):
            return line  # by us, before we were killed
        if revision_of(stored) != line.revision:
            return line.refused(_CHANGED_SINCE)
        wanted = with_values(stored, line.new)
        try:
            self._store.update(wanted, line.revision, self._write_id(line))
        except EditConflict:
            return line.refused(_CHANGED_SINCE)
        except EmployeeNotFound:
            return line.refused(_GONE_SINCE)
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
    if before is None or stored.version != before + 1:
        return False
    others = fields_changed_since(line.revision, stored) - line.new.keys()
    return not others and with_values(stored, line.new).same_content(stored)
