"""Draw charts as SVG: bars for shared values, columns for years and months, a line for a sum."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from markupsafe import Markup

from app.text.plurals import count_people
from app.web.ui.html.escaping import escape

_ROW_EM = 2.65  # a bar with its label above
_MIN_COLUMN_PIXELS = 36  # with its gap, so that a label fits below; a wider chart scrolls
_HEIGHT_EM = 15.0  # of the columns and the years below
_TOP, _FLOOR = 6.0, 86.0  # the ends of the columns in percent of this height
_MAX_LINES = 4


class Bar(NamedTuple):
    """A bar: label, number of people and link; ``icon`` is trusted HTML or ""."""

    label: str
    people: int
    address: str
    icon: str = ""


class Column(NamedTuple):
    """A column: its label, the short one below it, number of people and link.

    ``is_current`` tells that the page shows what the link leads to.
    """

    label: str
    short: str
    people: int
    address: str
    is_current: bool = False


def bars(rows: Sequence[Bar], labelled_by: str, longest: int = 0) -> Markup:
    """Draw horizontal bars, scaled to the longest one, or to ``longest`` people."""
    longest = longest or max(row.people for row in rows)
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


def columns(rows: Sequence[Column], labelled_by: str) -> Markup:
    """Draw columns with a scale; where nobody is there is only the label."""
    lines = scale(max(row.people for row in rows))
    drawn = "".join(
        _column(row, position, len(rows), lines[-1])
        for position, row in enumerate(rows)
        if row.people
    )
    listed = f'<g role="list" aria-labelledby="{labelled_by}">{drawn}</g>'
    return _timeline([row.short for row in rows], lines, listed, labelled_by)


def line(values: Sequence[int], labels: Sequence[str], labelled_by: str) -> Markup:
    """Draw a line through values from the left on, of which each label has twelve below it.

    It is one picture without links: its numbers must be in a table beside it.
    """
    lines = scale(max(values))
    points = "L".join(
        f"{position + 0.5:g} {_number(100 - 100 * value / lines[-1])}"
        for position, value in enumerate(values)
    )
    drawn = (
        f'<svg y="{_TOP:g}%" width="100%" height="{_FLOOR - _TOP:g}%" '
        f'viewBox="0 0 {12 * len(labels)} 100" preserveAspectRatio="none">'
        f'<path class="chart-line" d="M{points}h0" fill="none" '
        f'vector-effect="non-scaling-stroke"/></svg>'
    )
    return _timeline(labels, lines, drawn, labelled_by, role="img")


def _timeline(
    labels: Sequence[str], lines: list[int], drawn: str, labelled_by: str, role: str = ""
) -> Markup:
    named = f' role="{role}" aria-labelledby="{labelled_by}"' if role else ""
    return Markup(
        f'<div class="chart-timeline">{_scale(lines)}'
        f'<div class="chart-scroll" role="region" aria-labelledby="{labelled_by}" tabindex="0">'
        f'<svg class="chart chart-columns" width="{len(labels) * _MIN_COLUMN_PIXELS}" '
        f'height="{_HEIGHT_EM:g}em"{named}>{_lines(lines)}{_labels(labels)}{drawn}</svg>'
        "</div></div>"
    )


def scale(highest: int) -> list[int]:
    """Return round numbers for the lines of a chart; the last is at or above the highest column."""
    step = 1
    while step * _MAX_LINES < highest:
        step = step * 5 // 2 if str(step).startswith("2") else step * 2
    return [step * number for number in range(1, max(-(-highest // step), 1) + 1)]


def _column(row: Column, position: int, rows: int, highest: int) -> str:
    height = max((_FLOOR - _TOP) * row.people / highest, 0.7)
    left, pitch = 100 * position / rows, 100 / rows
    current = ' aria-current="true"' if row.is_current else ""
    return (
        f'<g role="listitem"><a href="{escape(row.address)}"{current}>'
        f"<title>{row.label}: {count_people(row.people)}</title>"
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


def _labels(labels: Sequence[str]) -> str:
    """Draw the labels, centred under their columns; print shows only every fifth of many."""
    parts = []
    for position, label in enumerate(labels):
        edge = _number(100 * position / len(labels))
        middle = _number(100 * (position + 0.5) / len(labels))
        is_printed = len(labels) <= 18 or label.endswith(("0", "5"))
        style = "chart-year" if is_printed else "chart-year chart-year-between"
        parts.append(
            f'<line class="chart-rule" x1="{edge}%" y1="{_TOP:g}%" x2="{edge}%" y2="100%"/>'
            f'<text class="{style}" x="{middle}%" y="97%">{escape(label)}</text>'
        )
    return f'<g aria-hidden="true">{"".join(parts)}</g>'


def _number(value: float) -> str:
    return f"{value:.3f}".rstrip("0").rstrip(".")
