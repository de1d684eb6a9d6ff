"""What a store of employees is asked, and what it answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from app.model.employee import Card, Employee

PAGE_SIZE = 24
MAX_ROWS_EXAMINED = 4_000
MAX_BATCH = 100
MAX_DELETE_BATCH = 500
MAX_VOCABULARY = 200_000


@dataclass(frozen=True, slots=True)
class Query:
    """Whom to list; all conditions join with "and", empty ones ask nothing.

    ``words`` is the text as typed: each word must begin some word of the person (see terms.py).
    ``letter`` is ``a`` to ``z`` or ``other``. ``location``, ``department`` and ``job_title``
    are met by every spelling of the same ``terms.facet_key``. ``badge`` is a catalogue key.
    ``joined`` is a month, ``2026-03`` (see ``terms.month_of``).
    """

    words: str = ""
    letter: str = ""
    location: str = ""
    department: str = ""
    job_title: str = ""
    badge: str = ""
    joined: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """One page of cards, with the cursors of its neighbours (None where there is no neighbour).

    ``rows_examined`` is None when the page is whole. Otherwise the search ended early, after so
    many rows, with fewer cards than asked for (perhaps none), and ``next`` goes on from there.
    """

    cards: tuple[Card, ...]
    next: str | None = None
    previous: str | None = None
    rows_examined: int | None = None


@dataclass(frozen=True, slots=True)
class Facets:
    """How many people there are: in all, by letter, and by each value of a filter.

    Values are spelled as most people spell them (``terms.merge_spellings``) and come in the order
    of their facet key; badges and letters come in the order of their catalogue, months in time.
    Zeros are left out.
    """

    total: int = 0
    letters: Mapping[str, int] = field(default_factory=dict)
    locations: Mapping[str, int] = field(default_factory=dict)
    departments: Mapping[str, int] = field(default_factory=dict)
    job_titles: Mapping[str, int] = field(default_factory=dict)
    badges: Mapping[str, int] = field(default_factory=dict)
    joined: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Batch:
    """Some of all employees, and the bookmark from which ``each`` goes on behind them."""

    people: tuple[Employee, ...]
    bookmark: str


class Deletion(NamedTuple):
    """Whom to delete, and as which write; see EmployeeStore.delete."""

    employee_id: str
    expected_revision: str | None
    write_id: str


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a long operation is. ``total`` is an estimate, 0 where nobody knows."""

    done: int
    total: int
    changed: int
    what: str
