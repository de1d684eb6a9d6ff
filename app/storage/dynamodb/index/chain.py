"""Ranges of the index read one after the other, as one range."""

from __future__ import annotations

from app.storage.dynamodb.client.calls import Calls
from app.storage.dynamodb.index.queries import Budget, Chain, KeyRange, RangeReader
from app.storage.dynamodb.index.sighted_rows import Row


class ChainReader:
    """A reader of a chain; it offers what RangeReader does.

    A range is not read before the one ahead of it has ended, so that a full page costs no more than
    a page of one range. Keys are those of the page: the ``key_prefix`` of a range, then ``at``.
    """

    def __init__(
        self, chain: Chain, after: str | None, *, backwards: bool, with_terms: bool
    ) -> None:
        self._backwards = backwards
        readers = [_reader(each, after, backwards, with_terms) for each in chain]
        self._readers = readers[::-1] if backwards else readers

    @property
    def rows(self) -> list[Row]:
        """The rows read, in the direction of reading."""
        return [
            row._replace(at=reader.key_range.key_prefix + row.at)
            if reader.key_range.key_prefix
            else row
            for reader in self._readers
            for row in reader.rows
        ]

    @property
    def ended(self) -> bool:
        """Whether every range was read to its end."""
        return all(reader.ended for reader in self._readers)

    @property
    def after(self) -> str:
        """The key up to which the chain was read."""
        end = ""
        for reader in self._readers:
            key_range = reader.key_range
            if not reader.ended:
                return end if reader.after is None else key_range.key_prefix + reader.after
            end = key_range.key_prefix + (key_range.first if self._backwards else key_range.last)
        return end

    def read(
        self, calls: Calls, table: str, enough: int, max_rows: int, first_chunk: int, budget: Budget
    ) -> None:
        """Read until there are ``enough`` rows; see RangeReader.read."""
        missing, left = enough, max_rows
        for reader in self._readers:
            if missing > len(reader.rows) and left > 0:
                before = reader.examined
                reader.read(calls, table, missing, left, first_chunk, budget)
                left -= reader.examined - before
            missing -= len(reader.rows)
            if not reader.ended:
                return


def _reader(
    key_range: KeyRange, after: str | None, backwards: bool, with_terms: bool
) -> RangeReader:
    """Return the reader of a range after a key of the page."""
    prefix, ended = key_range.key_prefix, False
    if after is not None and prefix:
        if after.startswith(prefix):
            after = after.removeprefix(prefix)
        else:
            ended = (after < prefix) if backwards else (after > prefix)
            after = None
    return RangeReader(key_range, after, backwards, with_terms, ended=ended)
