"""The kinds of a field's value: what is valid, with messages that say what to do, and its input."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import Enum
from functools import cache
from zoneinfo import available_timezones

from app.text.phone_numbers import PHONE_WORDS

_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_CONTINENTS = (
    *("Africa/", "America/", "Antarctica/", "Arctic/", "Asia/"),
    *("Atlantic/", "Australia/", "Europe/", "Indian/", "Pacific/"),
)
_PHONE = re.compile(
    r"(?:[\d\s+()./*#,;:=|&~\u2010-\u2015-]"
    rf"|(?<![^\W\d_])(?:{PHONE_WORDS})(?![^\W\d_]))+",
    re.IGNORECASE,
)

_LIST_SIGNS = re.compile(r"[\s;,|/]")
# A long number as a spreadsheet shows it in a narrow column.
CUT_OFF = re.compile(r"\b\d[.,]\d+E\+\d\d\b")
NUMBER_CUT_OFF = (
    "The spreadsheet has cut this number off. Format its column as text or as whole numbers, and "
    "save the file again"
)


def _no_problem(text: str) -> str:
    return ""


def _email_problem(text: str) -> str:
    if text.count("@") > 1 and _LIST_SIGNS.search(text):
        return "Keep one of the addresses, like name@example.com"
    name, at, domain = text.partition("@")
    if " " in text:
        return "Remove the spaces from the address, like name@example.com"
    if not at:
        return "Enter the @ and the part after it, like name@example.com"
    if not name:
        return "Enter the part before the @, like name@example.com"
    if "@" in domain:
        return "Enter an address with one @, like name@example.com"
    if not domain.strip(".") or domain.startswith(".") or domain.endswith(".") or ".." in domain:
        return "Enter the part after the @, like name@example.com"
    return ""


def _phone_problem(text: str) -> str:
    if CUT_OFF.search(text):
        return NUMBER_CUT_OFF
    if not _PHONE.fullmatch(text):
        return "Use only digits, spaces and + ( ) -, like +1 206 555 0141"
    if sum(character.isdigit() for character in text) < 3:
        return "Enter the whole number, like +1 206 555 0141"
    return ""


def _date_problem(text: str) -> str:
    if not _DAY.fullmatch(text):
        return "Enter the date as year-month-day, like 2024-02-29"
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return "Enter a date that exists, like 2024-02-29"
    if not 1900 <= day.year <= 2200:
        return "Enter a year from 1900 to 2200, like 2024-02-29"
    return ""


@cache
def known_time_zones() -> frozenset[str]:
    """Return the names of time zones, but for those whose meaning differs between machines."""
    return frozenset(available_timezones()) - {"Factory", "localtime"}


def _time_zone_problem(text: str) -> str:
    known = known_time_zones()
    if text in known or (not known and text.startswith(_CONTINENTS)):
        return ""
    return "Enter the IANA name of a time zone, like Europe/Berlin"


@cache
def _zones_of_places() -> tuple[str, ...]:
    return tuple(sorted(name for name in known_time_zones() if name.startswith(_CONTINENTS)))


def _is_foreign_zone(text: str) -> bool:
    return text not in known_time_zones() and not text.startswith(_CONTINENTS)


@dataclass(frozen=True, slots=True)
class _Rules:
    """The rules of a kind: what is wrong with a cleaned text, and how a form takes it.

    ``choices`` are values that a form suggests. An import ignores a text that ``is_foreign``: a
    value of another kind, which other programs have under the same heading.
    """

    meaning: str
    problem: Callable[[str], str] = _no_problem
    input_mode: str = ""
    choices: Callable[[], tuple[str, ...]] = tuple
    is_foreign: Callable[[str], bool] | None = None


class Kind(Enum):
    """The kind of a field's value, which decides how it is validated, edited and shown."""

    LINE = _Rules("a text of one line")
    TEXT = _Rules("a text of several lines")
    EMAIL = _Rules("an email address", _email_problem, "email")
    PHONE = _Rules("a phone number", _phone_problem, "tel")
    DATE = _Rules("a date, as 2024-02-29", _date_problem)
    TIME_ZONE = _Rules(
        "a time zone, by its IANA name",
        _time_zone_problem,
        choices=_zones_of_places,
        is_foreign=_is_foreign_zone,
    )
    BADGES = _Rules("keys of badges")
    PHOTO = _Rules("the key of a photo")
    NAMES = _Rules("names of fields")
    PERSON = _Rules("the id of an employee")

    @property
    def rules(self) -> _Rules:
        """Return the rules of the kind."""
        return self.value
