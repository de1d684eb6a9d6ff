"""Circles that another program made: every page and file of their people answers, and bounded."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.contracts.reports import MAX_CHAIN
from app.model.employee import Employee
from app.storage.dynamodb.client.calls import Calls
from app.storage.sql.index import reporting
from tests.support.import_desk import Desk, history_beside, jobs_beside
from tests.support.page_reader import PageReader, words_of
from tests.support.small_app import small_app, stores_of
from tests.support.stores.bindings import Room
from tests.web.org.test_org_pages import ROOMS

# Reads of one page beside those of managers: records, lists, counts, histories.
_OTHER_READS = 40


class Circle:
    """People of whom each reports to the next, and the last to the first."""

    def __init__(self, room: Room, folder: Path, size: int) -> None:
        self.room, self.size = room, size
        self.ids = [f"p{number:03}" for number in range(size)]
        for at, each in enumerate(self.ids):
            manager = self.ids[(at + 1) % size]
            room.put_outside(Employee(id=each, full_name=f"P {each}", manager=manager))
        list(room.store.reindex())
        history = history_beside(room.store)
        stores = stores_of(room.store, None, reports=room.open_reports(), history=history)
        self.app = small_app(folder, stores, SECRET_KEY="a key for tests that nobody guesses")
        self.reader = PageReader(self.app)
        self.get, self.client = self.reader.get, self.reader.client
        self.desk = Desk(room.store, jobs_beside(room.store))


ON_SQLITE = [("sqlite", size) for size in (1, 2, 3, 64, 100)]
ON_DYNAMODB = [pytest.param(("moto", size), marks=pytest.mark.slow) for size in (3, 100)]


@pytest.fixture(params=[*ON_SQLITE, *ON_DYNAMODB], ids=lambda each: f"{each[0]}-{each[1]}")
def circle(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Circle]:
    name, size = request.param
    room = ROOMS[name](tmp_path)
    yield Circle(room, tmp_path, size)
    room.close()


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Collect the reads of managers in SQL, and every read of DynamoDB."""
    made: list[str] = []
    read, manager_of = Calls.read, reporting._manager_of

    def counted(calls: Calls, operation: str, *others: object) -> object:
        made.append(operation)
        return read(calls, operation, *others)  # type: ignore[arg-type]

    def asked(connection: object, employee_id: str) -> str | None:
        made.append(employee_id)
        return manager_of(connection, employee_id)  # type: ignore[arg-type]

    monkeypatch.setattr(Calls, "read", counted)
    monkeypatch.setattr(reporting, "_manager_of", asked)
    return made


def test_every_page_of_their_people_answers(circle: Circle, reads: list[str]) -> None:
    for address in (
        *("/employee/p000", "/org/p000", "/org/p000?depth=2", "/employee/p000/history"),
        *("/edit/p000", "/leave/p000", "/add-reports/p000", "/?manager=p000", "/", "/org/issues"),
        *("/?under=p000", "/insights", "/org"),
    ):
        reads.clear()
        page = circle.get(address)
        assert page.response.status_code == 200, address
        assert len(reads) <= 2 * (MAX_CHAIN + 2) + _OTHER_READS, address
    told = circle.get("/org/p000").text
    goes_round = "This reporting line goes round in a circle"
    # Of more than 64 the line goes on above; the issues name them all.
    assert (goes_round in told) is (circle.size <= MAX_CHAIN + 1)
    [found] = circle.get("/org/issues?kind=circle").all("p", cls="issue-circle")
    assert words_of(found).count("P p") == circle.size + (circle.size > 1)


def test_files_of_their_people_are_written_and_read(circle: Circle) -> None:
    client = circle.client
    exported = client.get("/export.csv?manager=p000").get_data(as_text=True)
    assert len(exported.splitlines()) == 2
    below = client.get("/export.csv?under=p000")
    assert below.status_code == 200
    # Everybody of a circle is below everybody, and nobody below themselves.
    levels = min(circle.size - 1, MAX_CHAIN)
    assert len(below.get_data(as_text=True).splitlines()) == 1 + levels
    assert client.get("/org-svg/p000").status_code == 200
    every_line = client.get("/export.csv").get_data(as_text=True).splitlines()
    assert len(every_line) == circle.size + 1
    # Another field of somebody in a circle can be changed by a file, and so can their manager.
    head, keep = "Id,Name,Job title,Location,Manager\n", circle.ids[1 % circle.size]
    job = circle.desk.run(f"{head}p000,P p000,Editor,Oslo,{keep}\n")
    stored = circle.room.store.get("p000")
    assert (stored.manager, job.done.rejected) == (keep, 0 if stored.job_title else 1)
    job = circle.desk.run("Id,Name,Job title,Location\np000,P p000,Chief,Oslo\n")
    assert circle.room.store.get("p000").job_title == "Chief"
    circle.desk.run(
        "Id,Name,Job title,Location,Manager\nboss,Boss,B,Oslo,\np000,P p000,C,Oslo,boss\n"
    )
    assert circle.room.store.get("p000").manager == "boss"
    assert circle.room.open_reports().chain("p000").managers[0].id == "boss"


def test_a_counting_ends(circle: Circle) -> None:
    state = circle.app.extensions["counting"].run()
    assert (state.managers, state.error) == (circle.size, "")


def test_their_form_saves_other_fields_and_mends_the_circle(circle: Circle) -> None:
    store = circle.room.store
    page = circle.get("/edit/p000")
    client = circle.client
    fields = {**page.fields(), "job_title": "Chief"}
    assert client.post("/edit/p000", data=fields).status_code == 303
    assert store.get("p000").job_title == "Chief"
    fields = {**circle.get("/edit/p000").fields(), "manager": ""}
    assert client.post("/edit/p000", data=fields).status_code == 303
    assert store.get("p000") == replace(store.get("p000"), manager="")
    assert circle.get("/org/issues?kind=circle").all("p", cls="issue-circle") == []
