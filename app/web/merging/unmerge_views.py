"""Take a merge back: GET shows what that would write, POST does it once."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from app.contracts.accounts import LastAdmin
from app.directory.histories import ChangeNotFound
from app.directory.merging import MergeChange, read_merge, unmerge
from app.history.sentences import field_label
from app.model.errors import EditConflict, EmployeeNotFound, ReportingLoop
from app.model.revision import revision_of
from app.web.current import current_directory, current_leavers, current_viewer
from app.web.forms.idempotency import FormIdForged, write_id_of
from app.web.forms.manager_names import rows_of
from app.web.forms.managers import circle_words
from app.web.forms.moved_reports import give_back, held_moves
from app.web.forms.rendering import Notice, form_id_again, fresh_token, posted_form_id
from app.web.http.middleware import request_id
from app.web.merging.choosing import choose, refusal
from app.web.ui import urls

unmerging = Blueprint("unmerging", __name__)
unmerging.url_value_preprocessor(urls.read_id_key)
_CHANGED = "Someone changed one of these records after you opened this page. Check again."
_EXPIRED = "This form expired, so nothing was undone. Press the button again."

_LOOP = "Nothing was undone. {}. Give one of the others another manager first."


@unmerging.get("/unmerge", defaults={"employee_id": ""})
@unmerging.get("/unmerge/<id:employee_id>")
def unmerge_form(employee_id: str) -> ResponseReturnValue:
    """Show what taking a merge back would write."""
    other_id = request.args.get("with", "")
    try:
        return _ask(read_merge(current_directory(), current_viewer(), employee_id, other_id))
    except (ChangeNotFound, EmployeeNotFound) as error:
        return choose(employee_id, refusal(error), 404)


@unmerging.post("/unmerge", defaults={"employee_id": ""})
@unmerging.post("/unmerge/<id:employee_id>")
def do_unmerge(employee_id: str) -> ResponseReturnValue:
    """Take a merge back, once."""
    directory, viewer = current_directory(), current_viewer()
    other_id, revision = request.form.get("with", ""), request.form.get("revision", "")
    try:
        merged = read_merge(directory, viewer, employee_id, other_id)
    except (ChangeNotFound, EmployeeNotFound):
        return redirect(urls.person_address(employee_id), 303)  # it was taken back before
    try:
        write_id = write_id_of(posted_form_id(), ["unmerge", employee_id, other_id, revision])
        unmerge(directory, current_leavers(), viewer, merged, revision, write_id, request_id())
    except FormIdForged:
        return _ask(merged, Notice("warning", _EXPIRED), 400)
    except (EditConflict, LastAdmin):
        again = read_merge(directory, viewer, employee_id, other_id)
        return _ask(again, Notice("warning", _CHANGED), 409)
    except ReportingLoop as error:
        return _ask(merged, Notice("bad", _LOOP.format(circle_words(error))), 409)
    told = give_back(held_moves(other_id))
    if told.sentence:
        flash(told.sentence, "good")
    told.flash_notices()
    return redirect(urls.person_address(employee_id), 303)


def _ask(
    merged: MergeChange, notice: Notice | None = None, status: int = 200
) -> ResponseReturnValue:
    kept, goes_back = merged.pair.kept, merged.undo.goes_back
    page = render_template(
        "unmerge.html",
        pair=merged.pair,
        rows=rows_of({name: getattr(kept, name) for name in goes_back}, goes_back),
        stays=[(field_label(name), why.value) for name, why in merged.undo.kept.items()],
        moves=held_moves(merged.pair.other.id),
        notice=notice,
        revision=revision_of(kept),
        form_id=form_id_again(),
        token=fresh_token(),
    )
    return page, status
