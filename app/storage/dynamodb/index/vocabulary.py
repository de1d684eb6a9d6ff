"""The vocabulary of the directory, in one view of the index: hints for the fuzzy search.

It is one view, since it is always read as a whole: 100,000 words take two or three calls.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from app.contracts import MAX_VOCABULARY
from app.storage.dynamodb.client.batch_writes import write_batches
from app.storage.dynamodb.client.calls import Calls
from app.storage.dynamodb.client.pagination import query_view
from app.storage.dynamodb.client.tables import Tables

VOCABULARY_VIEW = "vocabulary"


class VocabularyRows:
    """The vocabulary rows of one index table."""

    def __init__(self, calls: Calls, tables: Tables) -> None:
        self._calls = calls
        self._index = tables.index

    def write(self, words: Sequence[str]) -> None:
        """Store words; existing ones are overwritten."""
        puts = ({"PutRequest": {"Item": Tables.index_key(VOCABULARY_VIEW, word)}} for word in words)
        write_batches(self._calls, self._index, puts)

    def forget(self, words: Iterable[str]) -> None:
        """Implement EmployeeStore.forget_words."""
        keys = (Tables.index_key(VOCABULARY_VIEW, word) for word in words)
        write_batches(self._calls, self._index, ({"DeleteRequest": {"Key": key}} for key in keys))

    def all(self) -> Iterator[str]:
        """Implement EmployeeStore.vocabulary."""
        cheap = {"ConsistentRead": False}  # eventually consistent, at half the cost
        rows = query_view(self._calls, self._index, VOCABULARY_VIEW, fields=["at"], request=cheap)
        return (row["at"]["S"] for row in islice(rows, MAX_VOCABULARY))
