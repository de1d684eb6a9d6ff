"""Add direct reports: several people at once get one manager, each by a change of their own."""

from collections.abc import Sequence

from flask import Blueprint, current_app, redirect, render_template, request
from flask.typing import ResponseReturnValue

from app.directory.added_reports import ReportNotAdded, add_report
from app.history.difference import last_moment
from app.model import leaving
from app.model.employee import Employee
from app.model.errors import (
    EmployeeNotFound,
    NotAllowed,
    RecordTooLarge,
    ReportingLoop,
    StorageUnavailable,
)
from app.web.current import current_directory, current_viewer
from app.web.forms import recovery
from app.web.forms.idempotency import FormIdForged, mint_form_id, write_id_of
from app.web.forms.managers import Option, is_finding, typed_manager
from app.web.forms.recovery import Outcome
from app.web.forms.rendering import Notice, form_id_again, fresh_token, posted_form_id
from app.web.forms.reports import find_reports, report_options
from app.web.http.middleware import log_store_failure, on_this_page, request_id
from app.web.org.chosen_reports import (
    MAX_ADDED,
    Chosen,
    NotAdded,
    chosen_reports,
    in_words,
    name_of,
    reason_of,
)
from app.web.ui import urls
from app.web.ui.display_names import display_name, name_in_sentence
from app.web.ui.flashes import flash_with_link, flash_with_undo

adding_reports = Blueprint("adding_reports", __name__)
adding_reports.url_value_preprocessor(urls.read_id_key)
_OUTCOME = Outcome(
    "changed", "Add direct reports", "Those still chosen were not changed.", "all were changed"
)


@adding_reports.get("/add-reports", defaults={"employee_id": ""})
@adding_reports.get("/add-reports/<id:employee_id>")
def ask(employee_id: str) -> ResponseReturnValue:
    """Ask who shall report to this person."""
    return _page(current_directory().get(current_viewer(), employee_id), ())


@adding_reports.post("/add-reports", defaults={"employee_id": ""})
@adding_reports.post("/add-reports/<id:employee_id>")
def add(employee_id: str) -> ResponseReturnValue:
    """Find people, or let those who are chosen report to this person."""
    manager = current_directory().get(current_viewer(), employee_id)
    chosen, form_id = chosen_reports(), posted_form_id_or_none()
    if form_id is None:
        return _again(FormIdForged())
    if is_finding():
        return _page(manager, chosen)
    if leaving.has_left(manager, leaving.today()):
        return _page(manager, chosen, status=409)
    if problem := _problem(chosen):
        return _page(manager, chosen, status=422, notice=Notice("bad", problem))
    return _add(manager, chosen, form_id)


def posted_form_id_or_none() -> str | None:
    """Return the id of the posted form; None if we did not sign it."""
    try:
        return posted_form_id()
    except FormIdForged:
        return None


def _problem(chosen: Sequence[Chosen]) -> str:
    if len(chosen) > MAX_ADDED:
        return f"At most {MAX_ADDED} people at once. Untick {len(chosen) - MAX_ADDED} of them"
    if typed := typed_manager():
        return f"Choose who is meant by “{typed}”, or empty the box in which you typed it"
    return "" if chosen else "Choose at least one person: type a name, then tick who is meant"


def _add(manager: Employee, chosen: Sequence[Chosen], form_id: str) -> ResponseReturnValue:
    """Save one after the other; when the store fails, who is left stays chosen."""
    added, not_added = list[Employee](), list[NotAdded]()
    for number, each in enumerate(chosen):
        parts = ("report", manager.id, each.id, *map(str, each.seen or ()))
        try:
            stored = add_report(
                *(current_directory(), current_viewer(), each.id, manager.id, each.seen),
                write_id_of(form_id, parts),
                on_this_page(),
            )
        except (ReportNotAdded, EmployeeNotFound, ReportingLoop, RecordTooLarge) as error:
            not_added.append(NotAdded(name_of(each), reason_of(error, manager)))
        except StorageUnavailable as error:
            log_store_failure(error, request_id())
            return _failed(error, manager, chosen[number:], _told(manager, added), not_added)
        else:
            added.append(stored)
            current_app.extensions["own_photos"].forget(stored.id)
    if not_added:
        told = _told(manager, added)
        notice = Notice("good", _with_way_back(told, len(added))) if told else None
        return _page(
            manager, (), status=409, notice=notice, not_added=not_added, form_id=mint_form_id()
        )
    _tell(manager, added)
    return redirect(urls.org_address(manager.id), 303)


def _failed(
    error: StorageUnavailable,
    manager: Employee,
    left: Sequence[Chosen],
    told: str,
    not_added: Sequence[NotAdded],
) -> ResponseReturnValue:
    status, notice = recovery.what_happened(error, _OUTCOME)
    if told:
        notice = notice._replace(text=f"{told}. {notice.text}")
    return _page(manager, left, status=status, notice=notice, not_added=not_added, read=False)


def _told(manager: Employee, added: Sequence[Employee]) -> str:
    """Return who reports to whom now; "" if nobody was added."""
    if not added:
        return ""
    names = in_words([display_name(each.full_name, each.id) for each in added])
    to = name_in_sentence(manager.full_name) or "this person"
    return f"{names} {'reports' if len(added) == 1 else 'report'} to {to} now"


def _tell(manager: Employee, added: Sequence[Employee]) -> None:
    told, moment = _told(manager, added), last_moment(added[0].history)
    if len(added) == 1 and moment:
        flash_with_undo(f"{told}.", urls.undo_address(added[0].id, moment))
    else:
        # Each can be undone from there.
        flash_with_link(f"{told}.", f"/audit?q={request_id()}", "See the changes")


def _with_way_back(told: str, number: int) -> str:
    undone = "it" if number == 1 else "that of one of them"
    return f"{told}. To undo {undone}, open their history."


@recovery.returns_input("adding_reports.add")
def _again(error: Exception) -> ResponseReturnValue:
    """Return the form with everybody who was chosen, after a failure or when it has expired."""
    status, notice = recovery.what_happened(error, _OUTCOME)
    name = request.form.get("shown_name", "")
    unread = Employee(id=(request.view_args or {}).get("employee_id", ""), full_name=name)
    return _page(unread, chosen_reports(), status=status, notice=notice, read=False)


def _page(
    manager: Employee,
    chosen: Sequence[Chosen],
    *,
    status: int = 200,
    notice: Notice | None = None,
    not_added: Sequence[NotAdded] = (),
    read: bool = True,
    form_id: str | None = None,
) -> ResponseReturnValue:
    typed = typed_manager()
    options, found = _read(manager, chosen, typed) if read else (_unread(chosen), ())
    page = render_template(
        "add_reports.html",
        manager=manager,
        name=display_name(manager.full_name, manager.id),
        has_left=leaving.has_left(manager, leaving.today()),
        chosen=options,
        found=found,
        typed=typed,
        is_searched=read and bool(typed),
        max_added=MAX_ADDED,
        not_added=not_added,
        notice=notice,
        form_id=form_id_again() if form_id is None else form_id,
        token=fresh_token(),
    )
    return page, status


def _unread(chosen: Sequence[Chosen]) -> list[Option]:
    options = []
    for each in chosen:
        option = Option(each.id, each.name, is_chosen=True)
        if each.seen is not None:
            option = option._replace(manager=each.seen.manager, version=each.seen.version)
        options.append(option)
    return options


def _read(
    manager: Employee, chosen: Sequence[Chosen], typed: str
) -> tuple[list[Option], tuple[Option, ...]]:
    """Return who is chosen, as they are stored now, and whom the typed name finds."""
    try:
        known = report_options([each.id for each in chosen], manager.id)
        found = find_reports(typed, manager.id) if typed else ()
    except (StorageUnavailable, NotAllowed):
        return _unread(chosen), ()
    options = [known.get(one.id, one)._replace(is_chosen=True) for one in _unread(chosen)]
    return options, tuple(one for one in found if one.id not in known)
