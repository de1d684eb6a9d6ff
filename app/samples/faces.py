"""Draw invented faces as flat shapes: every feature is chosen at random from a seed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random
from typing import NamedTuple

from app.samples import hair
from app.samples.shapes import Point, Shape, box, curve, mixed, oval, stroke

GROUNDS = ("#CCD9EA", "#F0DCB6", "#EACFC4", "#DBD2E6", "#D6DDBA", "#CFE1D7", "#E8CFDB", "#CADEE6")
SHIRTS = ("#22415F", "#105A49", "#2F3A36", "#8A5A12", "#5E2748", "#7A2C22", "#4B3768", "#5E5A22")
SKINS = ("#F6DDCD", "#F0CDB3", "#E4B48F", "#CC9668", "#A86F44", "#75482C", "#53311F")
HAIRS = ("#1F1815", "#3B2418", "#6B4226", "#AA642A", "#C9A253", "#84878A", "#D8D5D0")
_INK = "#231B17"
_FRAME = "#2B2B2E"
_SMILE = "#F3EEE8"


class Traits(NamedTuple):
    """The bounds of a random face: indexes into SKINS and HAIRS, styles, and beards."""

    skins: Sequence[int]
    hairs: Sequence[int]
    styles: tuple[str, ...]
    beards: bool


@dataclass(frozen=True, slots=True)
class Face:
    """A face with all features chosen."""

    ground: str
    glow: Point
    skin: str
    hair: str
    style: str
    shirt: str
    cloth: str
    collar: bool
    glasses: bool
    beard: bool

    def shapes(self) -> Iterator[Shape]:
        """Yield all shapes from back to front."""
        yield Shape(box(0, 0, 100, 125), self.ground)
        yield Shape(oval(*self.glow, 47, 47), mixed(self.ground, "#FFFFFF", 0.32))
        yield from hair.behind(self.style, self.cloth or self.hair)
        yield from _body(self)
        yield from _head(self)
        if self.beard:
            yield from _beard(self)
        else:
            yield stroke(((42.6, 69.5), (50, 76), (57.4, 69.5)), self.lips, 1.5)
        yield from _foreground(self)

    @property
    def lips(self) -> str:
        """The colour of the lips: redder than the skin, to be visible on every skin."""
        return mixed(self.skin, "#8E1F1B", 0.55)

    @property
    def shade(self) -> str:
        """The colour of the skin in shadow."""
        return mixed(self.skin, "#3A1E10", 0.24)


def face(rng: Random, traits: Traits) -> Face:
    """Choose the features of a face at random."""
    style = rng.choice(traits.styles)
    skin = SKINS[rng.randint(*traits.skins)]
    shirt = rng.choice(SHIRTS)
    cloth = rng.choice([colour for colour in SHIRTS if colour != shirt])
    return Face(
        ground=rng.choice(GROUNDS),
        glow=(rng.uniform(18, 82), rng.uniform(26, 52)),
        skin=skin,
        hair=HAIRS[rng.choice(traits.hairs)],
        style=style,
        shirt=shirt,
        cloth=cloth if style in ("scarf", "turban") else "",
        collar=rng.random() < 0.45,
        glasses=rng.random() < 0.3,
        beard=traits.beards and rng.random() < 0.45,
    )


def _body(face: Face) -> Iterator[Shape]:
    neck = ((41, 68), (41, 85), (37.5, 89), (50, 96), (62.5, 89), (59, 85), (59, 68))
    yield Shape(neck, face.skin)
    under_chin = [p for p in oval(50, 58.5, 20, 25.5) if p[1] > 60 and 41 <= p[0] <= 59]
    yield Shape(((59, 68), *under_chin, (41, 68)), face.shade)
    left = curve(((7.5, 126), (9, 100), (22, 90), (38, 88)))
    neckline = curve(((38, 88), (43, 94.5), (57, 94.5), (62, 88)))
    right = tuple((100 - x, y) for x, y in reversed(left))
    yield Shape((*left, *neckline, *right), face.shirt)
    if face.collar:
        inner = curve(((40.5, 87.6), (44.5, 92.5), (55.5, 92.5), (59.5, 87.6)))
        outer = curve(((63.5, 88.3), (57, 99), (43, 99), (36.5, 88.3)))
        yield Shape((*inner, *outer), mixed(face.shirt, "#FFFFFF", 0.55))
    else:
        dark = mixed(face.shirt, "#000000", 0.28)
        yield Shape(((50, 99), (50, 126)), dark, 0.9)


def _head(face: Face) -> Iterator[Shape]:
    for side in (30.2, 69.8) if face.style != "scarf" else ():
        yield Shape(oval(side, 58, 4, 4.3), face.skin)
    yield Shape(oval(50, 54.5, 20, 25.5), face.skin)
    for side in (-1, 1):
        yield Shape(oval(50 + side * 8, 56, 2.0, 2.1), _INK)
    yield stroke(((50, 58), (47.6, 62.5), (49.2, 64), (50.8, 63.6)), face.shade, 1.2)


def _beard(face: Face) -> Iterator[Shape]:
    jaw = tuple(p for p in oval(50, 55.5, 20.7, 27) if p[1] > 60.5)
    lip = curve(((30, 60), (34, 70), (40, 66.3), (50, 66)))
    mirrored = tuple((100 - x, y) for x, y in reversed(lip))
    yield Shape((*jaw, *lip, *mirrored), face.hair)
    yield stroke(((45.2, 70.4), (50, 73.4), (54.8, 70.4)), _SMILE, 1.6)


def _foreground(face: Face) -> Iterator[Shape]:
    """Draw brows, the hair over the forehead, and glasses."""
    brow = mixed(face.hair, _INK, 0.35)
    for side in (-1, 1):
        ends = ((50 + side * 11.8, 51), (50 + side * 8, 48.2), (50 + side * 4.4, 50.6))
        yield stroke(ends, brow, 1.2)
    yield from hair.over(face.style, face.cloth or face.hair)
    if face.glasses:
        for side in (-1, 1):
            ring = oval(50 + side * 8.3, 56.3, 6.2, 5.8)
            yield Shape((*ring, ring[0]), _FRAME, 1.1)
            if face.style != "scarf":
                yield Shape(((50 + side * 14.4, 55.4), (50 + side * 20, 54.4)), _FRAME, 1.1)
        yield stroke(((48, 55.4), (50, 54.2), (52, 55.4)), _FRAME, 1.1)
