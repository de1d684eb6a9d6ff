"""The list of those who left, for editors, and its export."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import chain
from typing import NamedTuple
from urllib.parse import urlencode

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from app.contracts import PAGE_SIZE, Query
from app.directory.leaver_lists import LeaverPage, iter_leavers, read_leavers
from app.exports.columns import LEAVER_COLUMNS
from app.exports.csv_file import csv_file
from app.exports.formats import FORMATS
from app.exports.xlsx_file import xlsx_file
from app.model import leaving
from app.model.employee import Employee
from app.runtime.deadline import REQUEST_SECONDS, start
from app.text.plurals import count_of
from app.web.current import current_directory, current_viewer
from app.web.forms.idempotency import mint_form_id
from app.web.http.streaming import send
from app.web.ui.list_query import read_request

leavers_pages = Blueprint("leavers", __name__)
_PAST_YEARS = 10
_WRITERS = {"csv": csv_file, "xlsx": xlsx_file}


class Row(NamedTuple):
    """Somebody in the list: their last day, and how far it is, "" if it has come."""

    employee: Employee
    last_day: str
    tag: str
    form_id: str


@dataclass(frozen=True, slots=True)
class Chosen:
    """What the address asks for."""

    query: Query
    year: str
    cursor: str | None
    page: int

    @property
    def is_filtered(self) -> bool:
        """Return whether not everybody is asked for."""
        return bool(self.query.words or self.query.filters or self.year)

    @property
    def department(self) -> str:
        """Return the chosen department, "" for any."""
        return next(iter(self.query.values_of("department")), "")

    def address(self, path: str = "/leavers", **others: str) -> str:
        """Return the URL of this list, without its page."""
        chosen = {"q": self.query.words, "year": self.year, "department": self.department}
        pairs = [(name, value) for name, value in {**chosen, **others}.items() if value]
        return f"{path}?{urlencode(pairs, errors='replace')}" if pairs else path


@leavers_pages.get("/leavers")
def leavers() -> ResponseReturnValue:
    """Show a page of those who left, after those whose last day is to come."""
    directory, viewer, chosen = current_directory(), current_viewer(), _chosen()
    page = read_leavers(directory, viewer, chosen.query, chosen.year, chosen.cursor)
    departments = sorted(directory.facets(viewer).departments, key=str.casefold)
    return render_template(
        "leavers.html",
        chosen=chosen,
        page=page,
        rows=[_row(each) for each in (*page.upcoming, *page.people)],
        count=_count(chosen, page),
        position=_position(chosen, page),
        previous=_neighbour(chosen, page.previous, chosen.page - 1),
        next=_neighbour(chosen, page.next, chosen.page + 1),
        years=_years(page),
        departments=_with_chosen(departments, chosen.department),
        exports=[(FORMATS[ending].label, ending) for ending in _WRITERS],
    )


@leavers_pages.get("/leavers.<any(csv, xlsx):ending>")
def leavers_file(ending: str) -> ResponseReturnValue:
    """Stream everybody in the list as a file, with their last days."""
    chosen, viewer = _chosen(), current_viewer()

    def begin() -> Iterator[bytes]:
        people = _timed(iter_leavers(current_directory(), viewer, chosen.query, chosen.year))
        first = next(people, ())  # a store that does not respond at all becomes an error page
        return _WRITERS[ending](chain((first,), people), LEAVER_COLUMNS)

    name = f"leavers-{datetime.now(UTC):%Y-%m-%d}.{ending}"
    return send(begin, FORMATS[ending].media_type, name)


def _timed(batches: Iterator[tuple[Employee, ...]]) -> Iterator[tuple[Employee, ...]]:
    """Yield the same batches, each with a deadline of its own."""
    while True:
        start(REQUEST_SECONDS)
        people = next(batches, None)
        if people is None:
            return
        yield people


def _chosen() -> Chosen:
    listing = read_request(request.args)
    year = request.args.get("year", "")
    is_year = year.isascii() and year.isdigit() and len(year) == 4
    return Chosen(
        Query(listing.query.words, department=listing.query.values_of("department")[:1]),
        year if is_year else "",
        listing.cursor,
        max(listing.page, 1) if listing.cursor else 1,
    )


def _row(employee: Employee) -> Row:
    day, today = leaving.last_day(employee), leaving.today()
    days = (date.fromisoformat(day) - date.fromisoformat(today)).days if day else 0
    tag = f"In {count_of(days, 'day', 'days')}" if days > 0 else ""
    return Row(employee, day, tag, mint_form_id())


def _count(chosen: Chosen, page: LeaverPage) -> str:
    """Return how many left and leave, or of a filtered list what one page tells."""
    everybody = count_of(page.left, "leaver", "leavers")
    upcoming = f", {page.leaving:,} upcoming" if page.leaving else ""
    if not chosen.is_filtered:
        return everybody + upcoming
    is_whole = page.next is None and chosen.cursor is None
    return f"{len(page.people):,} of {everybody}" if is_whole else f"Out of {everybody}"


def _position(chosen: Chosen, page: LeaverPage) -> str:
    if not page.people:
        return ""
    if page.examined is not None:
        return f"{page.examined:,} leavers searched"
    first = (chosen.page - 1) * PAGE_SIZE + 1
    known = "" if chosen.is_filtered else f" of {max(page.left, len(page.people)):,}"
    return "" if chosen.year else f"{first:,}–{first + len(page.people) - 1:,}{known}"


def _neighbour(chosen: Chosen, cursor: str | None, number: int) -> str:
    if cursor is None:
        return ""
    return chosen.address(cursor=cursor, page=str(number) if number > 1 else "")


def _years(page: LeaverPage) -> list[str]:
    """Return the years to choose from: those of days to come, and the last ones."""
    this_year = int(leaving.today()[:4])
    coming = {leaving.last_day(each)[:4] for each in page.upcoming}
    past = {str(year) for year in range(this_year - _PAST_YEARS, this_year + 1)}
    return sorted(coming | past, reverse=True)


def _with_chosen(values: list[str], chosen: str) -> list[str]:
    return values if not chosen or chosen in values else [chosen, *values]
