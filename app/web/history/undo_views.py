"""The page that asks before a change is undone, and the undo."""

from collections.abc import Sequence

from flask import Blueprint, current_app, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from app.contracts.accounts import LastAdmin
from app.directory.leavers import LastDayRejected
from app.directory.undos import PlannedUndo, read_undo, take_back
from app.history.difference import last_moment
from app.history.sentences import field_label, sentence_of
from app.history.undoing import is_of_leaving
from app.model.employee import Employee
from app.model.errors import EditConflict, ReportingLoop
from app.model.revision import revision_of
from app.web.current import current_directory, current_leavers, current_viewer
from app.web.forms.idempotency import FormIdForged, mint_form_id, write_id_of
from app.web.forms.manager_names import rows_of
from app.web.forms.managers import circle_words
from app.web.forms.moved_reports import held_moves, told_of_kept
from app.web.forms.rendering import fresh_token, posted_form_id
from app.web.history.wording import moment_of
from app.web.http.middleware import request_id
from app.web.ui import urls
from app.web.ui.display_names import display_name, name_in_sentence
from app.web.ui.flashes import flash_with_undo
from app.web.ui.html.change_words import sentence_html
from app.web.ui.html.changed_values import Row

undos = Blueprint("undo", __name__)
undos.url_value_preprocessor(urls.read_id_key)
_CHANGED = (
    "Someone changed this person after you opened this page. Below is what would be undone now: "
    "check it again."
)
_EXPIRED = "This form expired, so nothing was undone. Press Undo again."
_LOOP = "Nothing was undone. {}. Give one of the others another manager first."
_NOTHING_CHOSEN = "Choose at least one field to undo."


@undos.get("/history/<moment>/undo", defaults={"employee_id": ""})
@undos.get("/employee/<id:employee_id>/history/<moment>/undo")
def undo_form(employee_id: str, moment: str) -> ResponseReturnValue:
    """Show exactly what the undo of a change would write."""
    return _ask(read_undo(current_directory(), current_viewer(), employee_id, moment))


@undos.post("/history/<moment>/undo", defaults={"employee_id": ""})
@undos.post("/employee/<id:employee_id>/history/<moment>/undo")
def undo(employee_id: str, moment: str) -> ResponseReturnValue:
    """Undo the chosen fields of a change, once."""
    directory, viewer = current_directory(), current_viewer()
    planned = read_undo(directory, viewer, employee_id, moment)
    names, revision = request.form.getlist("field"), request.form.get("revision", "")
    try:
        form_id = posted_form_id()
    except FormIdForged:
        return _ask(planned, 400, _EXPIRED)
    if not names:
        return _ask(planned, 422, _NOTHING_CHOSEN)
    write_id = write_id_of(form_id, ["undo", moment, revision, *names])
    try:
        stored = take_back(
            *(directory, current_leavers(), viewer),
            planned,
            names,
            revision,
            write_id,
            request_id(),
        )
    except EditConflict:
        return _ask(read_undo(directory, viewer, employee_id, moment), 409, _CHANGED)
    except (LastDayRejected, LastAdmin) as error:
        return _ask(planned, 409, str(error))
    except ReportingLoop as error:
        return _ask(planned, 409, _LOOP.format(circle_words(error)))
    return _undone(planned, stored, names)


def _undone(planned: PlannedUndo, stored: Employee, names: Sequence[str]) -> ResponseReturnValue:
    current_app.extensions["own_photos"].forget(stored.id)
    name = name_in_sentence(stored.full_name) or "the person"
    if is_of_leaving(planned.change):
        text = f"Restored {name}."
    else:
        labels = " and ".join(", ".join(map(field_label, names)).rsplit(", ", 1))
        text = f"Undid the change of {labels} of {name}."
    moment = last_moment(stored.history)
    if moment and moment != last_moment(planned.employee.history):
        flash_with_undo(text, urls.undo_address(stored.id, moment))
    else:
        flash(text, "good")
    if is_of_leaving(planned.change):
        told_of_kept(held_moves(stored.id)).flash_notices()
    return redirect(urls.person_address(stored.id), 303)


def _ask(planned: PlannedUndo, status: int = 200, notice: str = "") -> ResponseReturnValue:
    employee, change = planned.employee, planned.change
    page = render_template(
        "undo.html",
        employee=employee,
        name=display_name(employee.full_name, employee.id),
        sentence=sentence_html(sentence_of(change)),
        made=moment_of(change.moment),
        rows=_rows(planned),
        is_restore=is_of_leaving(change),
        chosen=request.form.getlist("field") or planned.undo.goes_back,
        kept=[(field_label(name), why.value) for name, why in planned.undo.kept.items()],
        is_possible=planned.undo.is_possible,
        action=urls.undo_address(employee.id, change.moment),
        back=urls.history_address(employee.id),
        revision=revision_of(employee),
        form_id=mint_form_id(),
        token=fresh_token(),
        notice=notice,
    )
    return page, status


def _rows(planned: PlannedUndo) -> list[Row]:
    """Return what is stored now of each field that goes back, and what it becomes."""
    goes_back = planned.undo.goes_back
    return rows_of({name: getattr(planned.employee, name) for name in goes_back}, goes_back)
