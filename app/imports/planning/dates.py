"""Parse the date formats that people write into ISO dates such as ``2024-03-14``."""

import re
from dataclasses import dataclass
from datetime import date

from app.text.folding import fold

_TIME_SUFFIX = re.compile(
    r"[T ]\d\d?:\d\d(?::\d\d(?:\.\d+)?)?(?: ?[ap]m)?(?:Z| ?[+-]\d\d:?\d\d)?$", re.A | re.I
)
_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})", re.A)
_COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)", re.A)
_DOTS = re.compile(r"(\d{1,2})\. ?(\d{1,2})\. ?(\d{4})", re.A)
_SLASHES = re.compile(r"(\d{1,2})[/-](\d{1,2})[/-](\d{4})", re.A)
_DAY_MONTH_YEAR = re.compile(
    r"(?:[a-z]+,? )?(\d{1,2})(?:st|nd|rd|th|\.|er)?[ -](?:de )?([a-z]+)\.?[ ,-]+"
    r"(?:de[l]? )?(\d{4}|\d\d)"
)
_MONTH_DAY_YEAR = re.compile(r"(?:[a-z]+, )?([a-z]+)\.? (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})")
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
_MONTH_OF = {name: number for number, names in enumerate(_MONTHS, 1) for name in names.split()}

WRITE_ISO = "Enter the date as year-month-day, like 2024-02-29"
NOT_THERE = "Enter a date that exists, like 2024-02-29"


@dataclass(slots=True)
class DayOrder:
    """The order of day and month in dates such as 03/04/2024, learned from the other dates.

    If both or none are set, such dates are ambiguous.
    """

    day_first: bool = False
    month_first: bool = False

    def learn(self, text: str) -> None:
        """Note what a cell proves about the order."""
        if match := _SLASHES.fullmatch(_strip_time(text)):
            first, second = int(match[1]), int(match[2])
            self.day_first = self.day_first or 12 < first <= 31
            self.month_first = self.month_first or 12 < second <= 31


def parse_date(text: str, order: DayOrder) -> tuple[str, str]:
    """Return the ISO date and "", or "" and what to do about it."""
    text = _strip_time(text)
    for pattern in (_ISO, _COMPACT):
        if match := pattern.fullmatch(text):
            return _iso_date(int(match[1]), int(match[2]), int(match[3]))
    if match := _DOTS.fullmatch(text):
        return _iso_date(int(match[3]), int(match[2]), int(match[1]))
    if match := _SLASHES.fullmatch(text):
        return _parse_slashes(int(match[1]), int(match[2]), int(match[3]), order)
    return _parse_month_name(fold(text))


def _strip_time(text: str) -> str:
    return _TIME_SUFFIX.sub("", text.strip())


def _parse_slashes(first: int, second: int, year: int, order: DayOrder) -> tuple[str, str]:
    if first > 12 or first == second:
        return _iso_date(year, second, first)
    if second > 12:
        return _iso_date(year, first, second)
    if order.day_first == order.month_first:
        why = (
            "nothing in the file shows which"
            if not order.day_first
            else "the file has dates of both kinds"
        )
        return "", (
            "The day may come first or the month may come first, and "
            f"{why}. Enter the date like {year}-{first:02}-{second:02}"
        )
    return _iso_date(year, second, first) if order.day_first else _iso_date(year, first, second)


def _parse_month_name(text: str) -> tuple[str, str]:
    if match := _DAY_MONTH_YEAR.fullmatch(text):
        day, month, year = match[1], match[2], match[3]
    elif match := _MONTH_DAY_YEAR.fullmatch(text):
        month, day, year = match[1], match[2], match[3]
    else:
        return "", WRITE_ISO
    number = _MONTH_OF.get(month)
    return _iso_date(_full_year(year), number, int(day)) if number else ("", WRITE_ISO)


def _full_year(year: str) -> int:
    """Return the year; one of two digits, as in 14-Mar-24, is at most one year in the future."""
    if len(year) == 4:
        return int(year)
    latest = date.today().year + 1  # noqa: DTZ011 (a day does not matter)
    return latest - (latest - int(year)) % 100


def _iso_date(year: int, month: int, day: int) -> tuple[str, str]:
    try:
        return date(year, month, day).isoformat(), ""
    except ValueError:
        return "", NOT_THERE
