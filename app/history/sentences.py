"""Sentences about changes: who did what, in the words of the pages and of exports."""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

from app.history.changes import Author, Change, ChangeKind, Value, Via
from app.model.employee import BADGES
from app.model.fields import FIELD, FIELDS
from app.model.kinds import Kind

NOTHING = "nothing"
SOMEBODY = "Somebody"
EVERYBODY = "everybody"  # the author in an open directory, where nobody is told from anybody
_MAX_NAMED_FIELDS = 5
_MAX_SENTENCES = 512  # known at once; they tell fields, and nothing of anybody
_LABEL = {**{field.name: field.label for field in FIELDS}, "hidden": "Hidden fields"}
_BADGE_LABELS = {badge.key: badge.label for badge in BADGES}
_NOUNS = {Kind.PHONE: " number", Kind.EMAIL: " address"}
_WITHOUT_ARTICLE = frozenset({"about", "badges", "pronouns", "hidden"})


class Part(NamedTuple):
    """A part of a sentence; a strong one is a name or a field."""

    text: str
    is_strong: bool = False


Sentence = tuple[Part, ...]


class LeavingStep(NamedTuple):
    """What a change of the last day means: ``verb`` and ``after`` stand around the name."""

    verb: str
    after: str


_LEFT = LeavingStep(" marked ", " as left")
_RESTORED = LeavingStep(" restored ", "")


def text_of(sentence: Sentence) -> str:
    """Return a sentence as plain text."""
    return "".join(part.text for part in sentence)


def field_label(name: str) -> str:
    """Return the label of a field of a change; its name if no release of ours knows it."""
    return _LABEL.get(name, name)


def author_name(author: Author) -> str:
    """Return how a sentence begins with this author, whose name may be unknown or erased."""
    return SOMEBODY if author.name in ("", EVERYBODY) else author.name


def leaving_step(change: Change) -> LeavingStep | None:
    """Return whether a change marks a person as left, or restores them; None if neither."""
    if "left_on" not in change.now:
        return None
    was, now = change.was.get("left_on", ""), change.now["left_on"]
    if bool(was) == bool(now):
        return None
    return _LEFT if now else _RESTORED


def told_fields(change: Change) -> tuple[str, ...]:
    """Return the fields that a sentence and a table tell, in their order.

    The photo of who leaves gets another name, which is no change of the person.
    """
    if "left_on" in change.now and leaving_step(change) and _is_renamed_photo(change):
        return tuple(name for name in change.now if name != "photo_key")
    return tuple(change.now)


def _is_renamed_photo(change: Change) -> bool:
    return bool(change.was.get("photo_key") and change.now.get("photo_key"))


def sentence_of(change: Change) -> Sentence:
    """Return what happened to a person, on the page of their history."""
    names, person = told_fields(change), Part(change.full_name or "this person", is_strong=True)
    if change.through.via is Via.OUTSIDE:
        return _happened_outside(change, person, names)
    who = Part(author_name(change.author), is_strong=True)
    if change.kind is ChangeKind.ADDED:
        return (who, Part(" added "), person)
    if step := leaving_step(change):
        rest = [name for name in names if name != "left_on"]
        also = (Part(" and changed "), *listed(rest)) if rest else ()
        after = (Part(step.after),) if step.after else ()
        return (who, Part(step.verb), person, *after, *also)
    if change.through.via is Via.UNDO:
        return (who, Part(" undid a change of "), *listed(names))
    return (who, *_done(change, names))


def _happened_outside(change: Change, person: Part, names: Sequence[str]) -> Sentence:
    if change.kind is ChangeKind.ADDED:
        return (person, Part(" was added outside the directory"))
    verb = " was" if len(names) == 1 and not field_label(names[0]).endswith("s") else " were"
    return (*listed(names), Part(f"{verb} changed outside the directory"))


def _done(change: Change, names: tuple[str, ...]) -> Sentence:
    """Return "added a Mobile number", "removed ..." or "changed ..."."""
    if not any(map(change.was.get, names)):
        return (Part(" added "), *_with_article(names))
    if not any(map(change.now.get, names)):
        return (Part(" removed "), *listed(names))
    return (Part(" changed "), *listed(names))


@lru_cache(maxsize=_MAX_SENTENCES)
def _with_article(names: tuple[str, ...]) -> Sentence:
    if len(names) != 1 or names[0] in _WITHOUT_ARTICLE or names[0] not in FIELD:
        return listed(names)
    label = field_label(names[0])
    article = "an " if label[0] in "AEIOU" else "a "
    noun = _NOUNS.get(FIELD[names[0]].kind, "")
    return (Part(article), Part(label, is_strong=True), *([Part(noun)] if noun else []))


def listed(names: Iterable[str]) -> Sentence:
    """Return labels of fields as a list of words, at most five of them by name."""
    return _listed(tuple(names))


@lru_cache(maxsize=_MAX_SENTENCES)
def _listed(names: tuple[str, ...]) -> Sentence:
    labels = [field_label(name) for name in names]
    if not labels:
        return (Part(NOTHING),)
    if len(labels) > _MAX_NAMED_FIELDS:
        more = len(labels) - _MAX_NAMED_FIELDS + 1
        labels, last = labels[: _MAX_NAMED_FIELDS - 1], Part(f"{more} more fields")
    else:
        last = Part(labels.pop(), is_strong=True)
    parts: list[Part] = []
    for number, label in enumerate(labels):
        parts += [Part(", ")] * (number > 0) + [Part(label, is_strong=True)]
    return (*parts, Part(" and "), last) if parts else (last,)


def value_text(name: str, value: Value) -> str:
    """Return a value as an export has it: badges and fields by their labels, joined by commas."""
    if isinstance(value, str):
        return value
    label = _BADGE_LABELS.get if name == "badges" else _LABEL.get
    return ", ".join(label(key) or key for key in value)
