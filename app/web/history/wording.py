"""The words of histories: ways, times, authors, and how long changes are kept."""

from datetime import UTC, datetime
from functools import lru_cache
from typing import NamedTuple

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
    day, time = _day_name(moment[:10]), moment[11:16]
    return Moment(day, time, moment[:24], f"{day}, {time} UTC")


@lru_cache(maxsize=256)
def _day_name(iso: str) -> str:
    """Return ``Friday 20 November 2026``; text that is no day as it is."""
    try:
        then = datetime.fromisoformat(iso).replace(tzinfo=UTC)
    except ValueError:
        return iso
    return dates.moment(then).rpartition(",")[0]


def kept_for(days: int) -> str:
    """Return how long entries are kept."""
    if not days:
        return "kept for good"
    years, rest = divmod(days, _YEAR)
    return f"kept for {count_of(days, 'day', 'days') if rest else count_of(years, 'year', 'years')}"


def changes_kept_for(days: int) -> str:
    """Return how long changes of a person are kept."""
    return f"{kept_for(days)}; the first is kept for good" if days else kept_for(days)
