"""How an employee is listed: pure functions from a record to rows of ``entry`` and ``facet``.

What is listed is kept beside the record (``place``, ``words``, ``listed``), so that it can be taken
away again whatever has happened to the record, or to the rules of terms.py, since.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from sqlalchemy import RowMapping

from app import terms
from app.employee import BADGE_KEYS, Employee
from app.storage.cursors import SEPARATOR

NAMES, WORDS, LETTERS, CHANGES = "name", "word", "letter", "changes"
FACETS = {"location": "location", "department": "department", "job_title": "title"}
BADGE, JOINED = "badge", "joined"
_KEY_BYTES = 64

Place = tuple[str, str]  # view, at
Marks = tuple[int, int]  # lead, start
Spelling = tuple[str, str]  # view, as it is spelled
EntryRow = tuple[str, str, int, int, int]  # view, at, number, lead, start


def view_of(kind: str, key: str) -> str:
    """The view of a facet: its key, or the hash of it where that is long."""
    raw = key.encode()
    if len(raw) > _KEY_BYTES:
        key = "~" + hashlib.blake2b(raw, digest_size=16).hexdigest()
    return f"{kind}:{key}"


class Listing(NamedTuple):
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
        yield NAMES, place, number, 0, 1
        for view, _ in self.facets:
            yield view, place, number, 0, 1
        previous = ""
        for word in self.words:
            lead = 1 if word[:1] != previous[:1] else _shared(previous, word) + 1
            yield WORDS, f"{word}{SEPARATOR}{place}", number, lead, len(word) + 2
            previous = word

    def counted(self) -> list[Spelling]:
        """What this person adds one to in ``facet``."""
        if not self.place:
            return []
        return [(NAMES, ""), (f"{LETTERS}:{terms.letter_of(self.place)}", ""), *self.facets]

    def columns(self) -> dict[str, str | None]:
        """The columns that keep it; a space before each word marks where it begins."""
        return {
            "place": self.place,
            "words": "".join(f" {word}" for word in self.words),
            "listed": f"[{','.join(map(_as_json, self.facets))}]",
            "email_key": self.email_key or None,
        }


NOT_LISTED = Listing("", (), ())


def listing_of(person: Employee) -> Listing:
    """How a person ought to be listed."""
    return Listing(
        place=f"{terms.name_key(person.full_name)}{SEPARATOR}{terms.tie_of(person.id)}",
        words=terms.search_words(person),
        facets=(
            *_facet("location", person.location),
            *_facet("department", person.department),
            *_facet("title", person.job_title),
            *_badges(person.badges),
            *_joined(person.start_date),
        ),
        email_key=terms.email_key(person.email),
    )


def listing_in(row: RowMapping) -> Listing | None:
    """How the person in a row of ``person`` is listed now, if at all."""
    if not row["place"]:
        return None
    facets = json.loads(row["listed"] or "[]")
    return Listing(
        place=row["place"],
        words=tuple((row["words"] or "").split()),
        facets=tuple((view, spelling) for view, spelling in facets),
        email_key=row["email_key"] or "",
    )


def _shared(word: str, other: str) -> int:
    """How many characters two words begin with alike."""
    for place, (mark, other_mark) in enumerate(zip(word, other, strict=False)):
        if mark != other_mark:
            return place
    return min(len(word), len(other))


@lru_cache(maxsize=4096)
def _facet(kind: str, text: str) -> tuple[Spelling, ...]:
    key = terms.facet_key(text)
    return ((view_of(kind, key), terms.one_line(text)),) if key else ()


@lru_cache(maxsize=1024)
def _badges(worn: tuple[str, ...]) -> tuple[Spelling, ...]:
    return tuple((view_of(BADGE, badge), badge) for badge in worn if badge in BADGE_KEYS)


@lru_cache(maxsize=4096)
def _joined(start_date: str) -> tuple[Spelling, ...]:
    month = terms.month_of(start_date)
    return ((view_of(JOINED, month), month),) if month else ()


@lru_cache(maxsize=4096)
def _as_json(facet: Spelling) -> str:
    return json.dumps(facet, ensure_ascii=False, separators=(",", ":"))
