"""Thinning: changes and entries before a day are deleted, but for two changes of each person.

It reads the whole index once, half a read unit for each 4 KB, if anything may be as old. So that
the changes that stay still add up, the one after a gap gets the whole content before it.
"""

from collections.abc import Iterator
from itertools import islice
from typing import Any

from app.history.changes import Change
from app.history.folding import thinned
from app.storage.dynamodb.client.attributes import string_of
from app.storage.dynamodb.client.calls import Calls, Item
from app.storage.dynamodb.client.failures import ConditionFailed
from app.storage.dynamodb.client.pagination import query_range, scan_pages
from app.storage.dynamodb.client.tables import Tables
from app.storage.dynamodb.history.authors import NOBODY
from app.storage.dynamodb.history.erasing import delete_keys
from app.storage.dynamodb.history.items import (
    CHANGE_VIEW,
    LOG_VIEW,
    SEPARATOR,
    SHARDS,
    base_attribute,
    change_from,
    change_view,
    log_view,
    note_view,
)
from app.storage.dynamodb.history.oldest import OldestDay

_CHECKPOINT = Tables.index_key(f"{LOG_VIEW}thin", "-")
_MAX_OLD_CHANGES = 500
_SCAN: dict[str, Any] = {
    "ConsistentRead": False,
    "FilterExpression": "begins_with(#view, :changes)",
    "ExpressionAttributeNames": {"#view": "view"},
    "ExpressionAttributeValues": {":changes": {"S": CHANGE_VIEW}},
}


class Thinning:
    """One run before a day, which goes on where a killed one of the same day ended."""

    def __init__(self, calls: Calls, index: str, oldest: OldestDay, before: str) -> None:
        self._calls = calls
        self._index = index
        self._oldest = oldest
        self._before = before
        self._deleted = 0

    def run(self) -> Iterator[int]:
        """Delete, and yield how many changes and entries were deleted so far."""
        yield self._deleted
        if not self._oldest.is_before(self._before):
            return
        for _ in self._thin_changes():
            yield self._deleted
        for shard in range(SHARDS):
            for _ in self._delete_entries(log_view(shard)):
                yield self._deleted
        self._oldest.advance(self._before)
        request = {"TableName": self._index, "Key": _CHECKPOINT}
        self._calls.write("DeleteItem", self._index, request)

    def _thin_changes(self) -> Iterator[None]:
        person = _Person("", self._before)
        last = before_person = self._read_checkpoint()
        for page in scan_pages(self._calls, self._index, _SCAN, last):
            for item in page.items:
                if item["view"]["S"] != person.view:
                    self._thin(person, None)
                    person, before_person = _Person(item["view"]["S"], self._before), last
                change = change_from(item, lambda _: NOBODY)
                if change is not None and person.is_due(change):
                    self._thin(person, change)
                last = {name: item[name] for name in ("view", "at")}
            self._write_checkpoint(before_person)
            yield
        self._thin(person, None)

    def _thin(self, person: "_Person", following: Change | None) -> None:
        """Delete the old changes of a person up to ``following``, which is not deleted."""
        if person.first is None or not person.old:
            return
        outcome = thinned(person.first, person.old, following)
        if outcome.rebased is not None and not self._rebase(outcome.rebased):
            person.leave()  # somebody erased them meanwhile
            return
        view = change_view(person.first.employee_id)
        keys = (Tables.index_key(view, change.moment) for change in outcome.deleted)
        delete_keys(self._calls, self._index, keys)
        self._deleted += len(outcome.deleted)
        person.go_on(outcome.rebased or following)

    def _rebase(self, change: Change) -> bool:
        request = {
            "TableName": self._index,
            "Key": Tables.index_key(change_view(change.employee_id), change.moment),
            "UpdateExpression": "SET #base = :base",
            "ConditionExpression": "attribute_exists(#kind)",
            "ExpressionAttributeNames": {"#base": "base", "#kind": "kind"},
            "ExpressionAttributeValues": {":base": base_attribute(change)},
        }
        try:
            self._calls.write("UpdateItem", self._index, request)
        except ConditionFailed:
            return False
        return True

    def _delete_entries(self, view: str) -> Iterator[None]:
        fields = ("at", "id", "own")
        rows = query_range(self._calls, self._index, view, before=self._before, fields=fields)
        while batch := list(islice(rows, _MAX_OLD_CHANGES)):
            keys = (key for item in batch for key in _keys_of_entry(view, item))
            delete_keys(self._calls, self._index, keys)
            self._deleted += len(batch)
            yield

    def _read_checkpoint(self) -> Item | None:
        request = {"TableName": self._index, "Key": _CHECKPOINT, "ConsistentRead": True}
        item = self._calls.read("GetItem", self._index, request).get("Item") or {}
        view, at = string_of(item, "last_view"), string_of(item, "last_at")
        is_ours = string_of(item, "before") == self._before and view and at
        return Tables.index_key(view, at) if is_ours else None

    def _write_checkpoint(self, last: Item | None) -> None:
        if last is None:
            return
        item = {"before": {"S": self._before}, "last_view": last["view"], "last_at": last["at"]}
        request = {"TableName": self._index, "Item": {**_CHECKPOINT, **item}}
        self._calls.write("PutItem", self._index, request)


class _Person:
    """The changes of one person as a scan yields them, in order."""

    def __init__(self, view: str, before: str) -> None:
        self.view = view
        self.first: Change | None = None
        self.old: list[Change] = []
        self._before = before
        self._last = ""
        self._is_done = False

    def is_due(self, change: Change) -> bool:
        """Take a change; return whether the old ones before it are to be deleted now."""
        if self._is_done:
            return False
        if change.moment <= self._last:  # not in order
            self.leave()
            return False
        self._last = change.moment
        if self.first is None:
            self.first = change
            return False
        self._is_done = change.moment >= self._before
        if self._is_done or len(self.old) == _MAX_OLD_CHANGES:
            return True
        self.old.append(change)
        return False

    def go_on(self, following: Change | None) -> None:
        """Forget the old changes; ``following`` is the next of them, if it is old itself."""
        self.old = [following] if following is not None and not self._is_done else []

    def leave(self) -> None:
        """Leave the changes that are left as they are."""
        self.old, self._is_done = [], True


def _keys_of_entry(view: str, item: Item) -> list[Item]:
    at, employee_id = item["at"]["S"], string_of(item, "id")
    keys = [Tables.index_key(view, at)]
    if "own" in item and employee_id:
        keys.append(Tables.index_key(note_view(employee_id), at.partition(SEPARATOR)[0]))
    return keys
