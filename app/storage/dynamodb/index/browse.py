"""Pages of cards: which view to read, which conditions to filter by, and where a page ends.

The order of a page does not depend on the view that is read, so a cursor is a position in that
order, and each page may choose another view.
"""

from typing import NamedTuple

from app.contracts import MAX_ROWS_EXAMINED, Page, Query
from app.contracts.cursors import SEPARATOR, Cursor, name_key_in, read_cursor
from app.runtime import read_budget
from app.storage.dynamodb.client.calls import Calls
from app.storage.dynamodb.client.tables import Tables
from app.storage.dynamodb.index.cards import read_card
from app.storage.dynamodb.index.chain import ChainReader
from app.storage.dynamodb.index.conditions import Conditions, Filter, conditions_of
from app.storage.dynamodb.index.counters import Counters
from app.storage.dynamodb.index.estimates import Estimates
from app.storage.dynamodb.index.merging import MergedReader, reader_of
from app.storage.dynamodb.index.queries import Budget, KeyRange, RangeReader
from app.storage.dynamodb.index.sighted_rows import Row, RowFilter
from app.storage.dynamodb.index.views import badges_of_terms, words_of_terms
from app.text import search_terms

# A facet of at most this many employees is read as a whole, and filtered in memory.
MAX_SMALL_FACET = 500
# After this many rows without a full page, alternative ranges are tried ...
_FIRST_READ_ROWS = 400
# ... each up to this many rows.
_ALTERNATIVE_ROWS = 500
_MAX_ALTERNATIVES = 2
# The limit of read units (4 KB) for the rows of a page: about 1,600 rows of ordinary length.
# Later matches by name cost a tenth of that, the counters two units, and all at most 200.
MAX_UNITS = 180
_MAX_KEY_BYTES = 1_000

_Reader = RangeReader | MergedReader | ChainReader
_Ranges = tuple[KeyRange, ...]


class _PageRow(NamedTuple):
    key: str
    card: str
    hidden: str


class Browser:
    """The implementation of EmployeeStore.browse on the index."""

    def __init__(self, calls: Calls, tables: Tables, counters: Counters) -> None:
        self._calls = calls
        self._index = tables.index
        self.estimates = Estimates(counters)

    def browse(self, query: Query, cursor: str | None, limit: int) -> Page:
        """Implement EmployeeStore.browse."""
        conditions = conditions_of(query)
        if conditions is None:
            return Page(())
        position = read_cursor(cursor, query)
        if position and not _is_key(position.key):
            position = None
        search = _Search(self, query, conditions, position, limit)
        page = search.page()
        if page is None and position:  # the first page, up to the next one
            page = _Search(self, query, conditions, None, limit, until=position.key).page()
        return page or Page(())

    def read(
        self, reader: _Reader, enough: int, max_rows: int, first_chunk: int, budget: Budget
    ) -> None:
        """Read more rows of a range; see RangeReader.read."""
        reader.read(self._calls, self._index, enough, max_rows, first_chunk, budget)


class _Search:
    """The search for one page."""

    def __init__(
        self,
        browser: Browser,
        query: Query,
        conditions: Conditions,
        position: Cursor | None,
        limit: int,
        until: str = "",
    ) -> None:
        self._until = until
        self._browser = browser
        self._query = query
        self._conditions = conditions
        self._position = position
        self._limit = limit
        self._backwards = position is not None and position.backwards
        self._after = position.key if position else None
        self._budget = read_budget.current(page_budget)

    def page(self) -> Page | None:
        """Return the page; None for a backwards page that reaches the start of the list."""
        conditions, estimates = self._conditions, self._browser.estimates
        chosen = estimates.smallest_filter(conditions)
        if not self._query.is_ranked:
            reader = self._reader(conditions.by_name(chosen))
            factor = estimates.rows_per_match(conditions, chosen)
            self._read_more(reader, MAX_ROWS_EXAMINED, factor)
            return self._page_from(reader)
        if self._is_small(chosen) and (
            page := self._read_whole(conditions.by_name(chosen), MAX_SMALL_FACET * 2)
        ):
            return page[0]
        reader = self._reader(conditions.by_word(conditions.words[0]))
        is_simple = len(conditions.words) == 1 and not chosen
        self._read_more(reader, _FIRST_READ_ROWS, 2 if is_simple else 4)
        if not self._is_done(reader):
            for ranges in self._alternatives(chosen)[:_MAX_ALTERNATIVES]:
                if page := self._read_whole(ranges, _ALTERNATIVE_ROWS):
                    return page[0]
        self._read_more(reader, MAX_ROWS_EXAMINED, 4)
        return self._page_from(reader)

    def _is_small(self, chosen: Filter | None) -> bool:
        return chosen is not None and self._browser.estimates.people_with(chosen) <= MAX_SMALL_FACET

    def _alternatives(self, chosen: Filter | None) -> list[_Ranges]:
        """Return the other ranges with the same results: other words, a filter, the letter."""
        others = self._conditions.words[1:]
        ranges: list[_Ranges] = [self._conditions.by_word(word) for word in others]
        if chosen or self._conditions.letter:
            ranges.append(self._conditions.by_name(chosen))
        return ranges

    def _reader(self, ranges: _Ranges) -> _Reader:
        return reader_of(ranges, self._after, backwards=self._backwards)

    def _read_more(self, reader: _Reader, max_rows: int, factor: float) -> None:
        first_chunk = int((self._limit + 1) * factor)
        self._browser.read(reader, self._limit + 1, max_rows, first_chunk, self._budget)

    def _is_done(self, reader: _Reader) -> bool:
        return reader.ended or len(reader.rows) > self._limit

    def _read_whole(self, ranges: _Ranges, max_rows: int) -> tuple[Page | None] | None:
        """Return the page from whole ranges in a tuple, or None if they have more rows."""
        reader = reader_of(ranges, with_terms=True)
        self._browser.read(reader, MAX_ROWS_EXAMINED, max_rows, _FIRST_READ_ROWS, self._budget)
        if not reader.ended:
            return None
        rows = sorted(set(map(self._page_row, reader.rows)))
        if self._after is not None and self._backwards:
            rows = [row for row in reversed(rows) if row.key < self._after]
        elif self._after is not None:
            rows = [row for row in rows if row.key > self._after]
        return (self._cut(rows),)

    def _page_row(self, row: Row) -> _PageRow:
        """Return a row of any view with its key in the order of the page."""
        word, seen = self._conditions.words[0], self._conditions.seen
        words = RowFilter(seen).words(row) if seen else words_of_terms(row.terms)
        matched = search_terms.position(word, words, badges_of_terms(row.terms))
        name_and_id_key = row.at.split(SEPARATOR)[-2:]
        return _PageRow(SEPARATOR.join((matched or "", *name_and_id_key)), row.card, row.hidden)

    def _page_from(self, reader: _Reader) -> Page | None:
        rows = [_PageRow(row.at, row.card, row.hidden) for row in reader.rows]
        return self._cut(rows, None if reader.ended else reader.after)

    def _cut(self, rows: list[_PageRow], stopped_at: str | None = None) -> Page | None:
        """Return a page of rows after the cursor, which are in the direction of reading.

        ``stopped_at`` is the key of the last row examined, if reading stopped before the end.
        """
        before = [row for row in rows if row.key < self._until]
        is_cut = 0 < len(before) < len(rows)
        rows = before if is_cut else rows
        has_more = is_cut or len(rows) > self._limit
        visible = rows[: self._limit]
        last_key = visible[-1].key if has_more else stopped_at
        is_whole = has_more or len(visible) == self._limit or stopped_at is None
        rows_examined = None if is_whole else self._budget.rows_read
        if self._backwards:
            if last_key is None:
                return None
            visible.reverse()
            next_key = visible[-1].key if visible else stopped_at or ""
            return self._page_with(visible, next_key, last_key, rows_examined)
        previous_key = None
        if self._after is not None:
            # Before the first row; without rows, up to and including the row of the cursor.
            previous_key = visible[0].key if visible else self._after + "\x01"
        return self._page_with(visible, last_key or None, previous_key, rows_examined)

    def _page_with(
        self,
        visible: list[_PageRow],
        next_key: str | None,
        previous_key: str | None,
        rows_examined: int | None,
    ) -> Page:
        read = [(card, row.key) for row in visible if (card := read_card(row.card, row.hidden))]
        return Page(
            tuple(card for card, _ in read),
            None if next_key is None else Cursor(False, next_key).to_text(self._query),
            None if previous_key is None else Cursor(True, previous_key).to_text(self._query),
            rows_examined,
            tuple(name_key_in(key) for _, key in read),
        )


def page_budget(part: float) -> Budget:
    """Return the budget of a part of a page, from 0 to 1."""
    return Budget(int(part * MAX_ROWS_EXAMINED), part * MAX_UNITS)


def _is_key(text: str) -> bool:
    """Return whether DynamoDB accepts a text as a key; a forged cursor may hold any."""
    try:
        return len(text.encode()) < _MAX_KEY_BYTES
    except UnicodeEncodeError:
        return False
