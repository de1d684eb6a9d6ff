"""With whom the org chart begins: who is at the top, or whom to propose."""

from typing import NamedTuple

from app.contracts.accounts import MAX_ORG_TOP
from app.contracts.reports import ReportCount
from app.model import leaving
from app.model.employee import Employee, card_of
from app.model.errors import EmployeeNotFound
from app.text.plurals import count_people
from app.web.current import (
    current_access,
    current_counting,
    current_directory,
    current_lines,
    current_sight,
    current_viewer,
)
from app.web.org.branches import Report
from app.web.ui.clock import Clock
from app.web.ui.report_counts import counted, direct_in_words, more_below


class Top(NamedTuple):
    """Those at the top, with how many report to them, and when those below were counted."""

    people: tuple[Report, ...]
    counted: Clock | None


class Proposal(NamedTuple):
    """Whom to begin with: of all without a manager, the one who has the most people below.

    ``counted`` is when that was counted.
    """

    person: Employee
    below: str
    counted: Clock | None


def chosen_top() -> tuple[Employee, ...]:
    """Return those at the top whom an administrator chose, and who work here.

    Nobody, for those who may not know who reports to whom.
    """
    ids = current_access().policy().org_top[:MAX_ORG_TOP]
    if not ids or "manager" in current_sight().restricted:
        return ()
    people = (_person(each) for each in ids)
    return tuple(person for person in people if person is not None)


def with_counts(people: tuple[Employee, ...]) -> Top:
    """Return them with how many report to each."""
    counts = current_lines().count(current_viewer(), [person.id for person in people])
    reports = tuple(_report(each, counts.get(each.id)) for each in people)
    return Top(reports, counted(counts.values()))


def proposal() -> Proposal | None:
    """Return whom the last counting found, if they still have no manager whom the viewer sees."""
    state = current_counting().seen_state()
    if not state.top_id or "manager" in current_sight().restricted:
        return None
    person = _person(state.top_id)
    if person is None or person.manager:
        return None
    count = ReportCount(0, state.top_below, state.counted_at)
    return Proposal(person, count_people(state.top_below), counted([count]))


def _person(employee_id: str) -> Employee | None:
    try:
        person = current_directory().get(current_viewer(), employee_id)
    except EmployeeNotFound:
        return None
    return None if leaving.has_left(person, leaving.today()) else person


def _report(person: Employee, count: ReportCount | None) -> Report:
    return Report(card_of(person), direct_in_words(count, "report"), more_below(count))
