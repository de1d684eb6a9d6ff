"""How the contents of changes are stored: as JSON of a limited size."""

from collections.abc import Callable, Mapping
from typing import Any

import orjson

from app.history.changes import Value
from app.history.difference import ORDER, clean_content, unpacked_content
from app.runtime import strict_json

# An item has at most 400 KB, and a change up to three contents: what is longer is cut. Only records
# that another program wrote are.
_MAX_CONTENT_BYTES = 100_000
# At most so many characters of a text, and so many names of so many characters.
_CUTS = ((20_000, 500), (1_000, 50))


def packed(content: Mapping[str, Value], shape: Callable[[Mapping[str, Value]], object]) -> str:
    """Return a content as JSON of at most _MAX_CONTENT_BYTES, cut if it must be."""
    text = to_json(shape(content))
    for texts, names in _CUTS:
        if len(text.encode()) <= _MAX_CONTENT_BYTES:
            break
        text = to_json(shape({name: _cut(value, texts, names) for name, value in content.items()}))
    return text


def as_array(content: Mapping[str, Value]) -> list[Value]:
    """Return a whole content as a list, the shortest that ``unpacked_content`` reads."""
    values = [content.get(name, "") for name in ORDER]
    while values and not values[-1]:
        values.pop()
    return values


def _cut(value: Value, texts: int, names: int) -> Value:
    if isinstance(value, str):
        return value[:texts]
    return tuple(name[:names] for name in value[:names])


def unpacked(packed: str) -> dict[str, Value]:
    """Return the changed fields in JSON, those that are empty too."""
    return clean_content(strict_json.parse_object(packed), keep_empty=True)


def unpacked_whole(packed: str) -> dict[str, Value]:
    """Return the whole content in JSON of ``as_array``."""
    return unpacked_content(parse_list(packed))


def to_json(value: object) -> str:
    """Return a value as compact JSON, without what UTF-8 cannot hold."""
    try:
        return orjson.dumps(value).decode()
    except TypeError:  # a lone surrogate
        return orjson.dumps(strict_json.json_data(value)).decode()


def parse_list(packed: str) -> list[Any]:
    """Return the list in JSON; an empty one for everything else."""
    try:
        stored = strict_json.parse(packed or "[]")
    except ValueError:
        return []
    return stored if isinstance(stored, list) else []
