"""Find who would report to themselves, by others or not."""

from collections.abc import Mapping


def find_loops(manager_of: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """Return for everybody in a circle its people, from them on up; each is looked at once."""
    loops: dict[str, tuple[str, ...]] = {}
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
            for at, each in enumerate(circle):
                loops[each] = (*circle[at:], *circle[:at])
    return loops
