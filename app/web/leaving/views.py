"""Mark somebody as left, and restore them: GET shows what will happen, POST does it once."""

from flask import Blueprint, current_app, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from app.contracts.accounts import LastAdmin
from app.directory.leavers import LastDayRejected, latest_last_day
from app.history.changes import MAX_NOTE_CHARACTERS
from app.model import leaving
from app.model.employee import Employee
from app.model.errors import EditConflict, EmployeeNotFound
from app.model.revision import revision_of
from app.text.sanitizing import visible
from app.web.current import current_directory, current_leavers, current_viewer
from app.web.forms import recovery
from app.web.forms.idempotency import FormIdForged, write_id_of
from app.web.forms.managers import is_finding
from app.web.forms.moved_reports import (
    Told,
    give_back,
    held_moves,
    move_reports,
    told_of_kept,
)
from app.web.forms.recovery import Outcome
from app.web.forms.rendering import Notice, form_id_again, fresh_token, posted_form_id
from app.web.http.middleware import on_this_page
from app.web.leaving.day_form import DayForm, empty_form, posted_form
from app.web.leaving.reports_form import ReportsForm, posted_reports, reports_of, reports_problem
from app.web.ui import dates, urls
from app.web.ui.display_names import name_in_sentence
from app.web.ui.flashes import flash_with_undo

leaving_pages = Blueprint("leaving", __name__)
leaving_pages.url_value_preprocessor(urls.read_id_key)
_CHANGED = "Someone changed this person after you opened this page. Check again before you {}."
_ACCOUNT_STAYS_DISABLED = "Their account stays disabled until an administrator enables it."


@leaving_pages.get("/leave", defaults={"employee_id": ""})
@leaving_pages.get("/leave/<id:employee_id>")
def leave_form(employee_id: str) -> ResponseReturnValue:
    """Ask for the last day of somebody."""
    employee = current_directory().get(current_viewer(), employee_id)
    return _show(employee, empty_form(visible(employee.left_on)), ReportsForm())


@leaving_pages.post("/leave", defaults={"employee_id": ""})
@leaving_pages.post("/leave/<id:employee_id>")
def leave(employee_id: str) -> ResponseReturnValue:
    """Mark somebody as left, and let their reports report to somebody else."""
    form, revision = posted_form(), request.form.get("revision", "")
    reports = posted_reports()
    before = current_directory().get(current_viewer(), employee_id)
    if is_finding():
        return _show(before, form, reports)
    if problem := reports_problem(before, reports):
        return _show(before, form, reports, reports_problem=problem, status=422)
    manager_id = reports.manager_of(before)
    try:
        write_id = write_id_of(
            posted_form_id(), ["leave", employee_id, revision, form.last_day, form.note]
        )
        stored = current_leavers().mark_as_left(
            current_viewer(),
            employee_id,
            form.last_day,
            revision,
            write_id,
            form.note,
            on_this_page(),
        )
    except FormIdForged as error:
        return recovery.form_with_input(error)
    except LastDayRejected as error:
        return _show(before, form, reports, problem=str(error), status=422)
    except LastAdmin as error:
        return _show(before, form, reports, notice=Notice("bad", str(error)), status=409)
    except EditConflict as error:
        notice = Notice("warning", _CHANGED.format("mark them as left"))
        return _show(error.stored, form, reports, notice=notice, status=409)
    _forget_photo(employee_id)
    moved = move_reports(stored, manager_id, write_id) if manager_id else Told()
    _tell_of_leaving(before, stored, moved)
    return redirect(urls.person_address(employee_id), 303)


def _tell_of_leaving(before: Employee, stored: Employee, moved: Told) -> None:
    name = name_in_sentence(stored.full_name) or "This person"
    day = dates.day(stored.left_on)
    if leaving.has_left(stored, leaving.today()):
        sentence = f"Marked {name} as left on {day}."
    else:
        sentence = f"{name} leaves on {day}, and stays in the directory until then."
    if before.left_on:
        flash(moved.after(sentence), "good")
    else:
        flash_with_undo(moved.after(sentence), urls.restore_address(stored.id))
    moved.flash_notices()


def _show(
    employee: Employee,
    form: DayForm,
    reports: ReportsForm,
    *,
    problem: str = "",
    reports_problem: str = "",
    notice: Notice | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    page = render_template(
        "leave.html",
        employee=employee,
        form=form,
        problem=problem,
        reports=reports_of(employee, reports),
        reports_problem=reports_problem,
        kept_reports=reports,
        notice=notice,
        revision=revision_of(employee),
        has_account=current_leavers().has_account(current_viewer(), employee.id),
        **_of_every_form(),
    )
    return page, status


def _of_every_form() -> dict[str, object]:
    return {
        "form_id": form_id_again(),
        "token": fresh_token(),
        "latest": latest_last_day(),
        "max_note": MAX_NOTE_CHARACTERS,
    }


@recovery.returns_input("leaving.leave")
def _leave_again(error: Exception) -> ResponseReturnValue:
    """Return the page with what was chosen and typed, and what happened."""
    status, notice = recovery.what_happened(
        error,
        Outcome("saved", "Mark as left", "No one was marked as left.", "they were marked as left"),
    )
    employee = Employee(
        id=(request.view_args or {}).get("employee_id", ""),
        full_name=request.form.get("shown_name", ""),
    )
    page = render_template(
        "leave.html",
        employee=employee,
        form=posted_form(),
        reports=None,
        reports_problem="",
        kept_reports=posted_reports(),
        problem="",
        notice=notice,
        revision=request.form.get("revision", ""),
        has_account=False,
        **_of_every_form(),
    )
    return page, status


@leaving_pages.get("/restore", defaults={"employee_id": ""})
@leaving_pages.get("/restore/<id:employee_id>")
def restore_form(employee_id: str) -> ResponseReturnValue:
    """Ask before somebody is restored."""
    employee = current_directory().get(current_viewer(), employee_id)
    return _ask_to_restore(employee)


@leaving_pages.post("/restore", defaults={"employee_id": ""})
@leaving_pages.post("/restore/<id:employee_id>")
def restore(employee_id: str) -> ResponseReturnValue:
    """Restore somebody who leaves or has left."""
    revision, gives_back = request.form.get("revision", ""), "reports" in request.form
    try:
        form_id = posted_form_id()
        restored = current_leavers().restore(
            current_viewer(),
            employee_id,
            revision,
            write_id_of(form_id, ["restore", employee_id, revision]),
            on_this_page(),
        )
    except FormIdForged as error:
        return recovery.form_with_input(error)
    except EditConflict as error:
        notice = Notice("warning", _CHANGED.format("restore them"))
        return _ask_to_restore(error.stored, notice, 409)
    _forget_photo(employee_id)
    name = name_in_sentence(restored.employee.full_name) or "the person"
    moves = held_moves(employee_id)
    told = give_back(moves) if gives_back else told_of_kept(moves)
    flash(told.after(f"Restored {name}."), "good")
    told.flash_notices()
    if restored.has_account and not restored.may_sign_in:
        flash(_ACCOUNT_STAYS_DISABLED, "warning")
    return redirect(urls.person_address(employee_id), 303)


def _ask_to_restore(
    employee: Employee, notice: Notice | None = None, status: int = 200
) -> ResponseReturnValue:
    page = render_template(
        "restore.html",
        employee=employee,
        notice=notice,
        revision=revision_of(employee),
        has_account=current_leavers().has_account(current_viewer(), employee.id),
        moves=held_moves(employee.id),
        gives_back=request.method == "GET" or "reports" in request.form,
        form_id=form_id_again(),
        token=fresh_token(),
    )
    return page, status


@recovery.returns_input("leaving.restore")
def _restore_again(error: Exception) -> ResponseReturnValue:
    """Ask again, after a failure or an expired form."""
    if isinstance(error, EmployeeNotFound):
        return recovery.person_not_found(error)
    status, notice = recovery.what_happened(
        error, Outcome("saved", "Restore", "No one was restored.", "they were restored")
    )
    page = render_template(
        "restore.html",
        employee=Employee(
            id=(request.view_args or {}).get("employee_id", ""),
            full_name=request.form.get("shown_name", ""),
        ),
        notice=notice,
        revision=request.form.get("revision", ""),
        has_account=False,
        moves=(),
        gives_back="reports" in request.form,
        form_id=form_id_again(),
        token=fresh_token(),
    )
    return page, status


def _forget_photo(employee_id: str) -> None:
    current_app.extensions["own_photos"].forget(employee_id)
