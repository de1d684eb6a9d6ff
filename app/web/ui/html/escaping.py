"""Escape text for HTML."""

import html
import re

from app.text.sanitizing import visible

_needs_escape = re.compile(r"[&<>\"']").search


def escape(text: str) -> str:
    """Escape text for HTML, without the invisible characters that other programs may store."""
    if not text.isprintable():
        text = visible(text)
    return html.escape(text) if _needs_escape(text) else text
