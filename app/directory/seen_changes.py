"""Changes of a person as a viewer sees them: without what is, or was, concealed from them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from app.access.visibility import OF_EDITORS, Sight
from app.history.changes import Change, ChangeKind, Value, Via
from app.model.fields import HIDEABLE


def seen_changes(sight: Sight, employee_id: str, changes: tuple[Change, ...]) -> tuple[Change, ...]:
    """Return the changes without what the viewer may not see; none of which nothing is left.

    Whoever does not see everything of this person sees no field that may be hidden, nor which are:
    what is shown now may have been hidden at the time of a change.
    """
    if sight.is_whole:
        return changes
    concealed = sight.concealed(HIDEABLE, employee_id)
    concealed = concealed.union(OF_EDITORS, ("hidden",) if concealed else ())
    masked = (_masked(change, concealed) for change in changes)
    return tuple(each for each in masked if each.now or each.kind is ChangeKind.ADDED)


def _masked(change: Change, concealed: frozenset[str]) -> Change:
    """Return a change without these fields; without a last day, nothing tells that it was set."""
    through = change.through
    if "left_on" in concealed and "left_on" in change.now:
        through = replace(through, note="")
        if change.was.get("photo_key") and change.now.get("photo_key"):  # it got another key
            concealed = concealed | {"photo_key"}
    if "manager" in change.now and through.via in (Via.BULK, Via.UNDO):
        through = replace(through, source="")  # it may name a manager who left
    return replace(
        change,
        was=_without(change.was, concealed),
        now=_without(change.now, concealed),
        through=through,
        base=None,
    )


def _without(content: Mapping[str, Value], names: frozenset[str]) -> dict[str, Value]:
    return {name: value for name, value in content.items() if name not in names}
