"""Cost against size as one SVG: a panel for each store, a line for each kind of page.

Both axes are logarithmic. Every line is named where it ends, so that no colour has to be looked up,
and the picture follows the light or dark theme of who looks at it, on a ground of its own.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple
from xml.sax.saxutils import escape

from bench.results import Results, StoreFigures

FILE = "speed.svg"

_WIDTH, _HEIGHT = 960, 470
_TOP, _BOTTOM, _LEFT, _NAMES_WIDTH = 92, 412, 60, 212
_LINE_HEIGHT = 16
_TICKS = (1, 2, 3, 5, 10, 20, 30, 50, 100, 200, 300, 500, 1_000)
_STORES = {"sqlite": "SQLite", "dynamodb": "DynamoDB Local"}
# Each line: the page, and its name in the picture.
_LINES = (
    ("search: two frequent words that never meet", "never-meeting words"),
    ("search: a misspelt name", "a misspelt name"),
    ("save", "save"),
    ("search: two frequent words", "two words"),
    ("search: one frequent word", "one word"),
    ("location", "a filter"),
    ("list, first page", "the list"),
    ("person", "a person"),
)
_LIGHT = ("#A3271C", "#8A4B00", "#6A3FA0", "#1D4FD7", "#00708A", "#0B5F4C", "#14201A", "#5C6B62")
_DARK = ("#FF9E91", "#F0B840", "#CBB2F5", "#9CBEFF", "#7FD3E6", "#7DD6B9", "#E9F0EB", "#93A59A")


class _Panel(NamedTuple):
    """Where a store is drawn: pixels from left to right for sizes, from bottom to top for cost."""

    left: float
    right: float
    sizes: tuple[int, ...]
    least: float
    most: float

    def x(self, people: int) -> float:
        low, high = math.log(self.sizes[0]), math.log(self.sizes[-1])
        share = (math.log(people) - low) / (high - low) if high > low else 0.5
        return self.left + share * (self.right - self.left)

    def y(self, cost: float) -> float:
        low, high = math.log(self.least), math.log(self.most)
        share = (math.log(max(cost, self.least)) - low) / (high - low)
        return _BOTTOM - share * (_BOTTOM - _TOP)


class _Line(NamedTuple):
    number: int
    name: str
    points: list[tuple[int, float]]


def svg(results: Results) -> str:
    """The whole picture."""
    stores = list(results.stores.values())
    lines = [list(_lines_of(figures)) for figures in stores]
    costs = [cost for some in lines for line in some for _, cost in line.points] or [1, 10]
    least = max((tick for tick in _TICKS if tick <= min(costs)), default=1)
    most = min((tick for tick in _TICKS if tick >= max(costs)), default=_TICKS[-1])
    width = _WIDTH / max(1, len(stores))
    drawn = []
    for number, (figures, some) in enumerate(zip(stores, lines, strict=True)):
        left = number * width + _LEFT
        right = (number + 1) * width - _NAMES_WIDTH
        panel = _Panel(left, right, tuple(figures.sizes), least, max(most, 2 * least))
        drawn += [*_frame(panel, _STORES[figures.store]), *_draw(panel, some)]
    return "\n".join((_head(), *drawn, "</svg>", ""))


def _lines_of(figures: StoreFigures) -> Iterator[_Line]:
    for number, (page, name) in enumerate(_LINES):
        found = [(size, figures.page(page, size)) for size in figures.sizes]
        points = [(size, each.x_bare) for size, each in found if each is not None]
        if points:
            yield _Line(number, name, points)


def _head() -> str:
    light = "".join(f".l{at}{{--c:{colour}}}" for at, colour in enumerate(_LIGHT))
    dark = "".join(f".l{at}{{--c:{colour}}}" for at, colour in enumerate(_DARK))
    return f"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" \
width="{_WIDTH}" height="{_HEIGHT}" role="img" aria-labelledby="t d">
<title id="t">What a page costs, by the number of people in the directory</title>
<desc id="d">The time of a page as a multiple of a bare Flask view, at each size. The figures are \
in speed.md.</desc>
<style>
svg{{--ground:#FDFEFC;--ink:#14201A;--soft:#5C6B62;--rule:#D5DED6;\
font:13px system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif}}
{light}
@media (prefers-color-scheme:dark){{svg{{--ground:#161E1A;--ink:#E9F0EB;--soft:#93A59A;\
--rule:#2B3831}}{dark}}}
.ground{{fill:var(--ground);stroke:var(--rule)}}.rule{{stroke:var(--rule)}}
.title{{fill:var(--ink);font-size:18px;font-weight:600}}.store{{fill:var(--ink);font-weight:600}}
.soft{{fill:var(--soft)}}.line{{fill:none;stroke:var(--c);stroke-width:2}}
.dot{{fill:var(--c)}}.name{{fill:var(--c)}}.lead{{stroke:var(--c);stroke-width:1;opacity:.5}}
.end{{text-anchor:end}}.middle{{text-anchor:middle}}
</style>
<rect class="ground" x=".5" y=".5" width="{_WIDTH - 1}" height="{_HEIGHT - 1}" rx="8"/>
<text class="title" x="20" y="34">What a page costs as the directory grows</text>
<text class="soft" x="20" y="56">Time of a page, in bare Flask views of the same moment. Both \
scales are logarithmic.</text>"""


def _frame(panel: _Panel, store: str) -> Iterator[str]:
    yield f'<text class="store" x="{panel.left:.1f}" y="{_TOP - 12}">{escape(store)}</text>'
    for tick in _TICKS:
        if panel.least <= tick <= panel.most:
            y = panel.y(tick)
            yield (
                f'<path class="rule" d="M{panel.left:.1f} {y:.1f}H{panel.right:.1f}"/>'
                f'<text class="soft end" x="{panel.left - 8:.1f}" y="{y + 4:.1f}">{tick:,} x</text>'
            )
    for size in panel.sizes:
        yield (
            f'<text class="soft middle" x="{panel.x(size):.1f}" y="{_BOTTOM + 22}">{size:,}</text>'
        )
    middle = (panel.left + panel.right) / 2
    yield f'<text class="soft middle" x="{middle:.1f}" y="{_BOTTOM + 42}">people</text>'


def _draw(panel: _Panel, lines: Sequence[_Line]) -> Iterator[str]:
    ends = [panel.y(line.points[-1][1]) for line in lines]
    for line, end, name_y in zip(lines, ends, _spread(ends), strict=True):
        places = [(panel.x(size), panel.y(cost)) for size, cost in line.points]
        path = "L".join(f"{x:.1f} {y:.1f}" for x, y in places)
        dots = "".join(f'<circle class="dot" cx="{x:.1f}" cy="{y:.1f}" r="3"/>' for x, y in places)
        x, cost = places[-1][0], line.points[-1][1]
        yield (
            f'<g class="l{line.number}"><path class="line" d="M{path}"/>{dots}'
            f'<path class="lead" d="M{x + 5:.1f} {end:.1f}L{x + 17:.1f} {name_y:.1f}"/>'
            f'<text class="name" x="{x + 21:.1f}" y="{name_y + 4:.1f}">'
            f"{escape(line.name)} {cost:.1f} x</text></g>"
        )


def _spread(places: Sequence[float]) -> list[float]:
    """The places moved apart as far as lines of text need, in their order, within the panel."""
    order = sorted(range(len(places)), key=places.__getitem__)
    moved = dict(enumerate(places))
    for above, below in pairwise(order):
        moved[below] = max(moved[below], moved[above] + _LINE_HEIGHT)
    floor = float(_BOTTOM)
    for at in reversed(order):
        moved[at] = min(moved[at], floor)
        floor = moved[at] - _LINE_HEIGHT
    return [moved[at] for at in range(len(places))]
