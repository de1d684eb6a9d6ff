"""The items of changes and of the audit log: their keys, and how their values are stored."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from app.contracts.history import AuditEntry
from app.history.changes import ON_THE_PAGE, Author, Change, ChangeKind, Through, Via
from app.history.difference import time_of
from app.runtime import strict_json
from app.storage.dynamodb.client.attributes import integer_of, string_of
from app.storage.dynamodb.client.calls import Item
from app.storage.dynamodb.client.tables import Tables
from app.storage.dynamodb.history.contents import (
    as_array,
    packed,
    parse_list,
    to_json,
    unpacked,
    unpacked_whole,
)
from app.text import search_keys

CHANGE_VIEW, LOG_VIEW, AUTHOR_VIEW = "h#", "hist#", "author#"
NOTE_VIEW, AUTHOR_PERSON_VIEW = "note#", "wrote#"
SEPARATOR = "\x1f"
SHARDS = 4
_DIGITS = tuple("0123456789abcdef")
_DAY_CHARACTERS = 10
_MAX_NAME_CHARACTERS = 200
_MAX_TEXT_CHARACTERS = 2_000
_KINDS = {kind.value: kind for kind in ChangeKind}
_VIAS = {via.value: via for via in Via}
_WITHOUT_MORE = {via: replace(ON_THE_PAGE, via=via) for via in Via}
_TEXTS_OF_THROUGH = ("source", "job", "undoes", "request_id", "note")

# Returns the author with this reference.
AuthorOf = Callable[[str], Author]


def change_view(employee_id: str) -> str:
    """Return the view of the changes of a person."""
    return CHANGE_VIEW + search_keys.id_sort_key(employee_id)


def note_view(employee_id: str) -> str:
    """Return the view that has the moments of entries about a person which no change has."""
    return NOTE_VIEW + search_keys.id_sort_key(employee_id)


def author_person_view(employee_id: str) -> str:
    """Return the view of the references of the names under which a person wrote."""
    return AUTHOR_PERSON_VIEW + search_keys.id_sort_key(employee_id)


def log_view(shard: int) -> str:
    """Return one of the SHARDS views of the audit log."""
    return f"{LOG_VIEW}{shard}"


def day_of(moment: str) -> str:
    """Return the day of a moment."""
    return moment[:_DAY_CHARACTERS]


def log_key(moment: str, employee_id: str = "") -> Item:
    """Return the primary key of an entry of the audit log, about this person or nobody.

    The last digit of a moment, which is random, spreads the entries over the views.
    """
    at = f"{moment}{SEPARATOR}{search_keys.id_sort_key(employee_id)}" if employee_id else moment
    shard = int(moment[-1:], 16) % SHARDS if moment[-1:] in _DIGITS else 0
    return Tables.index_key(log_view(shard), at)


def change_item(change: Change, author: str) -> Item:
    """Encode a change whose author has this reference."""
    item = {
        **Tables.index_key(change_view(change.employee_id), change.moment),
        "id": {"S": change.employee_id},
        "kind": {"S": change.kind.value},
        "ver": {"N": str(change.version)},
        "name": {"S": change.full_name[:_MAX_NAME_CHARACTERS]},
        **_who_and_how(author, change.through),
    }
    if change.kind is ChangeKind.ADDED:
        return {**item, "all": {"S": packed(change.now, as_array)}}
    item |= {"was": {"S": packed(change.was, dict)}, "now": {"S": packed(change.now, dict)}}
    if change.base is not None:
        item["base"] = base_attribute(change)
    return item


def base_attribute(change: Change) -> dict[str, str]:
    """Encode the whole content before a change."""
    return {"S": packed(change.base or {}, as_array)}


def change_from(item: Item, author_of: AuthorOf) -> Change | None:
    """Decode a change; None if the item is none."""
    employee_id, moment = string_of(item, "id"), item["at"]["S"]
    kind = _KINDS.get(string_of(item, "kind"))
    if not employee_id or kind is None or time_of(moment) is None:
        return None
    base, added = string_of(item, "base"), string_of(item, "all")
    return Change(
        employee_id=employee_id,
        moment=moment,
        kind=kind,
        version=integer_of(item, "ver") or 0,
        full_name=string_of(item, "name"),
        was=unpacked(string_of(item, "was")),
        now=unpacked_whole(added) if added else unpacked(string_of(item, "now")),
        base=unpacked_whole(base) if base else None,
        author=author_of(string_of(item, "by")),
        through=_through_from(item),
    )


def entry_item(entry: AuditEntry, author: str, key: Item) -> Item:
    """Encode an entry of the audit log whose author has this reference."""
    lists = {"counts": entry.counts, "details": entry.details}
    item: Item = {**key, "event": {"S": entry.event}, **_who_and_how(author, entry.through)}
    if entry.employee_id:
        item["id"] = {"S": entry.employee_id}
    if entry.full_name:
        item["name"] = {"S": entry.full_name[:_MAX_NAME_CHARACTERS]}
    if entry.fields:
        item["fields"] = {"S": " ".join(entry.fields)}
    item |= {name: {"S": to_json(pairs)} for name, pairs in lists.items() if pairs}
    return item


def own_entry_item(entry: AuditEntry, author: str) -> Item:
    """Encode an entry that no change has."""
    key = log_key(entry.moment, entry.employee_id)
    return {**entry_item(entry, author, key), "own": {"BOOL": True}}


def entry_from(item: Item, author_of: AuthorOf) -> AuditEntry | None:
    """Decode an entry of the audit log; None if the item is none."""
    moment = item["at"]["S"].partition(SEPARATOR)[0]
    event = string_of(item, "event")
    if not event or time_of(moment) is None:
        return None
    pairs = [_pairs(string_of(item, name)) for name in ("counts", "details")]
    counts = tuple((name, count) for name, count in pairs[0] if type(count) is int)
    details = tuple((name, text) for name, text in pairs[1] if isinstance(text, str))
    return AuditEntry(
        moment=moment,
        event=event,
        employee_id=string_of(item, "id"),
        full_name=string_of(item, "name"),
        fields=tuple(string_of(item, "fields").split()),
        counts=counts,
        details=details,
        author=author_of(string_of(item, "by")),
        through=_through_from(item),
    )


def _who_and_how(author: str, through: Through) -> Item:
    item: Item = {"by": {"S": author}} if author else {}
    texts = {name: getattr(through, name)[:_MAX_TEXT_CHARACTERS] for name in _TEXTS_OF_THROUGH}
    how: dict[str, Any] = {name: text for name, text in texts.items() if text}
    if through.row:
        how["row"] = through.row
    item["via"] = {"S": through.via.value}
    return {**item, "how": {"S": to_json(how)}} if how else item


def _through_from(item: Item) -> Through:
    via = _VIAS.get(string_of(item, "via"), ON_THE_PAGE.via)
    if "how" not in item:
        return _WITHOUT_MORE[via]
    how = strict_json.parse_object(string_of(item, "how"))
    texts = {
        name: strict_json.string(how.get(name), _MAX_TEXT_CHARACTERS) or ""
        for name in _TEXTS_OF_THROUGH
    }
    row = strict_json.integer(how.get("row"), 0, strict_json.MAX_INTEGER) or 0
    return replace(ON_THE_PAGE, via=via, row=row, **texts)


def _pairs(packed: str) -> list[tuple[str, Any]]:
    return [
        (pair[0], pair[1])
        for pair in parse_list(packed)
        if isinstance(pair, list) and len(pair) == 2 and isinstance(pair[0], str)
    ]
