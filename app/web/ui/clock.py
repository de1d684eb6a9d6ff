"""A moment."""

from __future__ import annotations

from typing import NamedTuple


class Clock(NamedTuple):
    """A time of day, and the moment for machines."""

    words: str
    iso: str
