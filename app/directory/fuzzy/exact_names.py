"""Who has a name of the words typed, where the first page of a search does not come to them.

A search of several words may end early; and where one word typed begins another (John Johnson), it
finds whoever has the longer one. Whoever has a word stands in the order of names behind it: those
whose name begins with another word typed stand together there, and are read without what lies
before them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import takewhile

from app.contracts import EmployeeStore, Page, Query
from app.contracts.cursors import SEPARATOR, Cursor
from app.model.employee import Card
from app.runtime import read_budget
from app.text import search_keys
from app.text.tokens import line_words

MOST = 16
_PART = 0.1


def may_have_later_matches(query: Query, page: Page) -> bool:
    """Whether someone of the name that was typed may match and not be on this page, the first."""
    if page.previous is not None or query.filters:
        return False
    if page.rows_examined is not None:
        return len(query.search_words) > 1
    return page.next is not None and _is_nested(query)


def later_exact_matches(employees: EmployeeStore, query: Query, page: Page) -> Page:
    """At most sixteen such people who are not on this page, which is the first of a query.

    Nobody where anything but words is asked for, or where no word of the name is typed whole. It
    costs two pages of one word at most, and a tenth of what a page may.
    """
    if not may_have_later_matches(query, page):
        return Page(())
    asked = query.search_words_as_typed
    visible = {card.id for card in page.cards}
    with read_budget.limit(_PART):  # what the search itself might read is read
        for first, whole in _ways(asked) if len(asked) > 1 else _whole_names(query.typed_words):
            found = _named(employees, first, whole)
            cards = [card for card in found.cards if card.id not in visible and _has(card, asked)]
            if cards:
                return Page(tuple(cards), found.next)
    return Page(())


def _is_nested(query: Query) -> bool:
    """Whether a word was typed that another one begins with, or is."""
    return len(query.typed_words) > len(query.search_words)


def _ways(asked: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Which words may be the first name and another one: the surname stands last, or first."""
    yield asked[0], asked[1]
    yield (asked[0], asked[-1]) if len(asked) > 2 else (asked[1], asked[0])


def _whole_names(typed: Sequence[str]) -> Iterator[tuple[str, str]]:
    """The name as it was typed, and with the surname first, where one word begins another."""
    longest = max(typed, key=len)
    yield " ".join(typed), longest
    yield " ".join((*typed[1:], typed[0])), longest


def _named(employees: EmployeeStore, first: str, whole: str) -> Page:
    """People who have the whole word, and whose name begins with the first."""
    query = Query().with_words([whole])
    before = Cursor(False, SEPARATOR.join((whole, first, ""))).to_text(query)
    page = employees.browse(query, before, MOST)
    begun = takewhile(
        lambda card: search_keys.name_key(card.full_name).startswith(first), page.cards
    )
    cards = tuple(begun)
    return Page(cards, page.next if len(cards) == len(page.cards) else None)


def _has(card: Card, typed: Sequence[str]) -> bool:
    """Whether each of the words begins one that the card shows."""
    mail_name = card.email.partition("@")[0]
    fields = (card.full_name, card.job_title, card.department, card.location, mail_name)
    words = {word for field in fields for word in line_words(field)}
    return all(any(word.startswith(each) for word in words) for each in typed)
