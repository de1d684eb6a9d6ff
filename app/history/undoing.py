"""Undo of one change: which of its fields can go back, and why others cannot."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from types import MappingProxyType
from typing import Any

from app.history.changes import Change, ChangeKind, Value
from app.history.sentences import leaving_step, told_fields
from app.model.employee import BADGE_KEYS, Employee
from app.model.fields import FIELD
from app.model.validation import problem

_CATALOGUE = frozenset(BADGE_KEYS)
# A photo that goes back is none, and who marks people as left looks at the last day.
_CHECKED_LATER = ("photo_key", "left_on")


class Kept(Enum):
    """Why a field of a change does not go back."""

    CHANGED_SINCE = "was changed again later"
    IS_BACK = "is as it was before already"
    PHOTO_GONE = "cannot come back: a photo is deleted when another replaces it"
    FOREIGN = "is kept by another program"
    NOT_YOURS = "is changed by editors only"
    INVALID = "had a value that cannot be stored any more"
    APART = "can be undone after that, by itself"


@dataclass(frozen=True, slots=True)
class Undo:
    """What an undo would write: the fields that go back, with what they become; and the others."""

    goes_back: Mapping[str, Value] = field(default_factory=lambda: MappingProxyType({}))
    kept: Mapping[str, Kept] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def is_possible(self) -> bool:
        """Return whether anything would be written."""
        return bool(self.goes_back)

    def only(self, names: Collection[str]) -> "Undo":
        """Return the undo of these fields alone."""
        return replace(self, goes_back={n: v for n, v in self.goes_back.items() if n in names})


def plan_undo(
    change: Change, current: Employee, may_change: Collection[str] = tuple(FIELD)
) -> Undo:
    """Return what would go back of a change, given the record as it is now.

    A field goes back if it is still as the change left it; of badges, those of the catalogue. That
    a person was added is not undone. Of what was changed together with a last day, the last day
    goes back first, by itself: it takes more than the record.
    """
    if change.kind is ChangeKind.ADDED:
        return Undo()
    goes_back: dict[str, Value] = {}
    kept: dict[str, Kept] = {}
    for name in told_fields(change):
        if name not in FIELD:
            kept[name] = Kept.FOREIGN
            continue
        was, now = change.was.get(name, _EMPTY[name]), change.now.get(name, _EMPTY[name])
        reason = _reason(name, was, now, getattr(current, name), name in may_change)
        if reason is None:
            goes_back[name] = was
        else:
            kept[name] = reason
    if "left_on" in goes_back:
        kept |= dict.fromkeys((name for name in goes_back if name != "left_on"), Kept.APART)
        goes_back = {"left_on": goes_back["left_on"]}
    return Undo(goes_back, kept)


def _reason(name: str, was: Value, now: Value, current: Any, is_theirs: bool) -> Kept | None:
    if name == "badges":
        was, now, current = map(_known, (was, now, current))
        if was == now:
            return Kept.FOREIGN
    if current == was:
        return Kept.IS_BACK
    if current != now:
        return Kept.CHANGED_SINCE
    if name == "photo_key" and was:
        return Kept.PHOTO_GONE
    if not is_theirs:
        return Kept.NOT_YOURS
    if isinstance(was, str) and name not in _CHECKED_LATER and problem(name, was):
        return Kept.INVALID
    return None


def _known(badges: Collection[str]) -> tuple[str, ...]:
    return tuple(key for key in badges if key in _CATALOGUE)


def undone(current: Employee, undo: Undo) -> Employee:
    """Return the record with what goes back; badges outside of the catalogue stay."""
    values: dict[str, Any] = dict(undo.goes_back)
    if "badges" in values:
        values["badges"] = current.badges_with(values["badges"])
    return replace(current, **values)


def is_of_leaving(change: Change) -> bool:
    """Return whether the change marks the person as left, so that its undo restores them."""
    step = leaving_step(change)
    return step is not None and bool(change.now["left_on"])


_EMPTY = {name: getattr(Employee(id="", full_name=""), name) for name in FIELD}
