"""Text for HTML."""

from __future__ import annotations

import html
import re

from app.text.sanitizing import visible

_SPECIAL = re.compile(r"[&<>\"']").search


def escape(text: str) -> str:
    """The text for HTML; what nobody may see of a record from elsewhere is taken out."""
    text = visible(text)
    return html.escape(text) if _SPECIAL(text) else text
