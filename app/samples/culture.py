"""What the sample people of one culture have in common: names, locations and looks."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Culture:
    """Given names of women and of men, and family names, each as space-separated words.

    ``order`` joins them: ``gf`` given name first, ``fg`` family name first, ``gff`` two family
    names, ``gs`` given name and patronymic, ``g`` given name only. ``weight`` is the frequency
    relative to other cultures; ``places`` are common locations. ``skins`` and ``hairs`` bound the
    drawn faces (see faces.py), and ``style`` is a frequent hair style.
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
