"""Numbers of things, in words that agree with them."""

from __future__ import annotations


def counted(number: int, one: str, many: str) -> str:
    """``1 person``, ``1,204 people``."""
    return f"{number:,} {one if number == 1 else many}"


def people_counted(number: int) -> str:
    """So many people."""
    return counted(number, "person", "people")
