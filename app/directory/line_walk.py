"""A walk through the records that finds what is wrong with reporting lines, in bounded memory."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable, Iterator, Sequence
from enum import StrEnum
from typing import NamedTuple

from app.contracts import EmployeeStore
from app.contracts.queries import MAX_BATCH, MAX_ROWS_EXAMINED
from app.contracts.reports import ReportStore
from app.model import leaving
from app.model.employee import Employee

# Of a longer circle is told that the line goes on; a page reads at most so much of it.
MAX_CIRCLE = 200
# The managers of whom a walk knows; then it begins anew, and asks for some again.
_MAX_KNOWN = 20_000


class Kind(StrEnum):
    """What may be wrong with a reporting line; the value is in URLs."""

    LEFT = "left"
    UNKNOWN = "unknown"
    CIRCLE = "circle"
    WITHOUT = "without"


class Found(NamedTuple):
    """What is wrong with the line of somebody.

    A circle is told of once, at the smallest id: ``circle`` are the ids, of which each reports to
    the next and the last to the first; it is () for a line that is too long to be followed.
    """

    kind: Kind
    person: Employee
    circle: tuple[str, ...] = ()

    @property
    def weight(self) -> int:
        """Return how many records are read to show it."""
        return max(len(self.circle), 1)


class Walk(NamedTuple):
    """A part of the walk: what was found, and how many records were looked through.

    ``is_led`` tells whether anybody has a manager so far. ``next`` is the bookmark after it, "" at
    the end.
    """

    found: tuple[Found, ...]
    examined: int
    is_led: bool
    next: str


class Bounds(NamedTuple):
    """The bounds of a part: of records, of what is found, of time, and of what DynamoDB charges.

    A record by its id costs one read unit. ``weight`` is that of all that is found together.
    """

    examined: int = MAX_ROWS_EXAMINED
    units: float = 200.0
    weight: int = MAX_BATCH
    # It ends before a slow store would make its request fail.
    seconds: float = 2.0


OF_A_PAGE = Bounds()


class _TooMuchRead(Exception):
    pass


class LineWalk:
    """A walk in parts; each part is bounded by records and, on DynamoDB, by what it costs."""

    def __init__(
        self,
        employees: EmployeeStore,
        reports: ReportStore,
        tops: Collection[str] = (),
        *,
        max_circle: int = MAX_CIRCLE,
    ) -> None:
        self._employees = employees
        self._reports = reports
        self._tops = frozenset(tops)
        self._max_circle = max_circle
        self._today = leaving.today()
        self._known: dict[str, Employee | None] = {}
        self._is_charged = False
        self._units = 0.0
        self._max_units = OF_A_PAGE.units

    def part(
        self,
        bookmark: str,
        kinds: Collection[Kind] = tuple(Kind),
        bounds: Bounds = OF_A_PAGE,
        *,
        is_led: bool = False,
    ) -> Walk:
        """Walk on from a bookmark, "" for the beginning, until a bound is reached.

        It ends at ``bounds.weight`` once somebody has a manager (``is_led`` tells that somebody
        before has one). It always gets further.
        """
        found: list[Found] = []
        cut: Walk | None = None
        examined = 0
        self._units, self._max_units = 0.0, bounds.units
        until = time.monotonic() + bounds.seconds
        while examined < bounds.examined and self._units < bounds.units:
            if examined and time.monotonic() > until:
                break
            page = self._reports.read_records(bookmark, MAX_BATCH)
            self._is_charged |= page.read_units > 0
            self._units += page.read_units
            records, is_whole = self._within(page.records)
            for mark, person, others in records:
                bookmark, examined, is_led = mark, examined + 1, is_led or bool(person.manager)
                found += [each for each in others if each.kind in kinds]
                if cut is None and sum(each.weight for each in found) >= bounds.weight:
                    is_last = mark == page.records[-1][0] and not page.next
                    cut = Walk(tuple(found), examined, True, "" if is_last else mark)
            if cut and is_led:
                return cut
            if is_whole:
                bookmark = page.next
                if not bookmark:
                    break
        return Walk(tuple(found), examined, is_led, bookmark)

    def _within(
        self, records: Sequence[tuple[str, Employee]]
    ) -> tuple[list[tuple[str, Employee, list[Found]]], bool]:
        """Examine some records; of those that cost too much, the first alone."""
        if len(self._known) > _MAX_KNOWN:
            self._known.clear()
        people = [person for _, person in records]
        self._known |= {person.id: person for person in people}
        try:
            found = self._examine(people, self._max_units)
        except _TooMuchRead:
            found = self._examine(people[:1], float("inf"))
            return [(*records[0], found[people[0].id])], False
        return [(mark, person, found[person.id]) for mark, person in records], True

    def _examine(self, people: list[Employee], max_units: float) -> dict[str, list[Found]]:
        led = [person for person in people if person.manager]
        self._ask((person.manager for person in led), max_units)
        circles = self._circles(led, max_units)
        return {person.id: [*self._found(person, circles)] for person in people}

    def _found(
        self, person: Employee, circles: dict[str, tuple[str, ...] | None]
    ) -> Iterator[Found]:
        if person.id in circles:
            yield Found(Kind.CIRCLE, person, circles[person.id] or ())
        if leaving.has_left(person, self._today):
            return
        if not person.manager:
            if person.id not in self._tops:
                yield Found(Kind.WITHOUT, person)
            return
        manager = self._known[person.manager]
        if manager is None:
            yield Found(Kind.UNKNOWN, person)
        elif leaving.has_left(manager, self._today) and manager.id != person.id:
            yield Found(Kind.LEFT, person)

    def _circles(
        self, people: Iterable[Employee], max_units: float
    ) -> dict[str, tuple[str, ...] | None]:
        """Return the circle of which somebody has the smallest id; None of a line too long.

        Nobody's line is followed beyond an id that is smaller than theirs.
        """
        circles: dict[str, tuple[str, ...] | None] = {}
        lines = {person.id: [person] for person in people}
        while lines:
            above = {first: line[-1].manager for first, line in lines.items()}
            self._ask((each for first, each in above.items() if each > first), max_units)
            for first, manager in above.items():
                line = lines[first]
                following = self._known.get(manager) if manager > first else None
                if manager == first:
                    if any(not leaving.has_left(each, self._today) for each in line):
                        circles[first] = tuple(each.id for each in line)
                elif following and len(line) >= self._max_circle:
                    circles[first] = None
                elif following and manager not in {each.id for each in line}:
                    line.append(following)
                    continue
                del lines[first]
        return circles

    def _ask(self, ids: Iterable[str], max_units: float) -> None:
        """Read the records of these ids. Raises _TooMuchRead."""
        unknown = [each for each in dict.fromkeys(ids) if each and each not in self._known]
        for start in range(0, len(unknown), MAX_BATCH):
            if self._units >= max_units:
                raise _TooMuchRead
            some = unknown[start : start + MAX_BATCH]
            found = self._employees.get_many(some)
            self._known |= {each: found.get(each) for each in some}
            self._units += len(some) if self._is_charged else 0
