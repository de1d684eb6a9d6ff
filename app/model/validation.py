"""Validation rules of the fields, with messages that say what to do.

Forms and imports share them: first ``clean`` the text, then check it with ``problem``.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date

from app.model.field_types import Kind
from app.model.fields import FIELD, FIELDS, FORM_FIELDS
from app.text.sanitizing import clean_line, clean_text

_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_PHONE = re.compile(r"(?:[\d\s+()./*#,;:-]|\bext\b|x)+", re.IGNORECASE)

# All fields but the photo, in the order of the form.
LABELS: Mapping[str, str] = {
    field.name: field.label for field in FORM_FIELDS if field.kind is not Kind.PHOTO
}
REQUIRED: Mapping[str, str] = {field.name: field.required for field in FIELDS if field.required}
_MULTILINE_FIELDS = frozenset(field.name for field in FIELDS if field.kind is Kind.TEXT)


def clean(name: str, text: str) -> str:
    """Return the text of a field as it would be stored."""
    return clean_text(text) if name in _MULTILINE_FIELDS else clean_line(text)


def problem(name: str, text: str) -> str:
    """Return what is wrong with a cleaned text and how to fix it; "" if it is valid."""
    if not text:
        return REQUIRED.get(name, "")
    check = _CHECK_BY_FIELD.get(name)
    return (check(text) if check else "") or _too_long(text, FIELD[name].max_characters)


def badges_problem(unknown: Iterable[str]) -> str:
    """Return what to do about badges that are not in the catalogue; "" if there are none."""
    for key in unknown:
        return f"“{clean_line(key)[:40]}” is not a badge. Choose one from the list of badges"
    return ""


def _too_long(text: str, limit: int) -> str:
    if len(text) <= limit:
        return ""
    return f"Must be {limit:,} characters or fewer; it has {len(text):,}"


def _email_problem(text: str) -> str:
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


_CHECKS: Mapping[Kind, Callable[[str], str]] = {
    Kind.EMAIL: _email_problem,
    Kind.PHONE: _phone_problem,
    Kind.DATE: _date_problem,
}
_CHECK_BY_FIELD = {field.name: check for field in FIELDS if (check := _CHECKS.get(field.kind))}
