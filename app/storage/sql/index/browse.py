"""One page of cards: which walk to take, how far, and the cursors of what was found."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection

from app.contracts import MAX_ROWS_EXAMINED, Page, Query
from app.contracts.cursors import SEPARATOR, Cursor, read_cursor
from app.model.employee import Card
from app.storage.sql.index import counters
from app.storage.sql.index.entries import LETTERS, view_of
from app.storage.sql.index.statements import (
    LAST,
    Conditions,
    IndexScan,
    conditions_of,
    count_entries,
    scan_by_name,
    scan_by_other_word,
    scan_by_view,
    scan_by_word,
    window_end,
)
from app.storage.sql.rows import card_from
from app.text import search_keys

# Most pages are full before the first window ends; what is rare is looked for in the second.
WINDOWS = (400, MAX_ROWS_EXAMINED - 400)
# So few people are all read, and sorted here.
FEW = 2_000
# Just behind a place, and before every other.
JUST_BEHIND = "\x01"

Row = Sequence[Any]  # where the card stands, then the values of the card


class Found(NamedTuple):
    """The next rows of a walk, at most one more than a page takes; where it ended early, if so.

    ``goes_on``: there are more, though they are not here.
    """

    rows: Sequence[Row]
    looked_to: str | None = None
    goes_on: bool = False


class Span(NamedTuple):
    """The part of the order that is asked for, both ends left out, and from which end to begin."""

    after: str = ""
    before: str = LAST
    backwards: bool = False

    def beyond(self, place: str) -> Span:
        """What is left of it, behind a place that was reached."""
        return self._replace(before=place) if self.backwards else self._replace(after=place)


def browse(connection: Connection, query: Query, cursor: str | None, limit: int) -> Page:
    """See EmployeeStore.browse."""
    asked = conditions_of(query)
    if asked is None:
        return Page(())
    start = read_cursor(cursor, query)
    if start is not None and start.backwards:
        found = _find(connection, asked, Span(before=start.key, backwards=True), limit + 1)
        if len(found.rows) > limit or found.looked_to:
            return _page_before(query, found, limit, start)
        # The beginning was reached: this is the first page, without whom the next one shows.
        found = _find(connection, asked, Span(), limit + 1)
        return _page_after(query, _cut(found, start.key), limit, None)
    span = Span(after=start.key) if start else Span()
    return _page_after(query, _find(connection, asked, span, limit + 1), limit, start)


def _cut(found: Found, before: str) -> Found:
    """Whom a walk found before a place; all of them where nobody is before it."""
    rows = [row for row in found.rows if row[0] < before]
    if not rows or len(rows) == len(found.rows):
        return found
    return Found(rows, goes_on=True)


def _find(connection: Connection, asked: Conditions, span: Span, most: int) -> Found:
    if not asked.words:
        return _walk_along(connection, _shortest_by_name(connection, asked), span, most)
    walk = scan_by_word(asked)
    first = _look(connection, walk, span, most, WINDOWS[0])
    if first.looked_to is None:
        return first
    if short := _short_walk(connection, asked):
        return _sort_all(connection, short, asked.words[0], span, most)
    rest = span.beyond(first.looked_to)
    more = _look(connection, walk, rest, most - len(first.rows), WINDOWS[1])
    return Found([*first.rows, *more.rows], more.looked_to)


def _walk_along(connection: Connection, walk: IndexScan, span: Span, most: int) -> Found:
    if not walk.is_filtered:
        values = walk.values(span.after, span.before, most)
        statement = walk.page(backwards=span.backwards, window=False)
        return Found(connection.execute(statement, values).all())
    first = _look(connection, walk, span, most, WINDOWS[0])
    if first.looked_to is None:
        return first
    rest = span.beyond(first.looked_to)
    more = _look(connection, walk, rest, most - len(first.rows), WINDOWS[1])
    return Found([*first.rows, *more.rows], more.looked_to)


def _look(connection: Connection, walk: IndexScan, span: Span, most: int, window: int) -> Found:
    """Look at the next so many places of a walk, until enough are found."""
    values = walk.values(span.after, span.before, most, window)
    rows = connection.execute(walk.page(backwards=span.backwards, window=True), values).all()
    if len(rows) == most:
        return Found(rows)
    seen, end = connection.execute(window_end(backwards=span.backwards), values).one()
    return Found(rows, end if seen == window else None)


def _shortest_by_name(connection: Connection, asked: Conditions) -> IndexScan:
    """The walk in the order of names that has the fewest people on it."""
    if len(asked.views) < 2:
        return scan_by_view(asked, asked.views[0]) if asked.views else scan_by_name(asked)
    people = counters.count_people(connection, asked.views)
    return scan_by_view(asked, min(people, key=people.__getitem__))


def _short_walk(connection: Connection, asked: Conditions) -> IndexScan | None:
    """A walk with so few people that all of them can be sorted."""
    walks = {view: scan_by_view(asked, view) for view in asked.views}
    if asked.letter:
        walks[view_of(LETTERS, search_keys.letter_of(asked.letter))] = scan_by_name(asked)
    people = counters.count_people(connection, walks) if walks else {}
    view = min(people, key=people.__getitem__, default=None)
    if view is not None and people[view] <= FEW:
        return walks[view]
    for word in asked.words[1:]:
        walk = scan_by_other_word(asked, word)
        values = walk.values("", LAST, FEW + 1)
        if connection.execute(count_entries(), values).scalar_one() <= FEW:
            return walk
    return None


def _sort_all(connection: Connection, walk: IndexScan, word: str, span: Span, most: int) -> Found:
    """Everyone on a short walk, put in the order of the word typed first."""
    rows = connection.execute(walk.all_rows(), walk.values("", LAST, FEW + 1))
    ordered = []
    for place, words, *card in rows:
        matched = search_keys.matched_word(words.split(), word)
        at = f"{matched}{SEPARATOR}{place}"
        if span.after < at < span.before:
            ordered.append((at, *card))
    ordered.sort(reverse=span.backwards)
    return Found(ordered[:most])


def _page_after(query: Query, found: Found, limit: int, start: Cursor | None) -> Page:
    rows = found.rows[:limit]
    before = None
    if start is not None:
        before = rows[0][0] if rows else start.key + JUST_BEHIND
    return Page(
        cards=_cards(rows),
        next=_link(query, False, _end_of(found, limit)),
        previous=_link(query, True, before),
        rows_examined=MAX_ROWS_EXAMINED if found.looked_to else None,
    )


def _page_before(query: Query, found: Found, limit: int, start: Cursor) -> Page:
    rows = found.rows[:limit]
    end = _end_of(found, limit)
    # Where nobody was found, forwards is from right before the place where the walk began.
    behind = rows[0][0] if rows else max(end or "", start.key[:-1])
    return Page(
        cards=_cards(rows[::-1]),
        next=_link(query, False, behind),
        previous=_link(query, True, end),
        rows_examined=MAX_ROWS_EXAMINED if found.looked_to else None,
    )


def _end_of(found: Found, limit: int) -> str | None:
    """Where to go on in the same direction, if there is more."""
    if len(found.rows) > limit or found.goes_on:
        end: str = found.rows[:limit][-1][0]
        return end
    return found.looked_to


def _link(query: Query, backwards: bool, place: str | None) -> str | None:
    return None if place is None else Cursor(backwards, place).to_text(query)


def _cards(rows: Sequence[Row]) -> tuple[Card, ...]:
    return tuple(card_from(row[1:]) for row in rows)
