"""How an employee is listed: pure functions from a record to rows of ``entry`` and ``facet``.

What is listed is kept beside the record (``place``, ``words``, ``listed``), so that it can be taken
away again whatever has happened to the record, or to the rules of terms.py, since.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy import RowMapping

from app import terms
from app.employee import Employee
from app.storage.cursors import SEPARATOR

NAMES, WORDS, LETTERS, CHANGES = "name", "word", "letter", "changes"
FACETS = {"location": "location", "department": "department", "job_title": "title"}
BADGE, JOINED = "badge", "joined"
_KEY_BYTES = 64

Place = tuple[str, str]  # view, at
Marks = tuple[int, int]  # lead, start
Spelling = tuple[str, str]  # view, as it is spelled


def view_of(kind: str, key: str) -> str:
    """The view of a facet: its key, or the hash of it where that is long."""
    raw = key.encode()
    if len(raw) > _KEY_BYTES:
        key = "~" + hashlib.blake2b(raw, digest_size=16).hexdigest()
    return f"{kind}:{key}"


@dataclass(frozen=True, slots=True)
class Listing:
    """Where a person is listed: the place among the names, the words, the facets with spelling.

    ``email_key`` is the mail address by which the person is found, if any.
    """

    place: str
    words: tuple[str, ...]
    facets: tuple[Spelling, ...]
    email_key: str = ""

    def entries(self) -> dict[Place, Marks]:
        """The rows of ``entry``."""
        if not self.place:
            return {}
        rows = {(view, self.place): (0, 1) for view in (NAMES, *dict(self.facets))}
        previous = ""
        for word in self.words:
            lead = _shared(previous, word) + 1
            start = len(word) + len(SEPARATOR) + 1
            rows[WORDS, f"{word}{SEPARATOR}{self.place}"] = (lead, start)
            previous = word
        return rows

    def counted(self) -> Counter[Spelling]:
        """What this person adds to ``facet``."""
        if not self.place:
            return Counter()
        letter = view_of(LETTERS, terms.letter_of(self.place))
        return Counter([(NAMES, ""), (letter, ""), *self.facets])

    def columns(self) -> dict[str, str | None]:
        """The columns that keep it; a space before each word marks where it begins."""
        return {
            "place": self.place,
            "words": "".join(f" {word}" for word in self.words),
            "listed": json.dumps(self.facets, ensure_ascii=False, separators=(",", ":")),
            "email_key": self.email_key or None,
        }


NOT_LISTED = Listing("", (), ())


def listing_of(person: Employee) -> Listing:
    """How a person ought to be listed."""
    return Listing(
        place=f"{terms.name_key(person.full_name)}{SEPARATOR}{terms.tie_of(person.id)}",
        words=terms.search_words(person),
        facets=tuple(_facets_of(person)),
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


@lru_cache(maxsize=2048)
def _facet(kind: str, text: str) -> Spelling | None:
    key = terms.facet_key(text)
    return (view_of(kind, key), terms.one_line(text)) if key else None


def _facets_of(person: Employee) -> Iterator[Spelling]:
    for field, kind in FACETS.items():
        if facet := _facet(kind, getattr(person, field)):
            yield facet
    for badge in person.known_badges:
        yield view_of(BADGE, badge), badge
    if month := terms.month_of(person.start_date):
        yield view_of(JOINED, month), month
