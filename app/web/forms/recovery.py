"""Return the user's input after an expired form, a store failure, a conflict or a deletion."""

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError

from app.model.employee import BADGES, Employee
from app.model.errors import (
    EditConflict,
    EmployeeNotFound,
    NotAllowed,
    PhotosOff,
    RecordTooLarge,
    StorageUnavailable,
)
from app.model.revision import revision_of, version_in
from app.web.forms import conflict
from app.web.forms.idempotency import FormIdForged, mint_form_id
from app.web.forms.rendering import (
    Notice,
    form_id_again,
    form_of_request,
    fresh_token,
    posted_values,
    show_form,
)
from app.web.http.middleware import request_id
from app.web.ui.urls import edit_address

_ADD, _EDIT, _DELETE = "employees.add", "employees.edit", "employees.delete"
_EXPIRED = (
    "This form expired, so nothing was {done}. "
    "Everything you typed is still here. Press {button} again."
)
_SIGNED_OUT = (
    "You are not signed in, so nothing was {done}. Everything you typed is still here. "
    "Sign in in another tab of this browser, then press {button} again."
)
_NOT_RESPONDING = "{nothing} {service} is not responding. Press {button} again in a minute."
_UNKNOWN_OUTCOME = "We do not know whether {what}. Press {button} again: nothing is {done} twice."
_TOO_LARGE = (
    "Your changes were not saved: with them, the record of this person would exceed {limit} KB, "
    "the limit of the database. Shorten a text, or have data of other programs removed from it."
)
_HELP_DESK = " If the problem continues, give the help desk this code: {code}"


def holds_typed_form() -> bool:
    """Return whether this request brought a form whose input must not be lost."""
    return request.method == "POST" and request.endpoint in (_ADD, _EDIT, _DELETE)


def form_with_input(error: Exception) -> ResponseReturnValue:
    """Return the page with all input, and what happened to it."""
    if request.endpoint == _DELETE:
        return _deletion_page(error)
    if isinstance(error, EmployeeNotFound):
        return _deleted_page()
    form = form_of_request(None)
    revision = posted_values().get("revision", "")
    if isinstance(error, PhotosOff):
        form.reject("photo", str(error))
        return show_form(form, revision=revision, status=422)
    status, notice = _what_happened(error, "saved", "Save person", "Your changes were not saved.")
    silent = isinstance(error, StorageUnavailable | NotAllowed)
    return show_form(form, revision=revision, status=status, notice=notice, suggest=not silent)


def _what_happened(error: Exception, done: str, button: str, nothing: str) -> tuple[int, Notice]:
    if isinstance(error, CSRFError | FormIdForged):
        return 400, Notice("bad", _EXPIRED.format(done=done, button=button))
    if isinstance(error, NotAllowed):
        return 403, Notice("bad", _SIGNED_OUT.format(done=done, button=button))
    if isinstance(error, RecordTooLarge):
        return 422, Notice("bad", _TOO_LARGE.format(limit=error.max_kilobytes))
    if isinstance(error, StorageUnavailable):
        what = "your changes were saved" if done == "saved" else "the person was deleted"
        service = error.service[:1].upper() + error.service[1:]
        if error.advice:
            sentence = f"{nothing} {error.advice}"
        elif error.maybe_written:
            sentence = _UNKNOWN_OUTCOME.format(what=what, button=button, done=done)
        else:
            sentence = _NOT_RESPONDING.format(nothing=nothing, service=service, button=button)
        return 503, Notice("bad", sentence + _HELP_DESK.format(code=request_id()))
    raise error


def conflict_page(error: EditConflict) -> ResponseReturnValue:
    """Show both versions side by side; for a deletion, ask again."""
    stored = error.stored
    if request.endpoint == _DELETE:
        sentence = (
            "Someone changed this person after you opened this page. Check again before you delete."
        )
        return ask_to_delete(stored, 409, Notice("warning", sentence))
    form = form_of_request(stored)
    revision = posted_values().get("revision", "")
    page = render_template(
        "conflict.html",
        conflict=conflict.find_conflict(form, stored, revision),
        mine_version=version_in(revision),
        is_add=request.endpoint == _ADD,
        action=edit_address(stored.id),
        revision=revision_of(stored),
        form_id=mint_form_id(),
        token=fresh_token(),
        choose_photo_again=form.upload is not None,
    )
    return page, 409


def ask_to_delete(
    employee: Employee, status: int = 200, notice: Notice | None = None
) -> ResponseReturnValue:
    """Ask before an employee is deleted."""
    page = render_template(
        "delete.html",
        employee_id=employee.id,
        full_name=employee.full_name,
        photo_key=employee.photo_key,
        revision=revision_of(employee),
        form_id=mint_form_id(),
        token=fresh_token(),
        notice=notice,
    )
    return page, status


def _deletion_page(error: Exception) -> ResponseReturnValue:
    if isinstance(error, EmployeeNotFound):
        return person_not_found(error)
    status, notice = _what_happened(error, "deleted", "Delete person", "No one was deleted.")
    page = render_template(
        "delete.html",
        employee_id=(request.view_args or {}).get("employee_id", ""),
        full_name=request.form.get("shown_name", ""),
        photo_key="",
        revision=request.form.get("revision", ""),
        form_id=form_id_again(),
        token=fresh_token(),
        notice=notice,
    )
    return page, status


def _deleted_page() -> ResponseReturnValue:
    form = form_of_request(None)
    page = render_template(
        "gone.html",
        form=form,
        typed=[(form[name].label.text, name, text) for name, text in form.content.items() if text],
        badges=[badge for badge in BADGES if badge.key in form.badges.data],
        form_id=mint_form_id(),
        token=fresh_token(),
        choose_photo_again=form.upload is not None,
    )
    return page, 404


def person_not_found(error: EmployeeNotFound) -> ResponseReturnValue:
    """Show that no employee has this address."""
    return render_template("404.html", status=404), 404
