"""What the sample people of one culture have in common: names, locations and looks."""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

_FILE = Path(__file__).with_name("data") / "cultures.toml"


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
    skins: Sequence[int] = (0, 2)
    hairs: Sequence[int] = (0, 1, 1, 2, 2, 5)
    style: str = ""


def all_cultures() -> list[Culture]:
    """Read all cultures from data/cultures.toml."""
    return [Culture(**entry) for entry in tomllib.loads(_FILE.read_text("utf-8"))["cultures"]]
