"""Where a record has the name and the photo: each generation of the course's app its own way.

The FlaskApp keeps them in ``full_name`` and ``object_key``, as we do. The application in Node that
replaced it keeps them in ``name`` and ``photo``. A record is written where it is read, so that the
program that made it shows our edits. A record with both attributes has both written, and beside
them a note of what was written: if they differ later, the one that another program changed counts.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

from app.model.employee import BOTH, NODE
from app.model.stored_values import encodable, stored_text
from app.photos.keys import any_photo_key, photo_key
from app.storage.dynamodb.client.calls import Item


class _Pair(NamedTuple):
    """The attribute of a field in each generation, and that of the note."""

    ours: str
    node: str
    note: str


PAIRS = {
    "full_name": _Pair("full_name", "name", "written_name"),
    "photo_key": _Pair("object_key", "photo", "written_photo"),
}


def text_of(value: dict[str, Any] | None) -> str:
    """Return a string or number attribute as text; "" for every other type."""
    return stored_text((value or {}).get("S", (value or {}).get("N")))


def full_name_in(item: Item) -> str:
    """Return the name of a person."""
    return text_of(item.get(_current(item, PAIRS["full_name"])))


def photo_key_in(item: Item) -> str:
    """Return the key of a photo as it is, since keys are not normalized; "" for no valid one.

    In ``object_key`` alone, a key that is a path is no photo.
    """
    pair = PAIRS["photo_key"]
    if pair.note in item:
        return any_photo_key(_raw(item, _current(item, pair)))
    return any_photo_key(_raw(item, pair.node)) or photo_key(_raw(item, pair.ours))


def generation_in(item: Item) -> str:
    """Return the generation of a record, by its name; see GENERATIONS."""
    attributes = attributes_of(item, "full_name")
    if len(attributes) == 2:
        return BOTH
    return NODE if attributes == (PAIRS["full_name"].node,) else ""


def attributes_of(item: Item, field: str) -> tuple[str, ...]:
    """Return the attributes of a record that have, or would have, the name or the photo."""
    pair = PAIRS[field]
    if pair.note in item:
        return pair[:2]
    present = tuple(name for name in pair[:2] if text_of(item.get(name)))
    if present or field == "full_name":
        return present or pair[:1]
    return _of_generation(pair, generation_in(item))


def attributes_for(generation: str, field: str) -> tuple[str, ...]:
    """Return the attributes of the name or the photo in a new record."""
    return _of_generation(PAIRS[field], generation)


def notes(field: str, attributes: tuple[str, ...], content: str) -> Iterator[tuple[str, str]]:
    """Yield the note to write beside the attributes, if there are two, and its content."""
    if len(attributes) == 2:
        yield PAIRS[field].note, content


def differ(item: Item, field: str, content: str) -> bool:
    """Return whether one of two attributes does not have this content."""
    attributes = attributes_of(item, field)
    return len(attributes) == 2 and any(_raw(item, name) != content for name in attributes)


def _of_generation(pair: _Pair, generation: str) -> tuple[str, ...]:
    return {NODE: pair[1:2], BOTH: pair[:2]}.get(generation, pair[:1])


def _current(item: Item, pair: _Pair) -> str:
    """Return the attribute that counts: what another program changed, else the newer app's."""
    note = _raw(item, pair.note)
    if note and _raw(item, pair.node) == note:
        return pair.ours
    if note and _raw(item, pair.ours) == note:
        return pair.node
    return pair.node if text_of(item.get(pair.node)) else pair.ours


def _raw(item: Item, name: str) -> str:
    text = (item.get(name) or {}).get("S")
    return encodable(text) if isinstance(text, str) else ""
