"""Initials and colours: what an avatar shows without a photo."""

import hashlib
import re
import unicodedata
from collections.abc import Iterator

from app.text.person_names import bare_name

COLOURS = 10
_STARTS = re.compile(r"(?:^|\s)[^A-Za-z\s]*([A-Za-z])").findall
_VIRAMA = 9  # the combining class of the sign that joins two letters into one glyph


def initials(full_name: str) -> str:
    """Return one or two letters for a name; titles and letters after it have none."""
    name = bare_name(full_name)
    if name.isascii():
        return _latin_initials(name)
    starts = list(_first_letters(name))
    if not starts:
        return _first_visible(name)
    first = starts[0]
    if not _has_case(first[0]):
        return first
    script = _script(first[0])
    of_script = [start for start in starts if _script(start[0]) == script]
    return "".join(_capital(start) for start in (first, *of_script[1:][-1:]))


def _latin_initials(full_name: str) -> str:
    # The same, but faster, for ASCII, as nearly all names are: a page of a list has 24 of them.
    starts = _STARTS(full_name)
    if not starts:
        return _first_visible(full_name)
    return (f"{starts[0]}{starts[-1]}" if len(starts) > 1 else str(starts[0])).upper()


def _first_visible(name: str) -> str:
    return next((char for char in name if char.isprintable() and not char.isspace()), "?")


def colour_of(employee_id: str) -> int:
    """Return a colour number from 0 to 9 that depends on the id, so that a rename keeps it."""
    raw = employee_id.encode("utf-8", "surrogatepass")
    digest = hashlib.sha1(raw, usedforsecurity=False).digest()
    return int.from_bytes(digest[:4], "big") % COLOURS


def _first_letters(name: str) -> Iterator[str]:
    """Return the first letter of each word, with its combining marks."""
    for word in unicodedata.normalize("NFC", name).split():
        for position, char in enumerate(word):
            if char.isalpha():
                yield _character_at(word, position)
                break


def _character_at(word: str, start: int) -> str:
    end = start + 1
    while end < len(word):
        joined = unicodedata.combining(word[end - 1]) == _VIRAMA and word[end].isalpha()
        if not joined and unicodedata.category(word[end])[0] != "M":
            break
        end += 1
    return word[start:end]


def _has_case(letter: str) -> bool:
    return letter.upper() != letter.lower()


def _script(letter: str) -> str:
    return unicodedata.name(letter, "").partition(" ")[0]


def _capital(character: str) -> str:
    upper = character[0].upper()
    return (upper if len(upper) == 1 else character[0]) + character[1:]
