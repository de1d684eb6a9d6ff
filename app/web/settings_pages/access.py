"""The page of who may reach the directory, and who sees which field."""

from collections.abc import Mapping

from flask import Blueprint, abort, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from app.access.modes import Mode
from app.access.visibility import Audience
from app.accounts import audit_log
from app.accounts.audit_log import Event
from app.contracts.accounts import AccessSettings, AccountConflict
from app.web.current import current_access, current_settings, current_viewer
from app.web.settings_pages import wording
from app.web.settings_pages.access_form import (
    AccessForm,
    access_form,
    form_again,
    posted_visibility,
)
from app.web.settings_pages.guard import ask_for_an_account

access_pages = Blueprint("access_settings", __name__, url_prefix="/settings")
access_pages.before_request(ask_for_an_account)


@access_pages.get("")
def first_tab() -> ResponseReturnValue:
    """Lead to the first of the settings."""
    return redirect("/settings/access", 303)


@access_pages.get("/access")
def access_page() -> ResponseReturnValue:
    """Show who may reach the directory, and who sees which field."""
    stored = current_access().settings()
    return _show(access_form(stored, _mode(stored)))


@access_pages.post("/access")
def save_access() -> ResponseReturnValue:
    """Change the mode, or who sees which field: each is a form of its own."""
    mode, visibility = _posted_mode(), _posted_visibility()
    try:
        saved = _choose(mode, visibility)
    except AccountConflict:
        stored = current_access().settings()
        return _show(form_again(stored, _mode(stored), mode, visibility), is_late=True)
    audit_log.record(
        Event.ACCESS,
        by=audit_log.named(current_viewer()),
        mode=saved.mode.value if saved.mode else "",
    )
    flash("Saved who may use this directory." if mode else "Saved who sees what.", "good")
    return redirect("/settings/access", 303)


def _choose(mode: Mode | None, visibility: Mapping[str, Audience] | None) -> AccessSettings:
    """Store what was chosen, and leave the rest. Raises AccountConflict."""
    stored = current_access().settings()
    if str(stored.version) != request.form.get("version"):
        raise AccountConflict
    return current_access().choose(
        stored,
        mode=stored.mode if mode is None else mode,
        visibility=stored.visibility if visibility is None else visibility,
    )


def _posted_mode() -> Mode | None:
    """Return the mode that was chosen, None if the other form was sent."""
    if request.form.get("part") != "mode":
        return None
    try:
        mode = Mode(request.form.get("mode", ""))
    except ValueError:
        abort(400)
    if current_access().mode_of_setting is not None:
        abort(400)  # the page has no such form
    return mode


def _posted_visibility() -> Mapping[str, Audience] | None:
    return posted_visibility(request.form) if request.form.get("part") == "visibility" else None


def _mode(stored: AccessSettings) -> Mode:
    """Return the mode that is in force."""
    return stored.mode or current_access().policy().mode


def _show(form: AccessForm, *, is_late: bool = False) -> ResponseReturnValue:
    page = render_template(
        "settings_access.html",
        form=form,
        is_late=is_late,
        modes=wording.MODES,
        audiences=wording.AUDIENCES,
        mode_of_setting=current_access().mode_of_setting,
        mode_label=wording.mode_label,
        single_sign_on=wording.single_sign_on(current_settings()),
    )
    return page, 409 if is_late else 200
