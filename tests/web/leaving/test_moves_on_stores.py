"""Reports move with their leaver and come back on the stores of a directory, by its pages."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from app.history.changes import Write
from app.model.employee import Employee
from tests.support.accounts_in_memory import AccountsInMemory
from tests.support.import_desk import jobs_beside
from tests.support.page_reader import PageReader
from tests.support.small_app import small_app, stores_of
from tests.support.stores.bindings import BINDINGS, Binding, Room

STORES = [
    pytest.param(binding, id=binding.name, marks=binding.marks)
    for binding in BINDINGS
    if binding.name in ("sqlite", "dynamodb-local")
]


def reader_of(room: Room, folder: Path) -> PageReader:
    stores = stores_of(
        *(room.store, None, "off"),
        accounts=AccountsInMemory(),
        history=room.open_history(),
        reports=room.open_reports(),
    )
    return PageReader(small_app(folder, replace(stores, jobs=jobs_beside(room.store))))


@pytest.mark.parametrize("binding", STORES)
def test_one_of_the_reports_leads_the_others_and_all_come_back(
    binding: Binding, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    room = binding.open(request, tmp_path)
    lines = {"boss": "", "pat": "boss", "al": "pat", "bo": "pat", "cy": "pat", "di": "bo"}
    for one, manager in lines.items():
        person = Employee(id=one, full_name=one, job_title="T", location="L", manager=manager)
        room.store.add(person, Write(one))
    reader = reader_of(room, tmp_path / "app")
    page = reader.get("/leave/pat")
    assert "3 direct reports" in page.text
    done = reader.post("/leave/pat", {**page.fields(), "reports": "other", "manager": "di"})
    assert "bo now reports to boss." in reader.follow(done).text
    moved = {one: room.store.get(one).manager for one in lines}
    assert moved == {**lines, "al": "di", "bo": "boss", "cy": "di"}
    reader.post("/restore/pat", reader.get("/restore/pat").fields())
    assert {one: room.store.get(one).manager for one in lines} == lines
    room.close()
