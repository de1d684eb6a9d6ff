"""Escape text for HTML."""

import html
import re
from collections.abc import Sequence

from app.text.sanitizing import visible

_needs_escape = re.compile(r"[&<>\"']").search


def escape(text: str) -> str:
    """Escape text for HTML, without the invisible characters that other programs may store."""
    text = visible(text)
    return html.escape(text) if _needs_escape(text) else text


def escape_all(texts: Sequence[str]) -> Sequence[str]:
    """Escape texts for HTML like ``escape``; they are tested together, as few need it."""
    joined = "|".join(texts)
    if joined.isprintable() and not _needs_escape(joined):
        return texts
    return [escape(text) for text in texts]
