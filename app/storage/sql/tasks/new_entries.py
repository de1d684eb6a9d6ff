"""The index entries of many new employees, in the order of the primary key."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from app.storage.sql.index.entries import (
    LETTERS,
    FacetKey,
    IndexEntries,
    entries_with_sort_key,
    word_prefix,
)

Note = Callable[[Any], object]
ViewEntry = tuple[str, str, int]  # view, at, number
WordEntry = tuple[str, int, int, int]  # at, number, first_prefix_length, sort_key_start


class NewEntries:
    """The index entries of new rows, which are in the order of their sort keys."""

    def __init__(self, rows: list[Any], note: Note) -> None:
        self.rows = rows
        self.of_rows: list[IndexEntries] = []
        # Positions of rows by facet, and for each word: position, prefix length, position, ...
        self._by_facet: defaultdict[FacetKey, list[int]] = defaultdict(list)
        self._by_uncounted_view: defaultdict[str, list[int]] = defaultdict(list)
        self._by_word: defaultdict[str, list[int]] = defaultdict(list)
        for row in rows:
            note(row)
            self._add(entries_with_sort_key(row.sort_key, row))

    def _add(self, entries: IndexEntries) -> None:
        position = len(self.of_rows)
        self.of_rows.append(entries)
        by_facet, by_word = self._by_facet, self._by_word
        for facet_key in entries.counted_facets():
            by_facet[facet_key].append(position)
        for view in entries.uncounted_views():
            self._by_uncounted_view[view].append(position)
        for word, length in zip(
            entries.listed_words(), entries.first_prefix_lengths(), strict=True
        ):
            by_word[word] += (position, length)

    def counts(self) -> dict[FacetKey, int]:
        """Return how many employees to add to each count."""
        return {facet_key: len(positions) for facet_key, positions in self._by_facet.items()}

    def view_entries(self, numbers: Sequence[int]) -> Iterator[list[ViewEntry]]:
        """Yield rows of ``entry`` in key order, view by view, except those of words."""
        views: defaultdict[str, list[int]] = defaultdict(list)
        for (view, _), positions in self._by_facet.items():
            if not view.startswith(LETTERS):  # it has counts only
                views[view] += positions
        views.update(self._by_uncounted_view)
        sort_keys = [entries.sort_key for entries in self.of_rows]
        for view in sorted(views):
            yield [(view, sort_keys[at], numbers[at]) for at in sorted(views[view])]

    def word_entries(self, numbers: Sequence[int]) -> Iterator[list[WordEntry]]:
        """Yield the rows of words in key order, word by word; they sort after all other views."""
        sort_keys = [entries.sort_key for entries in self.of_rows]
        for word, flat in sorted(self._by_word.items()):
            prefix, start = word_prefix(word)
            pairs = zip(flat[::2], flat[1::2], strict=True)
            yield [(prefix + sort_keys[at], numbers[at], length, start) for at, length in pairs]
