"""Format counts with their noun: ``1 person``, ``1,204 people``."""


def count_of(number: int, one: str, many: str) -> str:
    """Format a number with its noun in the singular or plural."""
    return f"{number:,} {one if number == 1 else many}"


def count_people(number: int) -> str:
    """Format a number of people."""
    return count_of(number, "person", "people")
