"""Outlines and colours of a drawing on a field of 100 by 125."""

import math
from typing import NamedTuple

FIELD = (100, 125)
Point = tuple[float, float]
Outline = tuple[Point, ...]


class Shape(NamedTuple):
    """An outline filled with a colour; with a width, a line along it."""

    points: Outline
    colour: str
    width: float = 0.0


def box(left: float, top: float, right: float, bottom: float) -> Outline:
    """Return a rectangle."""
    return ((left, top), (right, top), (right, bottom), (left, bottom))


def oval(x: float, y: float, across: float, down: float, steps: int = 64) -> Outline:
    """Return an ellipse by its centre and its two radii."""
    angles = (math.tau * step / steps for step in range(steps))
    return tuple((x + across * math.cos(t), y + down * math.sin(t)) for t in angles)


def curve(ends: Outline, steps: int = 18) -> Outline:
    """Return points along the Bezier curve with these three or four control points."""
    weights = {3: (1, 2, 1), 4: (1, 3, 3, 1)}[len(ends)]
    last = len(ends) - 1
    points = []
    for step in range(steps + 1):
        t = step / steps
        parts = [w * t**at * (1 - t) ** (last - at) for at, w in enumerate(weights)]
        x = sum(part * end[0] for part, end in zip(parts, ends, strict=True))
        y = sum(part * end[1] for part, end in zip(parts, ends, strict=True))
        points.append((x, y))
    return tuple(points)


def stroke(ends: Outline, colour: str, width: float) -> Shape:
    """Return a line along a Bezier curve."""
    return Shape(curve(ends), colour, width)


def mirrored(left: Outline, colour: str) -> Shape:
    """Complete a shape from its left half, which begins and ends on the middle line."""
    return Shape((*left, *((100 - x, y) for x, y in reversed(left))), colour)


def mixed(colour: str, other: str, share: float) -> str:
    """Mix two colours; ``share`` is that of the second, 0 to 1."""
    pairs = ((int(colour[at : at + 2], 16), int(other[at : at + 2], 16)) for at in (1, 3, 5))
    return "#" + "".join(f"{round(a + (b - a) * share):02X}" for a, b in pairs)
