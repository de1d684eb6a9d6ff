"""How alike two words are, to the eye and to the ear: the less a likeness costs, the nearer."""

from __future__ import annotations

import re
from functools import lru_cache

# What languages of Latin letters spell in several ways. The longest first.
_SOUNDS = (
    *(("tsch", "c"), ("sch", "s"), ("tch", "c"), ("dt", "t"), ("tz", "s"), ("th", "t")),
    *(("ph", "f"), ("gh", "g"), ("sh", "s"), ("ch", "k"), ("ck", "k"), ("qu", "k"), ("x", "ks")),
)
_SOFT_C = re.compile("c(?=[eiy])")
_LETTERS = str.maketrans({"c": "k", "q": "k", "z": "s", "w": "v"})
_VOWELS = re.compile("[aeiouyh]+")
_DOUBLED = re.compile(r"(.)\1+")
# First letters that stand for one another more often than others do.
_FIRSTS = (
    *("cksqz", "fpv", "vwbf", "jgyhi", "iyjea", "eiayh", "aeoh", "oaeuh", "uoyw", "td", "dt"),
    *("sczx", "zsxc", "xscj", "kcqg", "qkc", "gjk", "yij", "wvu", "bpv", "pbf", "hjaeo"),
)
_OF_FIRST = {group[0]: group[1:] for group in _FIRSTS}

# What a likeness costs beside its letters.
SAME_SOUND = -0.5
OTHER_FIRST = 0.5
UNFINISHED = 0.3
# Two letters may differ from so many letters on, and one from so many.
TWO_FROM, ONE_FROM = 6, 4


@lru_cache(maxsize=4096)
def sound(word: str) -> str:
    """The consonants of a word as they sound; the first letter stays, if only as a vowel."""
    for spelled, spoken in _SOUNDS:
        word = word.replace(spelled, spoken)
    plain = _SOFT_C.sub("s", word).translate(_LETTERS)
    first = "a" if _VOWELS.match(plain) else ""
    return first + _DOUBLED.sub(r"\1", _VOWELS.sub("", plain))


def spellings(word: str) -> tuple[str, ...]:
    """The word, and as it would be with ``f`` for ``ph``, or the other way round."""
    other = word.replace("ph", "f") if "ph" in word else word.replace("f", "ph")
    return (other, word) if other != word else (word,)


def other_firsts(word: str) -> str:
    """With what else a word may begin that was typed like this: its second letter, like sounds."""
    return word[1:2] + _OF_FIRST.get(word[:1], "")


def cost(typed: str, word: str, letters: int, *, alone: bool) -> float | None:
    """What it costs that a word differs from the one typed by so many letters; None: too much.

    A short word that was typed alone is like so many others that it must sound the same.
    """
    alike = sound(typed) == sound(word)
    shorter = min(len(typed), len(word))
    if letters > 1 and shorter < TWO_FROM and not (alike and shorter >= ONE_FROM):
        return None
    if alone and shorter < ONE_FROM and not (alike and typed[0] == word[0]):
        return None
    if alike:
        return letters + SAME_SOUND
    return letters + (0.0 if typed[0] == word[0] else OTHER_FIRST)
