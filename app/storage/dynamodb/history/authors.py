"""The names of authors, apart from what they wrote, so that they can be erased.

A change has a reference, ``<key> <number>``: the key is the id of an account, or of an author
without one a digest of the name; the number is that of one name that the account had.
"""

import hashlib
import time
from collections.abc import Iterable
from typing import Any

from app.history.changes import Author
from app.model.stored_values import encodable
from app.storage.dynamodb.client.attributes import string_of
from app.storage.dynamodb.client.batch_reads import MAX_BATCH_KEYS, batch_get
from app.storage.dynamodb.client.calls import Calls, Item
from app.storage.dynamodb.client.failures import ConditionFailed
from app.storage.dynamodb.client.pagination import query_view
from app.storage.dynamodb.client.tables import Tables
from app.storage.dynamodb.history.items import AUTHOR_VIEW, author_person_view

NOBODY = Author()
# An erased name may be read for so long by another process.
_MAX_AGE_SECONDS = 30.0
_MAX_KNOWN = 2_000
_MAX_NAME_CHARACTERS = 200
_MAX_NAMES = 10_000
_KEY = ("view", "at")


class AuthorNames:
    """The names of authors in one index table, with those cached that were written or read."""

    def __init__(self, calls: Calls, index: str) -> None:
        self._calls = calls
        self._index = index
        self._reference_of: dict[Author, str] = {}
        self._read: dict[str, tuple[float, Author]] = {}

    def reference(self, author: Author) -> str:
        """Return the reference of an author, whose name is stored if it is new; "" of nobody."""
        if author == NOBODY:
            return ""
        known = self._reference_of.get(author)
        if known is None:
            if len(self._reference_of) >= _MAX_KNOWN:
                self._reference_of.clear()
            known = self._reference_of[author] = self._find_or_store(author)
        return known

    def with_references(self, references: Iterable[str]) -> dict[str, Author]:
        """Return the authors with these references, as of the last seconds.

        An erased one has its account alone.
        """
        if len(self._read) >= _MAX_KNOWN:
            self._read.clear()
        oldest = time.monotonic() - _MAX_AGE_SECONDS
        wanted = {reference for reference in references if reference}
        unknown = [one for one in wanted if self._read.get(one, (oldest, None))[0] <= oldest]
        for start in range(0, len(unknown), MAX_BATCH_KEYS):
            self._read_names(unknown[start : start + MAX_BATCH_KEYS])
        return {one: self._read[one][1] for one in wanted}

    def erase(self, account_id: str) -> None:
        """Empty the names that an account had; their numbers are not given again."""
        for item in query_view(self._calls, self._index, AUTHOR_VIEW + account_id):
            self._put({"view": item["view"], "at": item["at"], "name": {"S": ""}})
        self._read.clear()
        self._reference_of.clear()

    def erase_person(self, employee_id: str) -> None:
        """Empty the names under which a person wrote."""
        for item in query_view(self._calls, self._index, author_person_view(employee_id)):
            self._put({**_key_of(item["at"]["S"]), "name": {"S": ""}})
            request = {"TableName": self._index, "Key": {name: item[name] for name in _KEY}}
            self._calls.write("DeleteItem", self._index, request)
        self._read.clear()
        self._reference_of.clear()

    def _find_or_store(self, author: Author) -> str:
        key = author.account_id or _key_of_name(author.name)
        for _ in range(_MAX_NAMES):
            stored = list(query_view(self._calls, self._index, AUTHOR_VIEW + key))
            for item in stored:
                if _author_in(item, author.account_id) == _cut(author):
                    return f"{key} {item['at']['S']}"
            number = f"{1 + max((_number_of(item) for item in stored), default=0):06}"
            if self._store(key, number, _cut(author)):
                return f"{key} {number}"
        raise AssertionError("an author has too many names")

    def _store(self, key: str, number: str, author: Author) -> bool:
        """Store a name; return False if another process has stored one with this number."""
        item: Item = {**Tables.index_key(AUTHOR_VIEW + key, number), "name": {"S": author.name}}
        if author.person_id:  # so that an erasure of the person finds it
            item["person"] = {"S": author.person_id}
            view = author_person_view(author.person_id)
            self._put(Tables.index_key(view, f"{key} {number}"))
        request: dict[str, Any] = {
            "TableName": self._index,
            "Item": item,
            "ConditionExpression": "attribute_not_exists(#at)",
            "ExpressionAttributeNames": {"#at": "at"},
        }
        try:
            self._calls.write("PutItem", self._index, request)
        except ConditionFailed:
            return False
        return True

    def _put(self, item: Item) -> None:
        self._calls.write("PutItem", self._index, {"TableName": self._index, "Item": item})

    def _read_names(self, references: list[str]) -> None:
        now = time.monotonic()
        keys = {reference: _key_of(reference) for reference in references}
        found = batch_get(self._calls, {self._index: list(keys.values())})[self._index]
        by_key = {(item["view"]["S"], item["at"]["S"]): item for item in found}
        for reference, key in keys.items():
            account_id = _account_in(reference)
            item = by_key.get((key["view"]["S"], key["at"]["S"]))
            author = _author_in(item, account_id) if item else Author(account_id=account_id)
            self._read[reference] = (now, author)


def _cut(author: Author) -> Author:
    name = encodable(author.name)[:_MAX_NAME_CHARACTERS]
    return Author(name, author.account_id, author.person_id)


def _author_in(item: Item, account_id: str) -> Author:
    return Author(string_of(item, "name"), account_id, string_of(item, "person"))


def _number_of(item: Item) -> int:
    number = item["at"]["S"]
    return int(number) if number.isascii() and number.isdigit() else 0


def _key_of_name(name: str) -> str:
    raw = name.encode("utf-8", "surrogatepass")
    return "~" + hashlib.blake2b(raw, digest_size=8).hexdigest()


def _key_of(reference: str) -> Item:
    key, _, number = reference.rpartition(" ")
    return Tables.index_key(AUTHOR_VIEW + key, number or "-")


def _account_in(reference: str) -> str:
    key = reference.rpartition(" ")[0]
    return "" if key.startswith("~") else key
