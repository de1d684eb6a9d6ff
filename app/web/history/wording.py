"""The words of histories: ways, times, authors, and how long changes are kept."""

from datetime import UTC, date, datetime
from typing import NamedTuple

from app.history.difference import time_of
from app.text.plurals import count_of
from app.web.ui import dates

_YEAR = 365


class Moment(NamedTuple):
    """When a change was made: its day, its time, both for people and for programs."""

    day: str
    time: str
    iso: str
    title: str


def moment_of(moment: str) -> Moment:
    """Return the parts of a moment; of one that is damaged, the text of it."""
    then = time_of(moment)
    if then is None:
        return Moment(moment[:10], moment[11:16], "", moment)
    return Moment(day_name(then.date()), f"{then:%H:%M}", moment[:24], dates.moment(then))


def day_name(day: date) -> str:
    """Return a day: ``Friday 20 November 2026``."""
    return dates.moment(datetime(day.year, day.month, day.day, tzinfo=UTC)).rpartition(",")[0]


def kept_for(days: int) -> str:
    """Return how long changes are kept."""
    if not days:
        return "kept for good"
    years, rest = divmod(days, _YEAR)
    span = count_of(days, "day", "days") if rest else count_of(years, "year", "years")
    return f"kept for {span}; the first is kept for good"
