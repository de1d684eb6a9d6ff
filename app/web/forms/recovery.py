"""Return the user's input after an expired form, a store failure, a conflict or a deletion."""

from collections.abc import Callable
from typing import NamedTuple

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError

from app.model.employee import BADGES, Employee
from app.model.errors import (
    EditConflict,
    EmployeeNotFound,
    NotAllowed,
    PhotosOff,
    RecordTooLarge,
    ReportingLoop,
    StorageUnavailable,
)
from app.model.revision import revision_of, version_in
from app.text.folding import fold, one_line
from app.text.sanitizing import clean_line, visible
from app.web.forms import conflict
from app.web.forms.fields import posted_manager
from app.web.forms.idempotency import FormIdForged, mint_form_id
from app.web.forms.managers import loop_sentence, manager_shown, what_a_loop_left
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

NAME_TO_CONFIRM = "typed_name"
_MAX_TYPED_NAME = 400
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


class Outcome(NamedTuple):
    """What a form does, in words: what is ``done``, by which ``button``, or that nothing was.

    ``what`` completes "We do not know whether ...".
    """

    done: str
    button: str
    nothing: str
    what: str


_SAVED = Outcome("saved", "Save person", "Your changes were not saved.", "your changes were saved")
_DELETED = Outcome("deleted", "Delete permanently", "No one was deleted.", "the person was deleted")
_FormPage = Callable[[Exception], ResponseReturnValue]
# Of forms in other rooms, by endpoint.
_form_pages: dict[str, _FormPage] = {}


def returns_input(endpoint: str) -> Callable[[_FormPage], _FormPage]:
    """Declare the function that returns the page of a form with all input, and what happened."""

    def declare(page: _FormPage) -> _FormPage:
        _form_pages[endpoint] = page
        return page

    return declare


def holds_typed_form() -> bool:
    """Return whether this request brought a form whose input must not be lost."""
    own = (_ADD, _EDIT, _DELETE)
    return request.method == "POST" and (request.endpoint in own or request.endpoint in _form_pages)


def form_with_input(error: Exception) -> ResponseReturnValue:
    """Return the page with all input, and what happened to it."""
    if request.endpoint in _form_pages:
        if isinstance(error, EmployeeNotFound):
            return person_not_found(error)
        return _form_pages[request.endpoint](error)
    if request.endpoint == _DELETE:
        return _deletion_page(error)
    if isinstance(error, EmployeeNotFound):
        return _deleted_page()
    form = form_of_request(None)
    revision = posted_values().get("revision", "")
    if isinstance(error, PhotosOff):
        form.reject("photo", str(error))
        return show_form(form, revision=revision, status=422)
    if isinstance(error, ReportingLoop) and error.saved is not None:
        flash(what_a_loop_left(error), "warning")
        return redirect(f"{edit_address(error.saved.id)}#manager", 303)
    if isinstance(error, ReportingLoop):
        form.reject("manager", loop_sentence(error))
        return show_form(form, revision=revision, status=409)
    status, notice = what_happened(error, _SAVED)
    silent = isinstance(error, StorageUnavailable | NotAllowed)
    return show_form(form, revision=revision, status=status, notice=notice, suggest=not silent)


def what_happened(error: Exception, outcome: Outcome) -> tuple[int, Notice]:
    """Return the status and the sentence of a form that failed; raise any other error again."""
    done, button, nothing, what = outcome
    if isinstance(error, CSRFError | FormIdForged):
        return 400, Notice("bad", _EXPIRED.format(done=done, button=button))
    if isinstance(error, NotAllowed):
        return 403, Notice("bad", _SIGNED_OUT.format(done=done, button=button))
    if isinstance(error, RecordTooLarge):
        return 422, Notice("bad", _TOO_LARGE.format(limit=error.max_kilobytes))
    if isinstance(error, ReportingLoop):
        return 409, Notice("bad", what_a_loop_left(error, nothing))
    if isinstance(error, StorageUnavailable):
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
        return ask_to_delete(stored, 409, Notice("warning", sentence), typed_name=typed_name())
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


def typed_name() -> str:
    """Return the name that was typed so that nobody is deleted by mistake."""
    return visible(clean_line(request.form.get(NAME_TO_CONFIRM, "")[:_MAX_TYPED_NAME]))


def is_confirmed() -> bool:
    """Return whether the name was typed; a form that does not ask for it needs none."""
    if NAME_TO_CONFIRM not in request.form:
        return True
    shown = visible(clean_line(request.form.get("shown_name", "")))
    return fold(one_line(typed_name())) == fold(one_line(shown))


def ask_to_delete(
    employee: Employee,
    status: int = 200,
    notice: Notice | None = None,
    *,
    typed_name: str = "",
    problem: str = "",
) -> ResponseReturnValue:
    """Ask before an employee is deleted, and offer to mark them as left instead."""
    page = render_template(
        "delete.html",
        employee_id=employee.id,
        full_name=employee.full_name,
        left_on=employee.left_on,
        photo_key=employee.photo_key,
        typed_name=typed_name,
        problem=problem,
        revision=revision_of(employee),
        form_id=mint_form_id(),
        token=fresh_token(),
        notice=notice,
    )
    return page, status


def _deletion_page(error: Exception) -> ResponseReturnValue:
    if isinstance(error, EmployeeNotFound):
        return person_not_found(error)
    status, notice = what_happened(error, _DELETED)
    page = render_template(
        "delete.html",
        employee_id=(request.view_args or {}).get("employee_id", ""),
        full_name=request.form.get("shown_name", ""),
        left_on="",
        photo_key="",
        typed_name=typed_name(),
        problem="",
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
        typed=[
            (form[name].label.text, name, posted_manager(text), manager_shown(text))
            if name == "manager"
            else (form[name].label.text, name, text, text)
            for name, text in form.content.items()
            if text
        ],
        badges=[badge for badge in BADGES if badge.key in form.badges.data],
        form_id=mint_form_id(),
        token=fresh_token(),
        choose_photo_again=form.upload is not None,
    )
    return page, 404


def person_not_found(error: EmployeeNotFound) -> ResponseReturnValue:
    """Show that no employee has this address."""
    return render_template("404.html", status=404), 404
