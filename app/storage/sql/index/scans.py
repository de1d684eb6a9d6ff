"""The scans by which the matches of a query are found: of a filter's views, a word or all names."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import Any, NamedTuple

from sqlalchemy import Select

from app.contracts.cursors import SEPARATOR
from app.model.employee import Card
from app.storage.sql.index import entries, statements
from app.storage.sql.index.conditions import (
    ALL_NAMES,
    ALL_WORDS,
    AnyOf,
    Conditions,
    Views,
    all_words,
    any_of,
    has_badge,
    in_view,
    phone_forms,
)
from app.storage.sql.index.entries import view_of
from app.storage.sql.index.sighted_rows import SightedRows
from app.text.search_marks import BADGE, LOW_RANK
from app.text.search_terms import Term


class IndexScan(NamedTuple):
    """A range scan of the views of one filter, merged, with the other conditions as filters.

    ``prefix`` is the prefix of sort keys; ``prefix_length`` is its length in ``word``, without a
    mark, and 0 elsewhere. ``words`` are met, and none of ``excluded``. ``key_prefix`` goes before
    the keys of the view in the order of a page. ``seen`` leaves out whom a viewer may not find.
    """

    views: Views
    prefix: str
    prefix_length: int
    words: tuple[AnyOf, ...] = ()
    letter: str = ""
    filters: tuple[Views, ...] = ()
    excluded: AnyOf = ()
    key_prefix: str = ""
    seen: SightedRows | None = None

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
            tuple(map(_columns_of, self.words)),
            tuple(map(len, self.filters)),
            _columns_of(self.excluded),
            self.seen.kind if self.seen else statements.Seen.ALL,
        )

    def values(self, after: str, before: str, limit: int, window: int = 0) -> dict[str, Any]:
        """Return the bind values for the statements of this scan."""
        values: dict[str, Any] = {
            "after": max(self._local(after), self.prefix),
            "before": min(self._local(before), self.prefix + statements.LAST),
            "most": limit,
        }
        if window:
            values["window"] = window
        if self.prefix_length:
            values["prefix_length"] = self.prefix_length
        if self.letter:
            values["letter"] = self.letter
        tests = chain.from_iterable(chain.from_iterable((*self.words, self.excluded)))
        values.update({f"word_{number}": test.pattern for number, test in enumerate(tests)})
        for place, views in (("in_view", self.views), *enumerate(self.filters)):
            values.update({f"{place}_{number}": view for number, view in enumerate(views)})
        return values

    def _local(self, key: str) -> str:
        """Return the key in the order of the views for one in the order of a page."""
        if key.startswith(self.key_prefix):
            return key.removeprefix(self.key_prefix)
        return "" if key < self.key_prefix else statements.LAST

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
        """Return the statement of a whole scan, unordered: sort key, words, then a card.

        With ``seen``, then words and origins, and nobody is left out.
        """
        return statements.all_rows(self._shape)

    def words_of(self, card: Card, words: object, columns: Sequence[Any]) -> Sequence[str] | None:
        """Return the words of a row of ``all_rows``; None if it does not show them.

        ``columns`` are those after the card.
        """
        if self.seen is None:
            return entries.words_from(words)
        seen_words = self.seen.seen_words(card, *columns)
        return seen_words if self.seen.search.finds(seen_words, card, None, "") else None


# Scans of which each has its rows after those of the one before, in the order of results.
Scans = tuple[IndexScan, ...]


def _columns_of(tests: AnyOf) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(test.column for test in each) for each in tests)


def scans_by_word(conditions: Conditions, word: Term) -> Scans:
    """Return the scans of one of the words: of each way to meet it, in the order of results."""
    others = tuple(any_of(other) for other in conditions.words if other is not word)
    seen = SightedRows(conditions.seen, word) if conditions.seen else None
    scan = IndexScan(ALL_WORDS, "", 0, others, conditions.letter, conditions.filters, seen=seen)
    first, *more = word.words
    words = (*others, *((all_words((other,)),) for other in more))
    scans = [
        scan._replace(prefix=marked, prefix_length=len(first), words=words)
        for marked in (first, LOW_RANK + first)
    ]
    excluded: AnyOf = (all_words(word.words),)
    for badge in word.badges:
        key_prefix = f"{BADGE}{badge}{SEPARATOR}"
        views = (view_of(entries.BADGE, badge),)
        scans.append(scan._replace(views=views, excluded=excluded, key_prefix=key_prefix))
        excluded += (has_badge(badge),)
    if word.phone:
        forms = (phone_forms(word),) if word.phone_forms else ()
        number = scan._replace(prefix=word.phone, prefix_length=len(word.phone) - 1)
        scans.append(number._replace(words=(*others, *forms), excluded=excluded))
    return tuple(scans)


def scan_by_views(conditions: Conditions, views: Views) -> IndexScan:
    """Return the scan of views in the order of names; a letter is a range of it."""
    others = tuple(other for other in conditions.filters if other != views)
    words = tuple(map(any_of, conditions.words))
    seen = SightedRows(conditions.seen) if conditions.seen else None
    return IndexScan(views, conditions.letter, 0, words, "", others, seen=seen)


def scan_by_name(conditions: Conditions) -> IndexScan:
    """Return the scan of all names."""
    return scan_by_views(conditions, ALL_NAMES)


def scan_of_leavers(conditions: Conditions) -> IndexScan:
    """Return the scan of those who left, in the order of names; all conditions are tests of it."""
    filters = (tuple(map(in_view, views)) for views in conditions.filters)
    seen = SightedRows(conditions.seen) if conditions.seen else None
    words = (*map(any_of, conditions.words), *filters)
    return IndexScan((entries.LEFT,), conditions.letter, 0, words, seen=seen)
