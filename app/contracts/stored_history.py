"""Changes and entries of the audit log as JSON, which stores keep alike; anything can be read.

Another program, or a newer release, may have written it: what cannot be read counts as empty.
"""

from collections.abc import Mapping
from dataclasses import fields
from functools import lru_cache
from types import MappingProxyType
from typing import Any

import orjson

from app.contracts.history import AuditEntry
from app.history.changes import ON_THE_PAGE, Author, Through, Value, Via
from app.history.difference import ORDER, clean_content, unpacked_content
from app.model.stored_values import stored_text
from app.runtime import strict_json
from app.runtime.strict_json import json_data

_THROUGH = tuple(field.name for field in fields(Through))
_TEXTS = ("source", "job", "undoes", "request_id", "note")
_MAX_COUNT = 2**53
_MAX_REMEMBERED = 200  # characters


def whole_content_text(content: Mapping[str, Value]) -> str:
    """Return a whole content as a JSON array in the order of the fields' digests."""
    return _dumps([content.get(name, "") for name in ORDER])


def fields_text(content: Mapping[str, Value]) -> str:
    """Return some fields with their values as a JSON object."""
    return _dumps(dict(content))


def content_in(text: object) -> Mapping[str, Value]:
    """Return the content in either form; that of an object may have empty values.

    Short ones are remembered: an import, or an edit of many, writes the same for everybody.
    """
    if isinstance(text, str) and len(text) <= _MAX_REMEMBERED:
        return _remembered(text)
    return _parsed(text)


@lru_cache(maxsize=2_048)
def _remembered(text: str) -> Mapping[str, Value]:
    return MappingProxyType(_parsed(text))


def _parsed(text: object) -> dict[str, Value]:
    try:
        stored = strict_json.parse(text)
    except ValueError:
        return {}
    if isinstance(stored, list):
        return unpacked_content(stored)
    return clean_content(strict_json.mapping(stored), keep_empty=True)


def through_data(through: Through) -> dict[str, Any]:
    """Return plain data of the way by which a write came, without what is as usual."""
    if through == ON_THE_PAGE:
        return {}
    usual = ON_THE_PAGE
    values = {name: getattr(through, name) for name in _THROUGH}
    return {name: value for name, value in values.items() if value != getattr(usual, name)}


def through_from(stored: object) -> Through:
    """Return the way by which a write came in plain data."""
    data = strict_json.mapping(stored)
    if not data:
        return ON_THE_PAGE
    texts = {name: stored_text(data.get(name)) for name in _TEXTS}
    row = strict_json.integer(data.get("row"), 0, _MAX_COUNT) or 0
    return Through(via=_via(data.get("via", Via.PAGE)), row=row, **texts)


def through_text(through: Through) -> str | None:
    """Return JSON of the way by which a write came; None of a page without more to tell."""
    data = through_data(through)
    return _dumps(data) if data else None


def through_in(text: object) -> Through:
    """Return the way by which a write came in JSON."""
    return through_from(strict_json.parse_object(text)) if text else ON_THE_PAGE


def entry_text(entry: AuditEntry) -> str:
    """Return JSON of an entry of the audit log, without its moment and author."""
    return _dumps(entry_data(entry))


def entry_data(entry: AuditEntry) -> dict[str, Any]:
    """Return plain data of an entry of the audit log, without its moment and author."""
    data = {
        "event": entry.event,
        "id": entry.employee_id,
        "name": entry.full_name,
        "fields": entry.fields,
        "counts": entry.counts,
        "details": entry.details,
        "through": through_data(entry.through),
    }
    return {name: value for name, value in data.items() if value}


def entry_in(moment: str, author: Author, text: object) -> AuditEntry:
    """Return the entry of the audit log in JSON."""
    return entry_from(moment, author, strict_json.parse_object(text))


def entry_from(moment: str, author: Author, data: Mapping[str, Any]) -> AuditEntry:
    """Return the entry of the audit log in plain data."""
    return AuditEntry(
        moment=moment,
        event=stored_text(data.get("event")),
        employee_id=stored_text(data.get("id")),
        full_name=stored_text(data.get("name")),
        fields=tuple(map(stored_text, _list(data.get("fields")))),
        counts=tuple(
            (stored_text(name), strict_json.integer(count, 0, _MAX_COUNT) or 0)
            for name, count in _pairs(data.get("counts"))
        ),
        details=tuple(
            (stored_text(name), stored_text(text)) for name, text in _pairs(data.get("details"))
        ),
        author=author,
        through=through_from(data.get("through")),
    )


def _via(stored: object) -> Via:
    try:
        return Via(str(stored))
    except ValueError:  # of a newer release
        return Via.OUTSIDE


def _list(stored: object) -> list[Any]:
    return stored if isinstance(stored, list) else []


def _pairs(stored: object) -> list[list[Any]]:
    return [pair for pair in _list(stored) if isinstance(pair, list) and len(pair) == 2]


def _dumps(data: Any) -> str:
    try:
        return orjson.dumps(data).decode()
    except TypeError:  # a lone surrogate
        return orjson.dumps(json_data(data)).decode()
