"""How changes add up: the content after them, before them, and before those that are gone."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from app.history.changes import Change, ChangeKind, Value
from app.model.fields import CONTENT_FIELDS

Content = Mapping[str, Value]


def with_change(content: Content, change: Change) -> dict[str, Value]:
    """Return the content after a change, which a base corrects."""
    before = start_of(change)
    return _put(content if before is None else before, change.now)


def start_of(change: Change) -> Content | None:
    """Return the content before a change as far as the change alone tells it, else None."""
    return {} if change.kind is ChangeKind.ADDED else change.base


def fold(changes: Iterable[Change], start: Content | None = None) -> dict[str, Value]:
    """Return the content after these changes, oldest first; ``start`` is that before them."""
    content: Content = start or {}
    for change in changes:
        content = with_change(content, change)
    return dict(content)


def unfold(content: Content, changes: Iterable[Change]) -> dict[str, Value]:
    """Return the content before these changes, newest first; ``content`` is that after them."""
    before = dict(content)
    for change in changes:
        start = start_of(change)
        before = _put(before, change.was) if start is None else dict(start)
    return before


class Recorded(NamedTuple):
    """The content that changes tell; ``is_whole`` says whether a field that they lack is empty."""

    content: dict[str, Value]
    is_whole: bool


def recorded(newest_first: Iterable[Change]) -> Recorded:
    """Return the content after the newest of these changes; reads no further than to a base."""
    content: dict[str, Value] = {}
    for change in newest_first:
        content = {**change.now, **content}
        start = start_of(change)
        if start is not None:
            return Recorded(_put(start, content), is_whole=True)
    return Recorded(content, is_whole=False)


class Thinned(NamedTuple):
    """What becomes of old changes: those to delete, and one to store anew, with a base."""

    deleted: tuple[Change, ...] = ()
    rebased: Change | None = None


def thinned(first: Change, old: Sequence[Change], following: Change | None) -> Thinned:
    """Return what becomes of old changes that come directly after the first one of a person.

    ``following`` is the change after them; if there is none, the last of ``old`` is the newest
    change, which stays. The change after the gap gets the content before it as its base, so that
    the history still adds up.
    """
    deleted = tuple(old if following is not None else old[:-1])
    kept = following if following is not None else next(iter(old[-1:]), None)
    if not deleted or kept is None:
        return Thinned()
    base = None if start_of(kept) is not None else fold((first, *deleted))
    return Thinned(deleted, None if base is None else replace(kept, base=base))


def _put(content: Content, fields: Content) -> dict[str, Value]:
    merged = {**content, **fields}
    return {name: merged[name] for name in CONTENT_FIELDS if merged.get(name)}
