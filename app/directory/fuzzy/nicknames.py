"""Nicknames: the usual short forms of first names in many languages.

``names/`` has a file for each language. A line has the full forms of a name, a colon and the short
forms, all folded (lower case, no accents). A short form may be in several lines.
"""

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

_FOLDER = Path(__file__).with_name("names")

Line = tuple[tuple[str, ...], tuple[str, ...]]


def lines() -> Iterator[Line]:
    """Yield the full forms and the short forms of each name of each language."""
    for file in sorted(_FOLDER.glob("*.txt")):
        for line in file.read_text("utf-8").splitlines():
            full, _, short = line.partition(":")
            yield tuple(full.split()), tuple(short.split())


def other_forms(word: str) -> tuple[str, ...]:
    """Return the other forms of a name: first the full forms of a short one, and vice versa."""
    return _other_forms().get(word, ())


@lru_cache(maxsize=1)
def _other_forms() -> dict[str, tuple[str, ...]]:
    """Return the other forms by form; read on first use, about 0.4 MB."""
    opposite: dict[str, dict[str, None]] = {}
    same_kind: dict[str, dict[str, None]] = {}
    for full, short in lines():
        for forms, opposites in ((full, short), (short, full)):
            for form in forms:
                opposite.setdefault(form, {}).update(dict.fromkeys(opposites))
                same_kind.setdefault(form, {}).update(dict.fromkeys(forms))
    return {
        form: tuple(other for other in others | same_kind[form] if other != form)
        for form, others in opposite.items()
    }
