"""The conditions of a query in terms of views."""

import json
from functools import lru_cache
from typing import NamedTuple

from app.contracts import Query
from app.contracts.queries import MANAGER
from app.contracts.sighted_search import SightedSearch, sighted_search
from app.storage.sql.index.entries import (
    BADGE,
    KINDS,
    NAMES,
    WORDS,
    is_of_manager,
    manager_view,
    view_of,
)
from app.text import search_keys
from app.text.search_terms import Term

# The views of the values of one filter; an employee in any of them meets it.
Views = tuple[str, ...]
ALL_NAMES: Views = (NAMES,)
ALL_WORDS: Views = (WORDS,)
# Words have no character of which LIKE knows another meaning; facets may.
LIKE_ESCAPE = "/"


class Test(NamedTuple):
    """A test of the index entries of an employee: a column of ``person``, and a LIKE pattern."""

    column: str
    pattern: str


All = tuple[Test, ...]
AnyOf = tuple[All, ...]


class Conditions(NamedTuple):
    """The conditions of a query: terms of a search, a prefix of the name, and views of filters.

    ``left`` asks for those who have left, who are in no view of a filter.
    """

    words: tuple[Term, ...]
    letter: str
    filters: tuple[Views, ...]
    seen: SightedSearch | None = None
    left: bool = False

    @property
    def of_manager(self) -> Views | None:
        """The view of those who report to somebody, if it is a condition: the shortest scan."""
        return next((views for views in self.filters if is_of_manager(views[0])), None)

    @property
    def number(self) -> int:
        """Return how many conditions are set."""
        return len(self.words) + len(self.filters) + bool(self.letter)


def conditions_of(query: Query) -> Conditions | None:
    """Return the conditions of a query; None if no employee can meet them."""
    if query.is_impossible:
        return None
    filters = tuple(tuple(_view(name, key) for key in keys) for name, keys in query.facet_keys)
    letter = "".join(query.values_of("letter"))
    if letter == search_keys.OTHER_LETTERS:
        letter = search_keys.name_key("")  # the prefix of all such names
    return Conditions(query.terms, letter, filters, sighted_search(query), query.left)


def _view(name: str, key: str) -> str:
    return manager_view(key) if name == MANAGER else view_of(KINDS[name], key)


def any_of(term: Term) -> AnyOf:
    """Return the ways to meet a term."""
    badges = tuple(map(has_badge, term.badges))
    if not term.phone:
        return (all_words(term.words), *badges)
    numbers = phone_forms(term) or (all_words((term.phone,)),)
    return (all_words(term.words), *badges, *numbers)


def all_words(prefixes: tuple[str, ...]) -> All:
    """Return the test that each of these begins a word, of any rank."""
    return tuple(Test("words", f"% {prefix}%") for prefix in prefixes)


def phone_forms(term: Term) -> AnyOf:
    """Return the forms of a number of which one must begin a word; none if any number will do."""
    return tuple(all_words((form,)) for form in term.phone_forms)


def has_badge(badge: str) -> All:
    """Return the test for a badge."""
    return in_view(view_of(BADGE, badge))


@lru_cache(maxsize=1024)
def in_view(view: str) -> All:
    """Return the test for a facet of which an employee has a value."""
    text = json.dumps(view, ensure_ascii=False)
    for character in (LIKE_ESCAPE, "%", "_"):
        text = text.replace(character, LIKE_ESCAPE + character)
    return (Test("facets", f"%[{text},%"),)
