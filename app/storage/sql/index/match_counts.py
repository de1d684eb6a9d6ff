"""Counts of those who match a query, in a scan that is short enough to be read as a whole."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import Connection

from app.contracts import MAX_COUNTED_MATCHES, MAX_ROWS_EXAMINED, Matches, Query
from app.contracts.counts import MANY_MATCHES, NO_MATCHES, UNKNOWN_MATCHES, matches_from, matches_of
from app.model.employee import Card
from app.model.facets import TEXT_FACETS
from app.model.stored_values import stored_text
from app.storage.sql.engines.prepared import read_rows
from app.storage.sql.index import counters
from app.storage.sql.index.conditions import ALL_NAMES, Conditions, conditions_of
from app.storage.sql.index.entries import LETTERS, view_of
from app.storage.sql.index.scans import (
    IndexScan,
    Scans,
    scan_by_name,
    scan_by_views,
    scan_of_leavers,
    scans_by_word,
)
from app.storage.sql.index.statements import LAST, MATCH_COLUMNS, count_entries, count_word
from app.storage.sql.rows import CARD_WIDTH, card_from, parse_known_badges
from app.text import search_keys
from app.text.folding import are_lines, one_line

_MOST = MAX_COUNTED_MATCHES + 1


def count_matches(connection: Connection, query: Query) -> Matches:
    """Implement EmployeeStore.count_matches."""
    conditions = conditions_of(query)
    if conditions is None:
        return NO_MATCHES
    length, scans = min(_scans(connection, conditions), key=lambda found: found[0])
    if length >= _MOST and conditions.seen is None and _is_whole_query(scans, conditions):
        return MANY_MATCHES
    if length > MAX_ROWS_EXAMINED:
        return UNKNOWN_MATCHES
    if conditions.seen is not None:
        return _count_seen(connection, scans)
    rows: list[Any] = []
    for scan in scans:
        rows += read_rows(connection, scan.matches(), scan.values("", LAST, _MOST))
    if len(rows) >= _MOST:
        return MANY_MATCHES
    return matches_from(len(rows), _values(zip(*rows, strict=True)) if rows else _values(_NOBODY))


def _count_seen(connection: Connection, scans: Scans) -> Matches:
    """Count those whom a viewer finds, of scans that may have several rows of one."""
    found: dict[str, Card] = {}
    for scan in scans:
        values = scan.values("", LAST, MAX_ROWS_EXAMINED)
        for sort_key, words, *columns in read_rows(connection, scan.all_rows(), values):
            card = card_from(columns[:CARD_WIDTH])
            if scan.words_of(card, words, columns[CARD_WIDTH:]) is not None:
                found[sort_key] = card
    if len(found) >= _MOST:
        return MANY_MATCHES
    return matches_of(map(search_keys.letter_of, found), list(found.values()))


_NOBODY: tuple[tuple[Any, ...], ...] = ((),) * len(MATCH_COLUMNS)


def _scans(connection: Connection, conditions: Conditions) -> Iterator[tuple[int, Scans]]:
    """Yield all scans of the matches with their lengths; that of a long one is a lower bound."""
    if conditions.left:
        scan = scan_of_leavers(conditions)
        yield _length(connection, scan), (scan,)
        return
    if of_manager := conditions.of_manager:
        scan = scan_by_views(conditions, of_manager)
        yield _length(connection, scan), (scan,)
        return
    scans = {views: scan_by_views(conditions, views) for views in conditions.filters}
    if conditions.letter:
        letter = search_keys.letter_of(conditions.letter)
        scans[view_of(LETTERS, letter),] = scan_by_name(conditions)
    if not (scans or conditions.words):
        scans[ALL_NAMES] = scan_by_name(conditions)
    count_of = counters.count_people(connection, scans) if scans else {}
    yield from ((count_of[views], (scan,)) for views, scan in scans.items())
    for word in conditions.words:
        of_word = scans_by_word(conditions, word)
        yield sum(_length(connection, scan) for scan in of_word), of_word


def _length(connection: Connection, scan: IndexScan) -> int:
    values = scan.values("", LAST, MAX_ROWS_EXAMINED + 1)
    statement = count_word() if scan.prefix_length and scan.seen is None else count_entries()
    ((length,),) = read_rows(connection, statement, values)
    return int(length)


def _is_whole_query(scans: Scans, conditions: Conditions) -> bool:
    """Return whether each row of scans is another match, as no other condition is set."""
    if conditions.left:
        return conditions.number == 0
    return conditions.number == 1 and not any(
        scan.excluded or len(scan.views) > 1 for scan in scans
    )


def _values(columns: Iterable[Iterable[Any]]) -> Mapping[str, Counter[str]]:
    """Return the counts of the counted filters' values from the columns of matches."""
    initials, *texts, badges = columns
    return {
        "letter": _letters(Counter(initials)),
        "badge": _badges(Counter(badges)),
        **{
            facet.name: _lines(Counter(column))
            for facet, column in zip(TEXT_FACETS, texts, strict=True)
        },
    }


def _letters(counts: Counter[str]) -> Counter[str]:
    letters: Counter[str] = Counter()
    for initial, number in counts.items():
        letters[search_keys.letter_of(initial)] += number
    return letters


def _badges(counts: Counter[Any]) -> Counter[str]:
    badges: dict[str, int] = {}
    for stored, number in counts.items():
        text = stored if type(stored) is str else stored_text(stored)
        for badge in parse_known_badges(text):
            badges[badge] = badges.get(badge, 0) + number
    return Counter(badges)


def _lines(counts: Counter[Any]) -> Counter[str]:
    try:
        if are_lines(counts):
            return counts
    except TypeError:  # another program stored something else
        pass
    lines: Counter[str] = Counter()
    for stored, number in counts.items():
        lines[one_line(stored_text(stored))] += number
    return lines
