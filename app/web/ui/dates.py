"""Format dates, times and small numbers in English, whatever the locale of the machine."""

from datetime import UTC, date, datetime

from app.text.sanitizing import visible

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


def moment(when: datetime) -> str:
    """Format a time: ``Friday 20 November 2026, 09:14 UTC``."""
    then = when.astimezone(UTC)
    month = MONTHS[then.month - 1]
    return f"{day_of_week(then)} {then.day} {month} {then.year}, {then:%H:%M} UTC"


def day(iso: str) -> str:
    """Format a date: ``29 February 2024`` for ``2024-02-29``; return other text, cleaned."""
    try:
        then = date.fromisoformat(iso)
    except ValueError:
        return visible(iso)
    return f"{then.day} {MONTHS[then.month - 1]} {then.year}"


def weekday(iso: str) -> str:
    """Format a day of this year or so: ``Sunday 29 November`` for ``2026-11-29``."""
    then = date.fromisoformat(iso)
    return f"{day_of_week(then)} {then.day} {MONTHS[then.month - 1]}"


def month(iso: str) -> str:
    """Format a month: ``March 2026`` for ``2026-03``."""
    year, number = iso.split("-")
    return f"{MONTHS[int(number) - 1]} {year}"


def day_of_week(when: date) -> str:
    """Return the weekday of a date or a time, ``Tuesday``."""
    return _DAYS[when.weekday()]


def is_day(text: str) -> bool:
    """Return whether an ``<input type=date>`` can show the text: "" or a valid date."""
    return not text or day(text) != text


def number_in_words(number: int) -> str:
    """Write numbers up to nine in words, greater ones in digits."""
    return _NUMBERS[number] if 0 <= number < len(_NUMBERS) else f"{number:,}"
