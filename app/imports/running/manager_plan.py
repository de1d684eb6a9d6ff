"""Plan the managers of a file when all its rows are planned: one may be further down.

Safe to repeat after a kill: a manager who was found is named by their id, which means them alone.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import islice

from app.contracts import MAX_BATCH, EmployeeStore
from app.contracts.batching import find_by_ids
from app.contracts.line_counts import LineCounts
from app.contracts.reports import MAX_CHAIN
from app.imports.planning.line_loops import Circle, find_loops
from app.imports.planning.line_store import PLAN, LineStore
from app.imports.planning.lines import (
    ADDED,
    CHANGED,
    DUPLICATE,
    REJECTED,
    RESTORED,
    UNCHANGED,
    Line,
    add_emptied,
    count_lines,
    problem_at,
)
from app.imports.planning.manager_texts import texts_in, told
from app.imports.planning.named_managers import Found, NamedManagers
from app.imports.running.job_lease import JobLease
from app.text.plurals import count_of

_WRITTEN = (ADDED, CHANGED, RESTORED)
_MAX_NAMED = 8
_MAX_NAME = 60
_LOOP = "This goes round in a circle: {}. Correct one of these rows"
_OWN = "They would report to themselves. Enter somebody else, or leave it empty"
_WITHOUT = (
    "{} imported without the manager whom the file names, because the row of that manager is "
    "refused. Correct that row, then import the whole file again."
)
_UNKNOWN = (
    "{} imported without the manager whom the file names, who is neither here nor in the file: {}. "
    "Give the id, email, employee number or full name of somebody."
)


def plan_managers(
    store: EmployeeStore, lease: JobLease, parts: LineStore, heading: str
) -> dict[str, object]:
    """Replace the managers that rows name by their ids, and reject rows without a certain one.

    Return what changes of the job. In memory are the managers of the file, not its people.
    """
    texts = dict.fromkeys(str(line.new["manager"]) for line in _with_manager(_all(parts, lease)))
    if not texts:
        return {}
    ordered = list(dict.fromkeys(each for text in texts for each in texts_in(text)))
    named = NamedManagers(ordered)
    for line in _all(parts, lease):
        named.note(line)
    for start in range(0, len(ordered), MAX_BATCH):
        lease.renew()
        named.ask(store, ordered[start : start + MAX_BATCH])
    managers = _Managers({text: _find(named, text) for text in texts}, heading)
    reaches_others = True
    while reaches_others:
        for line in _all(parts, lease):
            managers.note(line)
        reaches_others = managers.follow(store, lease)
    managers.find_loops()
    return _replace(lease, parts, managers)


def _find(named: NamedManagers, text: str) -> Found:
    """Return the first who is certain of all that a row says, else the first problem."""
    found = [named.find(each) for each in texts_in(text)]
    certain = (each for each in found if each.id)
    uncertain = (each for each in found if each.problem)
    return next(certain, next(uncertain, Found()))


class _Managers:
    """The managers whom the rows of one file name, and who of them goes round in a circle."""

    def __init__(self, found: dict[str, Found], heading: str) -> None:
        self._found = found
        self._heading = heading
        self._ids = {each.id for each in found.values() if each.id}
        self._by_file: dict[str, str] = {}
        self._stored: dict[str, str] = {}
        self._followed: set[str] = set()
        self._names: dict[str, str] = {}
        self._refused: set[str] = set()
        self._loops: dict[str, Circle] = {}
        self._without = 0
        self._unknown: dict[str, int] = {}

    def note(self, line: Line) -> None:
        """Note whom a manager of others reports to by this row."""
        if line.id not in self._ids or line.outcome not in _WRITTEN:
            return
        self._names[line.id] = line.name
        if text := str(line.new.get("manager", "")):
            self._by_file[line.id] = self._found[text].id or str(line.old.get("manager", ""))
            if self._found[text].problem and line.outcome == ADDED:  # of several people
                self._refused.add(line.id)
        elif line.outcome == ADDED or "manager" in line.new:
            self._by_file[line.id] = ""

    def follow(self, store: EmployeeStore, lease: JobLease) -> bool:
        """Follow the lines of those who are here upwards; return whether they reach others.

        Then rows may be about those, too.
        """
        known = len(self._ids)
        above = (self._ids | set(self._by_file.values())) - self._followed
        for _ in range(MAX_CHAIN):
            above = {one for one in above - self._followed if one}
            if not above:
                break
            self._followed |= above
            above = set(self._look_up(store, lease, above))
        self._ids |= self._followed
        return len(self._ids) > known

    def _look_up(self, store: EmployeeStore, lease: JobLease, ids: Iterable[str]) -> Iterator[str]:
        """Yield whom each of these people reports to; some records are in memory at a time."""
        remaining = iter(ids)
        while some := list(islice(remaining, MAX_BATCH)):
            lease.renew()
            for one in find_by_ids(store, some).values():
                self._names.setdefault(one.id, one.full_name)
                self._stored[one.id] = one.manager
                yield one.manager

    def find_loops(self) -> None:
        """Find the circles, as they would be after the import."""
        self._loops = find_loops(self._stored | self._by_file)

    def refuse_added(self, lines: Iterable[Line]) -> None:
        """Note who is not added, because their own row closes a circle."""
        for line in lines if self._loops else ():
            if line.outcome == ADDED and line.id in self._loops:
                self._refused.add(line.id)

    def planned(self, line: Line) -> Line:
        """Return the line with the id of its manager, or rejected."""
        if not _names_manager(line):
            return line
        text = str(line.new["manager"])
        manager, problem = self._found[text]
        if not manager and not problem:
            self._unknown[text] = self._unknown.get(text, 0) + 1
            return _with(line, str(line.old.get("manager", "")))
        if not problem:
            problem = self._circle(line, manager)
        if problem:
            problems = (problem_at(self._heading, problem, told(text)),)
            return Line(line.number, REJECTED, line.id, line.name, problems=problems)
        if manager in self._refused:
            self._without += 1
            manager = str(line.old.get("manager", ""))
        return _with(line, manager)

    def notices(self) -> Iterator[str]:
        """Yield what to tell of people who get another manager than the file says: none."""
        if self._unknown:
            named = [f"“{told(text)[:60]}” ({rows})" for text, rows in self._unknown.items()]
            shown = named[:_MAX_NAMED]
            if more := len(named) - len(shown):
                shown.append(f"{more} more")
            people = count_of(sum(self._unknown.values()), "person is", "people are")
            yield _UNKNOWN.format(people, ", ".join(shown))
        if self._without:
            yield _WITHOUT.format(count_of(self._without, "person is", "people are"))

    def _circle(self, line: Line, manager: str) -> str:
        if line.id == manager:
            return _OWN
        if line.id not in self._loops:
            return ""
        circle = self._loops[line.id]
        names = [self._names.get(one, one)[:_MAX_NAME] for one in circle.first(_MAX_NAMED)]
        shown = names if len(circle.people) <= _MAX_NAMED else [*names, "…"]
        return _LOOP.format(" → ".join((*shown, names[0])))


def _with(line: Line, manager: str) -> Line:
    """Return the line with this manager; one that changes nothing else is unchanged."""
    if manager != line.old.get("manager", ""):
        return replace(line, new={**line.new, "manager": manager})
    new = {name: value for name, value in line.new.items() if name != "manager"}
    old = {name: value for name, value in line.old.items() if name != "manager"}
    if line.outcome == CHANGED and not new:
        return Line(line.number, UNCHANGED, line.id, line.name)
    return replace(line, new=new, old=old)


def _names_manager(line: Line) -> bool:
    return line.outcome in (*_WRITTEN, DUPLICATE) and bool(line.new.get("manager"))


def _with_manager(lines: Iterable[Line]) -> Iterator[Line]:
    return filter(_names_manager, lines)


def _all(parts: LineStore, lease: JobLease) -> Iterator[Line]:
    for number in range(lease.job.parts):
        lease.renew()
        yield from parts.get(PLAN, number)


def _replace(lease: JobLease, parts: LineStore, managers: _Managers) -> dict[str, object]:
    planned, photos = LineCounts(), 0
    emptied: tuple[tuple[str, int], ...] = ()
    managers.refuse_added(_all(parts, lease))
    for number in range(lease.job.parts):
        lease.renew()
        lines = [managers.planned(line) for line in parts.get(PLAN, number)]
        parts.replace(PLAN, number, lines)
        planned = planned.plus(count_lines(lines))
        photos += sum(line.has_new_photo for line in lines)
        emptied = add_emptied(emptied, lines)
    notices = (*lease.job.notices, *managers.notices())
    return {"planned": planned, "photos": photos, "emptied": emptied, "notices": notices}
