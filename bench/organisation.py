"""People of a world with reporting lines: a deep one, a long one, and managers of few and of many.

``python -m bench.organisation PEOPLE`` stores them in the directory that the environment names, of
so many people; those who are there stay. Samples have reporting lines too, but of no fixed shape.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator

from app.contracts import MAX_BATCH, EmployeeStore
from app.model.employee import Employee
from app.settings import Settings
from app.storage import open_stores

DEPTH, LINE, FEW, MANY = 8, 40, 24, 5_000
ALONE = "bench-alone"
BOSSES = ("bench-boss-1", "bench-boss-2")
MOVERS = tuple(f"bench-mover-{at}" for at in range(20))


def many_of(people: int) -> int:
    """Return how many report to the manager of many, in a world of so many people."""
    return min(MANY, people // 2)


def in_tree(level: int) -> str:
    """Return the id of the manager on a level of the tree, 1 to DEPTH; the last leads FEW."""
    return f"bench-tree-{level}"


def in_line(place: int) -> str:
    """Return the id of somebody with so many less one above, 1 to LINE + 1."""
    return f"bench-line-{place}"


def manager_of(reports: int) -> str:
    """Return the id of the manager to whom so many report, and who reports to nobody."""
    return f"bench-flat-{reports}"


def everybody(people: int) -> Iterator[Employee]:
    """Yield them all, managers before their reports."""
    yield _person(ALONE)
    yield from map(_person, BOSSES)
    yield from (_person(each, BOSSES[0]) for each in MOVERS)
    for level in range(1, DEPTH + 1):
        yield _person(in_tree(level), in_tree(level - 1) if level > 1 else "")
    for place in range(1, LINE + 2):
        yield _person(in_line(place), in_line(place - 1) if place > 1 else "")
    yield from _reports(in_tree(DEPTH), FEW)
    for number in (FEW, many_of(people)):
        yield _person(manager_of(number))
        yield from _reports(manager_of(number), number)


def _reports(manager: str, number: int) -> Iterator[Employee]:
    return (_person(f"{manager}-{at}", manager) for at in range(number))


def _person(employee_id: str, manager: str = "") -> Employee:
    return Employee(
        id=employee_id,
        full_name=f"Bench {employee_id[6:].replace('-', ' ')}",
        email=f"{employee_id}@example.com",
        job_title="Engineer",
        department="Engineering",
        location="Lima",
        badges=("linux",),
        manager=manager,
        version=1,
    )


def store(employees: EmployeeStore, people: int) -> None:
    """Store everybody who is missing."""
    everyone = list(everybody(people))
    for start in range(0, len(everyone), MAX_BATCH):
        batch = everyone[start : start + MAX_BATCH]
        known = employees.get_many([each.id for each in batch])
        missing = [each for each in batch if each.id not in known]
        if missing:
            for _ in employees.add_many(missing, keep_versions=True):
                pass


if __name__ == "__main__":
    store(open_stores(Settings.from_env(os.environ)).employees, int(sys.argv[1]))
