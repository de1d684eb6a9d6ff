"""Draw hair, scarves and turbans, behind a head and over it."""

import math
from collections.abc import Callable, Iterator

from app.samples.shapes import Outline, Shape, curve, mirrored, mixed, oval, stroke


def behind(style: str, colour: str) -> Iterator[Shape]:
    """Draw the part behind the head."""
    draw = _BEHIND.get(style)
    return iter(()) if draw is None else draw(colour)


def over(style: str, colour: str) -> Iterator[Shape]:
    """Draw the part over the face."""
    return _OVER[style](colour)


def _cap(colour: str, top: float, hairline: Outline, wide: float = 21.3) -> Shape:
    """Return hair over the top of the head, down to a hairline given from right to left."""
    crown = tuple(p for p in oval(50, 53, wide, 53 - top) if p[1] <= 54)
    start = max(range(len(crown)), key=lambda at: math.dist(crown[at - 1], crown[at]))
    return Shape((*crown[start:], *crown[:start], *hairline), colour)


def _short(colour: str) -> Iterator[Shape]:
    sweep = curve(((69.6, 55), (67.5, 42), (60, 44), (52, 41)))
    swept = curve(((52, 41), (42, 37.5), (34, 41), (30.4, 55)))
    yield _cap(colour, 25.5, (*sweep, *swept))


def _crop(colour: str) -> Iterator[Shape]:
    yield _cap(colour, 27.5, curve(((69.8, 52), (64, 36.5), (36, 36.5), (30.2, 52))), wide=20.8)


def _fringe(colour: str) -> Iterator[Shape]:
    yield _cap(colour, 25, curve(((70.5, 55), (66, 44), (34, 44), (29.5, 55))), wide=22)


def _parted(colour: str) -> Iterator[Shape]:
    right = curve(((71, 57), (68, 48), (60, 40), (43, 34)))
    left = curve(((43, 34), (36, 40), (31, 48), (29, 57)))
    yield _cap(colour, 25, (*right, *left), wide=22)
    shine = mixed(colour, "#FFFFFF", 0.2)
    yield stroke(((36, 37), (43, 31), (51, 31)), shine, 0.9)


def _bob_behind(colour: str) -> Iterator[Shape]:
    side = curve(((50, 25), (24, 24), (25, 52), (25.5, 78)))
    end = curve(((25.5, 78), (26, 83), (36, 83), (50, 82)))
    yield mirrored((*side, *end), colour)


def _long_behind(colour: str) -> Iterator[Shape]:
    side = curve(((50, 25), (23, 23), (28, 62), (22, 100)))
    yield mirrored((*side, *curve(((22, 100), (30, 106), (40, 104), (50, 104)))), colour)


def _bun_behind(colour: str) -> Iterator[Shape]:
    yield Shape(oval(50, 19.5, 9.8, 9.5), colour)


def _tail_behind(colour: str) -> Iterator[Shape]:
    tail = curve(((66, 34), (88, 34), (84, 66), (80, 92)))
    back = curve(((80, 92), (72, 88), (70, 60), (60, 44)))
    yield Shape((*tail, *back), colour)


def _curly_behind(colour: str) -> Iterator[Shape]:
    yield Shape(oval(50, 50, 29, 29), colour)
    for turn in range(17):
        angle = math.radians(138 + turn * 264 / 16)
        x, y = 50 + 27.5 * math.cos(angle), 50 + 26.5 * math.sin(angle)
        yield Shape(oval(x, y, 6.2, 6.2), colour)


def _curly(colour: str) -> Iterator[Shape]:
    yield Shape(oval(50, 32.5, 17, 5.5), colour)
    for x, y in ((33, 40), (39, 36), (46, 34), (54, 34), (61, 36), (67, 40)):
        yield Shape(oval(x, y, 5.6, 5), colour)


def _waves(colour: str) -> Iterator[Shape]:
    for x, y, r in (
        (31, 43, 5),
        (35, 35, 7),
        (44, 30, 8.5),
        (55, 30, 8.5),
        (65, 36, 7),
        (69, 44, 5),
    ):
        yield Shape(oval(x, y, r, r), colour)


def _bald(colour: str) -> Iterator[Shape]:
    for side in (-1, 1):
        x = 50 + side * 20.2
        yield Shape(oval(x, 53, 1.3, 4), colour)


def _scarf_behind(colour: str) -> Iterator[Shape]:
    side = curve(((50, 22), (19, 22), (27, 70), (15, 108)))
    yield mirrored((*side, (15, 126), (50, 126)), colour)


def _scarf(colour: str) -> Iterator[Shape]:
    """Draw the cloth around the face and its fold under the chin."""
    outside = curve(((50, 22), (24, 22), (25, 60), (28, 84)))
    opening = tuple(p for p in oval(50, 56, 17.6, 22.5) if p[0] <= 50)
    ring = sorted(opening, key=lambda p: -p[1])
    left = (*outside, (50, 98), *ring)
    yield Shape(left, colour)
    yield Shape(tuple((100 - x, y) for x, y in left), colour)
    drape = curve(((28, 80), (20, 92), (16, 106), (14, 126)))
    yield mirrored((*drape, (50, 126), (50, 84)), colour)
    fold = mixed(colour, "#000000", 0.25)
    yield stroke(((33, 96), (48, 104), (64, 96), (71, 84)), fold, 0.9)
    yield stroke(((36, 33), (43, 28.5), (57, 28.5), (64, 33)), mixed(colour, "#FFFFFF", 0.2), 0.9)


def _turban(colour: str) -> Iterator[Shape]:
    top = curve(((29, 48), (24, 14), (76, 14), (71, 48)))
    edge = curve(((71, 48), (62, 39), (55, 40), (50, 36)))
    other = curve(((50, 36), (45, 40), (38, 39), (29, 48)))
    yield Shape((*top, *edge, *other), colour)
    fold = mixed(colour, "#000000", 0.22)
    for rise in (0, 5.5, 11):
        yield stroke(((31, 42 - rise), (44, 30 - rise / 2), (68, 40 - rise)), fold, 0.8)


_Draw = Callable[[str], Iterator[Shape]]
_BEHIND: dict[str, _Draw] = {
    "bob": _bob_behind,
    "long": _long_behind,
    "bun": _bun_behind,
    "tail": _tail_behind,
    "curly": _curly_behind,
    "scarf": _scarf_behind,
}
_OVER: dict[str, _Draw] = {
    "short": _short,
    "crop": _crop,
    "waves": _waves,
    "bob": _fringe,
    "long": _parted,
    "bun": _crop,
    "tail": _parted,
    "curly": _curly,
    "bald": _bald,
    "scarf": _scarf,
    "turban": _turban,
}
