"""One page of the org chart, ready for its template."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import urlencode

from app.contracts import PAGE_SIZE, Page
from app.contracts.reports import MAX_COUNTED_REPORTS, Chain, ChainEnd, ReportCount
from app.model.employee import Card, Employee
from app.text.plurals import count_of
from app.web.current import current_directory, current_lines, current_sight, current_viewer
from app.web.ui.display_names import display_name
from app.web.ui.urls import org_address

# Of more managers only the top and the nearest two are open; the others are behind one card.
_MAX_OPEN_MANAGERS = 5
_NEAREST = 2
# Of a longer circle the names in the middle are left out.
_MAX_CIRCLE_NAMES = 8
_ENDS = {
    ChainEnd.TOP: "",
    ChainEnd.NOBODY: "Manager unknown",
    ChainEnd.LIMIT: "Goes on above",
}


class Manager(NamedTuple):
    """A manager above, with the words for how many report to them."""

    person: Employee
    reports: str


class Report(NamedTuple):
    """Somebody who reports to the person, with the words for how many report to them."""

    card: Card
    reports: str


class ChartPage(NamedTuple):
    """A page of the chart: ``above`` from the top down, of which ``folded`` are behind one card.

    ``end`` is why the line above ends, in words; "" at the top.
    """

    person: Employee
    above: tuple[Manager, ...]
    folded: tuple[Manager, ...]
    nearest: tuple[Manager, ...]
    end: str
    is_loop: bool
    reports: tuple[Report, ...]
    total: str
    position: str
    previous: str
    next: str
    is_concealed: bool


def chart_page(employee_id: str, cursor: str | None, number: int) -> ChartPage:
    """Return the chart around somebody, as the current viewer sees it. Raises EmployeeNotFound.

    ``number`` is that of the page of reports, 0 if it is unknown.
    """
    viewer, lines = current_viewer(), current_lines()
    person = current_directory().get(viewer, employee_id)
    if "manager" in current_sight().restricted:
        return _page(person, Chain(), Page(()), {}, 1, is_concealed=True)
    chain = lines.chain(viewer, employee_id)
    page = lines.reports(viewer, employee_id, cursor)
    ids = {employee_id, *(card.id for card in page.cards), *(each.id for each in chain.managers)}
    counts = lines.count(viewer, ids)
    return _page(person, chain, page, counts, number if cursor else 1)


def _page(
    person: Employee,
    chain: Chain,
    page: Page,
    counts: Mapping[str, ReportCount],
    number: int,
    *,
    is_concealed: bool = False,
) -> ChartPage:
    above = [
        Manager(each, _in_words(counts, each.id, "direct report"))
        for each in reversed(chain.managers)
    ]
    split = len(above) > _MAX_OPEN_MANAGERS
    is_loop = chain.end is ChainEnd.LOOP
    total = _total(person, page, counts, number)
    return ChartPage(
        person=person,
        above=tuple(above[:1] if split else above),
        folded=tuple(above[1:-_NEAREST] if split else ()),
        nearest=tuple(above[-_NEAREST:] if split else ()),
        end=_circle(person, chain) if is_loop else _ENDS[chain.end],
        is_loop=is_loop,
        reports=tuple(Report(it, _in_words(counts, it.id, "report")) for it in page.cards),
        total=total,
        position=_position(page, number, total),
        previous=_address(person.id, page.previous, number - 1),
        next=_address(person.id, page.next, number + 1 if number else 0),
        is_concealed=is_concealed,
    )


def _in_words(counts: Mapping[str, ReportCount], employee_id: str, noun: str) -> str:
    direct = counts[employee_id].direct if employee_id in counts else 0
    if direct > MAX_COUNTED_REPORTS:
        return f"over {MAX_COUNTED_REPORTS:,} {noun}s"
    return count_of(direct, noun, f"{noun}s") if direct else ""


def _total(person: Employee, page: Page, counts: Mapping[str, ReportCount], number: int) -> str:
    """Return the number of reports; a count may be older than the page that was just read."""
    shown = len(page.cards) + PAGE_SIZE * max(number - 1, 0)
    if number and not page.next:
        return f"{shown:,}"
    direct = max(counts[person.id].direct if person.id in counts else 0, shown)
    is_over = direct > MAX_COUNTED_REPORTS
    return f"over {MAX_COUNTED_REPORTS:,}" if is_over else f"{direct:,}"


def _position(page: Page, number: int, total: str) -> str:
    if not number or not page.cards:
        return "Sorted by name"
    first = PAGE_SIZE * (number - 1) + 1
    return f"{first:,}–{first + len(page.cards) - 1:,} of {total} · sorted by name"


def _address(employee_id: str, cursor: str | None, number: int) -> str:
    if not cursor:
        return ""
    address = org_address(employee_id)
    pairs = {"page": str(number)} if number > 1 else {}
    joint = "&" if "?" in address else "?"
    return f"{address}{joint}{urlencode({**pairs, 'cursor': cursor})}"


def _circle(person: Employee, chain: Chain) -> str:
    line = [person, *chain.managers]
    ids = [each.id for each in line]
    circle = line[ids.index(line[-1].manager) :] if line[-1].manager in ids else line
    names = [display_name(each.full_name, each.id) for each in circle]
    if len(names) > _MAX_CIRCLE_NAMES:
        names = [*names[: _MAX_CIRCLE_NAMES - 1], "…", names[-1]]
    return f"This reporting line goes round in a circle: {', '.join([*names, names[0]])}."
