"""Employee, the card that a list shows, and the badge catalogue: plain data, no input or output."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

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

# The fields that people type, in the order of the form and of the conflict page.
TEXT_FIELDS = (
    "full_name",
    "preferred_name",
    "pronouns",
    "job_title",
    "department",
    "location",
    "email",
    "phone",
    "start_date",
    "about",
)
# All that an edit can change and a conflict can be about.
CONTENT_FIELDS = (*TEXT_FIELDS, "badges", "photo_key")


@dataclass(frozen=True, slots=True, kw_only=True)
class Employee:
    """One person's record, as a store gives it back.

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
        return all(getattr(self, name) == getattr(other, name) for name in CONTENT_FIELDS)


class Card(NamedTuple):
    """What a list shows of a person: texts cut to 200 characters, known badges."""

    id: str
    full_name: str
    job_title: str
    location: str
    department: str
    email: str
    phone: str
    badges: tuple[str, ...]
    photo_key: str


def card_of(employee: Employee) -> Card:
    """The card of an employee; every store shows the same one."""
    return Card(
        employee.id,
        one_line(employee.full_name),
        one_line(employee.job_title),
        one_line(employee.location),
        one_line(employee.department),
        one_line(employee.email),
        one_line(employee.phone),
        employee.known_badges,
        employee.photo_key,
    )


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
