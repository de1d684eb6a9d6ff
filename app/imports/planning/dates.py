"""Days in the ways that people write them, brought into one: ``2024-03-14``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from app.text.folding import fold

_TIME = re.compile(
    r"[T ]\d\d?:\d\d(?::\d\d(?:\.\d+)?)?(?: ?[ap]m)?(?:Z| ?[+-]\d\d:?\d\d)?$", re.A | re.I
)
_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})", re.A)
_COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)", re.A)
_DOTS = re.compile(r"(\d{1,2})\. ?(\d{1,2})\. ?(\d{4})", re.A)
_SLASHES = re.compile(r"(\d{1,2})[/-](\d{1,2})[/-](\d{4})", re.A)
_WORDS = re.compile(
    r"(?:[a-z]+,? )?(\d{1,2})(?:st|nd|rd|th|\.|er)?[ -](?:de )?([a-z]+)\.?[ ,-]+"
    r"(?:de[l]? )?(\d{4}|\d\d)"
)
_MONTH_FIRST = re.compile(r"(?:[a-z]+, )?([a-z]+)\.? (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})")
_MONTHS = (
    "january jan januar janvier enero ene",
    "february feb februar fevrier fev febrero",
    "march mar marz mrz mars marzo",
    "april apr avril avr abril abr",
    "may mai mayo",
    "june jun juni juin junio",
    "july jul juli juillet julio",
    "august aug aout agosto ago",
    "september sep sept septembre septiembre",
    "october oct oktober okt octobre octubre",
    "november nov novembre noviembre",
    "december dec dezember dez decembre diciembre dic",
)  # folded: English, German, French, Spanish
_MONTH_OF = {word: number for number, words in enumerate(_MONTHS, 1) for word in words.split()}

WRITE_ISO = "Write the day as year, month and day, like 2024-02-29"
NOT_THERE = "Give a day that is in the calendar, like 2024-02-29"


@dataclass(slots=True)
class DayOrder:
    """Whether 03/04/2024 is in March or April: what the other days of the file prove."""

    day_first: bool = False
    month_first: bool = False

    def learn(self, text: str) -> None:
        """Look at one more cell of the file."""
        if found := _SLASHES.fullmatch(_without_time(text)):
            first, second = int(found[1]), int(found[2])
            self.day_first = self.day_first or 12 < first <= 31
            self.month_first = self.month_first or 12 < second <= 31


def read_day(text: str, order: DayOrder) -> tuple[str, str]:
    """The day as it is stored, and "", or else "" and what to do about it."""
    text = _without_time(text)
    for pattern in (_ISO, _COMPACT):
        if found := pattern.fullmatch(text):
            return _day(int(found[1]), int(found[2]), int(found[3]))
    if found := _DOTS.fullmatch(text):
        return _day(int(found[3]), int(found[2]), int(found[1]))
    if found := _SLASHES.fullmatch(text):
        return _with_slashes(int(found[1]), int(found[2]), int(found[3]), order)
    return _in_words(fold(text))


def _without_time(text: str) -> str:
    return _TIME.sub("", text.strip())


def _with_slashes(first: int, second: int, year: int, order: DayOrder) -> tuple[str, str]:
    if first > 12 or first == second:
        return _day(year, second, first)
    if second > 12:
        return _day(year, first, second)
    if order.day_first == order.month_first:
        why = (
            "nothing in the file tells"
            if not order.day_first
            else "the file has days of both kinds"
        )
        return "", (
            "This may be the day first or the month first, and "
            f"{why}. Write it like {year}-{first:02}-{second:02}"
        )
    return _day(year, second, first) if order.day_first else _day(year, first, second)


def _in_words(text: str) -> tuple[str, str]:
    if found := _WORDS.fullmatch(text):
        day, month, year = found[1], found[2], found[3]
    elif found := _MONTH_FIRST.fullmatch(text):
        month, day, year = found[1], found[2], found[3]
    else:
        return "", WRITE_ISO
    number = _MONTH_OF.get(month)
    return _day(_whole(year), number, int(day)) if number else ("", WRITE_ISO)


def _whole(year: str) -> int:
    """The year; of one in two figures, as in 14-Mar-24, the last that is not far ahead."""
    if len(year) == 4:
        return int(year)
    latest = date.today().year + 1  # noqa: DTZ011 (a year more or less)
    return latest - (latest - int(year)) % 100


def _day(year: int, month: int, day: int) -> tuple[str, str]:
    try:
        return date(year, month, day).isoformat(), ""
    except ValueError:
        return "", NOT_THERE
