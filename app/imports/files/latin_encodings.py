"""Which of the encodings of Latin letters a text is in, told by the words that come out.

One byte is ``ř`` in Prague, ``ø`` in Paris and a stroke on an old Mac, and each is a letter
somewhere. But a word has the letters of one language: no language writes ``Dvoøák``.
"""

from __future__ import annotations

import re
from typing import NamedTuple

_FRENCH, _GERMAN, _SPANISH, _CATALAN = "àâæçéèêëîïôœùûüÿ", "äöüß", "áéíóúüñ", "àçèéíïòóúü"
_PORTUGUESE, _NORDIC, _ICELANDIC = "áâãàçéêíóôõú", "åäöæøéü", "áéíóúýþæöð"
_ESTONIAN = "äöõüšž"
_SOME = (_FRENCH, _GERMAN, _SPANISH, _CATALAN, _PORTUGUESE)
_WESTERN = (*_SOME, _NORDIC, _ICELANDIC, _ESTONIAN)
_POLISH, _CZECH, _HUNGARIAN = "ąćęłńóśźż", "áčďéěíňóřšťúůýžäľĺôŕ", "áéíóöőúüű"
_ROMANIAN, _SOUTH_SLAVIC, _TURKISH = "ăâîşţ", "čćđšž", "çğıiöşüâîû"  # İ becomes i
# Of two in which as many words are words, the first counts.
_LANGUAGES = {
    encoding: [frozenset(letters) for letters in languages]
    for encoding, languages in (
        ("cp1252", _WESTERN),
        ("cp1250", (_POLISH, _CZECH, _HUNGARIAN, _ROMANIAN, _SOUTH_SLAVIC, _GERMAN)),
        ("cp1254", (*_SOME, _TURKISH)),
        ("mac_roman", _WESTERN),
    )
}
LATIN = frozenset(_LANGUAGES)
_LAST_IN_ITALIAN = "àèéìòù"
_NEVER_LAST = "õ"  # but the Hungarian ő often is
_ENOUGH = 0.7
_PART = r"[^\x00-\x40\x5b-\x60\x7b-\x7f]*"  # all but what is ASCII and no letter
_WORD = re.compile(rf"{_PART}[^\x00-\x7f]{_PART}")
_QUOTES = "‘“”„«»–—…´"


class Latin(NamedTuple):
    """The encodings of Latin letters, the likeliest first; whether the text has such at all."""

    encodings: tuple[str, ...]
    is_sure: bool


def rank_latin_encodings(sample: bytes) -> Latin:
    """In which encoding most words are words of some language."""
    explained = {name: _explained(sample, name) for name in _LANGUAGES}
    ranked = sorted(explained, key=lambda name: -explained[name])
    return Latin(tuple(ranked), explained[ranked[0]] >= _ENOUGH)


def _explained(sample: bytes, encoding: str) -> float:
    """The share of the words with more than ASCII in them that are words in this encoding."""
    words = _WORD.findall(sample.decode(encoding, "replace"))
    are = (all(_is_word(part, encoding) for part in word.split("’")) for word in words)
    return sum(are) / max(len(words), 1)


def _is_word(word: str, encoding: str) -> bool:
    word = word.strip(_QUOTES)
    marks = [mark for mark in word if not mark.isascii()]
    if not marks:
        return True
    if len(marks) == len(word) > 1 or word[-1] in _NEVER_LAST or not _has_its_case(word):
        return False
    small = {mark.lower()[0] for mark in marks}  # of İ that is i and a dot
    if any(small <= letters for letters in _LANGUAGES[encoding]):
        return True
    return encoding != "cp1250" and len(marks) == 1 and word[-1].lower() in _LAST_IN_ITALIAN


def _has_its_case(word: str) -> bool:
    """Whether no capital beyond ASCII stands among small letters."""
    return word.isupper() or not any(mark.isupper() for mark in word[1:] if not mark.isascii())
