"""People of a world who have changed rarely and often, who have left, and who may leave.

``python -m bench.histories MANY`` stores them in the directory that the environment names: changes
go straight into its history, since five thousand saves would take too long.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from app.contracts import EmployeeStore
from app.contracts.employees import UNSIGNED
from app.history.changes import Author, Change, Through, Via, Write
from app.history.difference import next_moment
from app.history.recording import change_of, marked
from app.model.employee import Employee
from app.model.revision import revision_of
from app.settings import Settings
from app.storage import open_stores

FEW, ONE_PAGE, MANY = 5, 15, 5_000
LEAVING = tuple(f"bench-leaving-{at}" for at in range(20))
_LEFT = tuple(f"bench-left-{at}" for at in range(60))
_APART = timedelta(hours=5)
_AUTHORS = tuple(Author(f"Editor {at}", f"editor{at}") for at in range(4))
# Every fifth change is that of an import, which has one entry for all in the audit log.
_BY_FILE = Through(Via.IMPORT, "people.csv", job="0" * 32, row=7)
_CITIES = ("Seattle", "Nairobi", "Lima", "Oslo", "Quito", "Berlin", "Osaka")


def lengths(many: int) -> tuple[int, int, int]:
    """Return how many changes there are of each person whose history is asked for."""
    return FEW, ONE_PAGE, many


def id_of(length: int) -> str:
    """Return the id of the person with so many changes."""
    return f"bench-history-{length}"


def history_of(length: int, until: datetime) -> Iterator[tuple[Employee, Change]]:
    """Yield so many changes of one person, oldest first, each with the person after it."""
    before, moment = None, ""
    for version in range(1, length + 1):
        after = _person(id_of(length), version)
        moment = next_moment(moment, until - (length - version) * _APART)
        author = _AUTHORS[version // 2 % len(_AUTHORS)]
        write = Write("", author, Through() if version % 5 else _BY_FILE)
        change = change_of(before, after, write, moment)
        before = marked(after, change)
        yield before, change


def _person(employee_id: str, version: int = 1, left_on: str = "") -> Employee:
    """Return somebody whose telephone number changes each time, and now and then more."""
    return Employee(
        id=employee_id,
        full_name=f"Bench {employee_id[6:]}",
        email=f"{employee_id}@example.com",
        phone=f"+1 206 {version:07}",
        job_title=f"Engineer {version // 4}",
        department="Engineering",
        location=_CITIES[version // 3 % len(_CITIES)],
        badges=("linux", "coffee") if version // 7 % 2 else ("linux",),
        left_on=left_on,
        version=version,
    )


def main(many: int) -> None:
    """Store these people where they are not there yet; who left by an earlier run is restored."""
    stores = open_stores(Settings.from_env(os.environ))
    employees = stores.employees
    missing = [each for each in lengths(many) if not employees.get_many([id_of(each)])]
    for length in missing:
        (*_, (newest, _)) = history = list(history_of(length, datetime.now(UTC)))
        _add(employees, [newest])
        assert stores.history
        stores.history.restore_changes(change for _, change in history)
    _add(employees, [_person(each, left_on="2026-01-31") for each in _LEFT])
    _add(employees, [_person(each) for each in LEAVING])
    for left in employees.get_many(LEAVING).values():
        if left.left_on:
            employees.update(replace(left, left_on=""), revision_of(left), UNSIGNED)


def _add(employees: EmployeeStore, people: list[Employee]) -> None:
    for _ in employees.add_many(people, keep_versions=True):
        pass


if __name__ == "__main__":
    main(int(sys.argv[1]))
