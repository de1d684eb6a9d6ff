"""Pages of cards: which view drives, which conditions filter, and where a page is cut.

The order of a page never depends on what drives it, so a cursor is a place in that order, and each
page may choose its driver anew.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from app.contracts import MAX_ROWS_EXAMINED, Page, Query
from app.contracts.cursors import SEPARATOR, Cursor, read_cursor
from app.runtime import read_budget
from app.storage.dynamodb.client.calls import Calls
from app.storage.dynamodb.client.tables import Tables
from app.storage.dynamodb.index.counters import Counters
from app.storage.dynamodb.index.queries import Budget, KeyRange, Reading
from app.storage.dynamodb.index.rows import (
    KINDS,
    LETTER,
    NAME_VIEW,
    filter_term,
    read_card,
    token_of,
    word_view,
    words_of_terms,
)
from app.text import search_keys

# A facet of so many people is read whole, so that everything else is decided in memory.
FEW_PEOPLE = 500
# After so many rows without a full page, another way to the same people is tried ...
_PATIENCE = 400
# ... at the cost of so many rows, for so many other ways.
_ATTEMPT = 500
_ATTEMPTS = 2
# What the rows of a page may cost, in read units of 4 KB: some 1,600 rows of ordinary length.
# People further on by name cost a tenth of that, the counts two, and all together at most 200.
MAX_UNITS = 180
_LONGEST_KEY = 1_000


class _Found(NamedTuple):
    key: str
    card: str


@dataclass(frozen=True, slots=True)
class _Asked:
    """A query understood: the words, longest first, and the facets as (kind, token)."""

    words: tuple[str, ...]
    letter: str
    facets: tuple[tuple[str, str], ...]

    def marks(
        self, *, words: tuple[str, ...], but: tuple[str, str] | None, letter: bool
    ) -> tuple[str, ...]:
        """What must stand in ``t``: these words, the facets but one, the letter where asked."""
        marks = [f"|{word}" for word in words]
        marks += [f"|{filter_term(*facet)}|" for facet in self.facets if facet != but]
        if letter and self.letter:
            marks.append(f"|{filter_term(LETTER, self.letter)}|")
        return tuple(marks)

    def by_name(self, facet: tuple[str, str] | None) -> KeyRange:
        """The people asked for, read from the name view or from a facet's: a letter is a range."""
        view = f"{facet[0]}#{facet[1]}" if facet else NAME_VIEW
        marks = self.marks(words=self.words, but=facet, letter=False)
        if not self.letter:
            return KeyRange.whole(view, marks)
        return KeyRange.under(
            view, "{" if self.letter == search_keys.OTHER_LETTERS else self.letter, marks
        )

    def by_word(self, word: str) -> KeyRange:
        """The people asked for, read from the view of one of the words."""
        others = tuple(other for other in self.words if other != word)
        marks = self.marks(words=others, but=None, letter=True)
        return KeyRange.under(word_view(word), word, marks, len(word))


class Browser:
    """Answers EmployeeStore.browse from the index."""

    def __init__(self, calls: Calls, tables: Tables, tally: Counters) -> None:
        self._calls = calls
        self._index = tables.index
        self._tally = tally

    def browse(self, query: Query, cursor: str | None, limit: int) -> Page:
        asked = _understand(query)
        if asked is None:
            return Page(())
        place = read_cursor(cursor, query)
        if place and not _can_be_a_key(place.key):
            place = None
        search = _Search(self, query, asked, place, limit)
        page = search.page()
        if page is None and place:  # the first page, without whom the next one shows
            page = _Search(self, query, asked, None, limit, until=place.key).page()
        return page or Page(())

    def read(
        self, reading: Reading, wanted: int, most: int, first_chunk: int, budget: Budget
    ) -> None:
        reading.read(self._calls, self._index, wanted, most, first_chunk, budget)

    def people_with(self, kind: str, token: str) -> int:
        return self._tally.people_with(kind, token)


class _Search:
    """One page being looked for."""

    def __init__(
        self,
        browser: Browser,
        query: Query,
        asked: _Asked,
        place: Cursor | None,
        limit: int,
        until: str = "",
    ) -> None:
        self._until = until
        self._browser = browser
        self._query = query
        self._asked = asked
        self._place = place
        self._limit = limit
        self._backwards = place is not None and place.backwards
        self._after = place.key if place else None
        self._budget = read_budget.current(_budget_of)

    def page(self) -> Page | None:
        """The page; None for a backwards page that reaches the start of the list."""
        facet = self._smallest_facet()
        if not self._asked.words:
            stretch = self._asked.by_name(facet)
            reading = Reading(stretch, self._after, self._backwards)
            self._read_on(reading, MAX_ROWS_EXAMINED, 4 if stretch.marks else 1)
            return self._page_of(reading)
        if self._is_small(facet) and (
            page := self._try_whole(self._asked.by_name(facet), FEW_PEOPLE * 2)
        ):
            return page[0]
        stretch = self._asked.by_word(self._asked.words[0])
        reading = Reading(stretch, self._after, self._backwards)
        self._read_on(reading, _PATIENCE, 2 if len(self._asked.words) == 1 and not facet else 4)
        if not self._is_done(reading):
            for stretch in self._other_ways(facet)[:_ATTEMPTS]:
                if page := self._try_whole(stretch, _ATTEMPT):
                    return page[0]
        self._read_on(reading, MAX_ROWS_EXAMINED, 4)
        return self._page_of(reading)

    def _smallest_facet(self) -> tuple[str, str] | None:
        facets = self._asked.facets
        if len(facets) < 2:
            return facets[0] if facets else None
        return min(facets, key=lambda facet: self._browser.people_with(*facet))

    def _is_small(self, facet: tuple[str, str] | None) -> bool:
        return facet is not None and self._browser.people_with(*facet) <= FEW_PEOPLE

    def _other_ways(self, facet: tuple[str, str] | None) -> list[KeyRange]:
        """What else could find the same people: the other words, a facet, the letter."""
        ways = [self._asked.by_word(word) for word in self._asked.words[1:]]
        if facet or self._asked.letter:
            ways.append(self._asked.by_name(facet))
        return ways

    def _read_on(self, reading: Reading, most: int, factor: int) -> None:
        first_chunk = (self._limit + 1) * factor
        self._browser.read(reading, self._limit + 1, most, first_chunk, self._budget)

    def _is_done(self, reading: Reading) -> bool:
        return reading.ended or len(reading.rows) > self._limit

    def _try_whole(self, stretch: KeyRange, most: int) -> tuple[Page | None] | None:
        """The page cut from all people asked for, if they are within so many rows."""
        reading = Reading(stretch, with_terms=True)
        self._browser.read(reading, MAX_ROWS_EXAMINED, most, _PATIENCE, self._budget)
        if not reading.ended:
            return None
        found = sorted({self._found(row.at, row.card, row.terms) for row in reading.rows})
        if self._after is not None and self._backwards:
            found = [one for one in reversed(found) if one.key < self._after]
        elif self._after is not None:
            found = [one for one in found if one.key > self._after]
        return (self._cut(found, stopped_at=None),)

    def _found(self, at: str, card: str, marks: str) -> _Found:
        """Where a row of any view stands in the order of the page."""
        matched = search_keys.matched_word(words_of_terms(marks), self._asked.words[0])
        name_and_tie = at.split(SEPARATOR)[-2:]
        return _Found(SEPARATOR.join((matched or "", *name_and_tie)), card)

    def _page_of(self, reading: Reading) -> Page | None:
        found = [_Found(row.at, row.card) for row in reading.rows]
        return self._cut(found, stopped_at=None if reading.ended else reading.after)

    def _cut(self, found: list[_Found], stopped_at: str | None) -> Page | None:
        """A page from what was found, in the direction of reading, from the cursor on.

        ``stopped_at`` is the last row looked at where reading stopped before the end.
        """
        before = [one for one in found if one.key < self._until]
        is_cut = 0 < len(before) < len(found)
        found = before if is_cut else found
        more = is_cut or len(found) > self._limit
        visible = found[: self._limit]
        onwards = visible[-1].key if more else stopped_at
        is_whole = more or len(visible) == self._limit or stopped_at is None
        looked = None if is_whole else self._budget.rows_read
        if self._backwards:
            if onwards is None:
                return None
            visible.reverse()
            onto = visible[-1].key if visible else stopped_at
            ahead, back = Cursor(False, onto or ""), Cursor(True, onwards)
            return self._page_with(visible, ahead, back, looked)
        back_from = None
        if self._after is not None:
            # Before the first row shown; where none is, up to and with the cursor's row.
            back_from = Cursor(True, visible[0].key if visible else self._after + "\x01")
        return self._page_with(
            visible, Cursor(False, onwards) if onwards else None, back_from, looked
        )

    def _page_with(
        self, visible: list[_Found], ahead: Cursor | None, back: Cursor | None, looked: int | None
    ) -> Page:
        return Page(
            tuple(read_card(one.card) for one in visible),
            ahead.to_text(self._query) if ahead else None,
            back.to_text(self._query) if back else None,
            looked,
        )


def _understand(query: Query) -> _Asked | None:
    """What a query asks; None where it asks for a letter, badge or month that nobody can have."""
    if query.is_impossible:
        return None
    facets = tuple((KINDS[name], token_of(key)) for name, key in query.facet_keys)
    return _Asked(query.search_words, query.letter, facets)


def _budget_of(part: float) -> Budget:
    """What a page, or a part of one, may look at."""
    return Budget(int(part * MAX_ROWS_EXAMINED), part * MAX_UNITS)


def _can_be_a_key(text: str) -> bool:
    """A forged cursor can hold what no key of DynamoDB may."""
    try:
        return len(text.encode()) < _LONGEST_KEY
    except UnicodeEncodeError:
        return False
