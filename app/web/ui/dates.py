"""Days, moments and small numbers in words for people; never in the machine's own language."""

from __future__ import annotations

from datetime import UTC, date, datetime

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


def moment(when: datetime) -> str:
    """``Friday 20 November 2026, 09:14 UTC``."""
    then = when.astimezone(UTC)
    month = MONTHS[then.month - 1]
    return f"{_DAYS[then.weekday()]} {then.day} {month} {then.year}, {then:%H:%M} UTC"


def day(iso: str) -> str:
    """``29 February 2024`` for ``2024-02-29``; anything else as it is stored."""
    try:
        found = date.fromisoformat(iso)
    except ValueError:
        return iso
    return f"{found.day} {MONTHS[found.month - 1]} {found.year}"


def month(iso: str) -> str:
    """``March 2026`` for ``2026-03``."""
    year, number = iso.split("-")
    return f"{MONTHS[int(number) - 1]} {year}"


def is_day(text: str) -> bool:
    """Whether a date field of a browser can show the text: nothing, or a day of the calendar."""
    return not text or day(text) != text


def number_in_words(number: int) -> str:
    """Words up to nine, figures above."""
    return _NUMBERS[number] if 0 <= number < len(_NUMBERS) else f"{number:,}"
