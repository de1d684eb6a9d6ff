"""How an employee is listed: pure functions from a record to rows of ``entry`` and ``facet``.

What is listed is kept beside the record (``place``, ``words``, ``listed``), so that it can be taken
away again whatever has happened to the record, or to the rules of search_keys.py, since.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from functools import lru_cache
from itertools import chain
from operator import attrgetter
from typing import NamedTuple, Protocol

from sqlalchemy import RowMapping

from app.contracts.cursors import SEPARATOR
from app.model.employee import BADGE_KEYS, Employee
from app.model.fields import FACETS, TEXT_FACETS
from app.text import search_keys
from app.text.folding import one_line

KINDS = {facet.name: facet.sql_kind for facet in FACETS}
NAMES, WORDS, CHANGES = "name", "word", "changes"
LETTERS, BADGE, JOINED = KINDS["letter"], KINDS["badge"], KINDS["joined"]
_TEXT_KINDS = tuple(facet.sql_kind for facet in TEXT_FACETS)
_facet_texts_of = attrgetter(*(facet.name for facet in TEXT_FACETS))
_KEY_BYTES = 64
# The columns of ``person`` that keep a listing.
LISTED = ("place", "words", "listed", "email_key")

Place = tuple[str, str]  # view, at
Marks = tuple[int, int]  # lead, start
Spelling = tuple[str, str]  # view, as it is spelled
PLAIN: Marks = (0, 1)  # outside the view of words
EntryRow = tuple[str, str, int, int, int]  # view, at, number, lead, start


def view_of(kind: str, key: str) -> str:
    """The view of a facet: its key, or the hash of it where that is long."""
    raw = key.encode()
    if len(raw) > _KEY_BYTES:
        key = "~" + hashlib.blake2b(raw, digest_size=16).hexdigest()
    return f"{kind}:{key}"


class Listed(search_keys.Searchable, Protocol):
    """The fields of an employee that decide how they are listed, beside name and id."""

    @property
    def badges(self) -> tuple[str, ...]: ...
    @property
    def start_date(self) -> str: ...


class IndexEntries(NamedTuple):
    """Where a person is listed: the place among the names, the words, the facets with spelling.

    ``email_key`` is the mail address by which the person is found, if any.
    """

    place: str
    words: tuple[str, ...]
    facets: tuple[Spelling, ...]
    email_key: str = ""

    def entries(self) -> dict[Place, Marks]:
        """The rows of ``entry``."""
        return {(view, at): (lead, start) for view, at, _, lead, start in self.rows(0)}

    def rows(self, number: int) -> Iterator[EntryRow]:
        """The rows of ``entry`` for the person of this number, as a driver takes them."""
        place = self.place
        if not place:
            return
        for view in (NAMES, *(view for view, _ in self.facets)):
            yield view, place, number, *PLAIN
        for word, lead in zip(self.words, self.leads(), strict=True):
            beginning, start = beginning_of(word)
            yield WORDS, beginning + place, number, lead, start

    def leads(self) -> list[int]:
        """Of each word the shortest beginning that finds this person there first."""
        return [
            1 if word[0] != previous[0] else _shared(previous, word) + 1
            for previous, word in zip((" ", *self.words), self.words, strict=False)
        ]

    def counted_facets(self) -> list[Spelling]:
        """What this person adds one to in ``facet``."""
        if not self.place:
            return []
        return [(NAMES, ""), (f"{LETTERS}:{search_keys.letter_of(self.place)}", ""), *self.facets]

    def columns(self) -> dict[str, str | None]:
        """The columns that keep it."""
        return dict(zip(LISTED, self.values(), strict=True))

    def values(self) -> tuple[str | None, ...]:
        """What ``LISTED`` holds; a space before each word marks where it begins."""
        words = f" {' '.join(self.words)}" if self.words else ""
        facets = f"[{','.join(map(_as_json, self.facets))}]"
        return self.place, words, facets, self.email_key or None


NOT_INDEXED = IndexEntries("", (), ())


def beginning_of(word: str) -> tuple[str, int]:
    """What precedes a place among the names in the view of words, and where that begins then."""
    return f"{word}{SEPARATOR}", len(word) + 2


def place_of(person: Employee) -> str:
    """Where a person stands among the names."""
    return (
        f"{search_keys.name_key(person.full_name)}{SEPARATOR}{search_keys.id_sort_key(person.id)}"
    )


def entries_of(person: Employee) -> IndexEntries:
    """How a person ought to be listed."""
    return entries_at(place_of(person), person)


def entries_at(place: str, person: Listed) -> IndexEntries:
    """How a person ought to be listed whose place is known."""
    facets = (
        *chain.from_iterable(map(_facet, _TEXT_KINDS, _facet_texts_of(person))),
        *_badges(person.badges),
        *_joined(person.start_date),
    )
    return IndexEntries(
        place, search_keys.search_words(person), facets, search_keys.email_key(person.email)
    )


def entries_in(row: RowMapping) -> IndexEntries | None:
    """How the person in a row of ``person`` is listed now, if at all."""
    if not row["place"]:
        return None
    facets = json.loads(row["listed"] or "[]")
    return IndexEntries(
        place=row["place"],
        words=tuple((row["words"] or "").split()),
        facets=tuple((view, spelling) for view, spelling in facets),
        email_key=row["email_key"] or "",
    )


def _shared(word: str, other: str) -> int:
    """How many characters two words begin with alike."""
    if other.startswith(word):
        return len(word)
    most = min(len(word), len(other))
    at = 0
    while at < most and word[at] == other[at]:
        at += 1
    return at


@lru_cache(maxsize=4096)
def _facet(kind: str, text: str) -> tuple[Spelling, ...]:
    key = search_keys.facet_key(text)
    return ((view_of(kind, key), one_line(text)),) if key else ()


@lru_cache(maxsize=1024)
def _badges(worn: tuple[str, ...]) -> tuple[Spelling, ...]:
    return tuple((view_of(BADGE, badge), badge) for badge in worn if badge in BADGE_KEYS)


@lru_cache(maxsize=16_384)  # the days of 40 years
def _joined(start_date: str) -> tuple[Spelling, ...]:
    month = search_keys.month_of(start_date)
    return ((view_of(JOINED, month), month),) if month else ()


@lru_cache(maxsize=4096)
def _as_json(facet: Spelling) -> str:
    return json.dumps(facet, ensure_ascii=False, separators=(",", ":"))
