"""The queries of a store of employees, and their results."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from copy import copy
from dataclasses import dataclass, field

from app.access.visibility import SEES_ALL, Sight
from app.model.employee import BADGE_KEYS, Card
from app.model.facets import FACETS, TEXT_FACETS
from app.model.fields import MAX_ID_CHARACTERS
from app.model.search_words import badges_named
from app.model.word_origins import PHONE_FIELDS
from app.text import search_keys
from app.text.search_terms import (
    WORD_BYTES,
    Term,
    Typed,
    longest_first,
    term_of,
    typed_terms,
)
from app.text.tokens import cut

# The filters whose values are counted, in the order of a URL; CONDITIONS are all.
FILTERS = tuple(facet.name for facet in FACETS)
# Whom somebody reports to: an id, which has no counts.
MANAGER = "manager"
CONDITIONS = (*FILTERS, MANAGER)
# Those for which all spellings of a value are equal.
TEXT_FILTERS = tuple(facet.name for facet in TEXT_FACETS)
# The values of the filters that have a fixed number of them, in their order.
CATALOGUES = {"letter": search_keys.LETTERS, "badge": BADGE_KEYS}
# The field of each filter that may be concealed.
FILTERED_FIELD = {"badge": "badges", "joined": "start_date", MANAGER: MANAGER}
# How many values of one filter a query takes, joined by "or".
MAX_FILTER_VALUES = 20
PAGE_SIZE = 24
MAX_ROWS_EXAMINED = 4_000
MAX_BATCH = 100
MAX_DELETE_BATCH = 500
MAX_VOCABULARY = 200_000
# Of the employees with one name, which is enough to tell that there are some.
MAX_NAMESAKES = 5
# Of people whose last day has come, taken out of lists by one call.
MAX_LEAVERS_AT_ONCE = 50


@dataclass(frozen=True, slots=True)
class Query:
    """A query: its conditions are joined by "and", the values of one filter by "or".

    ``words`` is the text as typed: each word must begin some word of the employee, and digits may
    end a phone number (see ``search_terms``). Every other condition is a filter: one value, or up
    to MAX_FILTER_VALUES of them; an instance has them as a tuple, and empty values are ignored.
    ``letter`` is ``a`` to ``z`` or ``other``, ``manager`` the id of whom they report to; these two
    take one value at most.
    ``location``, ``department`` and ``job_title`` are met by every spelling of the same
    ``search_keys.facet_key``. ``badge`` is a catalogue key. ``joined`` is a month, ``2026-03``
    (see ``search_keys.month_of``). Raises ValueError if a filter has too many values.
    With ``left``, those who have left are asked for, whom no other query finds; every condition
    narrows them. They, and those of a manager, are in order of names, whatever the words.

    A query is parsed when it is created, into ``typed_words`` (in the order typed), ``terms`` (to
    search for, longest first) with their texts as ``search_words``, ``filters`` (name and value,
    for every value of the conditions that are set, except words), ``facet_keys`` (name and keys of
    those, except the letter) and ``is_impossible`` (a letter, badge or month is set, and none of
    its values is one that an employee can have and the viewer sees). ``sight`` is what the viewer
    sees, everything unless ``seen_with`` sets another: nobody is found by what is concealed.
    """

    words: str = ""
    letter: str | tuple[str, ...] = ()
    location: str | tuple[str, ...] = ()
    department: str | tuple[str, ...] = ()
    job_title: str | tuple[str, ...] = ()
    badge: str | tuple[str, ...] = ()
    joined: str | tuple[str, ...] = ()
    manager: str | tuple[str, ...] = ()
    left: bool = False
    typed_words: tuple[str, ...] = field(init=False, compare=False, repr=False)
    search_words: tuple[str, ...] = field(init=False, compare=False, repr=False)
    terms: tuple[Term, ...] = field(init=False, compare=False, repr=False)
    filters: tuple[tuple[str, str], ...] = field(init=False, compare=False, repr=False)
    facet_keys: tuple[tuple[str, tuple[str, ...]], ...] = field(
        init=False, compare=False, repr=False
    )
    is_impossible: bool = field(init=False, compare=False, repr=False)
    sight: Sight = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Parse the conditions."""
        _set(self, "sight", SEES_ALL)
        _set_filters(self, {name: _values(name, getattr(self, name)) for name in CONDITIONS})
        _set_words(self, self.words, typed_terms(self.words) if self.words else Typed())

    def with_words(self, words: Iterable[str]) -> Query:
        """Return the query with other words, which are folded and split already."""
        other = copy(self)
        typed = [cut(word, WORD_BYTES) for word in words]
        _set_words(other, " ".join(typed), Typed(typed, typed))
        return other

    def seen_with(self, sight: Sight) -> Query:
        """Return the query as asked by a viewer with this sight."""
        if sight == self.sight == SEES_ALL:
            return self
        other = copy(self)
        _set(other, "sight", sight)
        _set_filters(other, {name: self.values_of(name) for name in CONDITIONS})
        _set(other, "terms", tuple(_term(text, sight) for text in self.search_words))
        return other

    def without(self, name: str) -> Query:
        """Return the query without one filter."""
        other = copy(self)
        _set_filters(other, {each: self.values_of(each) for each in CONDITIONS if each != name})
        return other

    @property
    def is_empty(self) -> bool:
        """Return whether everybody who works here matches, because no condition is set."""
        return not (self.words or self.filters or self.left)

    @property
    def is_ranked(self) -> bool:
        """Return whether matches are in the order of the first word, and not of names alone."""
        return bool(self.search_words) and not (self.left or self.manager)

    @property
    def only_text(self) -> str:
        """Return the text filter whose one value is the only condition; "" if there is none."""
        if self.words or self.left or len(self.filters) != 1:
            return ""
        name = self.filters[0][0]
        return name if name in TEXT_FILTERS else ""

    @property
    def search_words_as_typed(self) -> tuple[str, ...]:
        """Return the words to search for, in the order typed."""
        return tuple(word for word in dict.fromkeys(self.typed_words) if word in self.search_words)

    def values_of(self, name: str) -> tuple[str, ...]:
        """Return the values of a filter, as they were given."""
        values: tuple[str, ...] = getattr(self, name)
        return values

    def keys_of(self, name: str) -> tuple[str, ...]:
        """Return the keys of a counted filter; none if it is not set."""
        return dict(self.facet_keys).get(name, ())


_set = object.__setattr__  # a frozen instance is written only while it is created


def _set_words(query: Query, text: str, typed: Typed) -> None:
    _set(query, "words", text)
    _set(query, "typed_words", tuple(typed.words))
    search_words = longest_first(typed.searched) if typed.searched else ()
    _set(query, "search_words", search_words)
    _set(query, "terms", tuple(_term(text, query.sight) for text in search_words))


def _term(text: str, sight: Sight) -> Term:
    term = term_of(text)
    if not sight.restricted:
        return term._replace(badges=badges_named(text))
    if sight.restricted.issuperset(PHONE_FIELDS):
        term = term._replace(phone="", phone_forms=())
    return term if "badges" in sight.restricted else term._replace(badges=badges_named(text))


def _set_filters(query: Query, values_of: Mapping[str, tuple[str, ...]]) -> None:
    facet_keys, is_impossible = [], False
    for name in CONDITIONS:
        values = values_of.get(name, ())
        _set(query, name, values)
        keys = tuple(dict.fromkeys(key for value in values if (key := _key_of(name, value))))
        is_impossible |= bool(values) and not keys and name not in TEXT_FILTERS
        is_impossible |= bool(values) and FILTERED_FIELD.get(name) in query.sight.restricted
        if keys and name != "letter":
            facet_keys.append((name, keys))
    _set(query, "filters", tuple((n, v) for n in CONDITIONS for v in values_of.get(n, ())))
    _set(query, "facet_keys", tuple(facet_keys))
    _set(query, "is_impossible", is_impossible)


def _values(name: str, given: str | Iterable[str]) -> tuple[str, ...]:
    values = (given,) if isinstance(given, str) else tuple(dict.fromkeys(given))
    values = tuple(filter(None, values))
    if len(values) > (limit := max_values(name)):
        raise ValueError(f"{name} has {len(values)} values, and takes at most {limit}")
    return values


def max_values(name: str) -> int:
    """Return how many values a filter takes: one letter or manager, MAX_FILTER_VALUES others."""
    return 1 if name in ("letter", MANAGER) else MAX_FILTER_VALUES


def _key_of(name: str, value: str) -> str:
    """Return the key that is equal for all spellings of a value; "" if nobody can have it."""
    if name in TEXT_FILTERS:
        return search_keys.facet_key(value)
    if name == MANAGER:
        return value if len(value.encode("utf-8", "surrogatepass")) <= MAX_ID_CHARACTERS else ""
    if name == "joined":
        return value if search_keys.is_month(value) else ""
    return value if value in CATALOGUES[name] else ""


@dataclass(frozen=True, slots=True)
class Page:
    """A page of cards, with the cursors of the next and the previous page (None if there is none).

    ``rows_examined`` is None if the page is complete. Otherwise the search ended early, after this
    number of rows, with fewer cards than requested (perhaps none), and ``next`` continues there.
    ``name_keys`` has the key of each card by which its name is in order.
    """

    cards: tuple[Card, ...]
    next: str | None = None
    previous: str | None = None
    rows_examined: int | None = None
    name_keys: tuple[str, ...] = ()
