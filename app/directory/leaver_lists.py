"""Lists of those who left, by name, with their last days; and of those whose day is to come."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from app.access.rights import Right, require
from app.access.viewer import Viewer
from app.contracts import MAX_BATCH, PAGE_SIZE, Query
from app.directory.service import Directory
from app.model import leaving
from app.model.employee import Card, Employee
from app.text.folding import fold
from app.text.search_keys import facet_key

# As many as one page looks through for a year.
MAX_EXAMINED = 240
MAX_UPCOMING = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaverPage:
    """A page of those who left, in order of names, with the cursors of its neighbours.

    ``upcoming`` are at most MAX_UPCOMING of those with a day to come, the soonest first; on the
    first page alone. ``examined`` is None if the page is complete; otherwise so many were looked
    through. ``left`` and ``leaving`` count everybody.
    """

    people: tuple[Employee, ...]
    upcoming: tuple[Employee, ...] = ()
    next: str | None = None
    previous: str | None = None
    examined: int | None = None
    left: int = 0
    leaving: int = 0


def read_leavers(
    directory: Directory, viewer: Viewer, query: Query, year: str = "", cursor: str | None = None
) -> LeaverPage:
    """Return a page of those who left in this year, "" in any. Raises NotAllowed."""
    require(viewer, Right.LEAVE)
    asked = replace(query, left=True)
    facets = directory.facets(viewer)
    page = directory.browse(viewer, asked, cursor, PAGE_SIZE)
    people, examined = _in_year(directory, page.cards, year), len(page.cards)
    following = page.next
    while year and following and len(people) < PAGE_SIZE and examined < MAX_EXAMINED:
        further = directory.browse(viewer, asked, following, PAGE_SIZE)
        people += _in_year(directory, further.cards, year)
        examined, following = examined + len(further.cards), further.next
    is_short = following is not None and len(people) < PAGE_SIZE
    return LeaverPage(
        people=tuple(people),
        upcoming=() if cursor else _upcoming(directory, query, year),
        next=following,
        previous=None if year else page.previous,
        examined=page.rows_examined or (examined if is_short else None),
        left=facets.left,
        leaving=sum(facets.leaving.values()),
    )


def iter_leavers(
    directory: Directory, viewer: Viewer, query: Query, year: str = ""
) -> Iterator[tuple[Employee, ...]]:
    """Yield those who left, and those who leave, in batches, for an export. Raises NotAllowed."""
    require(viewer, Right.LEAVE)
    require(viewer, Right.EXPORT)
    yield _upcoming(directory, query, year)
    asked, cursor = replace(query, left=True), None
    while True:
        page = directory.browse(viewer, asked, cursor, MAX_BATCH)
        yield tuple(_in_year(directory, page.cards, year))
        cursor = page.next
        if cursor is None:
            return


def _upcoming(directory: Directory, query: Query, year: str) -> tuple[Employee, ...]:
    """Return the first of those with a day to come who match, the soonest first."""
    facets, today = directory.employees.facets(), leaving.today()
    days = [day for day in facets.leaving if day > today and day.startswith(year)]
    ids = directory.employees.find_leaving(days, MAX_UPCOMING) if days else []
    return tuple(each for each in _by_id(directory, ids) if _meets(each, query))


def _meets(employee: Employee, query: Query) -> bool:
    """Return whether an employee meets the words and the department of a query."""
    departments = {facet_key(value) for value in query.values_of("department")}
    if departments and facet_key(employee.department) not in departments:
        return False
    names = (employee.full_name, employee.preferred_name, employee.email, employee.employee_number)
    words = fold(" ".join(names)).split()
    return all(any(word.startswith(typed) for word in words) for typed in query.typed_words)


def _in_year(directory: Directory, cards: Iterable[Card], year: str) -> list[Employee]:
    people = _by_id(directory, [card.id for card in cards])
    return [each for each in people if leaving.last_day(each).startswith(year)]


def _by_id(directory: Directory, ids: Sequence[str]) -> list[Employee]:
    found = directory.employees.get_many(ids) if ids else {}
    return [found[each] for each in ids if each in found]
