"""Find exact name matches that the first page of a search does not reach.

A search of several words may end early; and if one word typed begins another (John Johnson), or is
a small one that a name may be (Do Nguyen), it matches employees with the longer word only. All
employees with a word are indexed in name order: those whose name begins with another word typed are
adjacent there, and read directly.
"""

from collections.abc import Iterator, Sequence
from itertools import takewhile

from app.contracts import Page, Query
from app.contracts.cursors import SEPARATOR, Cursor
from app.directory.fuzzy.tuning import LATER_MATCHES_SHARE, MAX_LATER_MATCHES
from app.directory.seen_people import PeopleReader
from app.model.employee import Card
from app.model.search_words import words_on_card
from app.runtime import read_budget
from app.text.search_terms import position


def may_have_later_matches(query: Query, page: Page) -> bool:
    """Return whether an employee with exactly this name may be missing on the first page."""
    if page.previous is not None or query.filters or query.left:
        return False
    if page.rows_examined is not None:
        return len(query.search_words) > 1
    return page.next is not None and _is_nested(query)


def later_exact_matches(employees: PeopleReader, query: Query, page: Page) -> Page:
    """Return at most MAX_LATER_MATCHES such employees who are not on the first page.

    Returns none if the query has filters or no word of the name is complete. It reads at most three
    pages of one word, within a tenth of the read budget of a page.
    """
    if not may_have_later_matches(query, page):
        return Page(())
    typed = query.search_words_as_typed
    page_ids = {card.id for card in page.cards}
    with read_budget.limit(LATER_MATCHES_SHARE):  # what the search itself might read is read
        for first, whole in (
            _name_pairs(typed) if len(typed) > 1 else _whole_names(query.typed_words)
        ):
            matches = _with_name(employees, query, first, whole)
            cards = [
                card for card in matches.cards if card.id not in page_ids and _meets(card, query)
            ]
            if cards:
                return Page(tuple(cards), matches.next)
    return Page(())


def _is_nested(query: Query) -> bool:
    """Return whether a word typed is not searched for: it begins another one, or is small."""
    return len(query.typed_words) > len(query.search_words)


def _name_pairs(typed: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield pairs of words that may be the first one in the list's order, and another one."""
    yield typed[0], typed[1]
    if len(typed) > 2:
        yield typed[0], typed[-1]
    yield typed[-1], typed[0]  # the surname first


def _whole_names(typed: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield the name as typed, and with the surname first."""
    longest = max(typed, key=len)
    yield " ".join(typed), longest
    yield " ".join((*typed[1:], typed[0])), longest


def _with_name(employees: PeopleReader, original: Query, first: str, whole: str) -> Page:
    """Return employees who have the whole word and whose name begins with the first one."""
    query = Query().with_words([whole]).seen_with(original.sight)
    position = Cursor(False, SEPARATOR.join((whole, first, ""))).to_text(query)
    page = employees.browse(query, position, MAX_LATER_MATCHES)
    same_first_word = takewhile(
        lambda pair: pair[1].startswith(first), zip(page.cards, page.name_keys, strict=True)
    )
    cards = tuple(card for card, _ in same_first_word)
    return Page(cards, page.next if len(cards) == len(page.cards) else None)


def _meets(card: Card, query: Query) -> bool:
    """Return whether what is on the card meets each of the terms."""
    words = words_on_card(card)
    return all(position(term, words, card.badges) is not None for term in query.terms)
