"""Editors who would close a loop of managers together: whoever wins, no loop is left."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier

import pytest

from app.contracts import EmployeeStore
from app.contracts.reports import ChainEnd
from app.history.changes import Write
from app.model.employee import Employee
from app.model.errors import EditConflict, ReportingLoop
from app.model.revision import revision_of
from tests.support.stores.bindings import Room
from tests.support.stores.people import add, new_write_id, person

PEOPLE = ("ada", "bea", "cyd")


def race(stores: list[EmployeeStore], wanted: list[Employee]) -> list[bool]:
    """Save each at once, by a store of their own; return who was told that it is saved."""
    start = Barrier(len(wanted))

    def save(store: EmployeeStore, employee: Employee) -> bool:
        revision = revision_of(store.get(employee.id))
        start.wait(30)
        try:
            store.update(employee, revision, Write(new_write_id()))
        except (ReportingLoop, EditConflict):
            return False
        return True

    with ThreadPoolExecutor(len(wanted)) as pool:
        return list(pool.map(save, stores, wanted))


@pytest.mark.slow
@pytest.mark.parametrize("size", [2, 3])
def test_of_many_races_none_leaves_a_loop(real_room: Room, size: int) -> None:
    store, ring = real_room.store, PEOPLE[:size]
    reports = real_room.open_reports()
    add(store, *(person(each, each.title(), job_title="Was") for each in PEOPLE))
    stores = [real_room.open_another() for _ in ring]
    told = set()
    for number in range(200 if size == 2 else 60):
        before = [store.get(each) for each in ring]
        wanted = [
            replace(each, manager=ring[at - 1], job_title=f"Race {number}")
            for at, each in enumerate(before)
        ]
        saved = race(stores, wanted)
        told.add(sum(saved))
        for each, was, wish in zip(saved, before, wanted, strict=True):
            assert reports.chain(was.id).end is ChainEnd.TOP
            # Who is refused has changed nothing at all, and who is not, everything.
            assert store.get(was.id).same_content(wish if each else was)
        for each in ring:
            stored = store.get(each)
            update = replace(stored, manager="", job_title="Was")
            store.update(update, revision_of(stored), Write(new_write_id()))
    assert max(told) < size
