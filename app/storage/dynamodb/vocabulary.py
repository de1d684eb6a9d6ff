"""The directory's own words, as rows of the index in a view of their own: hints for a search.

They lie together, since they are only ever read all at once: 100,000 words are two or three calls.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterator, Sequence
from typing import Any

from app.contracts import MOST_KNOWN_WORDS
from app.storage.dynamodb.calls import Calls
from app.storage.dynamodb.tables import Tables

VIEW = "vocabulary"
_ROWS_AT_ONCE = 25


class WordRows:
    """The rows of the words in one index."""

    def __init__(self, calls: Calls, tables: Tables) -> None:
        self._calls = calls
        self._index = tables.index

    def write(self, words: Sequence[str]) -> None:
        """Keep these words, those that are there already too."""
        for at in range(0, len(words), _ROWS_AT_ONCE):
            some = words[at : at + _ROWS_AT_ONCE]
            puts = [{"PutRequest": {"Item": Tables.index_key(VIEW, word)}} for word in some]
            self._put(puts)

    def all(self) -> Iterator[str]:
        """See EmployeeStore.known_words."""
        request: dict[str, Any] = {
            "TableName": self._index,
            "KeyConditionExpression": "#v = :v",
            "ProjectionExpression": "#a",
            "ExpressionAttributeNames": {"#v": "view", "#a": "at"},
            "ExpressionAttributeValues": {":v": {"S": VIEW}},
        }
        left = MOST_KNOWN_WORDS
        while left > 0:
            answer = self._calls.read("Query", self._index, request)
            words = [item["at"]["S"] for item in answer["Items"][:left]]
            yield from words
            left -= len(words)
            if "LastEvaluatedKey" not in answer:
                return
            request["ExclusiveStartKey"] = answer["LastEvaluatedKey"]

    def _put(self, puts: list[dict[str, Any]]) -> None:
        left: dict[str, Any] = {self._index: puts}
        tries = 0
        while left:
            answer = self._calls.write("BatchWriteItem", self._index, {"RequestItems": left})
            left = answer.get("UnprocessedItems") or {}
            if left:
                tries += 1
                time.sleep(random.random() * min(2.0, 0.05 * 2**tries))
