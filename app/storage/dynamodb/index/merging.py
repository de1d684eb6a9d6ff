"""Several ranges of the index read as one, in the order of their rows."""

from __future__ import annotations

from collections.abc import Sequence

from app.storage.dynamodb.client.calls import Calls
from app.storage.dynamodb.index.chain import ChainReader
from app.storage.dynamodb.index.queries import Budget, Chain, KeyRange, RangeReader
from app.storage.dynamodb.index.sighted_rows import Row

_MAX_CHUNK = 500


def reader_of(
    key_ranges: Sequence[KeyRange],
    after: str | None = None,
    *,
    backwards: bool = False,
    with_terms: bool = False,
) -> RangeReader | MergedReader | ChainReader:
    """Return a reader of one range, of several merged, or of a chain."""
    if isinstance(key_ranges, Chain):
        return ChainReader(key_ranges, after, backwards=backwards, with_terms=with_terms)
    readers = [RangeReader(each, after, backwards, with_terms) for each in key_ranges]
    return readers[0] if len(readers) == 1 else MergedReader(readers, backwards=backwards)


class MergedReader:
    """A reader of several ranges with the same order; it offers what RangeReader does.

    ``rows`` has a row that is in several ranges once, and no row that another range might yet
    precede: none after ``after``, up to which every range was read.
    """

    def __init__(self, readers: Sequence[RangeReader], *, backwards: bool) -> None:
        self._readers = readers
        self._backwards = backwards
        self._chunks = [0] * len(readers)
        self.rows: list[Row] = []

    @property
    def ended(self) -> bool:
        """Whether every range was read to its end."""
        return all(reader.ended for reader in self._readers)

    @property
    def after(self) -> str:
        """The sort key up to which every range was read."""
        return self._readers[self._furthest_behind()].after or ""

    def read(
        self, calls: Calls, table: str, enough: int, max_rows: int, first_chunk: int, budget: Budget
    ) -> None:
        """Read until there are ``enough`` rows; see RangeReader.read."""
        left = max_rows
        # Of each range as many rows as fill a page, if no other range adds any.
        first = min(first_chunk, max(enough, first_chunk // len(self._readers)))
        while left > 0 and not self.ended and len(self.rows) < enough:
            place = self._furthest_behind()
            reader = self._readers[place]
            chunk = min(self._chunks[place] or first, left)
            self._chunks[place] = min(4 * chunk, _MAX_CHUNK)
            before = reader.examined
            reader.read(calls, table, len(reader.rows) + 1, chunk, chunk, budget)
            if reader.examined == before and not reader.ended:
                break  # the budget is spent
            left -= reader.examined - before
            self._merge()

    def _furthest_behind(self) -> int:
        """Return the place of the reader that holds up the others."""
        places = [n for n, reader in enumerate(self._readers) if not reader.ended] or [0]
        choose = max if self._backwards else min
        return choose(places, key=lambda place: self._readers[place].after or "")

    def _merge(self) -> None:
        rows = {row.at: row for reader in self._readers for row in reader.rows}
        keys = sorted(rows, reverse=self._backwards)
        if not self.ended:
            end = self.after
            keys = [key for key in keys if (key >= end if self._backwards else key <= end)]
        self.rows = [rows[key] for key in keys]
