"""The page of who is at the top of the org chart."""

from collections.abc import Iterable
from typing import NamedTuple

from flask import Blueprint, abort, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from app.accounts import audit_log
from app.accounts.audit_log import Event
from app.contracts.accounts import MAX_ORG_TOP, AccessSettings, AccountConflict
from app.model import leaving
from app.model.employee import Employee
from app.model.errors import EmployeeNotFound
from app.text.sanitizing import clean_line, visible
from app.web.current import current_access, current_directory, current_viewer
from app.web.forms.managers import MAX_TYPED, find_managers
from app.web.settings_pages.guard import ask_for_an_account
from app.web.ui.display_names import display_name

org_settings = Blueprint("org_settings", __name__, url_prefix="/settings")
org_settings.before_request(ask_for_an_account)

_ADDRESS = "/settings/org"
_LATE = (
    "Another administrator saved settings before you, so yours were not saved. "
    "This is what is chosen now."
)


class Top(NamedTuple):
    """Somebody at the top; ``problem`` tells why the chart does not show them."""

    id: str
    name: str
    note: str = ""
    photo_key: str = ""
    problem: str = ""
    is_here: bool = True


@org_settings.get("/org")
def org_page() -> ResponseReturnValue:
    """Show who is at the top, and with ``q`` whom a name finds."""
    return _show(current_access().settings())


@org_settings.post("/org")
def change_org() -> ResponseReturnValue:
    """Put somebody at the top, or take them off."""
    stored = current_access().settings()
    employee_id, do = request.form.get("person", ""), request.form.get("do", "")
    if do not in ("add", "remove") or not employee_id:
        abort(400)
    if str(stored.version) != request.form.get("version"):
        return _show(stored, _LATE, 409)
    if do == "remove":
        return _save(stored, [each for each in stored.org_top if each != employee_id])
    if problem := _refusal(stored, employee_id):
        return _show(stored, problem, 422)
    return _save(stored, dict.fromkeys((*stored.org_top, employee_id)))


def _refusal(stored: AccessSettings, employee_id: str) -> str:
    """Return why somebody cannot be put at the top, "" if they can."""
    person = _person(employee_id)
    if person is None:
        return "This person is not here any more. Find somebody else."
    if leaving.has_left(person, leaving.today()):
        return f"{person.full_name} has left. Find somebody who works here."
    if len(stored.org_top) >= MAX_ORG_TOP and employee_id not in stored.org_top:
        return f"At most {MAX_ORG_TOP} people can be at the top. Remove one of them first."
    return ""


def _save(stored: AccessSettings, top: Iterable[str]) -> ResponseReturnValue:
    choose = current_access().choose
    try:
        choose(stored, mode=stored.mode, visibility=stored.visibility, org_top=top)
    except AccountConflict:
        return _show(current_access().settings(), _LATE, 409)
    audit_log.record(Event.ORG_TOP, by=audit_log.named(current_viewer()))
    flash("Saved who is at the top of the org chart.", "good")
    return redirect(_ADDRESS, 303)


def _show(stored: AccessSettings, problem: str = "", status: int = 200) -> ResponseReturnValue:
    words = clean_line(request.args.get("q", "")[:MAX_TYPED])
    options = find_managers(words)
    found = tuple(
        Top(one.id, one.name, one.note, one.photo_key)
        for one in options
        if one.id not in stored.org_top
    )
    page = render_template(
        "settings_org.html",
        tops=[_top(each) for each in stored.org_top],
        version=stored.version,
        words=words,
        found=found,
        is_full=len(stored.org_top) >= MAX_ORG_TOP,
        most=MAX_ORG_TOP,
        problem=problem,
    )
    return page, status


def _top(employee_id: str) -> Top:
    person = _person(employee_id)
    if person is None:
        return Top(employee_id, visible(employee_id), problem="Not here any more", is_here=False)
    name = display_name(person.full_name, person.id)
    note = " · ".join(filter(None, (person.job_title, person.location)))
    problem = "Has left" if leaving.has_left(person, leaving.today()) else ""
    return Top(person.id, name, note, person.photo_key, problem)


def _person(employee_id: str) -> Employee | None:
    try:
        return current_directory().get(current_viewer(), employee_id)
    except EmployeeNotFound:
        return None
