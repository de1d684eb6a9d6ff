"""Sort a list by a column of its table: of at most MAX_SORTED people, who are read as a whole."""

import re
from collections.abc import Callable
from math import ceil
from operator import attrgetter
from typing import Any, NamedTuple

from app.contracts import PAGE_SIZE, Page, Query
from app.directory.seen_people import PeopleReader
from app.model.employee import Card
from app.text.search_keys import facet_key, id_sort_key, name_key

# On DynamoDB some 60 read units.
MAX_SORTED = 500
_DIGITS = re.compile(r"([0-9]{1,18})")
_NOT_DIGIT = re.compile(r"\D")
# In place of a cursor: a sorted list is paged by number.
_ANOTHER_PAGE = "sorted"
_NAMELESS = name_key("")


class Sort(NamedTuple):
    """An order of a list: by a column, the greatest value first if ``descending``."""

    column: str
    descending: bool = False


class _Row(NamedTuple):
    name_key: str
    id_key: str
    card: Card


def _text_key(text: str) -> Any:
    """Return the key of a text, in which numbers count as such: Floor 9 stands before Floor 10."""
    key = facet_key(text)
    parts = _DIGITS.split(key)
    parts[1::2] = [number.zfill(18) for number in parts[1::2]]
    return "".join(parts)


def _phone_key(phone: str) -> Any:
    return _NOT_DIGIT.sub("", phone) or facet_key(phone)


# The key of each column; one that is false is of a missing value.
_KEYS: dict[str, Callable[[_Row], Any]] = {
    "name": lambda row: row.name_key if row.name_key != _NAMELESS else "",
    "job_title": lambda row: _text_key(row.card.job_title),
    "department": lambda row: _text_key(row.card.department),
    "location": lambda row: _text_key(row.card.location),
    "phone": lambda row: _phone_key(row.card.phone),
    "email": lambda row: _text_key(row.card.email),
    "badges": lambda row: len(row.card.badges),
}
COLUMNS = tuple(_KEYS)


def read_whole(employees: PeopleReader, query: Query) -> Page | None:
    """Return everyone who matches on one page; None if they are too many to be read as a whole."""
    page = employees.browse(query, None, MAX_SORTED)
    return page if page.next is None and page.rows_examined is None else None


def sorted_cards(page: Page, sort: Sort) -> list[Card]:
    """Return the cards of a page in this order: missing values last, equal ones by name."""
    return [row.card for row in _sorted_rows(page, sort)]


def sorted_page(whole: Page, sort: Sort, number: int) -> tuple[Page, int]:
    """Return a page of a whole list in this order, and its number: the last one if it has fewer.

    Its cursors only say whether there is another page.
    """
    rows = _sorted_rows(whole, sort)
    pages = max(ceil(len(rows) / PAGE_SIZE), 1)
    number = min(max(number, 1), pages)
    some = rows[(number - 1) * PAGE_SIZE : number * PAGE_SIZE]
    page = Page(
        tuple(row.card for row in some),
        next=_ANOTHER_PAGE if number < pages else None,
        previous=_ANOTHER_PAGE if number > 1 else None,
        name_keys=tuple(row.name_key for row in some),
    )
    return page, number


def _sorted_rows(page: Page, sort: Sort) -> list[_Row]:
    key_of = _KEYS[sort.column]
    pairs = zip(page.name_keys, page.cards, strict=True)
    rows = sorted(
        (_Row(key, id_sort_key(card.id), card) for key, card in pairs),
        key=attrgetter("name_key", "id_key"),
    )
    known = sorted(filter(key_of, rows), key=key_of, reverse=sort.descending)
    return [*known, *(row for row in rows if not key_of(row))]
