"""Undo of one change of a person: what it would write, and writing it as an ordinary change."""

from collections.abc import Collection
from dataclasses import dataclass

from app.access.rights import OWN_FIELDS, Right, may, require_edit
from app.access.viewer import Viewer
from app.directory.histories import read_change
from app.directory.leavers import Leavers
from app.directory.service import NO_PHOTO_CHANGE, Directory, PhotoChange
from app.history.changes import Change, Through, Via
from app.history.undoing import Kept, Undo, plan_undo, undone
from app.model.employee import Employee
from app.model.errors import EditConflict
from app.model.fields import CONTENT_FIELDS


@dataclass(frozen=True, slots=True)
class PlannedUndo:
    """What the undo of a change would write into the record as it is now."""

    employee: Employee
    change: Change
    undo: Undo


def undo_of(viewer: Viewer, change: Change, employee: Employee) -> Undo:
    """Return what this viewer can take back of a change of a person; without a call of a store."""
    may_all = may(viewer, Right.EDIT_PEOPLE)
    return plan_undo(change, employee, CONTENT_FIELDS if may_all else OWN_FIELDS)


def read_undo(directory: Directory, viewer: Viewer, employee_id: str, moment: str) -> PlannedUndo:
    """Return what would be written. Raises NotAllowed, EmployeeNotFound, ChangeNotFound."""
    require_edit(viewer, employee_id)
    employee, change = read_change(directory, viewer, employee_id, moment)
    return PlannedUndo(employee, change, undo_of(viewer, change, employee))


def take_back(
    directory: Directory,
    leavers: Leavers,
    viewer: Viewer,
    planned: PlannedUndo,
    names: Collection[str],
    revision: str,
    write_id: str,
    request_id: str = "",
) -> Employee:
    """Take these fields of a change back; return the stored employee.

    The same call again changes nothing. Raises NotAllowed, and EditConflict if somebody changed the
    record after ``revision``, or nothing of the change is left to take back. A last day raises what
    Leavers.mark_as_left does.
    """
    undo = planned.undo.only(names)
    through = Through(Via.UNDO, undoes=planned.change.moment, request_id=request_id)
    if not undo.is_possible:
        if names and all(planned.undo.kept.get(name) is Kept.IS_BACK for name in names):
            return planned.employee  # the form was sent twice
        raise EditConflict(planned.employee)
    if "left_on" in undo.goes_back:
        return _leave_or_return(leavers, viewer, planned, revision, write_id, through)
    remove_photo = undo.goes_back.get("photo_key") == ""
    return directory.update(
        viewer,
        undone(planned.employee, undo),
        revision,
        write_id,
        PhotoChange(remove=True) if remove_photo else NO_PHOTO_CHANGE,
        through,
    )


def _leave_or_return(
    leavers: Leavers,
    viewer: Viewer,
    planned: PlannedUndo,
    revision: str,
    write_id: str,
    through: Through,
) -> Employee:
    """Restore somebody, or give them the last day of before; their photo and account follow."""
    employee_id, day = planned.employee.id, planned.undo.goes_back["left_on"]
    if not isinstance(day, str) or not day:
        return leavers.restore(viewer, employee_id, revision, write_id, through).employee
    return leavers.mark_as_left(viewer, employee_id, day, revision, write_id, through=through)
