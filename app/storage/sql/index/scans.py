"""The scans by which the matches of a query are found: of a filter's views, a word or all names."""

from __future__ import annotations

from typing import Any, NamedTuple

from sqlalchemy import Select

from app.storage.sql.index import statements
from app.storage.sql.index.conditions import ALL_NAMES, ALL_WORDS, Conditions, Views


class IndexScan(NamedTuple):
    """A range scan of the views of one filter, merged, with the other conditions as filters.

    ``prefix`` is the prefix of sort keys; ``prefix_length`` is its length in ``word``, 0 elsewhere.
    """

    views: Views
    prefix: str
    prefix_length: int
    words: tuple[str, ...] = ()
    letter: str = ""
    filters: tuple[Views, ...] = ()

    @property
    def is_filtered(self) -> bool:
        """Whether the scan may skip rows, so that it needs a limit of rows examined."""
        return bool(self.prefix_length or self.words or self.letter or self.filters)

    @property
    def _shape(self) -> statements.Shape:
        return statements.Shape(
            len(self.views),
            bool(self.prefix_length),
            bool(self.letter),
            len(self.words),
            tuple(map(len, self.filters)),
        )

    def values(self, after: str, before: str, limit: int, window: int = 0) -> dict[str, Any]:
        """Return the bind values for the statements of this scan."""
        values: dict[str, Any] = {
            "after": max(after, self.prefix),
            "before": min(before, self.prefix + statements.LAST),
            "most": limit,
        }
        if window:
            values["window"] = window
        if self.prefix_length:
            values["prefix_length"] = self.prefix_length
        if self.letter:
            values["letter"] = self.letter
        values.update({f"word_{number}": f"% {word}%" for number, word in enumerate(self.words)})
        for place, views in (("in_view", self.views), *enumerate(self.filters)):
            values.update({f"{place}_{number}": view for number, view in enumerate(views)})
        return values

    def page(self, *, backwards: bool, window: bool) -> Select[Any]:
        """Return the statement of a page in order: ``at``, then the columns of a card."""
        return statements.page(self._shape, backwards, window)

    def matches(self) -> Select[Any]:
        """Return the statement of a whole scan, unordered: ``MATCH_COLUMNS``, each match once."""
        return statements.matches(self._shape)

    def window_end(self, *, backwards: bool) -> Select[Any]:
        """Return the statement for the number of rows in a window, and the last sort key."""
        return statements.window_end(len(self.views), backwards)

    def all_rows(self) -> Select[Any]:
        """Return the statement of a whole scan, unordered: sort key, words, then a card."""
        return statements.all_rows(self._shape)


def scan_by_word(conditions: Conditions) -> IndexScan:
    """Return the scan of the first search word, which is in the order of results."""
    return scan_by_other_word(conditions, conditions.words[0])


def scan_by_other_word(conditions: Conditions, word: str) -> IndexScan:
    """Return the scan of another search word."""
    others = tuple(other for other in conditions.words if other != word)
    return IndexScan(ALL_WORDS, word, len(word), others, conditions.letter, conditions.filters)


def scan_by_views(conditions: Conditions, views: Views) -> IndexScan:
    """Return the scan of views in the order of names; a letter is a range of it."""
    others = tuple(other for other in conditions.filters if other != views)
    return IndexScan(views, conditions.letter, 0, conditions.words, "", others)


def scan_by_name(conditions: Conditions) -> IndexScan:
    """Return the scan of all names."""
    return scan_by_views(conditions, ALL_NAMES)
