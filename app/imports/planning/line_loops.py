"""Find who would report to themselves, by others or not."""

from collections.abc import Mapping
from typing import NamedTuple


class Circle(NamedTuple):
    """Where somebody stands in a circle of people, each of whom reports to the next."""

    people: tuple[str, ...]
    at: int

    def first(self, most: int) -> tuple[str, ...]:
        """Return at most so many of the circle, from this person on up."""
        around = self.people[self.at : self.at + most]
        return (*around, *self.people[: min(self.at, most - len(around))])


def find_loops(manager_of: Mapping[str, str]) -> dict[str, Circle]:
    """Return the circle of everybody in one; each person is looked at once.

    The people of a circle share its names: one of ten thousand people takes no more than they do.
    """
    loops: dict[str, Circle] = {}
    seen: set[str] = set()
    for start in manager_of:
        path: dict[str, int] = {}
        one = start
        while one in manager_of and one not in seen:
            seen.add(one)
            path[one] = len(path)
            one = manager_of[one]
        if one in path:
            circle = tuple(path)[path[one] :]
            loops |= {each: Circle(circle, at) for at, each in enumerate(circle)}
    return loops
