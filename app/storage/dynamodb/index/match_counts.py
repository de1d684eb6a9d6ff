"""Counts of those who match a query: their rows, read as far as the budget of the page goes."""

from app.contracts import MAX_COUNTED_MATCHES, MAX_ROWS_EXAMINED, Matches, Query
from app.contracts.counts import (
    LEFT,
    MANY_MATCHES,
    NO_MATCHES,
    UNKNOWN_MATCHES,
    matches_from,
    matches_of,
)
from app.contracts.cursors import SEPARATOR
from app.runtime import read_budget
from app.storage.dynamodb.index.browse import Browser, page_budget
from app.storage.dynamodb.index.cards import count_values, read_card
from app.storage.dynamodb.index.conditions import Conditions, Filter, conditions_of
from app.storage.dynamodb.index.estimates import EVERYONE
from app.storage.dynamodb.index.merging import reader_of
from app.storage.dynamodb.index.queries import Budget
from app.storage.dynamodb.index.sighted_rows import Row
from app.storage.dynamodb.index.views import LEAVING, LETTER
from app.text import search_keys
from app.text.search_terms import Term

# As the counters name them.
_LEAVERS: Filter = (LEAVING, (LEFT,))
_CHUNK_SIZE = 500


def count_matches(browser: Browser, query: Query) -> Matches:
    """Implement EmployeeStore.count_matches."""
    conditions = conditions_of(query)
    if conditions is None:
        return NO_MATCHES
    budget = read_budget.current(page_budget)
    if conditions.left:
        return _count_leavers(browser, conditions, budget)
    chosen = browser.estimates.smallest_filter(conditions)
    rows = _rows_of(browser, conditions, chosen)
    is_affordable = rows is not None and budget.limit(rows) >= rows
    if not conditions.words:
        if _has_one_value(conditions) and (rows or 0) > MAX_COUNTED_MATCHES:
            return MANY_MATCHES
        return _read(browser, conditions, chosen, budget) if is_affordable else UNKNOWN_MATCHES
    if is_affordable:
        return _read(browser, conditions, chosen, budget)
    return _read(browser, conditions, None, budget, conditions.words[0])


def _count_leavers(browser: Browser, conditions: Conditions, budget: Budget) -> Matches:
    """Count those who left, all of whose rows are read, since they are in one view only."""
    rows = browser.estimates.people_with(_LEAVERS)
    if conditions.is_everybody and rows > MAX_COUNTED_MATCHES:
        return MANY_MATCHES
    is_affordable = budget.limit(rows) >= rows
    return _read(browser, conditions, None, budget) if is_affordable else UNKNOWN_MATCHES


def _rows_of(browser: Browser, conditions: Conditions, chosen: Filter | None) -> int | None:
    """Return roughly how many rows a filter, the letter or all names have; of words None."""
    if chosen is None and conditions.letter:
        chosen = LETTER, (conditions.letter,)
    if chosen is None and conditions.words:
        return None
    return browser.estimates.people_with(chosen or EVERYONE)


def _has_one_value(conditions: Conditions) -> bool:
    """Return whether the rows of the only condition are as many as the employees who meet it."""
    values = [token for _, tokens in conditions.filters for token in tokens]
    return len(values) + bool(conditions.letter) <= 1


def _read(
    browser: Browser,
    conditions: Conditions,
    chosen: Filter | None,
    budget: Budget,
    word: Term | None = None,
) -> Matches:
    """Count the rows of a word, or else of a filter or all names, that meet the conditions."""
    ranges = conditions.by_word(word) if word else conditions.by_name(chosen)
    reader = reader_of(ranges)
    browser.read(reader, MAX_COUNTED_MATCHES + 1, MAX_ROWS_EXAMINED, _CHUNK_SIZE, budget)
    if len(reader.rows) > MAX_COUNTED_MATCHES:
        return MANY_MATCHES
    if not reader.ended:
        return UNKNOWN_MATCHES
    return _counts_of(reader.rows)


def _counts_of(rows: list[Row]) -> Matches:
    values = count_values([row.card for row in rows]) if rows else None
    if values is not None:
        return matches_from(len(rows), {"letter": map(_letter_of, rows), **values})
    found = [(row, card) for row in rows if (card := read_card(row.card, row.hidden))]
    return matches_of((_letter_of(row) for row, _ in found), [card for _, card in found])


def _letter_of(row: Row) -> str:
    return search_keys.letter_of(row.at.split(SEPARATOR)[-2])
