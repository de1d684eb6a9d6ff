"""Rows as read, and the filter of those by which a viewer may not find somebody."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from app.contracts.sighted_search import SightedSearch
from app.storage.dynamodb.client.attributes import string_of
from app.storage.dynamodb.client.calls import Item
from app.storage.dynamodb.index.cards import read_card
from app.storage.dynamodb.index.views import words_of_terms
from app.text.search_terms import Term


class Row(NamedTuple):
    """A row as read; ``terms`` and ``origins`` are empty unless requested."""

    at: str
    card: str
    hidden: str = ""
    terms: str = ""
    origins: str = ""


def read_row(item: Item) -> Row:
    """Return the row in an item. Raises KeyError if an attribute has another type."""
    at, card = item["at"]["S"], item["c"]["S"]
    hidden = item["v"].get("S", "") if "v" in item else ""
    if "t" not in item:
        return Row(at, card, hidden)
    return Row(at, card, hidden, item["t"]["S"], string_of(item, "o"))


@dataclass(frozen=True, slots=True)
class RowFilter:
    """The rows of a range that show somebody to a viewer; see SightedSearch.

    ``term`` is the one in whose order the rows are, or None where they are in that of names.
    """

    search: SightedSearch
    term: Term | None = None

    @property
    def is_restricted(self) -> bool:
        """Whether words of everybody may be concealed, not only of those who hide a field."""
        return self.search.is_restricted

    def finds(self, row: Row, key: str) -> bool:
        """Return whether a row shows somebody; ``key`` is its key in the order of a page."""
        if not (self.is_restricted or row.hidden):
            return True  # the conditions of the Query have decided it
        card = read_card(row.card, row.hidden)
        return card is not None and self.search.finds(self.words(row), card, self.term, key)

    def words(self, row: Row) -> list[str]:
        """Return the words of a row that the search may use."""
        words = words_of_terms(row.terms)
        card = read_card(row.card, row.hidden)
        if card is None:
            return []
        if not (self.is_restricted or row.hidden):
            return words
        return self.search.words(words, card, row.origins)
