"""The rights of each role, in one table."""

from enum import StrEnum

from app.access.viewer import Role, Viewer
from app.model.errors import NotAllowed


class Right(StrEnum):
    """Something that a viewer may do; its value completes "you may not ..."."""

    SEE_PEOPLE = "see the directory"
    EXPORT = "export people"
    EDIT_OWN = "change your own profile"
    EDIT_PEOPLE = "add and change people"
    IMPORT = "import people"
    SEE_HISTORY = "see what changed"
    DELETE = "delete people"
    SEE_MACHINE = "see the console"
    ADMINISTER = "administer the directory"


MINIMUM_ROLE = {
    Right.SEE_PEOPLE: Role.VISITOR,
    Right.EXPORT: Role.COLLEAGUE,
    Right.EDIT_OWN: Role.COLLEAGUE,
    Right.EDIT_PEOPLE: Role.EDITOR,
    Right.IMPORT: Role.EDITOR,
    Right.SEE_HISTORY: Role.EDITOR,
    Right.DELETE: Role.ADMIN,
    Right.SEE_MACHINE: Role.ADMIN,
    Right.ADMINISTER: Role.ADMIN,
}


def may(viewer: Viewer, right: Right) -> bool:
    """Return whether the viewer has this right."""
    return viewer.role.includes(MINIMUM_ROLE[right])


def may_edit(viewer: Viewer, employee_id: str) -> bool:
    """Return whether the viewer may change something of this employee."""
    return may(viewer, Right.EDIT_PEOPLE) or (
        viewer.is_person(employee_id) and may(viewer, Right.EDIT_OWN)
    )


def require(viewer: Viewer, right: Right) -> None:
    """Raise NotAllowed unless the viewer has this right."""
    if not may(viewer, right):
        raise NotAllowed(right, MINIMUM_ROLE[right])
