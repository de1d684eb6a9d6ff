"""Similarity of two words in spelling and sound, as a cost: the less, the more similar."""

import re
from functools import lru_cache

from app.directory.fuzzy.tuning import (
    MIN_ONE_MISTAKE,
    MIN_TWO_MISTAKES,
    OTHER_FIRST_LETTER,
    SAME_SOUND,
)

# Sounds with several spellings in languages with Latin letters, longest spelling first.
_SOUNDS = (
    *(("tsch", "c"), ("sch", "s"), ("tch", "c"), ("dt", "t"), ("tz", "s"), ("th", "t")),
    *(("ph", "f"), ("gh", "g"), ("sh", "s"), ("ch", "k"), ("ck", "k"), ("qu", "k"), ("x", "ks")),
)
_SOFT_C = re.compile("c(?=[eiy])")
_LETTERS = str.maketrans({"c": "k", "q": "k", "z": "s", "w": "v"})
_VOWELS = re.compile("[aeiouyh]+")
_DOUBLED = re.compile(r"(.)\1+")
# First letters, each followed by those that are often typed for it.
_FIRSTS = (
    *("cksqz", "fpv", "vwbf", "jgyhi", "iyjea", "eiayh", "aeoh", "oaeuh", "uoyw", "td", "dt"),
    *("sczx", "zsxc", "xscj", "kcqg", "qkc", "gjk", "yij", "wvu", "bpv", "pbf", "hjaeo"),
)
_OF_FIRST = {group[0]: group[1:] for group in _FIRSTS}


@lru_cache(maxsize=4096)
def sound(word: str) -> str:
    """Return the consonants of a word as they sound; an initial vowel becomes ``a``."""
    for spelled, spoken in _SOUNDS:
        word = word.replace(spelled, spoken)
    plain = _SOFT_C.sub("s", word).translate(_LETTERS)
    first = "a" if _VOWELS.match(plain) else ""
    return first + _DOUBLED.sub(r"\1", _VOWELS.sub("", plain))


def spellings(word: str) -> tuple[str, ...]:
    """Return the word, and its spelling with ``f`` for ``ph`` or ``ph`` for ``f``."""
    other = word.replace("ph", "f") if "ph" in word else word.replace("f", "ph")
    return (other, word) if other != word else (word,)


def other_firsts(word: str) -> str:
    """Return other likely first letters of a typed word: the second one, and similar sounds."""
    return word[1:2] + _OF_FIRST.get(word[:1], "")


def cost(typed: str, word: str, letters: int, *, alone: bool) -> float | None:
    """Return the cost of a word that differs from the one typed by this number of letters.

    Returns None if it is too different. A short word that is the only one typed resembles many
    others, so it must sound the same.
    """
    alike = sound(typed) == sound(word)
    shorter = min(len(typed), len(word))
    if letters > 1 and shorter < MIN_TWO_MISTAKES and not (alike and shorter >= MIN_ONE_MISTAKE):
        return None
    if alone and shorter < MIN_ONE_MISTAKE and not (alike and typed[0] == word[0]):
        return None
    if alike:
        return letters + SAME_SOUND
    return letters + (0.0 if typed[0] == word[0] else OTHER_FIRST_LETTER)
