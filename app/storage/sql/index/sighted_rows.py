"""The filter of rows by which a viewer may not find somebody."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from app.contracts.sighted_search import SightedSearch
from app.model.employee import Card
from app.storage.sql.index.entries import words_from
from app.storage.sql.index.statements import Seen
from app.storage.sql.rows import card_from
from app.text.search_terms import Term

Row = Sequence[Any]  # the sort key, the values of the card, then words and their origins


class SightedRows(NamedTuple):
    """The rows of a scan that show somebody to a viewer; see SightedSearch.

    ``term`` is the one in whose order the rows are, or None where they are in that of names.
    """

    search: SightedSearch
    term: Term | None = None

    @property
    def kind(self) -> Seen:
        """Return which rows are tested."""
        return Seen.NONE if self.search.is_restricted else Seen.UNLESS_HIDDEN

    def found(self, rows: Iterable[Row]) -> Iterator[Row]:
        """Yield the rows that show somebody; each has its key in the order of a page."""
        return filter(self._finds, rows)

    def seen_words(self, card: Card, words: object, origins: object) -> Sequence[str]:
        """Return the words that the search may use, of these columns."""
        all_words = words_from(words)
        if not (self.search.is_restricted or card.hidden):
            return all_words
        return self.search.words(all_words, card, origins if isinstance(origins, str) else "")

    def _finds(self, row: Row) -> bool:
        key, *values, words, origins = row
        if not (self.search.is_restricted or values[-1]):
            return True  # who hides nothing: the conditions of the statement have decided it
        card = card_from(values)
        return self.search.finds(self.seen_words(card, words, origins), card, self.term, key)
