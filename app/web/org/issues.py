"""Reporting-line issues: a page of what a walk through all records finds, for editors."""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import urlencode

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from app.directory.line_walk import MAX_CIRCLE, Kind
from app.directory.reporting_issues import Issue, IssuePage
from app.model import leaving
from app.model.employee import Employee
from app.text.digits import small_number
from app.text.plurals import count_people
from app.text.sanitizing import visible
from app.web.current import current_issues, current_viewer
from app.web.ui import dates, urls
from app.web.ui.display_names import display_name

org_issues = Blueprint("org_issues", __name__)
# Of a text that another program stored as the manager.
_MAX_STORED = 100
_MAX_SEEN_DIGITS = 9

_TABS = {
    None: "All",
    Kind.LEFT: "Manager has left",
    Kind.UNKNOWN: "Unknown manager",
    Kind.CIRCLE: "Circles",
    Kind.WITHOUT: "No manager",
}
_INTRO = {
    Kind.LEFT: "They report to somebody who is not here any more.",
    Kind.UNKNOWN: "What is stored as their manager is the id of nobody here.",
    Kind.CIRCLE: "Each of them reports to the next, and the last to the first.",
    Kind.WITHOUT: "Those who are at the top of the org chart by choice are not listed.",
}
_NOBODY_IS_LED = (
    "No one has a manager{so_far}, so those without one are not listed. "
    "Choose managers in people’s forms, or import them."
)

# Several people may have the same of these.
_SHARED = (Kind.LEFT, Kind.UNKNOWN)


class Line(NamedTuple):
    """One issue: who it is about, what is wrong, and where it is mended.

    ``others`` is the list of all with this manager, who can be changed at once; "" for a circle.
    """

    person: Employee
    problem: str
    circle: tuple[Employee, ...]
    mend: str
    others: str


class Section(NamedTuple):
    """The issues of one kind."""

    kind: str
    heading: str
    intro: str
    lines: tuple[Line, ...]


class Tab(NamedTuple):
    """A kind to choose."""

    label: str
    address: str
    is_current: bool


@org_issues.get("/org/issues")
def issues() -> ResponseReturnValue:
    """Show what is wrong with reporting lines among the next people of the directory."""
    chosen = _chosen_kind()
    bookmark = request.args.get("after", "")
    is_led = request.args.get("led") == "1"
    seen = small_number(request.args.get("seen", ""), _MAX_SEEN_DIGITS) if bookmark else 0
    kinds = tuple(Kind) if chosen is None else (chosen,)
    page = current_issues().page(current_viewer(), bookmark, kinds, is_led=is_led)
    seen += page.examined
    following = {"after": page.next, "seen": str(seen), "led": "1" if page.is_led else ""}
    return render_template(
        "org_issues.html",
        tabs=[Tab(label, _address(kind), kind is chosen) for kind, label in _TABS.items()],
        sections=[section for kind in kinds if (section := _section(kind, page)).lines],
        progress=_progress(page, seen),
        note=_note(page) if Kind.WITHOUT in kinds and not page.is_led and seen else "",
        is_whole=not page.next,
        first=_address(chosen) if bookmark else "",
        next=_address(chosen, **following) if page.next else "",
    )


def _chosen_kind() -> Kind | None:
    name = request.args.get("kind", "")
    return Kind(name) if name in frozenset(Kind) else None


def _address(kind: Kind | None, **others: str) -> str:
    pairs = {"kind": kind.value if kind else "", **others}
    query = urlencode({name: value for name, value in pairs.items() if value}, errors="replace")
    return f"/org/issues?{query}" if query else "/org/issues"


def _section(kind: Kind, page: IssuePage) -> Section:
    lines = tuple(_line(issue) for issue in page.issues if issue.kind is kind)
    return Section(kind.value, _TABS[kind], _INTRO[kind], lines)


def _line(issue: Issue) -> Line:
    return Line(
        issue.person,
        _problem(issue),
        issue.circle,
        f"{urls.edit_address(issue.person.id)}#manager",
        urls.list_address(manager=issue.person.manager) if issue.kind in _SHARED else "",
    )


def _problem(issue: Issue) -> str:
    if issue.manager is not None:
        name = display_name(issue.manager.full_name, issue.manager.id)
        return f"Reports to {name}, who left on {dates.day(leaving.last_day(issue.manager))}"
    if issue.kind is Kind.UNKNOWN:
        return f"Stored as manager: “{visible(issue.person.manager[:_MAX_STORED])}”"
    if issue.kind is Kind.CIRCLE and not issue.circle:
        return f"The line above goes on over more than {MAX_CIRCLE} managers"
    return ""


def _progress(page: IssuePage, seen: int) -> str:
    people = count_people(seen)
    if page.next:
        return f"{people} looked through so far"
    return f"All {people} looked through" if seen else "There are no people yet"


def _note(page: IssuePage) -> str:
    return _NOBODY_IS_LED.format(so_far=" so far" if page.next else " yet")
