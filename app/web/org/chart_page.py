"""One page of the org chart, ready for its template."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import urlencode

from app.contracts import PAGE_SIZE, Page
from app.contracts.reports import MAX_COUNTED_REPORTS, Chain, ChainEnd, ReportCount
from app.model.employee import Employee
from app.text.plurals import count_people
from app.web.current import current_directory, current_lines, current_viewer
from app.web.org.branches import MAX_ON_SHEET, Opening, Report, closed, everybody, opened
from app.web.ui.clock import Clock
from app.web.ui.display_names import display_name
from app.web.ui.report_counts import below_in_words, counted, direct_in_words
from app.web.ui.urls import drawing_address, org_address

# Of more managers only the top and the nearest two are open; the others are behind one card.
_MAX_OPEN_MANAGERS = 5
_NEAREST = 2
# Of those above the reports are counted of so many, the nearest, and of the top: each costs a read.
_MOST_COUNTED_ABOVE = 24
# Of a longer circle the names in the middle are left out.
_MAX_CIRCLE_NAMES = 8
_CLOSED = Opening()
_ENDS = {
    ChainEnd.TOP: "",
    ChainEnd.NOBODY: "Manager unknown",
    ChainEnd.LIMIT: "Goes on above",
}


class Manager(NamedTuple):
    """A manager above, with the words for how many report to them and stand below them."""

    person: Employee
    reports: str
    below: str


class ChartPage(NamedTuple):
    """A page of the chart: ``above`` from the top down, of which ``folded`` are behind one card.

    ``end`` is why the line above ends, in words; "" at the top. ``below`` tells how many stand
    below the person, and ``counted`` when that was counted; ``is_uncounted`` that it was not of
    somebody here.
    """

    person: Employee
    above: tuple[Manager, ...]
    folded: tuple[Manager, ...]
    nearest: tuple[Manager, ...]
    end: str
    is_loop: bool
    reports: tuple[Report, ...]
    total: str
    below: str
    counted: Clock | None
    is_uncounted: bool
    position: str
    previous: str
    next: str
    is_concealed: bool
    is_open: bool
    on_sheet: str
    open_address: str
    drawing: str


def chart_page(
    employee_id: str, cursor: str | None, number: int, opening: Opening = _CLOSED
) -> ChartPage:
    """Return the chart around somebody, as the current viewer sees it. Raises EmployeeNotFound.

    ``number`` is that of the page of reports, 0 if it is unknown.
    """
    viewer, lines = current_viewer(), current_lines()
    person = current_directory().get(viewer, employee_id)
    if "manager" in current_directory().sight_of(viewer).restricted:
        return _page(person, Chain(), Page(()), {}, 1, is_concealed=True)
    chain = lines.chain_of(viewer, person)
    page = lines.reports(viewer, employee_id, cursor)
    above = {each.id for each in (*chain.managers[:_MOST_COUNTED_ABOVE], *chain.managers[-1:])}
    counts = lines.count(viewer, {employee_id, *(card.id for card in page.cards), *above})
    view = _page(person, chain, page, counts, number if cursor else 1, opening)
    here = {"cursor": cursor, **({"page": str(number)} if number > 1 else {})} if cursor else {}
    return view._replace(drawing=_address(drawing_address(person.id), here, opening))


def _page(
    person: Employee,
    chain: Chain,
    page: Page,
    counts: Mapping[str, ReportCount],
    number: int,
    opening: Opening = _CLOSED,
    *,
    is_concealed: bool = False,
) -> ChartPage:
    above = [_manager(each, counts.get(each.id)) for each in reversed(chain.managers)]
    split = len(above) > _MAX_OPEN_MANAGERS
    is_loop = chain.end is ChainEnd.LOOP
    is_open = opening != _CLOSED
    reports = closed(page.cards, counts)
    if is_open:
        reports = opened(reports, opening)
    total = _total(person, page, counts, number)
    return ChartPage(
        person=person,
        above=tuple(above[:1] if split else above),
        folded=tuple(above[1:-_NEAREST] if split else ()),
        nearest=tuple(above[-_NEAREST:] if split else ()),
        end=_circle(person, chain) if is_loop else _ENDS[chain.end],
        is_loop=is_loop,
        reports=reports,
        total=total,
        below=below_in_words(counts.get(person.id), len(page.cards)),
        counted=counted(counts.values()),
        is_uncounted=any(each.below is None for each in counts.values()),
        position=_position(page, number, total),
        previous=_page_address(person.id, page.previous, number - 1, opening),
        next=_page_address(person.id, page.next, number + 1 if number else 0, opening),
        is_concealed=is_concealed,
        is_open=opening.is_all,
        on_sheet=_on_sheet(reports, opening) if is_open else "",
        open_address=_address(org_address(person.id), {}, Opening(is_all=not opening.is_all)),
        drawing="",
    )


def _manager(person: Employee, count: ReportCount | None) -> Manager:
    return Manager(person, direct_in_words(count, "direct report"), below_in_words(count))


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


def _page_address(employee_id: str, cursor: str | None, number: int, opening: Opening) -> str:
    if not cursor:
        return ""
    pairs = {"page": str(number)} if number > 1 else {}
    every = Opening(is_all=opening.is_all)  # the branches of this page are not on another
    return _address(org_address(employee_id), {**pairs, "cursor": cursor}, every)


def _address(address: str, pairs: Mapping[str, str], opening: Opening) -> str:
    query = urlencode([*opening.pairs(), *pairs.items()])
    joint = "&" if "?" in address else "?"
    return f"{address}{joint}{query}" if query else address


def _on_sheet(reports: tuple[Report, ...], opening: Opening) -> str:
    """Return how many people are shown, and whose reports are left out."""
    everyone = list(everybody(reports))
    shown = count_people(len(everyone))
    cut = [display_name(each.card.full_name, each.card.id) for each in everyone if each.is_cut]
    if not cut:
        return f"{shown} in 2 levels are shown" if opening.is_all else f"{shown} are shown"
    names = ", ".join(cut)
    return f"{shown} are shown, of at most {MAX_ON_SHEET}. Not all reports are shown of {names}"


def _circle(person: Employee, chain: Chain) -> str:
    line = [person, *chain.managers]
    ids = [each.id for each in line]
    circle = line[ids.index(line[-1].manager) :] if line[-1].manager in ids else line
    names = [display_name(each.full_name, each.id) for each in circle]
    if len(names) > _MAX_CIRCLE_NAMES:
        names = [*names[: _MAX_CIRCLE_NAMES - 1], "…", names[-1]]
    return f"This reporting line goes round in a circle: {', '.join([*names, names[0]])}."
