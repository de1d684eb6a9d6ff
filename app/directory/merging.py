"""Merge two records of one person: one gets what is chosen of both, the other has left."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from io import BytesIO
from typing import Any

from app.access.rights import Right, require
from app.access.viewer import Viewer
from app.directory.histories import ChangeNotFound
from app.directory.leavers import Leavers
from app.directory.service import Directory
from app.directory.stored_photos import NO_PHOTO_CHANGE, PhotoChange
from app.history.changes import Change, Through, Via
from app.history.undoing import Undo, plan_undo, undone
from app.model import leaving
from app.model.employee import Employee
from app.model.errors import DirectoryError, EditConflict, PhotoNotFound
from app.model.fields import CONTENT_FIELDS, HIDEABLE
from app.model.revision import revision_of
from app.photos.keys import is_foreign_key

# What can be chosen of either record. The last day stays that of each; what the person hides in
# the other record stays hidden in this one, too.
MERGED_FIELDS = tuple(name for name in CONTENT_FIELDS if name not in ("left_on", "hidden"))
_MOST_SUGGESTED = 5
_CHANGES_READ = 100


class CannotMerge(DirectoryError):
    """These two records cannot be merged; the message says why."""


@dataclass(frozen=True, slots=True)
class Pair:
    """The record that stays, and the other one, which will have left."""

    kept: Employee
    other: Employee

    @property
    def differing(self) -> tuple[str, ...]:
        """Return the fields in which a choice is to be made."""
        both = [
            (name, getattr(self.kept, name), getattr(self.other, name)) for name in MERGED_FIELDS
        ]
        return tuple(name for name, mine, theirs in both if theirs and mine != theirs)

    def merged(self, of_other: Collection[str]) -> Employee:
        """Return the record that stays, with these fields of the other one but for the photo."""
        chosen = [name for name in self.differing if name in of_other]
        values: dict[str, Any] = {
            name: getattr(self.other, name) for name in chosen if name != "photo_key"
        }
        hides = {*self.kept.hidden, *(name for name in self.other.hidden if name in chosen)}
        if hides != set(self.kept.hidden):
            values["hidden"] = tuple(name for name in HIDEABLE if name in hides)
        if "badges" in values:
            values["badges"] = self.kept.badges_with((*self.kept.badges, *self.other.badges))
        return replace(self.kept, **values)


@dataclass(frozen=True, slots=True)
class MergeChange:
    """A merge as the histories have it: what it changed of the record that stayed, if anything."""

    pair: Pair
    of_kept: Change | None
    undo: Undo
    last_day: str = ""  # the one that the other record had before


def read_pair(directory: Directory, viewer: Viewer, kept_id: str, other_id: str) -> Pair:
    """Return both records. Raises NotAllowed, EmployeeNotFound, and CannotMerge."""
    require(viewer, Right.LEAVE)
    if kept_id == other_id:
        raise CannotMerge("This is the same record twice. Choose another one.")
    pair = Pair(directory.get(viewer, kept_id), directory.get(viewer, other_id))
    for employee in (pair.kept, pair.other):
        if leaving.has_left(employee, leaving.today()):
            raise CannotMerge(
                "One of these records has left already. Restore it first, to merge them."
            )
    return pair


def merge(
    directory: Directory,
    leavers: Leavers,
    viewer: Viewer,
    pair: Pair,
    of_other: Collection[str],
    revisions: tuple[str, str],
    write_id: str,
    request_id: str = "",
) -> Employee:
    """Give the record that stays these fields of the other one, which has left then; return it.

    Two writes: if only the first one is made, the same call again makes the second. Raises
    NotAllowed, EditConflict, LastAdmin.
    """
    require(viewer, Right.LEAVE)
    through = Through(Via.MERGE, source=pair.other.id, request_id=request_id)
    is_first = not leaving.has_left(pair.other, leaving.today())
    if is_first:  # whatever is wrong, before any write
        if revision_of(pair.other) != revisions[1]:
            raise EditConflict(pair.other)
        leavers.check(pair.other, leaving.today(), through)
    merged = pair.merged(of_other)
    photo = _photo_of(directory, pair.other) if "photo_key" in of_other else NO_PHOTO_CHANGE
    stored = pair.kept
    if photo is not NO_PHOTO_CHANGE or not merged.same_content(pair.kept):
        kept_revision = revisions[0]
        stored = directory.update(viewer, merged, kept_revision, write_id, photo, through)
    leavers.mark_as_left(
        *(viewer, pair.other.id, leaving.today(), revisions[1], f"{write_id} other"),
        through=replace(through, source=pair.kept.id),
    )
    if is_first:
        _check_that_one_stays(directory, leavers, viewer, pair, f"{write_id} back")
    return stored


def _check_that_one_stays(
    directory: Directory, leavers: Leavers, viewer: Viewer, pair: Pair, write_id: str
) -> None:
    """Take the last day back if somebody merged the same records the other way at this moment."""
    kept = directory.employees.get(pair.kept.id)
    if leaving.has_left(kept, leaving.today()):
        leavers.restore(viewer, pair.other.id, "", write_id, Through(Via.UNDO))
        raise EditConflict(kept)


def _photo_of(directory: Directory, employee: Employee) -> PhotoChange:
    """Return the photo of the other record as an upload, since that one gets another key."""
    key, photos = employee.photo_key, directory.photos
    if not key or photos is None:
        return NO_PHOTO_CHANGE
    try:
        image = photos.get_foreign(key) if is_foreign_key(key) else photos.get(key)
    except PhotoNotFound:
        return NO_PHOTO_CHANGE
    return PhotoChange(BytesIO(image))


def read_merge(directory: Directory, viewer: Viewer, kept_id: str, other_id: str) -> MergeChange:
    """Return the newest merge of two records, as it can be taken back.

    Raises NotAllowed, EmployeeNotFound, and ChangeNotFound if they were not merged.
    """
    require(viewer, Right.LEAVE)
    pair = Pair(directory.get(viewer, kept_id), directory.get(viewer, other_id))
    of_kept, of_other = (
        _newest(directory, one, other) for one, other in ((kept_id, other_id), (other_id, kept_id))
    )
    if of_other is None or of_other.now.get("left_on", "") not in {pair.other.left_on} - {""}:
        raise ChangeNotFound(f"{other_id!r} was not merged into {kept_id!r}, or is restored")
    undo = plan_undo(of_kept, pair.kept) if of_kept else Undo()
    return MergeChange(pair, of_kept, undo, str(of_other.was.get("left_on", "")))


def _newest(directory: Directory, employee_id: str, other_id: str) -> Change | None:
    if directory.history is None:
        return None
    page = directory.history.changes_of(employee_id, limit=_CHANGES_READ)
    merges = (
        c for c in page.changes if c.through.via is Via.MERGE and c.through.source == other_id
    )
    return next(merges, None)


def unmerge(
    directory: Directory,
    leavers: Leavers,
    viewer: Viewer,
    merged: MergeChange,
    revision: str,
    write_id: str,
    request_id: str = "",
) -> Employee:
    """Take back what the merge changed, and let the other record be as it was; return who stayed.

    Fields that were changed since stay as they are. Two writes: if only the first one is made, the
    same call again makes the second. Raises NotAllowed, EditConflict, LastAdmin.
    """
    require(viewer, Right.LEAVE)
    pair, undo = merged.pair, merged.undo
    through = Through(Via.UNDO, request_id=request_id)
    stored = pair.kept
    if merged.of_kept is not None and undo.is_possible:
        remove = undo.goes_back.get("photo_key") == ""
        stored = directory.update(
            viewer,
            undone(pair.kept, undo),
            revision,
            write_id,
            PhotoChange(remove=True) if remove else NO_PHOTO_CHANGE,
            replace(through, undoes=merged.of_kept.moment),
        )
    other, other_write = revision_of(pair.other), f"{write_id} other"
    if merged.last_day:
        leavers.mark_as_left(
            *(viewer, pair.other.id, merged.last_day, other, other_write), through=through
        )
    else:
        leavers.restore(viewer, pair.other.id, other, other_write, through)
    return stored


def suggest(directory: Directory, viewer: Viewer, employee: Employee) -> Mapping[str, Employee]:
    """Return others of the same name, email or employee number, by their ids; at most 5."""
    require(viewer, Right.LEAVE)
    store = directory.employees
    ids: list[str] = [
        each.id for each in store.find_by_name([employee.full_name]).get(employee.full_name, ())
    ]
    if employee.email:
        ids += store.find_by_email([employee.email]).get(employee.email, ())
    if employee.employee_number:
        number = employee.employee_number
        ids += store.find_by_number([number]).get(number, ())
    wanted = [each for each in dict.fromkeys(ids) if each != employee.id]
    found = store.get_many(wanted[: _MOST_SUGGESTED * 2])
    here = {key: each for key, each in found.items() if not leaving.has_left(each, leaving.today())}
    return dict(list(here.items())[:_MOST_SUGGESTED])
