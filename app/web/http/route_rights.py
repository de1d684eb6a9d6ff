"""The right that each endpoint needs; one that is not declared here is for administrators."""

from flask import Flask, request

from app.access.rights import Right, require, require_edit
from app.web.current import current_viewer

# These answer everybody, in every mode: probes, and what a page of signing in is made of.
PUBLIC = frozenset(
    {"machine.healthz", "machine.readyz", "machine.monitor", "static_files.send",
     "static_files.favicon"}
)  # fmt: skip
RIGHTS = {
    "employees.people": Right.SEE_PEOPLE,
    "employees.person": Right.SEE_PEOPLE,
    "menus.values": Right.SEE_PEOPLE,
    "insights.charts": Right.SEE_PEOPLE,
    "photos.show": Right.SEE_PEOPLE,
    "exports.view_file": Right.EXPORT,
    "exports.person_card": Right.EXPORT,
    "employees.add_form": Right.EDIT_PEOPLE,
    "employees.add": Right.EDIT_PEOPLE,
    # Of the record that is their own.
    "employees.edit_form": Right.EDIT_OWN,
    "employees.edit": Right.EDIT_OWN,
    "employees.delete_form": Right.DELETE,
    "employees.delete": Right.DELETE,
    "samples.load": Right.IMPORT,
    "console.info": Right.SEE_CONSOLE,
    "doctor.checks": Right.SEE_HEALTH,
}
# Whole blueprints.
BLUEPRINT_RIGHTS = {
    "imports": Right.IMPORT,
    "import_files": Right.IMPORT,
    "import_choices": Right.IMPORT,
    "console": Right.RUN_LOAD_TEST,
}


def register(app: Flask) -> None:
    """Check the right of every request of this application."""
    app.before_request(_check)


def right_for(endpoint: str, blueprint: str | None) -> Right | None:
    """Return the right that this endpoint needs, None for a public one."""
    if endpoint in PUBLIC:
        return None
    return RIGHTS.get(endpoint) or BLUEPRINT_RIGHTS.get(blueprint or "", Right.ADMINISTER)


def _check() -> None:
    if request.endpoint is None:
        return  # an address that does not exist: its page has nothing to protect
    right = right_for(request.endpoint, request.blueprint)
    if right is Right.EDIT_OWN:
        require_edit(current_viewer(), (request.view_args or {}).get("employee_id", ""))
    elif right is not None:
        require(current_viewer(), right)
