"""What is asked of each field of a person, in messages that tell the mend.

The form and the import share these rules: ``clean`` a text first, then ask for its ``problem``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date

from app.model.employee import BADGE_KEYS
from app.text.folding import LINE_CHARACTERS
from app.text.sanitizing import clean_line, clean_text

ABOUT_CHARACTERS = 2_000
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_PHONE = re.compile(r"(?:[\d\s+()./*#,;:-]|\bext\b|x)+", re.IGNORECASE)

# What people call each field, in the order of the form.
LABELS: Mapping[str, str] = {
    "full_name": "Full name",
    "preferred_name": "Preferred name",
    "pronouns": "Pronouns",
    "job_title": "Job title",
    "department": "Department",
    "location": "Location",
    "start_date": "Start date",
    "email": "Email",
    "phone": "Phone",
    "badges": "Badges",
    "about": "About",
}
REQUIRED: Mapping[str, str] = {
    "full_name": "Enter a full name, such as Amara Adeyemi",
    "job_title": "Enter a job title, such as Field Engineer",
    "location": "Enter a location, such as Reykjavík or Remote",
}


def clean(name: str, text: str) -> str:
    """The text of a field as it would be stored."""
    return clean_text(text) if name == "about" else clean_line(text)


def problem(name: str, text: str) -> str:
    """What is wrong with a cleaned text and how to mend it; empty when it can be stored."""
    if not text:
        return REQUIRED.get(name, "")
    return _CHECKS.get(name, _nothing)(text) or _too_long(text, limit_of(name))


def limit_of(name: str) -> int:
    """How many characters a field may have."""
    return ABOUT_CHARACTERS if name == "about" else LINE_CHARACTERS


def badges_problem(unknown: Iterable[str]) -> str:
    """What to do about badges that are not in the catalogue; empty when there are none."""
    for key in unknown:
        return f"“{clean_line(key)[:40]}” is not a badge. Choose one from the list of badges"
    return ""


def in_catalogue_order(keys: Iterable[str]) -> tuple[str, ...]:
    """The known keys among these, each once."""
    chosen = set(keys)
    return tuple(key for key in BADGE_KEYS if key in chosen)


def _nothing(text: str) -> str:
    return ""


def _too_long(text: str, limit: int) -> str:
    if len(text) <= limit:
        return ""
    return f"Must be {limit:,} characters or fewer; it has {len(text):,}"


def _mail_address(text: str) -> str:
    """An address has one @ with something on both sides, and no spaces."""
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


def _phone_number(text: str) -> str:
    """A number has digits, signs between them, and perhaps an extension."""
    if not _PHONE.fullmatch(text):
        return "Use only digits, spaces and + ( ) -, like +1 206 555 0141"
    if sum(mark.isdigit() for mark in text) < 3:
        return "Enter the whole number, like +1 206 555 0141"
    return ""


def _day(text: str) -> str:
    """A day of the calendar, as browsers send it."""
    if not _DAY.fullmatch(text):
        return "Enter the date as year-month-day, like 2024-02-29"
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return "Enter a date that exists, like 2024-02-29"
    if not 1900 <= found.year <= 2200:
        return "Enter a year from 1900 to 2200, like 2024-02-29"
    return ""


_CHECKS: Mapping[str, Callable[[str], str]] = {
    "email": _mail_address,
    "phone": _phone_number,
    "start_date": _day,
}
