"""Merge two records: choose field by field, then do it once."""

from __future__ import annotations

from flask import Blueprint, current_app, redirect, render_template, request
from flask.typing import ResponseReturnValue

from app.contracts.accounts import LastAdmin
from app.directory.histories import ChangeNotFound
from app.directory.leavers import LastDayRejected
from app.directory.merging import CannotMerge, Pair, merge, read_merge, read_pair
from app.history.sentences import field_label
from app.model.errors import EditConflict, EmployeeNotFound, PhotoRejected, ReportingLoop
from app.model.revision import revision_of
from app.web.current import (
    current_directory,
    current_leavers,
    current_lines,
    current_viewer,
)
from app.web.forms.idempotency import FormIdForged, write_id_of
from app.web.forms.manager_names import manager_names
from app.web.forms.managers import circle_words
from app.web.forms.moved_reports import move_reports
from app.web.forms.rendering import Notice, form_id_again, fresh_token, posted_form_id
from app.web.http.middleware import request_id
from app.web.merging.choosing import choose, refusal
from app.web.ui import urls
from app.web.ui.display_names import name_in_sentence
from app.web.ui.flashes import flash_with_undo
from app.web.ui.html.changed_values import value_html

merging = Blueprint("merging", __name__)
merging.url_value_preprocessor(urls.read_id_key)
_OTHER = "other"
_CHANGED = "Someone changed one of these records after you opened this page. Check your choice."
_EXPIRED = "This form expired, so nothing was merged. Check your choice, and press Merge again."
_NO_PHOTO = "The photo of the other record cannot be read, so nothing was merged: {}"

_LOOP = "Nothing was merged. {}. Choose the other manager below."


@merging.get("/merge", defaults={"employee_id": ""})
@merging.get("/merge/<id:employee_id>")
def merge_form(employee_id: str) -> ResponseReturnValue:
    """Ask for the other record; with ``with``, which values of both stay."""
    other_id = request.args.get("with", "")
    if not other_id:
        return choose(employee_id)
    try:
        return _compare(read_pair(current_directory(), current_viewer(), employee_id, other_id))
    except (CannotMerge, EmployeeNotFound) as error:
        return choose(employee_id, refusal(error), 422)


@merging.post("/merge", defaults={"employee_id": ""})
@merging.post("/merge/<id:employee_id>")
def do_merge(employee_id: str) -> ResponseReturnValue:
    """Merge two records, once."""
    directory, viewer = current_directory(), current_viewer()
    other_id = request.form.get("with", "")
    chosen = {name for name in request.form if request.form[name] == _OTHER}
    revisions = request.form.get("revision", ""), request.form.get("other_revision", "")
    try:
        pair = _pair_to_merge(employee_id, other_id)
    except (CannotMerge, EmployeeNotFound) as error:
        return choose(employee_id, refusal(error), 422)
    try:
        posted = ["merge", employee_id, other_id, *revisions, *sorted(chosen)]
        write_id = write_id_of(posted_form_id(), posted)
        stored = merge(
            *(directory, current_leavers(), viewer, pair, chosen, revisions, write_id, request_id())
        )
    except FormIdForged:
        return _compare(pair, chosen, Notice("warning", _EXPIRED), 400)
    except EditConflict:
        return _compare_again(employee_id, other_id, chosen)
    except PhotoRejected as error:
        return _compare(pair, chosen, Notice("bad", _NO_PHOTO.format(error)), 422)
    except (LastAdmin, LastDayRejected) as error:
        return _compare(pair, chosen, Notice("bad", str(error)), 409)
    except ReportingLoop as error:
        notice = Notice("bad", _LOOP.format(circle_words(error)))
        return _compare(pair, chosen, notice, 409)
    for each in (employee_id, other_id):
        current_app.extensions["own_photos"].forget(each)
    other = current_directory().get(viewer, other_id)
    moved = move_reports(other, employee_id, f"{write_id} reports", if_any=True)
    name = name_in_sentence(stored.full_name) or "this person"
    flash_with_undo(
        moved.after(f"Merged two records of {name}; the other one is among the leavers."),
        urls.unmerge_address(employee_id, other_id),
    )
    moved.flash_notices()
    return redirect(urls.person_address(employee_id), 303)


def _pair_to_merge(kept_id: str, other_id: str) -> Pair:
    """Return both records, also where the same form has marked the other as left before."""
    directory, viewer = current_directory(), current_viewer()
    try:
        return read_pair(directory, viewer, kept_id, other_id)
    except CannotMerge as error:
        try:
            return read_merge(directory, viewer, kept_id, other_id).pair
        except ChangeNotFound:
            raise error from None


def _compare_again(employee_id: str, other_id: str, chosen: set[str]) -> ResponseReturnValue:
    """Return the comparison as it is now; if one of them is gone, ask for another record."""
    try:
        pair = read_pair(current_directory(), current_viewer(), employee_id, other_id)
    except (CannotMerge, EmployeeNotFound) as error:
        return choose(employee_id, refusal(error), 409)
    return _compare(pair, chosen, Notice("warning", _CHANGED), 409)


def _compare(
    pair: Pair,
    chosen: set[str] | None = None,
    notice: Notice | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    page = render_template(
        "merge.html",
        pair=pair,
        rows=[_row(pair, name, chosen) for name in pair.differing],
        has_reports=_has_reports(pair.other.id),
        notice=notice,
        revision=revision_of(pair.kept),
        other_revision=revision_of(pair.other),
        form_id=form_id_again(),
        token=fresh_token(),
    )
    return page, status


def _has_reports(employee_id: str) -> bool:
    page = current_lines().reports(current_viewer(), employee_id, limit=1)
    return bool(page.cards)


def _row(pair: Pair, name: str, chosen: set[str] | None) -> dict[str, object]:
    """Return a choice: the other's value where this record has none, if nothing was chosen yet."""
    mine, theirs = getattr(pair.kept, name), getattr(pair.other, name)
    if name == "manager":
        names = manager_names((mine, theirs))
        mine, theirs = names.get(mine, mine), names.get(theirs, theirs)
    return {
        "name": name,
        "label": field_label(name),
        "mine": value_html(name, mine),
        "theirs": "Those of both" if name == "badges" else value_html(name, theirs),
        "of_other": name in chosen if chosen is not None else not mine or name == "badges",
    }
