"""Draw a page of the org chart as a picture of its own: SVG that refers to nothing outside."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from app.text.sanitizing import visible
from app.web.org.branches import Report
from app.web.org.chart_page import ChartPage, Manager
from app.web.org.wrapping import is_right_to_left, wrapped
from app.web.ui.display_names import display_name
from app.web.ui.html.escaping import escape

# In pixels, on white paper: that of the page, in its light colours.
_WIDTH, _MARGIN, _PADDING = 960, 32, 20
_INK, _FAINT, _RULE, _TAB, _SUNK = "#1d1c18", "#55524a", "#c9c4b6", "#e3a81f", "#f6f3ea"
_STEP, _MAX_STEPS = 24, 4  # a card behind is narrower by so much on each side
_INDENT, _MAX_INDENTS = 32, 6
_LINE = 1.35
_COUNT_WIDTH, _PLACE_WIDTH, _TITLE_WIDTH, _GAP = 120, 130, 260, 16


class _Face(NamedTuple):
    family: str
    size: int
    weight: int = 400
    colour: str = _INK

    @property
    def line(self) -> float:
        return self.size * _LINE


_HEAD = _Face("serif", 26, 700)
_NAME = _Face("serif", 15, 700)
_TEXT = _Face("sans-serif", 13)
_SMALL = _Face("sans-serif", 12, colour=_FAINT)
_JOB = _Face("sans-serif", 15)


class _Cell(NamedTuple):
    """A text in a column: where it begins, and how wide it may be."""

    text: str
    face: _Face
    left: float
    width: float


def draw_chart(view: ChartPage) -> str:
    """Return the chart as an SVG document. Text wraps, and nothing of it is cut."""
    paper = _Paper()
    if view.end:
        paper.note(view.end)
    above = [*view.above, *view.folded, *view.nearest]
    for number, manager in enumerate(above):
        paper.card(manager, _STEP * min(len(above) - number, _MAX_STEPS))
    paper.front(view)
    for report in view.reports:
        paper.report(report, 0)
    counted = f"Counted {view.counted.text}" if view.counted else ""
    paper.note(". ".join(filter(None, (view.position, view.on_sheet, counted))))
    paper.frame()
    return paper.document(display_name(view.person.full_name, view.person.id))


class _Paper:
    """A sheet that is filled from the top; ``_at`` is where the next piece begins."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._at = float(_MARGIN)
        self._sheet = self._at

    def note(self, text: str) -> None:
        """Add a line of small text across the sheet."""
        inside = _WIDTH - 2 * (_MARGIN + _PADDING)
        self._row([_Cell(visible(text), _SMALL, _MARGIN + _PADDING, inside)], 10)

    def card(self, manager: Manager, inset: int) -> None:
        """Add the card of a manager, behind the others."""
        person, left = manager.person, _MARGIN + inset
        inside = _WIDTH - 2 * (left + _PADDING) - _COUNT_WIDTH - _GAP
        cells = [_Cell(display_name(person.full_name, person.id), _NAME, left + _PADDING, inside)]
        if job := visible(person.job_title):
            cells.append(_Cell(job, _SMALL, left + _PADDING, inside))
        top, place = self._at, len(self._parts)
        self._stack(cells, 8)
        counts, right = _counts(manager.reports, manager.below), left + _PADDING + inside + _GAP
        self._put(_Cell(counts, _SMALL, right, _COUNT_WIDTH), top + 10)
        self._parts.insert(place, _box(left, top, _WIDTH - 2 * left, self._at - top, _SUNK))

    def front(self, view: ChartPage) -> None:
        """Add the card of the person, and the head of the reports."""
        person, left = view.person, _MARGIN + _PADDING
        inside = _WIDTH - 2 * left
        self._sheet = self._at
        self._at += 4
        where = " · ".join(filter(None, (visible(person.location), visible(person.department))))
        texts = ((display_name(person.full_name, person.id), _HEAD),)
        rest = ((visible(person.job_title), _JOB), (where, _SMALL))
        self._stack([_Cell(t, face, left, inside) for t, face in (*texts, *rest) if t], 16)
        total = _counts(f"Direct reports: {view.total}", view.below)
        if not view.reports:
            total = "No one reports to them."
        self._line(_MARGIN)
        self._row([_Cell(total, _NAME, left, inside)], 10)

    def report(self, report: Report, level: int) -> None:
        """Add the line of somebody who reports, and of those below who are shown."""
        card, left = report.card, _MARGIN + _PADDING + _INDENT * min(level, _MAX_INDENTS)
        count = _WIDTH - _MARGIN - _PADDING - _COUNT_WIDTH
        place = count - _GAP - _PLACE_WIDTH
        title = place - _GAP - _TITLE_WIDTH
        self._line(left - _PADDING if level else _MARGIN)
        self._row(
            [
                _Cell(display_name(card.full_name, card.id), _NAME, left, title - _GAP - left),
                _Cell(visible(card.job_title), _TEXT, title, _TITLE_WIDTH),
                _Cell(visible(card.location), _SMALL, place, _PLACE_WIDTH),
                _Cell(_counts(report.reports, report.in_all), _TEXT, count, _COUNT_WIDTH),
            ],
            9,
        )
        top = self._at
        for below in report.below:
            self.report(below, level + 1)
        if report.below:
            self._parts.append(_bar(left, top, 3, self._at - top))

    def frame(self) -> None:
        """Draw the edge of the sheet, once it is full."""
        edge = _box(_MARGIN, self._sheet, _WIDTH - 2 * _MARGIN, self._at - self._sheet, "none")
        self._parts.extend((edge, _bar(_MARGIN, self._sheet, _WIDTH - 2 * _MARGIN, 4)))

    def document(self, name: str) -> str:
        """Return the whole of it."""
        height = f"{self._at + _MARGIN:.0f}"
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{height}" '
            f'viewBox="0 0 {_WIDTH} {height}" role="img">\n'
            f"<title>{escape(name)}: org chart</title>\n"
            f'<rect width="{_WIDTH}" height="{height}" fill="#fff"/>\n'
            + "\n".join(filter(None, self._parts))
            + "\n</svg>\n"
        )

    def _stack(self, cells: Iterable[_Cell], padding: int) -> None:
        self._at += padding
        for cell in cells:
            self._at += self._put(cell, self._at)
        self._at += padding

    def _row(self, cells: Iterable[_Cell], padding: int) -> None:
        top = self._at + padding
        self._at = top + max(self._put(cell, top) for cell in cells) + padding

    def _line(self, left: float) -> None:
        self._parts.append(
            f'<path d="M{left:g} {self._at:.1f}H{_WIDTH - _MARGIN}" stroke="{_RULE}"/>'
        )

    def _put(self, cell: _Cell, top: float) -> float:
        """Write a cell; return how high it is."""
        face = cell.face
        lines = wrapped(cell.text, cell.width / face.size)
        # The text begins at the left of its column in either direction.
        turned = ' direction="rtl" text-anchor="end"' if is_right_to_left(cell.text) else ""
        for number, line in enumerate(lines):
            floor = top + face.line * number + face.size
            self._parts.append(
                f'<text x="{cell.left:g}" y="{floor:.1f}" font-family="{face.family}" '
                f'font-size="{face.size}" font-weight="{face.weight}" '
                f'fill="{face.colour}"{turned}>{escape(line)}</text>'
            )
        return len(lines) * face.line


def _counts(direct: str, below: str) -> str:
    return " · ".join(filter(None, (direct, below)))


def _box(left: float, top: float, width: float, height: float, fill: str) -> str:
    return (
        f'<rect x="{left:g}" y="{top:.1f}" width="{width:g}" height="{height:.1f}" rx="6" '
        f'fill="{fill}" stroke="{_RULE}"/>'
    )


def _bar(left: float, top: float, width: float, height: float) -> str:
    return (
        f'<rect x="{left:g}" y="{top:.1f}" width="{width:g}" height="{height:.1f}" fill="{_TAB}"/>'
    )
