"""The org chart: the line above somebody, who reports to them, and the way to a person."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlencode

import pytest

from app.access.viewer import Role
from app.access.visibility import Audience, Visibility
from app.history.changes import Write
from app.model.employee import Employee
from app.text.id_paths import id_path
from tests.support.days import PAST_DAY
from tests.support.page_reader import Page, PageReader, words_of
from tests.support.small_app import small_app, stores_of
from tests.support.stores.bindings import ModelRoom, Room
from tests.support.stores.dynamodb_binding import MotoRoom
from tests.support.stores.sql_binding import SqliteRoom
from tests.support.viewers import request_as, viewer


class Org:
    """A directory in a store, with people who are added by name: "bob" is Bob."""

    def __init__(self, room: Room, folder: Path) -> None:
        self.room = room
        stores = stores_of(room.store, None, reports=room.open_reports())
        self.app = small_app(folder, stores, SECRET_KEY="a key for tests that nobody guesses")
        self.get = PageReader(self.app).get

    def put(self, name: str, manager: str = "", **fields: str) -> None:
        person = Employee(id=name, full_name=name.title(), manager=manager, **fields)  # type: ignore[arg-type]
        self.room.store.add(person, Write(f"add-{name}"))

    def put_line(self, *names: str) -> None:
        """Add people of whom each reports to the one before."""
        for manager, name in zip(("", *names), names, strict=False):
            self.put(name, manager)


ROOMS = {
    "model": lambda folder: ModelRoom(),
    "sqlite": SqliteRoom,
    "moto": lambda folder: MotoRoom(),
}


@pytest.fixture(params=["sqlite", pytest.param("moto", marks=pytest.mark.slow)])
def stored(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Org]:
    room = ROOMS[request.param](tmp_path)
    yield Org(room, tmp_path)
    room.close()


@pytest.fixture
def org(tmp_path: Path) -> Org:
    return Org(ModelRoom(), tmp_path)


def above(page: Page) -> list[str]:
    """The names of the managers above, from the top down."""
    [*chains] = page.all("ol", cls="org-chain")
    return [words_of(link) for chain in chains for link in chain.iter("a")]


def reports(page: Page) -> list[str]:
    return [
        words_of(link)
        for line in page.all("div", cls="org-line")
        for link in line.iter("a")
        if link.get("class") == "org-name"
    ]


def test_the_chart_shows_the_line_to_the_top_and_who_reports(stored: Org) -> None:
    stored.put_line("ursula", "bisi", "selam", "salma", "oksana")
    stored.put("tunde", "selam")
    page = stored.get("/org/selam")
    assert page.h1 == "Selam"
    assert above(page) == ["Ursula", "Bisi"]
    assert reports(page) == ["Salma", "Tunde"]
    links = page.links()
    assert links["Bisi"] == "/org/bisi"
    assert links["1 report to Salma"] == "/org/salma"
    assert links["Tunde"] == "/employee/tunde"
    assert links["Profile of Selam"] == "/employee/selam"
    assert "Direct reports 2" in page.text
    assert "1–2 of 2" in page.text
    assert "1 direct report" in page.text


def test_reports_have_pages_of_24(stored: Org) -> None:
    stored.put("eve")
    for number in range(26):
        stored.put(f"person{number:02}", "eve")
    first = stored.get("/org/eve")
    assert len(reports(first)) == 24
    assert "1–24 of 26" in first.text
    second = stored.get(first.links()["Next"])
    assert reports(second) == ["Person24", "Person25"]
    assert "25–26 of 26" in second.text
    assert reports(stored.get(second.links()["Previous"])) == reports(first)


def test_a_line_that_goes_round_is_told_with_the_names(stored: Org) -> None:
    stored.put_line("eve", "mia", "bob", "ana")
    stored.room.change_outside("eve", "manager", "bob")
    circle = "This reporting line goes round in a circle: {}."
    assert circle.format("Mia, Eve, Bob, Mia") in stored.get("/org/mia").text
    assert circle.format("Bob, Mia, Eve, Bob") in stored.get("/org/ana").text
    stored.room.change_outside("eve", "manager", "eve")
    assert circle.format("Eve, Eve") in stored.get("/org/eve").text


def test_a_manager_who_is_nobody_is_told(stored: Org) -> None:
    stored.put("bob", "Pat Lee")
    page = stored.get("/org/bob")
    assert "Manager unknown" in page.text
    assert "No one reports to them." in page.text


def test_a_long_line_opens_its_middle_and_ends_at_64(org: Org) -> None:
    org.put_line(*(f"p{number}" for number in range(70)))
    page = org.get("/org/p8")
    assert above(page) == [f"P{number}" for number in range(8)]
    assert words_of(page.one("summary", cls="org-card")) == "5 more levels"
    assert "Goes on above" not in page.text
    far = org.get("/org/p69")
    assert "Goes on above" in far.text
    assert len(above(far)) == 64


def test_five_managers_are_all_open(org: Org) -> None:
    org.put_line(*(f"p{number}" for number in range(6)))
    page = org.get("/org/p5")
    assert len(above(page)) == 5
    assert "more levels" not in page.text


def test_without_a_record_of_ones_own_it_asks_whom_to_begin_with(org: Org) -> None:
    org.put("bob")
    assert "Whom to begin with?" in org.get("/org").text
    request_as(org.app, viewer(Role.COLLEAGUE, person_id="gone"))
    assert "Whom to begin with?" in org.get("/org").text


def test_it_begins_with_ones_own_line(org: Org) -> None:
    org.put_line("eve", "bob")
    request_as(org.app, viewer(Role.COLLEAGUE, person_id="bob"))
    page = org.get("/org")
    assert (page.h1, above(page)) == ("Bob", ["Eve"])


def test_the_box_finds_people_and_leads_to_their_chart(stored: Org) -> None:
    stored.put("bob", job_title="Cook")
    stored.put("mia", job_title="Cook")
    found = stored.get("/org?q=cook").links()
    assert (found["Bob"], found["Mia"]) == ("/org/bob", "/org/mia")
    assert stored.get("/org?q=mia", 303).response.location == "/org/mia"
    assert "No one found" in stored.get("/org?q=xyzzyqwx").text


@pytest.mark.parametrize("employee_id", ["a/b?c", "..", "Ünal 1", "issues"])
def test_an_id_may_be_any_text(org: Org, employee_id: str) -> None:
    org.put("bob", employee_id)
    org.put(employee_id)
    page = org.get("/org/bob")
    chart = org.get(page.links()[employee_id.title()])
    assert reports(chart) == ["Bob"]
    assert org.get("/org/nobody", 404)
    assert org.get("/org?key=!", 404)


def test_colleagues_see_no_leavers_in_a_line(org: Org) -> None:
    org.put_line("eve", "bisi", "bob")
    bisi = org.room.store.get("bisi")
    org.room.store.put_outside(replace(bisi, left_on=PAST_DAY))  # type: ignore[attr-defined]
    request_as(org.app, viewer(Role.COLLEAGUE))
    page = org.get("/org/bob")
    assert above(page) == []
    assert "Manager unknown" in page.text
    org.get("/org/bisi", 404)
    request_as(org.app, viewer(Role.EDITOR))
    assert above(org.get("/org/bob")) == ["Eve", "Bisi"]


@pytest.mark.parametrize("address", ["/org/bob", "/org/eve", "/org/eve?depth=2"])
def test_who_may_not_see_managers_sees_no_lines(org: Org, address: str) -> None:
    org.put_line("eve", "bob", "mia")
    restricted = Visibility({"manager": Audience.EDITORS})
    org.app.extensions["directory"].visibility = lambda: restricted
    request_as(org.app, viewer(Role.COLLEAGUE))
    page = org.get(address)
    assert (above(page), reports(page)) == ([], [])
    assert "Who reports to whom is not shown to you." in page.text
    request_as(org.app, viewer(Role.EDITOR))
    assert above(org.get(address)) + reports(org.get(address))


def test_seen_as_a_colleague_the_chart_stays_so(org: Org) -> None:
    org.put_line("eve", "bob")
    page = org.get("/org/bob?as=colleague")
    assert page.links()["Eve"] == "/org/eve?as=colleague"
    [kept] = page.all("input", name="as")
    assert kept.get("value") == "colleague"


def test_names_of_others_are_text(org: Org) -> None:
    org.put("<b>bob", job_title="<i>cook")
    page = org.get("/org?q=cook", 303)
    assert "<i>" not in org.get(page.response.location or "").response.text


def test_two_levels_are_on_one_sheet(stored: Org) -> None:
    stored.put_line("eve", "bob", "mia", "ana")
    stored.put("zoe", "eve")
    closed = stored.get("/org/eve")
    page = stored.get(closed.links()["Open all"])
    assert reports(page) == ["Bob", "Mia", "Zoe"]
    assert "3 people in 2 levels are shown" in page.text
    assert page.links()["1 report to Mia"] == "/org/mia"
    assert page.links()["Close all"] == "/org/eve"


def test_a_sheet_has_at_most_200_people_and_says_what_it_left_out(org: Org) -> None:
    org.put("eve")
    for lead in range(26):
        org.put(f"lead{lead:02}", "eve")
        for number in range(30 if lead == 0 else 9):
            org.put(f"p{lead:02}-{number:02}", f"lead{lead:02}")
    page = org.get("/org/eve?depth=2")
    assert len(reports(page)) == 200
    sheet = "200 people are shown, of at most 200. Not all reports are shown of Lead00, Lead17"
    assert sheet in page.text
    assert page.links()["All 30 reports to Lead00"] == "/org/lead00"
    rest = org.get(page.links()["Next"])
    assert len(reports(rest)) == 2 + 2 * 9
    assert "20 people in 2 levels are shown" in rest.text


@pytest.mark.parametrize("employee_id", ["eve", "a  b", "Eve "])
def test_reports_are_a_list_like_any_other(stored: Org, employee_id: str) -> None:
    stored.put(employee_id)
    stored.put("bob", employee_id, location="Lima")
    stored.put("mia", employee_id, location="Oslo")
    stored.put("zoe")
    page = stored.get(stored.get(f"/org{id_path(employee_id)}").links()["As a list"])
    assert page.names() == ["Bob", "Mia"]
    assert f"Reports to {' '.join(employee_id.title().split())}" in page.text
    assert "2 people" in page.text
    query = urlencode({"manager": employee_id})
    assert stored.get(f"/?{query}&location=Lima").names() == ["Bob"]
    assert stored.get(f"/?{query}&q=mia&view=table").names() == ["Mia"]
    assert f"/bulk-edit?{query}" in page.links().values()
    exported = stored.app.test_client().get(f"/export.csv?{query}").text
    assert "Bob" in exported
    assert "Zoe" not in exported


def test_a_list_of_nobodys_reports_names_what_was_asked(stored: Org) -> None:
    stored.put("bob")
    page = stored.get("/?manager=Pat+Lee")
    assert page.names() == []
    assert "Reports to Pat Lee" in page.text
