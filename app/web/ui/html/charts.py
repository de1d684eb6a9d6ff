"""Draw charts as SVG: horizontal bars for shared values, columns for months."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from markupsafe import Markup

from app.text.plurals import count_people
from app.web.ui.dates import month as format_month
from app.web.ui.html.escaping import escape
from app.web.ui.urls import list_address

_ROW_EM = 2.65  # a bar with its label above
_MIN_COLUMN_PIXELS = 6  # of a month; a chart that is wider than the page scrolls
_HEIGHT_EM = 15.0  # of the columns and the years below
_TOP, _FLOOR = 6.0, 86.0  # the ends of the columns in percent of this height
_MAX_LINES = 4


class Bar(NamedTuple):
    """A bar: label, number of people and link; ``icon`` is trusted HTML or ""."""

    label: str
    people: int
    address: str
    icon: str = ""


def bars(rows: Sequence[Bar], labelled_by: str) -> Markup:
    """Draw horizontal bars, scaled to the longest one."""
    longest = max(row.people for row in rows)
    drawn = "".join(_bar(row, position * _ROW_EM, longest) for position, row in enumerate(rows))
    return Markup(
        f'<svg class="chart" role="list" aria-labelledby="{labelled_by}" width="100%" '
        f'height="{_number(len(rows) * _ROW_EM)}em">{drawn}</svg>'
    )


def _bar(row: Bar, top: float, longest: int) -> str:
    label = escape(row.label)
    width = max(100 * row.people / longest, 0.7)
    floor = _number(top + _ROW_EM)
    return (
        f'<g role="listitem"><a href="{escape(row.address)}">'
        f"<title>{label}: {count_people(row.people)}</title>"
        f'<line class="chart-rule" y1="{floor}em" x2="100%" y2="{floor}em"/>'
        f'<rect class="chart-bar" y="{_number(top + _ROW_EM - 0.5)}em" '
        f'width="{_number(width)}%" height=".5em"/>'
        f'<foreignObject y="{_number(top + 0.35)}em" width="100%" height="1.7em">'
        f'<div class="chart-text">{row.icon}<span class="chart-label" dir="auto">{label}</span>'
        f'<span class="chart-count">{row.people:,}</span></div></foreignObject>'
        f'<rect class="chart-hit" y="{_number(top)}em" width="100%" height="{_ROW_EM}em"/></a></g>'
    )


def columns(joined: Mapping[str, int], years: range, labelled_by: str) -> Markup:
    """Draw a column for each month of these years with a start date, and a scale."""
    months = [f"{year:04}-{month:02}" for year in years for month in range(1, 13)]
    lines = scale(max(joined.get(month, 0) for month in months))
    drawn_columns = "".join(
        _column(month, joined[month], position, len(months), lines[-1])
        for position, month in enumerate(months)
        if month in joined
    )
    return Markup(
        f'<div class="chart-timeline">{_scale(lines)}'
        f'<div class="chart-scroll" role="region" aria-labelledby="{labelled_by}" tabindex="0">'
        f'<svg class="chart chart-columns" width="{len(months) * _MIN_COLUMN_PIXELS}" '
        f'height="{_HEIGHT_EM:g}em">{_lines(lines)}{_years(years)}'
        f'<g role="list" aria-labelledby="{labelled_by}">{drawn_columns}</g></svg></div></div>'
    )


def scale(highest: int) -> list[int]:
    """Return round numbers for the lines of a chart; the last is at or above the highest column."""
    step = 1
    while step * _MAX_LINES < highest:
        step = step * 5 // 2 if str(step).startswith("2") else step * 2
    return [step * number for number in range(1, max(-(-highest // step), 1) + 1)]


def _column(month: str, count: int, position: int, months: int, highest: int) -> str:
    height = max((_FLOOR - _TOP) * count / highest, 0.7)
    left, pitch = 100 * position / months, 100 / months
    return (
        f'<g role="listitem"><a href="{escape(list_address(joined=month))}">'
        f"<title>{format_month(month)}: {count_people(count)}</title>"
        f'<rect class="chart-bar" x="{_number(left + pitch / 8)}%" '
        f'y="{_number(_FLOOR - height)}%" width="{_number(pitch * 0.75)}%" '
        f'height="{_number(height)}%"/><rect class="chart-hit" x="{_number(left)}%" '
        f'y="{_TOP:g}%" width="{_number(pitch)}%" height="{_FLOOR - _TOP:g}%"/></a></g>'
    )


def _height_of(line: int, lines: Sequence[int]) -> str:
    return f"{_number(_FLOOR - (_FLOOR - _TOP) * line / lines[-1])}%"


def _scale(lines: Sequence[int]) -> str:
    texts = "".join(
        f'<text x="100%" y="{_height_of(line, lines)}" dy=".35em">{line:,}</text>'
        for line in (0, *lines)
    )
    width = _number(0.65 * len(f"{lines[-1]:,}") + 0.2)
    return (
        f'<svg class="chart chart-scale" aria-hidden="true" width="{width}em" '
        f'height="{_HEIGHT_EM:g}em">{texts}</svg>'
    )


def _lines(lines: Iterable[int]) -> str:
    heights = [_height_of(line, list(lines)) for line in (0, *lines)]
    return "".join(
        f'<line class="chart-rule" y1="{height}" x2="100%" y2="{height}"/>' for height in heights
    )


def _years(years: range) -> str:
    """Draw the year labels, centred under their months; print shows only every fifth of many."""
    parts = []
    for position, year in enumerate(years):
        edge = _number(100 * position / len(years))
        middle = _number(100 * (position + 0.5) / len(years))
        is_printed = year % 5 == 0 or len(years) <= 18
        style = "chart-year" if is_printed else "chart-year chart-year-between"
        parts.append(
            f'<line class="chart-rule" x1="{edge}%" y1="{_TOP:g}%" x2="{edge}%" y2="100%"/>'
            f'<text class="{style}" x="{middle}%" y="97%">{year}</text>'
        )
    return f'<g aria-hidden="true">{"".join(parts)}</g>'


def _number(value: float) -> str:
    return f"{value:.3f}".rstrip("0").rstrip(".")
