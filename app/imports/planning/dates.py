"""Parse the date formats that people write into ISO dates such as ``2024-03-14``."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, timedelta

from app.text.folding import fold

# A time behind the date, as spreadsheets, databases, mail and scripts write it.
_TIME_SUFFIX = re.compile(
    r"(?:T|,? )\d\d?:\d\d(?::\d\d(?:[.,]\d+)?)?(?: ?[ap]\.?m\.?)?"
    r"(?: ?(?:Z|UTC|GMT)?(?: ?[+-]\d\d(?::?\d\d)?)?)?(?:\[[^\]]{1,40}\]| \([^)]{1,40}\))?$",
    re.A | re.I,
)
# A zone right behind the date, as in XML.
_ZONE_SUFFIX = re.compile(r"(?<=\d{4}-\d\d-\d\d)(?:Z|[+-]\d\d:\d\d)$", re.A)
_ISO = re.compile(r"(\d{4})[-/.] ?(\d{1,2})[-/.] ?(\d{1,2})\.?", re.A)
_CHINESE = re.compile(r"(\d{4})年 ?(\d{1,2})月 ?(\d{1,2})日", re.A)
_COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)(?:\d{6}(?:[.,]\d+)?(?:Z|[+-]\d{4})?)?", re.A)
_DOTS = re.compile(r"(\d{1,2})\. ?(\d{1,2})\. ?(\d{4}|\d\d)", re.A)
_SLASHES = re.compile(r"(\d{1,2})([/-])(\d{1,2})\2(\d{4}|\d{1,2})", re.A)
_DAY_NUMBER = re.compile(r"(\d{5})(?:[.,]\d+)?", re.A)
_DAY_MONTH_YEAR = re.compile(
    r"(?:[a-z]+,? )?(\d{1,2})(?:st|nd|rd|th|\.|er)?[ /-](?:de )?([a-z]+)\.?[ ,/-]+"
    r"(?:de[l]? )?(\d{4}|\d\d)"
)
_MONTH_DAY_YEAR = re.compile(r"(?:[a-z]+,? )?([a-z]+)\.? (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})")
_MONTHS = (
    "january jan januar janvier enero ene januari gennaio gen janeiro",
    "february feb februar fevrier fev febrero februari febbraio fevereiro",
    "march mar marz mrz mars marzo maart mrt marco",
    "april apr avril avr abril abr aprile",
    "may mai mayo mei maj maggio mag maio",
    "june jun juni juin junio giugno giu junho",
    "july jul juli juillet julio luglio lug julho",
    "august aug aout agosto ago augustus augusti",
    "september sep sept septembre septiembre settembre set setembro",
    "october oct oktober okt octobre octubre ottobre ott outubro out",
    "november nov novembre noviembre novembro",
    "december dec dezember dez decembre diciembre dic dicembre dezembro desember des",
)  # folded: English, German, French, Spanish, Dutch, Italian, Portuguese, Nordic
_MONTH_OF = {name: number for number, names in enumerate(_MONTHS, 1) for name in names.split()}
# Spreadsheets count days from these. Day numbers before the second one are of nobody who works.
_DAY_ZERO, _DAY_ZERO_1904 = date(1899, 12, 30), date(1904, 1, 1)
_EARLIEST_BY_NUMBER = date(1950, 1, 1)

WRITE_ISO = "Enter the date as year-month-day, like 2024-02-29"
NOT_THERE = "Enter a date that exists, like 2024-02-29"
_NO_DAY_NUMBER = (
    "This number is no date. Format the column as dates in the spreadsheet and save it again, or "
    "enter the date as year-month-day, like 2024-02-29"
)
_YEAR_WHERE = "The year may come first or last, and nothing in the file shows which. "


@dataclass(slots=True)
class DayOrder:
    """The order of day, month and year in dates such as 03/04/2024, learned from the other dates.

    If both or none of ``day_first`` and ``month_first`` are set, such dates are ambiguous.
    ``year_first`` is about years with two digits. A workbook that ``counts_from_1904`` counts its
    days so; ``day_number`` is an example of a day that is a number, "" if there was none.
    """

    day_first: bool = False
    month_first: bool = False
    year_first: bool = False
    counts_from_1904: bool = False
    day_number: str = ""

    def learn(self, text: str) -> None:
        """Note what a cell proves about the order."""
        text = _plain(text)
        match = _SLASHES.fullmatch(text)
        if match is None:
            if not self.day_number and _DAY_NUMBER.fullmatch(text):
                self.day_number = text if parse_date(text, self)[0] else ""
            return
        first, second, year = int(match[1]), int(match[3]), match[4]
        if len(year) < 4 and _begins_with_year(match):
            self.year_first = True
        elif len(year) == 4 or not _may_begin_with_year(match):
            self.day_first = self.day_first or 12 < first <= 31
            self.month_first = self.month_first or 12 < second <= 31

    def notices(self) -> tuple[str, ...]:
        """Return a sentence about days that are numbers, if there are any."""
        if not self.day_number:
            return ()
        day, _ = parse_date(self.day_number, self)
        return (f"Dates are day numbers of a spreadsheet: {self.day_number} is read as {day}.",)


def parse_date(text: str, order: DayOrder) -> tuple[str, str]:
    """Return the ISO date and "", or "" and what to do about it."""
    text = _plain(text)
    for pattern in (_ISO, _COMPACT, _CHINESE):
        if match := pattern.fullmatch(text):
            return _iso_date(int(match[1]), int(match[2]), int(match[3]))
    if match := _DOTS.fullmatch(text):
        return _iso_date(_full_year(match[3]), int(match[2]), int(match[1]))
    if match := _SLASHES.fullmatch(text):
        return _parse_slashes(match, order)
    if match := _DAY_NUMBER.fullmatch(text):
        return _parse_day_number(int(match[1]), order)
    return _parse_month_name(fold(text))


def _plain(text: str) -> str:
    """Return the date without its time, in ordinary digits."""
    text = text.strip().removeprefix("'")
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    return _ZONE_SUFFIX.sub("", _TIME_SUFFIX.sub("", text))


def _begins_with_year(match: re.Match[str]) -> bool:
    """Return whether the first of three short numbers can only be the year."""
    return not 1 <= int(match[1]) <= 31 or len(match[4]) == 1


def _may_begin_with_year(match: re.Match[str]) -> bool:
    """Return whether the first of three short numbers may be the year, as in 19-03-04.

    With slashes it is taken for one only where another date proves it.
    """
    is_padded = len(match[1]) == 2 and match[2] == "-"
    return is_padded and int(match[3]) <= 12 and 1 <= int(match[4]) <= 31


def _parse_slashes(match: re.Match[str], order: DayOrder) -> tuple[str, str]:
    first, second, last = int(match[1]), int(match[3]), match[4]
    if len(last) == 4:
        return _order_day_and_month(first, second, int(last), order)
    is_first_possible = second <= 12 and 1 <= int(last) <= 31
    if _begins_with_year(match) or (order.year_first and is_first_possible):
        return _iso_date(_full_year(match[1]), second, int(last))
    if _may_begin_with_year(match) and not (order.day_first or order.month_first):
        return "", f"{_YEAR_WHERE}{WRITE_ISO}"
    return _order_day_and_month(first, second, _full_year(last), order)


def _order_day_and_month(first: int, second: int, year: int, order: DayOrder) -> tuple[str, str]:
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


def _parse_day_number(number: int, order: DayOrder) -> tuple[str, str]:
    """Return the day of a spreadsheet's number if it is one on which somebody may have begun."""
    zero = _DAY_ZERO_1904 if order.counts_from_1904 else _DAY_ZERO
    day = zero + timedelta(days=number)
    if not _EARLIEST_BY_NUMBER <= day < date(_latest_year() + 1, 1, 1):
        return "", _NO_DAY_NUMBER
    return day.isoformat(), ""


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
    return _latest_year() - (_latest_year() - int(year)) % 100


def _latest_year() -> int:
    return date.today().year + 1  # noqa: DTZ011 (a day does not matter)


def _iso_date(year: int, month: int, day: int) -> tuple[str, str]:
    try:
        return date(year, month, day).isoformat(), ""
    except ValueError:
        return "", NOT_THERE
