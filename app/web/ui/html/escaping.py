"""Escape text for HTML."""

from __future__ import annotations

import html
import re

from app.text.sanitizing import visible

_SPECIAL = re.compile(r"[&<>\"']").search


def escape(text: str) -> str:
    """Escape text for HTML, without invisible characters of other programs' records."""
    text = visible(text)
    return html.escape(text) if _SPECIAL(text) else text
