"""The rule by which all typed text is cleaned before it is validated.

Text is NFC. In a one-line field, line breaks count as spaces; control characters, bidi embeddings,
overrides and isolates, and other invisible characters are removed. Joiners (U+200C, U+200D) are
kept between two characters, since Persian and emoji need them. White space is collapsed and
trimmed. "About" keeps line breaks (LF), at most two in a row. Text without a visible character
becomes empty.
"""

from __future__ import annotations

import re
import unicodedata

_JOINERS = "\u200c\u200d"
_SPACE = re.compile(r"[^\S\n]+")
_LINES = re.compile(r"\r\n?|\x0b|\x0c|\x85|\u2028|\u2029")
_MANY_LINES = re.compile(r"\n{3,}")
_LOOSE_JOINERS = re.compile(rf"(?:^|(?<=\s))[{_JOINERS}]+|[{_JOINERS}]+(?=\s|$)")
# Fillers look like letters to Unicode, and like nothing to people.
_FILLERS = "\u115f\u1160\u3164\uffa0\u2800\ufe0e\ufe0f"
# Emoji flags of regions (England, Scotland, Wales) are spelled with these.
_TAGS = range(0xE0020, 0xE0080)


def clean_line(text: str) -> str:
    """Clean a text of one line."""
    if not text or _is_clean(text):
        return text
    return clean_text(_LINES.sub("\n", text).replace("\n", " "))


def clean_text(text: str) -> str:
    """Clean a text of several lines."""
    if not text or _is_clean(text):
        return text
    text = _LINES.sub("\n", text)
    text = "".join(mark for mark in text if _stays(mark))
    text = _LOOSE_JOINERS.sub("", _SPACE.sub(" ", unicodedata.normalize("NFC", text)))
    lines = (line.strip() for line in text.split("\n"))
    text = _MANY_LINES.sub("\n\n", "\n".join(lines)).strip()
    return text if any(_can_be_seen(mark) for mark in text) else ""


def _is_clean(text: str) -> bool:
    """Return whether a text is one line that needs no cleaning, as nearly all are."""
    return (
        text.isprintable()  # so the only white space in it are plain spaces
        and text[0] not in _FILLERS
        and text[0] != " " != text[-1]
        and "  " not in text
        and unicodedata.is_normalized("NFC", text)
    )


def _stays(mark: str) -> bool:
    if mark.isascii():
        return mark.isprintable() or mark in "\n\t"
    category = unicodedata.category(mark)
    if category == "Cf":
        return mark in _JOINERS or ord(mark) in _TAGS
    # What this Python does not know yet stays, a newer Unicode may; halves and noncharacters go.
    noncharacter = ord(mark) & 0xFFFE == 0xFFFE or 0xFDD0 <= ord(mark) <= 0xFDEF
    return category not in ("Cc", "Cs") and not noncharacter


def _can_be_seen(mark: str) -> bool:
    return not mark.isspace() and unicodedata.category(mark) != "Cf" and mark not in _FILLERS


def visible(text: str) -> str:
    """Return a stored one-line text as pages may show it: other programs never cleaned theirs."""
    return text if text.isprintable() else clean_line(text)
