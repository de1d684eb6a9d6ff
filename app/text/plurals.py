"""Numbers of things, in words that agree with them."""

from __future__ import annotations


def count_of(number: int, one: str, many: str) -> str:
    """``1 person``, ``1,204 people``."""
    return f"{number:,} {one if number == 1 else many}"


def count_people(number: int) -> str:
    """So many people."""
    return count_of(number, "person", "people")
