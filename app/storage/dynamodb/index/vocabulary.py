"""The directory's own words, as rows of the index in a view of their own: hints for a search.

They lie together, since they are only ever read all at once: 100,000 words are two or three calls.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

from app.contracts import MAX_VOCABULARY
from app.storage.dynamodb.client.batch_writes import write_batches
from app.storage.dynamodb.client.calls import Calls
from app.storage.dynamodb.client.pagination import rows_of
from app.storage.dynamodb.client.tables import Tables

VIEW = "vocabulary"


class WordRows:
    """The rows of the words in one index."""

    def __init__(self, calls: Calls, tables: Tables) -> None:
        self._calls = calls
        self._index = tables.index

    def write(self, words: Sequence[str]) -> None:
        """Keep these words, those that are there already too."""
        puts = ({"PutRequest": {"Item": Tables.index_key(VIEW, word)}} for word in words)
        write_batches(self._calls, self._index, puts)

    def all(self) -> Iterator[str]:
        """See EmployeeStore.vocabulary."""
        half_the_cost = {"ConsistentRead": False}
        rows = rows_of(self._calls, self._index, VIEW, fields=["at"], request=half_the_cost)
        return (row["at"]["S"] for row in islice(rows, MAX_VOCABULARY))
