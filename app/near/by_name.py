"""Who has a name of the words typed, where a search of several words ended before it came to them.

Whoever has a word stands in the order of names behind it: those whose name begins with another word
typed stand together there, and are read without what lies before them.
"""

from __future__ import annotations

from itertools import takewhile

from app import allowance, terms
from app.contracts import EmployeeStore, Page, Query
from app.cursors import SEPARATOR, Cursor
from app.employee import Card
from app.near.guesses import typed_words

MOST = 16
_PART = 0.1


def named_further_on(employees: EmployeeStore, query: Query, page: Page) -> Page:
    """At most sixteen such people who are not on this page, which is the first of a query.

    Nobody where the page is whole, where anything but words is asked for, or where no word of the
    name is typed whole. It costs two pages of one word at most, and a tenth of what a page may.
    """
    is_early = page.looked_through is not None and page.previous is None
    if not is_early or query != Query(words=query.words):
        return Page(())
    typed = typed_words(query.words)
    if len(typed) < 2:
        return Page(())
    shown = {card.id for card in page.cards}
    with allowance.of_page(_PART):  # what the search itself might read is read
        for first, whole in _ways(typed):
            found = _named(employees, first, whole)
            cards = [card for card in found.cards if card.id not in shown and _has(card, typed)]
            if cards:
                return Page(tuple(cards), found.next)
    return Page(())


def _ways(typed: list[str]) -> tuple[tuple[str, str], tuple[str, str]]:
    """Which words may be the first name and another one: the surname stands last, or first."""
    turned = (typed[0], typed[-1]) if len(typed) > 2 else (typed[1], typed[0])
    return (typed[0], typed[1]), turned


def _named(employees: EmployeeStore, first: str, whole: str) -> Page:
    """People who have the whole word, and whose name begins with the first."""
    query = Query(words=whole)
    before = Cursor(False, SEPARATOR.join((whole, first, ""))).to_text(query)
    page = employees.browse(query, before, MOST)
    begun = takewhile(lambda card: terms.name_key(card.full_name).startswith(first), page.cards)
    cards = tuple(begun)
    return Page(cards, page.next if len(cards) == len(page.cards) else None)


def _has(card: Card, typed: list[str]) -> bool:
    """Whether each of the words begins one that the card shows."""
    mail_name = card.email.partition("@")[0]
    fields = (card.full_name, card.job_title, card.department, card.location, mail_name)
    words = {word for field in fields for word in terms.line_words(field)}
    return all(any(word.startswith(each) for word in words) for each in typed)
