"""What sample people of one culture have in common: names, places and looks."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Culture:
    """Given names of women and of men, and family names, each as one text of words.

    ``order`` is how they are joined: ``gf`` given name first, ``fg`` family name first, ``gff`` two
    family names, ``gs`` given name and father's name with an ending, ``g`` one name only.
    ``weight`` is how many in a hundred and more have such a name; ``places`` are near to them.
    ``skins`` and ``hairs`` bound how a drawn face looks (see faces.py), and ``style`` is frequent.
    """

    weight: int
    women: str
    men: str
    family: str
    order: str = "gf"
    places: str = ""
    skins: tuple[int, int] = (0, 2)
    hairs: tuple[int, ...] = (0, 1, 1, 2, 2, 5)
    style: str = ""


DARK = (0, 0, 0, 0, 1, 5)
BLACK = (0, 0, 0, 0, 0, 5)
FAIR = (1, 2, 2, 3, 4, 4, 5, 6)
