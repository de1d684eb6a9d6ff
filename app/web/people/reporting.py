"""Whom somebody reports to and who reports to them, for their page."""

from typing import NamedTuple

from app.contracts.queries import MANAGER
from app.contracts.reports import MAX_COUNTED_REPORTS, ReportCount
from app.model.employee import Card, Employee
from app.model.errors import EmployeeNotFound, StorageUnavailable
from app.text.sanitizing import visible
from app.web.current import current_directory, current_lines, current_sight, current_viewer
from app.web.http.middleware import log_store_failure, request_id
from app.web.ui.clock import Clock
from app.web.ui.display_names import display_name
from app.web.ui.list_query import ListRequest
from app.web.ui.report_counts import counted, direct_in_words, more_below

# So many are on the page; whoever has more has a list of them.
SHOWN_REPORTS = 6


class Reporting(NamedTuple):
    """The lines beside a person; ``manager_text`` is what is stored where it is nobody's id.

    ``total`` is the number of reports in words, ``beyond`` whether there are more than ``reports``,
    which have the words for how many report to them. ``in_all`` tells how many stand below, if
    these are more, and ``counted`` when that was counted.
    """

    manager: Employee | None = None
    manager_text: str = ""
    reports: tuple[tuple[Card, str], ...] = ()
    total: str = ""
    in_all: str = ""
    counted: Clock | None = None
    beyond: bool = False
    is_unread: bool = False


def reporting_of(employee: Employee) -> Reporting:
    """Return the reporting lines of somebody as the current viewer sees them.

    It is no reason to show nothing of a person whose record was read: a failure is logged.
    """
    if "manager" in current_sight().restricted:
        return Reporting()
    try:
        return _read(employee)
    except StorageUnavailable as error:
        log_store_failure(error, request_id())
        return Reporting(is_unread=True)


def _read(employee: Employee) -> Reporting:
    viewer, lines = current_viewer(), current_lines()
    manager = lines.manager_of(viewer, employee)
    page = lines.reports(viewer, employee.id, limit=SHOWN_REPORTS + 1)
    shown = page.cards[:SHOWN_REPORTS]
    beyond = len(page.cards) > SHOWN_REPORTS or page.next is not None
    asked = [card.id for card in shown] + ([employee.id] if shown else [])
    counts = lines.count(viewer, asked) if asked else {}
    return Reporting(
        manager=manager,
        manager_text="" if manager else lines.unknown_manager(employee),
        reports=tuple(
            (card, direct_in_words(counts.get(card.id), "direct report")) for card in shown
        ),
        total=_total(counts.get(employee.id), len(page.cards)) if beyond else str(len(shown)),
        in_all=more_below(counts.get(employee.id)),
        counted=counted(counts.values()),
        beyond=beyond,
    )


def _total(count: ReportCount | None, at_least: int) -> str:
    """Return the number; a count may be some seconds older than the list that was just read."""
    direct = max(count.direct if count else 0, at_least)
    is_over = direct > MAX_COUNTED_REPORTS
    return f"over {MAX_COUNTED_REPORTS:,}" if is_over else f"{direct:,}"


def manager_name(listing: ListRequest) -> str:
    """Return the name of the manager whose reports a list shows; their id if they are nobody."""
    return "".join(shown_name(each) for each in listing.query.values_of(MANAGER))


def shown_name(employee_id: str) -> str:
    """Return the name of somebody; their id if they are nobody whom the viewer may know of."""
    try:
        person = current_directory().get(current_viewer(), employee_id)
    except EmployeeNotFound:
        return visible(employee_id)
    return display_name(person.full_name, person.id)
