"""The filters of a history and of the audit log, as addresses have them."""

import calendar
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import urlencode

from app.web.ui import dates
from app.web.ui.html.filter_menus import FilterMenu

MAX_CHARACTERS = 200
_SPANS = {"1": ("Today", 1), "7": ("Last 7 days", 7), "30": ("Last 30 days", 30),
          "365": ("Last 12 months", 365)}  # fmt: skip
_MONTHS_IN_MENU = 12
_MONTH_CHARACTERS = len("2026-11")


class Span(NamedTuple):
    """The days that a filter of the time means, both included; "" is any."""

    since: str = ""
    until: str = ""
    label: str = ""


class Filters:
    """The chosen filters of a page at this path, as its links write them."""

    def __init__(self, path: str, chosen: Mapping[str, str], fixed: Iterable[tuple[str, str]] = ()):
        self._path = path
        self._chosen = {name: value for name, value in chosen.items() if value}
        self._fixed = list(fixed)

    @property
    def is_set(self) -> bool:
        """Return whether a filter is chosen."""
        return bool(self._chosen)

    def address(self, path: str = "", /, **others: str | None) -> str:
        """Return the address of this page, or of that at another path, with other values."""
        values = {**self._chosen, **others}
        pairs = [*self._fixed, *((name, value) for name, value in values.items() if value)]
        query = urlencode(pairs, errors="replace")
        return f"{path or self._path}?{query}" if query else path or self._path

    def cleared(self) -> str:
        """Return the address of this page without filters."""
        none: dict[str, str | None] = dict.fromkeys(self._chosen)
        return self.address(**none)

    def _without(self, name: str) -> str:
        none: dict[str, str | None] = {name: None}
        return self.address(**none)

    def menu(
        self, name: str, label: str, every: str, values: Iterable[tuple[str, str]]
    ) -> FilterMenu:
        """Return the menu of a filter; ``every`` is the label of none."""
        chosen = self._chosen.get(name, "")
        options = [("", every), *values]
        if chosen and chosen not in dict(options):
            options.append((chosen, chosen))
        return FilterMenu(name, label, chosen, self._without(name), options)


def span_of(text: str, today: date | None = None) -> Span:
    """Return the days of a value of "When": days until today, a month or a day; else any time."""
    today = today or datetime.now(UTC).date()
    if text in _SPANS:
        label, days = _SPANS[text]
        return Span((today - timedelta(days=days - 1)).isoformat(), "", label)
    try:
        if len(text) == _MONTH_CHARACTERS:
            first = date.fromisoformat(f"{text}-01")
            last = calendar.monthrange(first.year, first.month)[1]
            return Span(first.isoformat(), first.replace(day=last).isoformat(), dates.month(text))
        day = date.fromisoformat(text).isoformat()
    except ValueError:
        return Span()
    return Span(day, day, dates.day(day))


@lru_cache(maxsize=4)
def _months(today: date) -> tuple[tuple[str, str], ...]:
    """Return the last twelve months, newest first."""
    months, first = [], today.replace(day=1)
    for _ in range(_MONTHS_IN_MENU):
        month = first.isoformat()[:_MONTH_CHARACTERS]
        months.append((month, dates.month(month)))
        first = (first - timedelta(days=1)).replace(day=1)
    return tuple(months)


def span_options(chosen: str, today: date | None = None) -> list[tuple[str, str]]:
    """Return values and labels of the menu "When"."""
    today = today or datetime.now(UTC).date()
    options = [(value, label) for value, (label, _) in _SPANS.items()]
    options += _months(today)
    if chosen and chosen not in dict(options):
        options.append((chosen, span_of(chosen, today).label))
    return options
