"""The right that each endpoint needs; one that is not declared here is for administrators."""

from flask import Flask, request

from app.access.rights import Right, require, require_edit, require_history
from app.model.errors import NotAllowed
from app.web.current import current_viewer

# These answer everybody, in every mode: probes, and what a page of signing in is made of.
PUBLIC = frozenset(
    {"machine.healthz", "machine.readyz", "machine.monitor", "machine.metrics",
     "static_files.send", "static_files.favicon"}
)  # fmt: skip
# Whoever has no account yet, or has not said which, needs these.
PUBLIC_BLUEPRINTS = frozenset({"sign_in", "oidc", "setup", "invitations"})
# About the own account: for whoever has one, with any role.
OF_ACCOUNTS = frozenset({"own_account"})
RIGHTS = {
    "employees.people": Right.SEE_PEOPLE,
    "employees.person": Right.SEE_PEOPLE,
    "menus.values": Right.SEE_PEOPLE,
    "below_counts.count": Right.SEE_PEOPLE,
    "org.chart": Right.SEE_PEOPLE,
    "org.drawing": Right.SEE_PEOPLE,
    "insights.charts": Right.SEE_PEOPLE,
    "photos.show": Right.SEE_PEOPLE,
    "exports.view_file": Right.EXPORT,
    "exports.person_card": Right.EXPORT,
    "employees.add_form": Right.EDIT_PEOPLE,
    "employees.add": Right.EDIT_PEOPLE,
    "employees.find_manager": Right.EDIT_PEOPLE,
    # Of the record that is their own.
    "employees.edit_form": Right.EDIT_OWN,
    "employees.edit": Right.EDIT_OWN,
    "history.history": Right.SEE_HISTORY,
    "history.change": Right.SEE_HISTORY,
    "history.history_file": Right.SEE_HISTORY,
    "undo.undo_form": Right.EDIT_OWN,
    "undo.undo": Right.EDIT_OWN,
    "employees.delete_form": Right.DELETE,
    "employees.delete": Right.DELETE,
    "samples.load": Right.IMPORT,
    "console.info": Right.SEE_CONSOLE,
    "doctor.checks": Right.SEE_HEALTH,
}
# Whole blueprints.
BLUEPRINT_RIGHTS = {
    "audit": Right.SEE_AUDIT,
    "access_settings": Right.ADMINISTER,
    "account_settings": Right.ADMINISTER,
    "org_settings": Right.ADMINISTER,
    "imports": Right.IMPORT,
    "import_files": Right.IMPORT,
    "import_choices": Right.IMPORT,
    "bulk_edits": Right.EDIT_PEOPLE,
    "adding_reports": Right.EDIT_PEOPLE,
    "org_issues": Right.EDIT_PEOPLE,
    "leaving": Right.LEAVE,
    "leavers": Right.LEAVE,
    "merging": Right.LEAVE,
    "unmerging": Right.LEAVE,
    "console": Right.RUN_LOAD_TEST,
}


def register(app: Flask) -> None:
    """Check the right of every request of this application."""
    app.before_request(_check)


def right_for(endpoint: str, blueprint: str | None) -> Right | None:
    """Return the right that this endpoint needs, None for a public one and of the own account."""
    if endpoint in PUBLIC or blueprint in PUBLIC_BLUEPRINTS | OF_ACCOUNTS:
        return None
    return RIGHTS.get(endpoint) or BLUEPRINT_RIGHTS.get(blueprint or "", Right.ADMINISTER)


def _check() -> None:
    if request.endpoint is None:
        return  # an address that does not exist: its page has nothing to protect
    right = right_for(request.endpoint, request.blueprint)
    employee_id = (request.view_args or {}).get("employee_id", "")
    if request.blueprint in OF_ACCOUNTS and not current_viewer().is_signed_in:
        raise NotAllowed("see your account")
    if right is Right.EDIT_OWN:
        require_edit(current_viewer(), employee_id)
    elif right is Right.SEE_HISTORY:
        require_history(current_viewer(), employee_id)
    elif right is not None:
        require(current_viewer(), right)
