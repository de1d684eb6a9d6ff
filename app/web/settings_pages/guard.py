"""The settings are changed by administrators who are signed in, in every mode."""

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from app.web.current import current_access, current_viewer


def ask_for_an_account() -> ResponseReturnValue | None:
    """Show everybody in an open directory how to close it, and let nobody change its settings.

    Otherwise whoever reaches it while it is open could give themselves an account that stays.
    """
    if current_viewer().is_signed_in:
        return None
    if request.method not in ("GET", "HEAD"):
        flash("Nothing was changed: sign in as an administrator first.", "bad")
        return redirect("/settings/access", 303)
    access = current_access()
    return render_template(
        "settings_open.html", policy=access.policy(), mode_of_setting=access.mode_of_setting
    )
