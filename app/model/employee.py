"""Employee, the card that a list shows, and the badge catalogue, as plain data."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from operator import attrgetter
from typing import NamedTuple

from app.model.fields import CONTENT_FIELDS, HIDEABLE
from app.text.folding import one_line


class Badge(NamedTuple):
    """A badge: the key in records, the label on pages, and the icon in the sprite."""

    key: str
    label: str
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
# Of the applications of the course: the FlaskApp's attributes, which are ours too; those of the
# application in Node; or both.
NODE, BOTH = "node", "both"
GENERATIONS = ("", NODE, BOTH)
BADGE_KEYS = tuple(badge.key for badge in BADGES)
_BADGE_POSITION = {key: position for position, key in enumerate(BADGE_KEYS)}
_content_of = attrgetter(*CONTENT_FIELDS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Employee:
    """The record of an employee, as a store returns it; its fields are those of fields.py.

    Texts are NFC; a missing one is ``""``. ``start_date`` is an ISO date (``2024-02-29``).
    ``badges`` are the known keys in catalogue order, then unknown keys as stored. ``photo_key`` is
    ``employee_pic/<name>.<ext>``, a foreign key (app/photos/keys.py) or ``""``. ``version`` counts
    the writes of this program, 0 for a record of another one; ``updated_at`` is the time of the
    last (UTC). ``generation`` says in whose attributes a record of DynamoDB has name and photo.
    ``hidden`` are the names of the fields that only the employee and editors see, as
    ``hidden_from`` returns them. ``left_on`` is the last day of who leaves or has left.
    ``manager`` is the id of the employee whom they report to, or whatever another program wrote.
    ``history`` is the mark of the last recorded change (app/history/difference.py), "" of a record
    that was there before its history.
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
    employee_number: str = ""
    mobile: str = ""
    time_zone: str = ""
    sort_as: str = ""
    hidden: tuple[str, ...] = ()
    left_on: str = ""
    manager: str = ""
    desk: str = ""
    working_hours: str = ""
    chat: str = ""
    version: int = 0
    updated_at: datetime | None = None
    generation: str = field(default="", compare=False)
    history: str = field(default="", compare=False)

    @property
    def known_badges(self) -> tuple[str, ...]:
        """Return the badges of the catalogue, in its order, for lists, filters and counts."""
        return tuple(key for key in self.badges if key in _BADGE_POSITION)

    def same_content(self, other: Employee) -> bool:
        """Return whether all fields that an edit can change are equal."""
        return bool(_content_of(self) == _content_of(other))

    def badges_with(self, chosen: Iterable[str]) -> tuple[str, ...]:
        """Return the selected badges of the catalogue, then the unknown ones of this record.

        An edit keeps the unknown ones, because another program wrote them.
        """
        unknown = (key for key in self.badges if key not in _BADGE_POSITION)
        return (*in_catalogue_order(chosen), *unknown)


class Card(NamedTuple):
    """The part of an employee that a list shows: texts cut to 200 characters, known badges.

    Its fields are those with ``in_card`` in fields.py, and what the employee hides. DynamoDB stores
    all but ``hidden`` in this order.
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
    hidden: tuple[str, ...] = ()


# The fields of an employee that a card shows, and those of them that are texts.
IN_CARDS = tuple(name for name in Card._fields[1:] if name != "hidden")
CARD_TEXTS = IN_CARDS[:-2]
_card_texts_of = attrgetter(*CARD_TEXTS)


def card_of(employee: Employee) -> Card:
    """Return the card of an employee, which is the same in every store."""
    texts = map(one_line, _card_texts_of(employee))
    own = (employee.known_badges, employee.photo_key, employee.hidden)
    return Card._make((employee.id, *texts, *own))


def in_catalogue_order(keys: Iterable[str]) -> tuple[str, ...]:
    """Return the distinct badges of the catalogue among these keys."""
    chosen = set(keys)
    return tuple(key for key in BADGE_KEYS if key in chosen)


def hidden_from(raw: object) -> tuple[str, ...]:
    """Return the fields that a stored value of any type hides, in the order of HIDEABLE."""
    names = raw if isinstance(raw, list | tuple | set | frozenset) else ()
    return tuple(name for name in HIDEABLE if name in names)


def badges_from(raw: object) -> tuple[str, ...]:
    """Parse the badges of a record of any type; never fails.

    The course's app and manual edits leave a list, a set, a string, a comma-separated string, or a
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
    parts = [part for piece in pieces if isinstance(piece, str) for part in piece.split(",")]
    keys = dict.fromkeys(key for part in parts if (key := part.strip(" []'\"\t\r\n")))
    unknown = [key for key in keys if key not in _BADGE_POSITION]
    return (*in_catalogue_order(keys), *unknown)
