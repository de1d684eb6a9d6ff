"""The settings are changed by those whose account is an administrator's, in every mode."""

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from app.access.viewer import Role
from app.web.current import current_access, current_accounts, current_viewer


def ask_for_an_account() -> ResponseReturnValue | None:
    """Show everybody in an open directory how to close it; let administrators change its settings.

    Otherwise whoever reaches it while it is open could give themselves an account that stays, or
    their own account a role that does.
    """
    if _is_administrator():
        return None
    if request.method not in ("GET", "HEAD"):
        flash("Nothing was changed: sign in as an administrator first.", "bad")
        return redirect("/settings/access", 303)
    access = current_access()
    return render_template(
        "settings_open.html", policy=access.policy(), mode_of_setting=access.mode_of_setting
    )


def _is_administrator() -> bool:
    """Return whether the account has the role, which an open directory only lends to everybody."""
    account_id = current_viewer().account_id
    account = current_accounts().get(account_id) if account_id else None
    return account is not None and account.role is Role.ADMIN and not account.is_disabled
