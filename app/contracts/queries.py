"""The queries of a store of employees, and their results."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from copy import copy
from dataclasses import dataclass, field
from typing import NamedTuple

from app.model.employee import BADGE_KEYS, Card, Employee
from app.model.fields import FACETS, TEXT_FACETS
from app.text import search_keys
from app.text.plurals import count_of
from app.text.tokens import cut

# The conditions of a query beside its words, in the order of a URL.
FILTERS = tuple(facet.name for facet in FACETS)
# Those for which all spellings of a value are equal.
TEXT_FILTERS = tuple(facet.name for facet in TEXT_FACETS)
PAGE_SIZE = 24
MAX_ROWS_EXAMINED = 4_000
MAX_BATCH = 100
MAX_DELETE_BATCH = 500
MAX_VOCABULARY = 200_000


@dataclass(frozen=True, slots=True)
class Query:
    """A query: its conditions are joined by "and", empty ones are ignored.

    ``words`` is the text as typed: each word must begin some word of the employee (see
    ``search_keys``). ``letter`` is ``a`` to ``z`` or ``other``. ``location``, ``department`` and
    ``job_title`` are met by every spelling of the same ``search_keys.facet_key``. ``badge`` is a
    catalogue key. ``joined`` is a month, ``2026-03`` (see ``search_keys.month_of``).

    A query is parsed when it is created, into ``typed_words`` (in the order typed),
    ``search_words`` (to search for, longest first), ``filters`` (name and value of the conditions
    that are set, except words), ``facet_keys`` (name and key of those that a store counts) and
    ``is_impossible`` (it has a letter, badge or month that no employee can have).
    """

    words: str = ""
    letter: str = ""
    location: str = ""
    department: str = ""
    job_title: str = ""
    badge: str = ""
    joined: str = ""
    typed_words: tuple[str, ...] = field(init=False, compare=False, repr=False)
    search_words: tuple[str, ...] = field(init=False, compare=False, repr=False)
    filters: tuple[tuple[str, str], ...] = field(init=False, compare=False, repr=False)
    facet_keys: tuple[tuple[str, str], ...] = field(init=False, compare=False, repr=False)
    is_impossible: bool = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        """Parse the conditions."""
        filters = tuple((name, value) for name in FILTERS if (value := getattr(self, name)))
        _set(self, "filters", filters)
        _set(self, "facet_keys", tuple(_facet_keys(filters)))
        _set(self, "is_impossible", any(map(_is_impossible, filters)))
        _set_words(self, self.words, search_keys.typed_words(self.words) if self.words else ())

    def with_words(self, words: Iterable[str]) -> Query:
        """Return the query with other words, which are folded and split already."""
        other = copy(self)
        typed = [cut(word, search_keys.WORD_BYTES) for word in words]
        _set_words(other, " ".join(typed), typed)
        return other

    @property
    def is_empty(self) -> bool:
        """Return whether every employee matches, because no condition is set."""
        return not (self.words or self.filters)

    @property
    def search_words_as_typed(self) -> tuple[str, ...]:
        """Return the words to search for, in the order typed."""
        return tuple(word for word in dict.fromkeys(self.typed_words) if word in self.search_words)

    def facet_key(self, name: str) -> str:
        """Return the key of a facet; "" if it is not set."""
        return dict(self.facet_keys).get(name, "")


_set = object.__setattr__  # a frozen instance is written only while it is created


def _set_words(query: Query, text: str, typed: Iterable[str]) -> None:
    typed_words = tuple(typed)
    _set(query, "words", text)
    _set(query, "typed_words", typed_words)
    _set(query, "search_words", search_keys.query_words(typed_words) if typed_words else ())


def _facet_keys(filters: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    for name, value in filters:
        key = search_keys.facet_key(value) if name in TEXT_FILTERS else value
        if key and name != "letter":
            yield name, key


def _is_impossible(condition: tuple[str, str]) -> bool:
    name, value = condition
    if name == "letter":
        return value not in search_keys.LETTERS
    if name == "badge":
        return value not in BADGE_KEYS
    return name == "joined" and not search_keys.is_month(value)


@dataclass(frozen=True, slots=True)
class Page:
    """A page of cards, with the cursors of the next and the previous page (None if there is none).

    ``rows_examined`` is None if the page is complete. Otherwise the search ended early, after this
    number of rows, with fewer cards than requested (perhaps none), and ``next`` continues there.
    """

    cards: tuple[Card, ...]
    next: str | None = None
    previous: str | None = None
    rows_examined: int | None = None


@dataclass(frozen=True, slots=True)
class Facets:
    """Numbers of employees: in total, by letter, and by each value of a filter.

    Values have their most frequent spelling (``search_keys.merge_spellings``) and are in the order
    of their facet key; badges and letters are in the order of their catalogue, months in order of
    time. Zeros are omitted.
    """

    total: int = 0
    letters: Mapping[str, int] = field(default_factory=dict)
    locations: Mapping[str, int] = field(default_factory=dict)
    departments: Mapping[str, int] = field(default_factory=dict)
    job_titles: Mapping[str, int] = field(default_factory=dict)
    badges: Mapping[str, int] = field(default_factory=dict)
    joined: Mapping[str, int] = field(default_factory=dict)


_CATALOGUES = {"letter": search_keys.LETTERS, "badge": BADGE_KEYS}


def facets_from(total: int, counts: Mapping[str, Mapping[str, int]]) -> Facets:
    """Return the Facets of counts above zero by facet name and value, in any order."""
    return Facets(
        total,
        **{facet.counts: _in_order(facet.name, counts.get(facet.name, {})) for facet in FACETS},
    )


def _in_order(name: str, counts: Mapping[str, int]) -> Mapping[str, int]:
    if name in TEXT_FILTERS:
        return search_keys.merge_spellings(counts)
    values = _CATALOGUES.get(name) or sorted(filter(search_keys.is_month, counts))
    return {value: counts[value] for value in values if value in counts}


@dataclass(frozen=True, slots=True)
class Batch:
    """A batch of employees, and the bookmark from which ``iter_batches`` continues after it."""

    people: tuple[Employee, ...]
    bookmark: str


class RecordCount(NamedTuple):
    """A number of records; at least so many if it is not exact."""

    number: int
    is_exact: bool = True

    @property
    def not_listed(self) -> str:
        """Return what is told of so many records where lists show nobody."""
        counted = count_of(self.number, "record is", "records are")
        return (
            f"{counted} not listed yet" if self.is_exact else f"At least {counted} not listed yet"
        )


class Deletion(NamedTuple):
    """The arguments of one deletion; see EmployeeStore.delete."""

    employee_id: str
    expected_revision: str | None
    write_id: str


@dataclass(frozen=True, slots=True)
class Progress:
    """The progress of a long operation. ``total`` is an estimate, 0 if unknown."""

    done: int
    total: int
    changed: int
    what: str
