"""The rule by which all typed text is cleaned before it is validated.

Text is NFC. In a one-line field, line breaks count as spaces; control characters, bidi embeddings,
overrides and isolates, and other invisible characters are removed. Joiners (U+200C, U+200D) are
kept between two characters, since Persian and emoji need them. White space is collapsed and
trimmed. "About" keeps line breaks (LF), at most two in a row. Text without a visible character
becomes empty.
"""

import re
import unicodedata

_JOINERS = "\u200c\u200d"
_SPACE = re.compile(r"[^\S\n]+")
_LINES = re.compile(r"\r\n?|\x0b|\x0c|\x85|\u2028|\u2029")
_BLANK_LINES = re.compile(r"\n{3,}")
_STRAY_JOINERS = re.compile(rf"(?:^|(?<=\s))[{_JOINERS}]+|[{_JOINERS}]+(?=\s|$)")
# Fillers are letters in Unicode, but invisible.
_FILLERS = "\u115f\u1160\u3164\uffa0\u2800\ufe0e\ufe0f"
# Emoji flags of regions (England, Scotland, Wales) consist of these.
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
    text = "".join(char for char in text if _is_kept(char))
    text = _STRAY_JOINERS.sub("", _SPACE.sub(" ", unicodedata.normalize("NFC", text)))
    lines = (line.strip() for line in text.split("\n"))
    text = _BLANK_LINES.sub("\n\n", "\n".join(lines)).strip()
    return text if any(_is_visible(char) for char in text) else ""


def _is_clean(text: str) -> bool:
    """Return whether a text is one line that needs no cleaning, as nearly all are."""
    return (
        text.isprintable()  # the only printable white space is the space
        and text[0] not in _FILLERS
        and text[0] != " " != text[-1]
        and "  " not in text
        and unicodedata.is_normalized("NFC", text)
    )


def _is_kept(char: str) -> bool:
    if char.isascii():
        return char.isprintable() or char in "\n\t"
    category = unicodedata.category(char)
    if category == "Cf":
        return char in _JOINERS or ord(char) in _TAGS
    # Unassigned code points are kept (a newer Unicode may assign them), surrogates and
    # noncharacters are not.
    noncharacter = ord(char) & 0xFFFE == 0xFFFE or 0xFDD0 <= ord(char) <= 0xFDEF
    return category not in ("Cc", "Cs") and not noncharacter


def _is_visible(char: str) -> bool:
    return not char.isspace() and unicodedata.category(char) != "Cf" and char not in _FILLERS


def visible(text: str) -> str:
    """Clean a stored one-line text for display: other programs store text uncleaned.

    Of spaces alone nothing is left, since nothing of them would be seen.
    """
    return text if text.isprintable() and not text.isspace() else clean_line(text)
