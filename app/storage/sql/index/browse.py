"""Pages of cards: which scan to use, how many rows to examine, and the cursors of the result."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from operator import itemgetter

from sqlalchemy import Connection

from app.contracts import MAX_ROWS_EXAMINED, Page, Query
from app.contracts.cursors import SEPARATOR, Cursor, name_key_in, read_cursor
from app.model.employee import Card
from app.storage.sql.engines.prepared import read_rows
from app.storage.sql.index import counters
from app.storage.sql.index.conditions import ALL_NAMES, Conditions, conditions_of
from app.storage.sql.index.counters import CountSnapshot
from app.storage.sql.index.entries import LETTERS, view_of
from app.storage.sql.index.scans import (
    IndexScan,
    Scans,
    scan_by_name,
    scan_by_views,
    scan_of_leavers,
    scans_by_word,
)
from app.storage.sql.index.statements import LAST, count_entries
from app.storage.sql.index.windows import (
    WINDOWS,
    KeyRange,
    Result,
    Row,
    continue_scan,
    scan_window,
)
from app.storage.sql.rows import CARD_WIDTH, card_from
from app.text import search_keys, search_terms
from app.text.search_terms import Term

# A scan of at most this many rows is read as a whole, and sorted in memory.
MAX_SORTED_ROWS = 2_000
# Appended to a key it sorts directly after it.
_DIRECTLY_AFTER = "\x01"


def browse(
    connection: Connection,
    query: Query,
    cursor: str | None,
    limit: int,
    counts: CountSnapshot | None,
) -> Page:
    """Implement EmployeeStore.browse; counts of before are enough to choose a scan by."""
    conditions = conditions_of(query)
    if conditions is None:
        return Page(())
    find = partial(_find_rows, connection, conditions, counts, limit + 1)
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
    connection: Connection,
    conditions: Conditions,
    counts: CountSnapshot | None,
    max_rows: int,
    key_range: KeyRange,
) -> Result:
    if conditions.left:
        return _scan_by_name(
            connection, scan_of_leavers(conditions), key_range, max_rows, is_short=False
        )
    if not conditions.words or conditions.of_manager:
        scan, length = _shortest_scan_by_name(connection, conditions, counts)
        is_short = length is not None and length <= MAX_ROWS_EXAMINED
        return _scan_by_name(connection, scan, key_range, max_rows, is_short=is_short)
    scans = scans_by_word(conditions, conditions.words[0])
    first = scan_window(connection, scans, key_range, max_rows, WINDOWS[0])
    if first.examined_to is None:
        return first
    if short_scans := _short_scans(connection, conditions):
        return _sort_all(connection, short_scans, conditions.words[0], key_range, max_rows)
    return continue_scan(connection, scans, key_range, max_rows, first)


def _scan_by_name(
    connection: Connection,
    scan: IndexScan,
    key_range: KeyRange,
    max_rows: int,
    *,
    is_short: bool,
) -> Result:
    if (is_short or not scan.is_filtered) and len(scan.views) == 1:
        # No window is needed where the whole scan is one, or nothing is skipped.
        values = scan.values(key_range.after, key_range.before, max_rows)
        statement = scan.page(backwards=key_range.backwards, window=False)
        return Result(read_rows(connection, statement, values))
    window = WINDOWS[0] if scan.is_filtered else max_rows
    first = scan_window(connection, (scan,), key_range, max_rows, window)
    return continue_scan(connection, (scan,), key_range, max_rows, first)


def _shortest_scan_by_name(
    connection: Connection, conditions: Conditions, counts: CountSnapshot | None
) -> tuple[IndexScan, int | None]:
    """Return the scan in the order of names with the fewest rows, and their number if counted.

    Counts of before are good enough, if there are any.
    """
    filters = conditions.filters
    if of_manager := conditions.of_manager:
        return scan_by_views(conditions, of_manager), None
    count_of = counters.count_people(connection, filters, counts) if len(filters) > 1 else {}
    views = min(filters, key=lambda views: count_of.get(views, 0), default=ALL_NAMES)
    return scan_by_views(conditions, views), count_of.get(views)


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
        ((length,),) = read_rows(connection, count_entries(), values)
        yield int(length)


def _sort_all(
    connection: Connection, scans: Scans, word: Term, key_range: KeyRange, max_rows: int
) -> Result:
    """Read whole short scans, and sort them in the order of the first search word."""
    found: dict[str, Row] = {}  # once, whoever is in several views
    for scan in scans:
        values = scan.values("", LAST, MAX_SORTED_ROWS + 1)
        for sort_key, stored_words, *columns in read_rows(connection, scan.all_rows(), values):
            card = card_from(columns[:CARD_WIDTH])
            words = scan.words_of(card, stored_words, columns[CARD_WIDTH:])
            if words is None:
                continue
            position = search_terms.position(word, words, card.badges)
            key = f"{position or ''}{SEPARATOR}{sort_key}"
            if key_range.after < key < key_range.before:
                found[key] = (key, *columns)
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
    return tuple(card_from(row[1 : 1 + CARD_WIDTH]) for row in rows)


def _name_keys(rows: Sequence[Row]) -> tuple[str, ...]:
    return tuple(name_key_in(row[0]) for row in rows)
