"""Reporting-line issues, for editors: what a walk finds, read anew before it is told.

Editors see everything of everybody, so nothing is masked.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from typing import NamedTuple

from app.access.rights import Right, require
from app.access.viewer import Viewer
from app.contracts.batching import find_by_ids
from app.contracts.reports import ReportStore
from app.directory.line_walk import MAX_CIRCLE, Bounds, Found, Kind, LineWalk, Walk
from app.directory.service import Directory
from app.model import leaving
from app.model.employee import Employee

# Of a health check, which is less than a page.
_OF_A_CHECK = Bounds(examined=1_000, units=50.0)
# Of a part of a command's walk.
_OF_A_COMMAND = Bounds(units=float("inf"), seconds=float("inf"))


class Issue(NamedTuple):
    """What is wrong with the line of somebody; ``manager`` is who has left.

    ``circle`` are those who go round, each reports to the next; () for a line that is too long.
    """

    kind: Kind
    person: Employee
    manager: Employee | None = None
    circle: tuple[Employee, ...] = ()


class IssuePage(NamedTuple):
    """Some issues, among ``examined`` people, and the bookmark after them, "" at the end.

    Where nobody has a manager so far (``is_led``), those without one are no issues.
    """

    issues: tuple[Issue, ...]
    examined: int
    is_led: bool
    next: str


class ReportingIssues:
    """The issues of a directory.

    ``has_managers`` returns whether anybody was counted to have a manager, ``tops`` the ids of
    those who need none.
    """

    def __init__(
        self,
        directory: Directory,
        reports: ReportStore,
        has_managers: Callable[[], bool] = lambda: False,
        tops: Callable[[], Collection[str]] = lambda: (),
    ) -> None:
        self._directory = directory
        self._reports = reports
        self._has_managers = has_managers
        self._tops = tops

    def page(
        self,
        viewer: Viewer,
        bookmark: str,
        kinds: Collection[Kind] = tuple(Kind),
        *,
        is_led: bool = False,
    ) -> IssuePage:
        """Return the issues of some kinds from a bookmark on, "" for the beginning.

        One page looks through MAX_ROWS_EXAMINED people at most.
        """
        require(viewer, Right.EDIT_PEOPLE)
        is_led = is_led or self._has_managers()
        walk = self._walk().part(bookmark, kinds, is_led=is_led)
        return self._page(walk)

    def check(self) -> IssuePage:
        """Return the issues among the first people, for a health check of this machine."""
        walk = self._walk().part("", bounds=_OF_A_CHECK)
        found = tuple(each for each in walk.found if each.kind is not Kind.WITHOUT)
        return self._page(walk._replace(found=found))

    def pages(self, viewer: Viewer, max_circle: int = MAX_CIRCLE) -> Iterator[IssuePage]:
        """Yield all issues, for a command: it takes as long as the directory is large."""
        require(viewer, Right.EDIT_PEOPLE)
        walker, bookmark = self._walk(max_circle), ""
        is_led = next(self._reports.iter_managers(), None) is not None
        while True:
            walk = walker.part(bookmark, bounds=_OF_A_COMMAND, is_led=is_led)
            yield self._page(walk)
            bookmark, is_led = walk.next, walk.is_led
            if not bookmark:
                return

    def _walk(self, max_circle: int = MAX_CIRCLE) -> LineWalk:
        store = self._directory.employees
        return LineWalk(store, self._reports, self._tops(), max_circle=max_circle)

    def _page(self, walk: Walk) -> IssuePage:
        found = [each for each in walk.found if walk.is_led or each.kind is not Kind.WITHOUT]
        people = find_by_ids(self._directory.employees, _ids_in(found))
        issues = filter(None, (_as_stored(each, people) for each in found))
        return IssuePage(tuple(issues), walk.examined, walk.is_led, walk.next)


def _ids_in(found: Iterable[Found]) -> list[str]:
    ids = (one for each in found for one in (each.person.id, each.person.manager, *each.circle))
    return [each for each in dict.fromkeys(ids) if each]


def _as_stored(found: Found, people: dict[str, Employee]) -> Issue | None:
    """Return the issue if it still is one, by the records as they are now."""
    person, today = people.get(found.person.id), leaving.today()
    if person is None or person.manager != found.person.manager:
        return None
    if found.kind is Kind.CIRCLE:
        ids = found.circle
        circle = tuple(people[each] for each in ids if each in people)
        managers = tuple(each.manager for each in circle)
        holds = managers == (*ids[1:], *ids[:1])
        return Issue(Kind.CIRCLE, person, circle=circle) if holds else None
    manager = people.get(person.manager)
    holds = {
        Kind.LEFT: manager is not None and leaving.has_left(manager, today),
        Kind.UNKNOWN: manager is None,
        Kind.WITHOUT: not person.manager,
    }[found.kind]
    if not holds or leaving.has_left(person, today):
        return None
    return Issue(found.kind, person, manager if found.kind is Kind.LEFT else None)
