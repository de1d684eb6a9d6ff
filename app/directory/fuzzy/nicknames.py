"""The usual short forms of first names, in many languages: under what else a name is known.

``names/`` has a file for each language. A line is one name: full forms, a colon, short forms,
written as search folds them (small letters, no accents). A short form may stand in several lines.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

_FOLDER = Path(__file__).with_name("names")

Line = tuple[tuple[str, ...], tuple[str, ...]]


def lines() -> Iterator[Line]:
    """Every name of every language: its full forms, and its short ones."""
    for file in sorted(_FOLDER.glob("*.txt")):
        for line in file.read_text("utf-8").splitlines():
            full, _, short = line.partition(":")
            yield tuple(full.split()), tuple(short.split())


def other_forms(word: str) -> tuple[str, ...]:
    """The other forms of a name: for a short one its full ones first, and the other way round."""
    return _other_forms().get(word, ())


@lru_cache(maxsize=1)
def _other_forms() -> dict[str, tuple[str, ...]]:
    """Read when the first search needs it; some 0.4 MB."""
    across: dict[str, dict[str, None]] = {}
    beside: dict[str, dict[str, None]] = {}
    for full, short in lines():
        for these, those in ((full, short), (short, full)):
            for form in these:
                across.setdefault(form, {}).update(dict.fromkeys(those))
                beside.setdefault(form, {}).update(dict.fromkeys(these))
    return {
        form: tuple(other for other in others | beside[form] if other != form)
        for form, others in across.items()
    }
