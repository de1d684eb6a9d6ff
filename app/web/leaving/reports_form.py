"""What becomes of the direct reports of who leaves: they get another manager, or stay."""

from __future__ import annotations

from dataclasses import dataclass

from flask import request

from app.contracts.reports import MAX_COUNTED_REPORTS
from app.imports.report_moves import MOVED_AT_ONCE
from app.model import leaving
from app.model.employee import Employee
from app.model.errors import StorageUnavailable
from app.text.plurals import count_of
from app.web.current import current_lines, current_sight, current_viewer
from app.web.forms.managers import ManagerChoice, choice_of, manager_above, manager_problem
from app.web.ui import dates
from app.web.ui.display_names import display_name

# They report to the manager of who leaves, to somebody else, or stay as they are.
UP, OTHER, STAY = "up", "other", "stay"
_MAX_ID_CHARACTERS = 1_000
_CHOOSE = "Choose to whom they report from now on, or leave them as they are"
_LEAVES = "{} is the one who leaves. Choose somebody else"


@dataclass(frozen=True, slots=True)
class ReportsForm:
    """What was chosen, and the id of somebody else."""

    choice: str = ""
    other: str = ""

    def manager_of(self, employee: Employee) -> str | None:
        """Return the id of the new manager; None if everybody stays."""
        return {UP: employee.manager, OTHER: self.other}.get(self.choice) or None


@dataclass(frozen=True, slots=True)
class Reports:
    """The direct reports of who leaves, for the form.

    ``total`` is their number in words, ``those`` before "to" in "Move all 14 to". ``above`` is the
    name of the manager of who leaves, "" if nobody here is. ``is_many`` of more than can be moved
    while a page waits.
    """

    total: str
    those: str
    above: str
    above_note: str
    is_many: bool
    chosen: str
    manager: ManagerChoice


def posted_reports() -> ReportsForm:
    """Return the posted choice; a form that says nothing moves nobody."""
    choice = request.form.get("reports", "")
    other = request.form.get("manager", "")[:_MAX_ID_CHARACTERS]
    return ReportsForm(choice if choice in (UP, OTHER) else STAY, other)


def reports_problem(employee: Employee, form: ReportsForm) -> str:
    """Return why the reports of an employee cannot get the chosen manager; "" if they can."""
    if form.choice == STAY:
        return ""
    if form.choice == UP:
        return "" if manager_above(employee) else _CHOOSE
    if problem := manager_problem(form.other):
        return problem
    if form.other == employee.id:
        return _LEAVES.format(display_name(employee.full_name, employee.id))
    return "" if form.other else _CHOOSE


def reports_of(employee: Employee, form: ReportsForm) -> Reports | None:
    """Return the direct reports of an employee for the form; None without any."""
    if "manager" in current_sight().restricted:
        return None
    try:
        return _read(employee, form)
    except StorageUnavailable:
        if request.method == "GET":
            raise
        return None  # the input is more important


def _read(employee: Employee, form: ReportsForm) -> Reports | None:
    viewer, lines = current_viewer(), current_lines()
    page = lines.reports(viewer, employee.id, limit=MOVED_AT_ONCE + 1)
    if not page.cards:
        return None
    is_many = len(page.cards) > MOVED_AT_ONCE
    number = len(page.cards)
    if is_many:
        counted = lines.count(viewer, [employee.id]).get(employee.id)
        number = max(number, counted.direct if counted else 0)
    above = manager_above(employee)
    return Reports(
        total=_total(number),
        those=_those(number),
        above=display_name(above.full_name, above.id) if above else "",
        above_note=_note(above) if above else "",
        is_many=is_many,
        chosen=form.choice or (UP if above and not employee.left_on else STAY),
        manager=choice_of(form.other, read=True),
    )


def _note(manager: Employee) -> str:
    day = leaving.last_day(manager)
    leaves = f"leaves on {dates.day(day)}" if day else ""
    return " · ".join(filter(None, (manager.job_title, leaves)))


def _those(number: int) -> str:
    if number == 1:
        return ""
    return "all " if number > MAX_COUNTED_REPORTS else f"all {number:,} "


def _total(number: int) -> str:
    if number > MAX_COUNTED_REPORTS:
        return f"over {MAX_COUNTED_REPORTS:,} direct reports"
    return count_of(number, "direct report", "direct reports")
