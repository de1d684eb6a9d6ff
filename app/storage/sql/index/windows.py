"""Windows of scans: the next rows that are examined, and those of them that are results."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from typing import Any, NamedTuple

from sqlalchemy import Connection

from app.contracts import MAX_ROWS_EXAMINED
from app.storage.sql.engines.prepared import read_rows
from app.storage.sql.index.scans import IndexScan, Scans
from app.storage.sql.index.statements import LAST

# Rows examined in the first and second step; max_rows pages are full after the first.
WINDOWS = (400, MAX_ROWS_EXAMINED - 400)

Row = Sequence[Any]  # the sort key, the values of the card, and perhaps more


class Result(NamedTuple):
    """The next rows of a scan, at max_rows one more than a page.

    ``examined_to`` is the last key of a scan that stopped early. ``has_more`` says that rows were
    cut off.
    """

    rows: Sequence[Row]
    examined_to: str | None = None
    has_more: bool = False


class KeyRange(NamedTuple):
    """A range of the order, exclusive at both ends, read forwards or backwards."""

    after: str = ""
    before: str = LAST
    backwards: bool = False

    def after_key(self, key: str) -> KeyRange:
        """Return the rest of the range after a key, in the direction of reading."""
        return self._replace(before=key) if self.backwards else self._replace(after=key)


def continue_scan(
    connection: Connection, scans: Scans, key_range: KeyRange, max_rows: int, first: Result
) -> Result:
    """Add the rows of the second window, if the first one did not suffice."""
    if first.examined_to is None:
        return first
    rest = key_range.after_key(first.examined_to)
    second = scan_window(connection, scans, rest, max_rows - len(first.rows), WINDOWS[1])
    return Result([*first.rows, *second.rows], second.examined_to)


def scan_window(
    connection: Connection, scans: Scans, key_range: KeyRange, max_rows: int, window: int
) -> Result:
    """Examine the next window of some scans, one after the other, until there are enough rows."""
    rows: list[Row] = []
    left = window
    for scan in reversed(scans) if key_range.backwards else scans:
        rows += _rows_of_window(connection, scan, key_range, max_rows - len(rows), left)
        if len(rows) == max_rows:
            break
        statement = scan.window_end(backwards=key_range.backwards)
        values = scan.values(key_range.after, key_range.before, 0, left)
        ((examined, end),) = read_rows(connection, statement, values)
        if examined == left:
            return Result(rows, scan.key_prefix + end)
        left -= examined
    return Result(rows)


def _rows_of_window(
    connection: Connection, scan: IndexScan, key_range: KeyRange, max_rows: int, window: int
) -> Sequence[Row]:
    """Return at most ``max_rows`` rows of the next window of a scan that show somebody."""
    statement = scan.page(backwards=key_range.backwards, window=True)

    def read(most: int) -> Sequence[Row]:
        values = scan.values(key_range.after, key_range.before, most, window)
        rows = read_rows(connection, statement, values)
        if not scan.key_prefix:
            return rows
        return [(scan.key_prefix + key, *others) for key, *others in rows]

    if scan.seen is None:
        return read(max_rows)
    found: list[Row] = []
    for most in (2 * max_rows, 6 * max_rows, window):
        rows = read(min(most, window))
        found = list(islice(scan.seen.found(rows), max_rows))
        if len(found) == max_rows or len(rows) < most:
            break
    return found
