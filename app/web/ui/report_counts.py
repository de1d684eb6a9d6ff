"""The words for how many report to somebody, and how many stand below them in all."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from app.contracts.reports import MAX_COUNTED_REPORTS, ReportCount
from app.text.plurals import count_of
from app.web.ui.clock import Clock
from app.web.ui.dates import day


def direct_in_words(count: ReportCount | None, noun: str) -> str:
    """Return how many report to somebody; "" if nobody does."""
    direct = count.direct if count else 0
    if direct > MAX_COUNTED_REPORTS:
        return f"over {MAX_COUNTED_REPORTS:,} {noun}s"
    return count_of(direct, noun, f"{noun}s") if direct else ""


def below(count: ReportCount | None, at_least: int = 0) -> int:
    """Return how many stand below somebody; 0 before the first counting.

    It is never less than who report to them, ``at_least`` or more, who may be newer.
    """
    if count is None or count.below is None:
        return 0
    return max(count.below, count.direct, at_least)


def below_in_words(count: ReportCount | None, at_least: int = 0) -> str:
    """Return ``312 below in all``; "" before the first counting."""
    number = below(count, at_least)
    return f"{number:,} below in all" if number else ""


def more_below(count: ReportCount | None) -> str:
    """Return ``31 in all`` where others than direct reports stand below somebody; else ""."""
    number = below(count)
    return f"{number:,} in all" if count and number > count.direct else ""


def counted(counts: Iterable[ReportCount]) -> Clock | None:
    """Return when those below were counted: ``today at 14:02 UTC``; None if they were not."""
    moments = [each.counted_at for each in counts if each.below is not None and each.counted_at]
    if not moments:
        return None
    return clock(min(moments))


def clock(moment: datetime) -> Clock:
    """Return when something was counted: ``today at 14:02 UTC``."""
    then = moment.astimezone(UTC)
    return Clock(f"{_day(then)} at {then:%H:%M} UTC", then.isoformat(timespec="seconds"))


def _day(then: datetime) -> str:
    today = datetime.now(UTC).date()
    if then.date() == today:
        return "today"
    if then.date() == today - timedelta(days=1):
        return "yesterday"
    return f"on {day(then.date().isoformat())}"
