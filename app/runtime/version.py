"""Which version this is: what the archive's VERSION file says, else a copy that is worked on."""

from __future__ import annotations

from functools import cache
from pathlib import Path

_FILE = Path(__file__).resolve().parents[2] / "VERSION"


@cache
def version() -> str:
    """The version that deploy/build-archive wrote, or ``development``."""
    try:
        return _FILE.read_text(encoding="utf-8").strip()[:100] or "development"
    except OSError:
        return "development"
