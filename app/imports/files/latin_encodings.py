"""Tell single-byte Latin encodings apart by the words that they decode to.

The same byte is ``ř`` in cp1250, ``ø`` in cp1252 and a sign in Mac Roman. But a word uses the
letters of one language: no language writes ``Dvoøák``.
"""

import re
from typing import NamedTuple

_FRENCH, _GERMAN, _SPANISH, _CATALAN = "àâæçéèêëîïôœùûüÿ", "äöüß", "áéíóúüñ", "àçèéíïòóúü"
_PORTUGUESE, _NORDIC, _ICELANDIC = "áâãàçéêíóôõú", "åäöæøéü", "áéíóúýþæöð"
_ESTONIAN = "äöõüšž"
_ROMANCE_GERMAN = (_FRENCH, _GERMAN, _SPANISH, _CATALAN, _PORTUGUESE)
_WESTERN = (*_ROMANCE_GERMAN, _NORDIC, _ICELANDIC, _ESTONIAN)
_POLISH, _CZECH, _HUNGARIAN = "ąćęłńóśźż", "áčďéěíňóřšťúůýžäľĺôŕ", "áéíóöőúüű"
_ROMANIAN, _SOUTH_SLAVIC, _TURKISH = "ăâîşţ", "čćđšž", "çğıiöşüâîû"  # İ becomes i
# Of encodings with equal shares the first wins.
_LANGUAGES = {
    encoding: [frozenset(letters) for letters in languages]
    for encoding, languages in (
        ("cp1252", _WESTERN),
        ("cp1250", (_POLISH, _CZECH, _HUNGARIAN, _ROMANIAN, _SOUTH_SLAVIC, _GERMAN)),
        ("cp1254", (*_ROMANCE_GERMAN, _TURKISH)),
        ("mac_roman", _WESTERN),
    )
}
LATIN = frozenset(_LANGUAGES)
_FINAL_IN_ITALIAN = "àèéìòù"
_NEVER_FINAL = "õ"  # while the Hungarian ő often is final
_MIN_WORD_SHARE = 0.7
_WORD_BYTES = r"[^\x00-\x40\x5b-\x60\x7b-\x7f]*"  # any byte but an ASCII non-letter
_WORD = re.compile(rf"{_WORD_BYTES}[^\x00-\x7f]{_WORD_BYTES}")
_QUOTES = "‘“”„«»–—…´"


class Latin(NamedTuple):
    """The Latin encodings, likeliest first; ``is_sure`` if the text is in one of them."""

    encodings: tuple[str, ...]
    is_sure: bool


def rank_latin_encodings(sample: bytes) -> Latin:
    """Rank the encodings by the share of words that fit a language."""
    shares = {name: _word_share(sample, name) for name in _LANGUAGES}
    ranked = sorted(shares, key=lambda name: -shares[name])
    return Latin(tuple(ranked), shares[ranked[0]] >= _MIN_WORD_SHARE)


def _word_share(sample: bytes, encoding: str) -> float:
    """Return the share of non-ASCII words that fit a language of this encoding."""
    words = _WORD.findall(sample.decode(encoding, "replace"))
    fits = (all(_is_word(part, encoding) for part in word.split("’")) for word in words)
    return sum(fits) / max(len(words), 1)


def _is_word(word: str, encoding: str) -> bool:
    word = word.strip(_QUOTES)
    accented = [letter for letter in word if not letter.isascii()]
    if not accented:
        return True
    if len(accented) == len(word) > 1 or word[-1] in _NEVER_FINAL or not _has_consistent_case(word):
        return False
    lowered = {letter.lower()[0] for letter in accented}  # İ lowers to i and a combining dot
    if any(lowered <= letters for letters in _LANGUAGES[encoding]):
        return True
    return encoding != "cp1250" and len(accented) == 1 and word[-1].lower() in _FINAL_IN_ITALIAN


def _has_consistent_case(word: str) -> bool:
    """Return whether no non-ASCII capital follows the first letter of a mixed-case word."""
    return word.isupper() or all(not mark.isupper() for mark in word[1:] if not mark.isascii())
