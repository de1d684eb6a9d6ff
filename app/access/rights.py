"""The rights of each role, in one table."""

from dataclasses import replace
from enum import StrEnum

from app.access.viewer import Role, Viewer
from app.model.errors import NotAllowed


class Right(StrEnum):
    """Something that a viewer may do; its value completes "you may not ..."."""

    SEE_PEOPLE = "see the directory"
    EXPORT = "export people"
    EDIT_OWN = "change your own profile"
    EDIT_PEOPLE = "add and change people"
    SEE_HISTORY = "see what changed"
    SEE_AUDIT = "see the audit log"
    IMPORT = "import people"
    LEAVE = "mark people as left, and restore them"
    DELETE = "delete people permanently"
    SEE_CONSOLE = "see the console"
    RUN_LOAD_TEST = "run a load test"
    SEE_HEALTH = "see the health check"
    ADMINISTER = "administer the directory"


MINIMUM_ROLE = {
    Right.SEE_PEOPLE: Role.VISITOR,
    Right.SEE_CONSOLE: Role.VISITOR,
    Right.EXPORT: Role.COLLEAGUE,
    Right.EDIT_OWN: Role.COLLEAGUE,
    Right.EDIT_PEOPLE: Role.EDITOR,
    Right.SEE_HISTORY: Role.EDITOR,
    Right.SEE_AUDIT: Role.EDITOR,
    Right.IMPORT: Role.EDITOR,
    Right.LEAVE: Role.EDITOR,
    Right.DELETE: Role.ADMIN,
    Right.RUN_LOAD_TEST: Role.ADMIN,
    Right.SEE_HEALTH: Role.ADMIN,
    Right.ADMINISTER: Role.ADMIN,
}
# What colleagues may change of their own record, if they have one.
OWN_FIELDS = (
    *("preferred_name", "pronouns", "phone", "mobile", "chat", "desk"),
    *("working_hours", "time_zone", "about", "badges", "photo_key", "hidden"),
)


def under_policy(viewer: Viewer, *, sign_in_exists: bool, editors_export: bool) -> Viewer:
    """Return the viewer without the rights that the settings of this directory withhold.

    The console is for administrators where anybody can sign in: ``sign_in_exists``. Until then it
    is open to those who may read, as in the course.
    """
    withheld: set[str] = set()
    if sign_in_exists and not viewer.role.includes(Role.ADMIN):
        withheld.add(Right.SEE_CONSOLE)
    if editors_export and not viewer.role.includes(Role.EDITOR):
        withheld.add(Right.EXPORT)
    return replace(viewer, withheld=frozenset(withheld)) if withheld else viewer


def may(viewer: Viewer, right: Right) -> bool:
    """Return whether the viewer has this right."""
    return viewer.role.includes(MINIMUM_ROLE[right]) and right not in viewer.withheld


def may_edit(viewer: Viewer, employee_id: str) -> bool:
    """Return whether the viewer may change something of this employee."""
    return may(viewer, Right.EDIT_PEOPLE) or (
        viewer.is_person(employee_id) and may(viewer, Right.EDIT_OWN)
    )


def may_see_history(viewer: Viewer, employee_id: str) -> bool:
    """Return whether the viewer may see what changed of this employee: of their own record, too."""
    return may(viewer, Right.SEE_HISTORY) or (
        viewer.is_person(employee_id) and may(viewer, Right.EDIT_OWN)
    )


def require(viewer: Viewer, right: Right) -> None:
    """Raise NotAllowed unless the viewer has this right."""
    if not may(viewer, right):
        raise NotAllowed(right)


def require_edit(viewer: Viewer, employee_id: str) -> None:
    """Raise NotAllowed unless the viewer may change something of this employee."""
    if not may_edit(viewer, employee_id):
        raise NotAllowed(Right.EDIT_PEOPLE)


def require_history(viewer: Viewer, employee_id: str) -> None:
    """Raise NotAllowed unless the viewer may see what changed of this employee."""
    if not may_see_history(viewer, employee_id):
        raise NotAllowed(Right.SEE_HISTORY)
