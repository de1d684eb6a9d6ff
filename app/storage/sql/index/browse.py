"""Pages of cards: which scan to use, how many rows to examine, and the cursors of the result."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from operator import itemgetter
from typing import Any, NamedTuple

from sqlalchemy import Connection

from app.contracts import MAX_ROWS_EXAMINED, Page, Query
from app.contracts.cursors import SEPARATOR, Cursor, name_key_in, read_cursor
from app.model.employee import Card
from app.storage.sql.index import counters
from app.storage.sql.index.conditions import ALL_NAMES, Conditions, conditions_of
from app.storage.sql.index.entries import LETTERS, view_of, words_from
from app.storage.sql.index.scans import (
    IndexScan,
    Scans,
    scan_by_name,
    scan_by_views,
    scans_by_word,
)
from app.storage.sql.index.statements import LAST, count_entries
from app.storage.sql.rows import card_from
from app.text import search_keys, search_terms
from app.text.search_terms import Term

# Rows examined in the first and second step; max_rows pages are full after the first.
WINDOWS = (400, MAX_ROWS_EXAMINED - 400)
# A scan of at most this many rows is read as a whole, and sorted in memory.
MAX_SORTED_ROWS = 2_000
# Appended to a key it sorts directly after it.
_DIRECTLY_AFTER = "\x01"

Row = Sequence[Any]  # the sort key, then the values of the card


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


def browse(connection: Connection, query: Query, cursor: str | None, limit: int) -> Page:
    """Implement EmployeeStore.browse."""
    conditions = conditions_of(query)
    if conditions is None:
        return Page(())
    find = partial(_find_rows, connection, conditions, limit + 1)
    start = read_cursor(cursor, query)
    if start is not None and start.backwards:
        result = find(KeyRange(before=start.key, backwards=True))
        if len(result.rows) > limit or result.examined_to:
            return _page_before(query, result, limit, start)
        # The start was reached: this is the first page, up to the next one.
        return _page_after(query, _cut_before(find(KeyRange()), start.key), limit, None)
    result = find(KeyRange(after=start.key) if start else KeyRange())
    return _page_after(query, result, limit, start)


def _cut_before(result: Result, before: str) -> Result:
    """Return the rows before a key, or all if there are none before it."""
    rows = [row for row in result.rows if row[0] < before]
    if not rows or len(rows) == len(result.rows):
        return result
    return Result(rows, has_more=True)


def _find_rows(
    connection: Connection, conditions: Conditions, max_rows: int, key_range: KeyRange
) -> Result:
    if not conditions.words:
        scan = _shortest_scan_by_name(connection, conditions)
        return _scan_by_name(connection, scan, key_range, max_rows)
    scans = scans_by_word(conditions, conditions.words[0])
    first = _scan_window(connection, scans, key_range, max_rows, WINDOWS[0])
    if first.examined_to is None:
        return first
    if short_scans := _short_scans(connection, conditions):
        return _sort_all(connection, short_scans, conditions.words[0], key_range, max_rows)
    return _continue_scan(connection, scans, key_range, max_rows, first)


def _scan_by_name(
    connection: Connection, scan: IndexScan, key_range: KeyRange, max_rows: int
) -> Result:
    if not scan.is_filtered and len(scan.views) == 1:
        values = scan.values(key_range.after, key_range.before, max_rows)
        statement = scan.page(backwards=key_range.backwards, window=False)
        return Result(connection.execute(statement, values).all())
    window = WINDOWS[0] if scan.is_filtered else max_rows
    first = _scan_window(connection, (scan,), key_range, max_rows, window)
    return _continue_scan(connection, (scan,), key_range, max_rows, first)


def _continue_scan(
    connection: Connection, scans: Scans, key_range: KeyRange, max_rows: int, first: Result
) -> Result:
    """Add the rows of the second window, if the first one did not suffice."""
    if first.examined_to is None:
        return first
    rest = key_range.after_key(first.examined_to)
    second = _scan_window(connection, scans, rest, max_rows - len(first.rows), WINDOWS[1])
    return Result([*first.rows, *second.rows], second.examined_to)


def _scan_window(
    connection: Connection, scans: Scans, key_range: KeyRange, max_rows: int, window: int
) -> Result:
    """Examine the next window of some scans, one after the other, until there are enough rows."""
    rows: list[Row] = []
    left = window
    for scan in reversed(scans) if key_range.backwards else scans:
        values = scan.values(key_range.after, key_range.before, max_rows - len(rows), left)
        statement = scan.page(backwards=key_range.backwards, window=True)
        found: Iterable[Any] = connection.execute(statement, values)
        if scan.key_prefix:
            found = ((scan.key_prefix + key, *card) for key, *card in found)
        rows += found
        if len(rows) == max_rows:
            break
        statement = scan.window_end(backwards=key_range.backwards)
        examined, end = connection.execute(statement, values).one()
        if examined == left:
            return Result(rows, scan.key_prefix + end)
        left -= examined
    return Result(rows)


def _shortest_scan_by_name(connection: Connection, conditions: Conditions) -> IndexScan:
    """Return the scan in the order of names with the fewest rows."""
    filters = conditions.filters
    count_of = counters.count_people(connection, filters) if len(filters) > 1 else {}
    return scan_by_views(
        conditions, min(filters, key=lambda views: count_of.get(views, 0), default=ALL_NAMES)
    )


def _short_scans(connection: Connection, conditions: Conditions) -> Scans | None:
    """Return scans that are short enough to be sorted in memory, or None."""
    scans = {views: scan_by_views(conditions, views) for views in conditions.filters}
    if conditions.letter:
        view = view_of(LETTERS, search_keys.letter_of(conditions.letter))
        scans[view,] = scan_by_name(conditions)
    count_of = counters.count_people(connection, scans) if scans else {}
    shortest = min(count_of, key=count_of.__getitem__, default=None)
    if shortest is not None and count_of[shortest] <= MAX_SORTED_ROWS:
        return (scans[shortest],)
    for word in conditions.words[1:]:
        of_word = scans_by_word(conditions, word)
        if sum(_lengths(connection, of_word)) <= MAX_SORTED_ROWS:
            return of_word
    return None


def _lengths(connection: Connection, scans: Scans) -> Iterator[int]:
    for scan in scans:
        values = scan.values("", LAST, MAX_SORTED_ROWS + 1)
        yield connection.execute(count_entries(), values).scalar_one()


def _sort_all(
    connection: Connection, scans: Scans, word: Term, key_range: KeyRange, max_rows: int
) -> Result:
    """Read whole short scans, and sort them in the order of the first search word."""
    found: dict[str, Row] = {}  # once, whoever is in several views
    for scan in scans:
        values = scan.values("", LAST, MAX_SORTED_ROWS + 1)
        for sort_key, words, *card in connection.execute(scan.all_rows(), values).all():
            badges = card_from(card).badges if word.badges else ()
            position = search_terms.position(word, words_from(words), badges)
            key = f"{position or ''}{SEPARATOR}{sort_key}"
            if key_range.after < key < key_range.before:
                found[key] = (key, *card)
    ordered = sorted(found.values(), key=itemgetter(0), reverse=key_range.backwards)
    return Result(ordered[:max_rows])


def _page_after(query: Query, result: Result, limit: int, start: Cursor | None) -> Page:
    rows = result.rows[:limit]
    previous = None
    if start is not None:
        previous = rows[0][0] if rows else start.key + _DIRECTLY_AFTER
    return Page(
        cards=_cards(rows),
        next=_cursor_text(query, False, _last_key(result, limit)),
        previous=_cursor_text(query, True, previous),
        rows_examined=MAX_ROWS_EXAMINED if result.examined_to else None,
        name_keys=_name_keys(rows),
    )


def _page_before(query: Query, result: Result, limit: int, start: Cursor) -> Page:
    rows = result.rows[:limit]
    last = _last_key(result, limit)
    # Without rows the next page starts directly before the start of this scan.
    next_key = rows[0][0] if rows else max(last or "", start.key[:-1])
    return Page(
        cards=_cards(rows[::-1]),
        next=_cursor_text(query, False, next_key),
        previous=_cursor_text(query, True, last),
        rows_examined=MAX_ROWS_EXAMINED if result.examined_to else None,
        name_keys=_name_keys(rows[::-1]),
    )


def _last_key(result: Result, limit: int) -> str | None:
    """Return the key after which to continue in the same direction, or None at the end."""
    if len(result.rows) > limit or result.has_more:
        key: str = result.rows[:limit][-1][0]
        return key
    return result.examined_to


def _cursor_text(query: Query, backwards: bool, key: str | None) -> str | None:
    return None if key is None else Cursor(backwards, key).to_text(query)


def _cards(rows: Sequence[Row]) -> tuple[Card, ...]:
    return tuple(card_from(row[1:]) for row in rows)


def _name_keys(rows: Sequence[Row]) -> tuple[str, ...]:
    return tuple(name_key_in(row[0]) for row in rows)
