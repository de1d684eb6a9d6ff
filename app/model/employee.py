"""Employee, the card that a list shows, and the badge catalogue: plain data, no input or output."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import NamedTuple

from app.model.fields import CONTENT_FIELDS
from app.text.folding import one_line


class Badge(NamedTuple):
    """A badge: the key that records hold, the words for people, the icon of the sprite."""

    key: str
    words: str
    icon: str


BADGES = (
    Badge("apple", "Mac User", "apple"),
    Badge("windows", "Windows User", "windows"),
    Badge("linux", "Linux User", "tux"),
    Badge("video-camera", "Digital Content Star", "camera-video"),
    Badge("trophy", "Employee of the Month", "trophy"),
    Badge("camera", "Photographer", "camera"),
    Badge("plane", "Frequent Flier", "airplane"),
    Badge("paperclip", "Paperclip Aficionado", "paperclip"),
    Badge("coffee", "Coffee Snob", "cup-hot"),
    Badge("gamepad", "Gamer", "controller"),
    Badge("bug", "Bugfixer", "bug"),
    Badge("umbrella", "Seattle Fan", "umbrella"),
)
BADGE_KEYS = tuple(badge.key for badge in BADGES)
_BADGE_PLACE = {key: place for place, key in enumerate(BADGE_KEYS)}
_content_of = attrgetter(*CONTENT_FIELDS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Employee:
    """One person's record, as a store gives it back; its fields are those of fields.py.

    Texts are NFC; an absent one is ``""``. ``start_date`` is an ISO date (``2024-02-29``).
    ``badges`` are the known keys in catalogue order, then keys that we do not know, as stored.
    ``photo_key`` is ``employee_pic/<name>.<ext>`` or ``""``. ``version`` counts the writes of our
    own code, 0 for a record from elsewhere; ``updated_at`` is the time of the last (UTC).
    """

    id: str
    full_name: str
    preferred_name: str = ""
    pronouns: str = ""
    job_title: str = ""
    department: str = ""
    location: str = ""
    email: str = ""
    phone: str = ""
    start_date: str = ""
    about: str = ""
    badges: tuple[str, ...] = ()
    photo_key: str = ""
    version: int = 0
    updated_at: datetime | None = None

    @property
    def known_badges(self) -> tuple[str, ...]:
        """The badges of the catalogue, in its order: what lists, filters and counts know."""
        return tuple(key for key in self.badges if key in _BADGE_PLACE)

    def same_content(self, other: Employee) -> bool:
        """Whether the two differ in nothing that an edit could change."""
        return bool(_content_of(self) == _content_of(other))

    def badges_with(self, chosen: Iterable[str]) -> tuple[str, ...]:
        """The badges chosen of the catalogue, then those of this record that it does not have.

        Whoever changes the badges of a record keeps these, since another program put them there.
        """
        unknown = (key for key in self.badges if key not in _BADGE_PLACE)
        return (*in_catalogue_order(chosen), *unknown)


class Card(NamedTuple):
    """What a list shows of a person: texts cut to 200 characters, known badges.

    Its fields are those of the table that are part of a card. DynamoDB stores them in this order.
    """

    id: str
    full_name: str
    job_title: str
    location: str
    department: str
    email: str
    phone: str
    badges: tuple[str, ...]
    photo_key: str


# The texts of a card, in its order.
CARD_TEXTS = Card._fields[1:-2]
_card_texts_of = attrgetter(*CARD_TEXTS)


def card_of(employee: Employee) -> Card:
    """The card of an employee; every store shows the same one."""
    texts = map(one_line, _card_texts_of(employee))
    return Card._make((employee.id, *texts, employee.known_badges, employee.photo_key))


def in_catalogue_order(keys: Iterable[str]) -> tuple[str, ...]:
    """The badges of the catalogue among these, each once."""
    chosen = set(keys)
    return tuple(key for key in BADGE_KEYS if key in chosen)


def badges_from(raw: object) -> tuple[str, ...]:
    """The badges meant by whatever a record holds; never fails.

    The course's app and people at a console leave a list, a set, one string, a comma string, or a
    list whose members its edit form mangled (``["['apple'", " 'linux']"]`` means apple and linux).
    """
    pieces: Iterable[object]
    if isinstance(raw, str):
        pieces = (raw,)
    elif isinstance(raw, set | frozenset):
        pieces = sorted(map(str, raw))
    elif isinstance(raw, list | tuple):
        pieces = raw
    else:
        pieces = ()
    found: dict[str, None] = {}
    for piece in pieces:
        if isinstance(piece, str):
            for part in piece.split(","):
                key = part.strip(" []'\"\t\r\n")
                if key:
                    found[key] = None
    known = sorted((key for key in found if key in _BADGE_PLACE), key=_BADGE_PLACE.__getitem__)
    return (*known, *(key for key in found if key not in _BADGE_PLACE))
