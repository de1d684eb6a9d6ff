"""The history of a person."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

import pytest

from app.access.viewer import ANYBODY_IN_OPEN_MODE, Role
from app.history.changes import Through, Via
from app.model.errors import StorageUnavailable
from app.web.ui.urls import history_address, undo_address
from tests.support.page_reader import Page, words_of
from tests.support.small_directory import AMARA
from tests.support.viewers import viewer
from tests.web.history.conftest import ANA, Changing

AMARA_HERSELF = viewer(Role.COLLEAGUE, person_id="amara", name="Amara")


def sentences(page: Page) -> list[str]:
    return [words_of(each) for each in page.all("p", cls="change-sentence")]


def rows(page: Page) -> list[str]:
    return [words_of(each) for each in page.all("tr") if words_of(each) != "Field Was Now"]


def test_each_change_is_told_with_who_how_was_and_now(changing: Changing) -> None:
    changing.add()
    changing.change(job_title="Director", about="One.\n\n<b>Two</b>.")
    changing.change(AMARA_HERSELF, mobile="+254 711 555 018")
    imported = Through(Via.IMPORT, "hr.csv", "20261102-114000-0123abcd", row=1214)
    changing.change(through=imported, badges=("linux", "bug"))
    page = changing.get("/employee/amara/history")
    assert sentences(page) == [
        "Ana Ruiz changed Badges",
        "Amara added a Mobile number",
        "Ana Ruiz changed Job title and About",
        "Ana Ruiz added Amara Adeyemi-Lindqvist",
    ]
    ways = [words_of(each).partition(" ")[2] for each in page.all("p", cls="change-way")]
    assert ways == [
        "Import hr.csv, row 1,214",
        "On the page, own profile",
        "On the page",
        "On the page",
    ]
    assert page.links()["hr.csv"] == "/import/20261102-114000-0123abcd"
    assert "Badges Linux User, Employee of the Month Linux User, Bugfixer" in rows(page)
    assert "Job title Principal Engineer Director" in rows(page)
    assert page.all("span", cls="diff-text")[1].text == "One.\n\n<b>Two</b>."
    assert [words_of(each) for each in page.all("mark")][:2] == ["Bugfixer", "+254 711 555 018"]
    assert "Version 4 · 4 changes since" in page.text
    assert "kept for 3 years; the first is kept for good" in page.text


def test_a_person_of_before_the_history_is_told_as_such(changing: Changing) -> None:
    changing.add()
    changing.execute("DELETE FROM history", "UPDATE person SET history = ''")
    page = changing.get("/employee/amara/history")
    assert "was added before the directory kept a history" in page.text
    changing.change(location="Accra")
    page = changing.get("/employee/amara/history")
    assert sentences(page) == ["Ana Ruiz changed Location"]
    assert "was added before the directory kept a history" in page.text


def test_what_another_program_wrote_is_told_as_that(changing: Changing) -> None:
    changing.add()
    changing.execute("UPDATE person SET location = 'Oslo'")
    changing.change(about="x")
    page = changing.get("/employee/amara/history")
    assert sentences(page)[1] == "Location was changed outside the directory"
    assert "Location Nairobi Oslo" in rows(page)


def test_a_long_history_has_pages(changing: Changing) -> None:
    changing.add()
    for number in range(25):
        changing.change(location=f"Room {number}")
    first = changing.get("/employee/amara/history")
    assert len(sentences(first)) == 15
    assert "26 changes since" in first.text
    older = changing.get(first.links()["Older"])
    assert len(sentences(older)) == 11
    assert "Older" not in older.links()
    assert rows(older)[0] == "Location Room 8 Room 9"


def test_filters_leave_the_changes_that_match(changing: Changing) -> None:
    changing.add()
    changing.change(location="Oslo")
    changing.change(AMARA_HERSELF, about="x")
    changing.change(through=Through(Via.COMMAND, "flask import x.csv"), location="Rome")
    page = changing.get("/employee/amara/history")
    assert sentences(changing.get(page.links()["Location"])) == [
        "Ana Ruiz changed Location",
        "Ana Ruiz changed Location",
        "Ana Ruiz added Amara Adeyemi-Lindqvist",
    ]
    assert sentences(changing.get(page.links()["Command"])) == ["Ana Ruiz changed Location"]
    today = changing.get(page.links()["Today"])
    assert len(sentences(today)) == 4
    both = changing.get(changing.get(page.links()["Command"]).links()["About"])
    assert sentences(both) == []
    assert both.links()["Clear filters"] == "/employee/amara/history"
    assert sentences(changing.get("/employee/amara/history?field=x&how=y&when=z")) == sentences(
        page
    )
    assert sentences(changing.get("/employee/amara/history?when=2019-02")) == []


def test_filters_look_through_a_part_of_a_long_history(changing: Changing) -> None:
    changing.add()
    for number in range(320):
        changing.change(location=f"Room {number}")
    page = changing.get("/employee/amara/history?field=email")
    assert "Looked through 300 changes" in page.text
    further = changing.get(page.links()["Look further"])
    assert sentences(further) == ["Ana Ruiz added Amara Adeyemi-Lindqvist"]
    assert "Look further" not in further.links()


def test_one_change_has_a_page_of_its_own(changing: Changing) -> None:
    changing.add()
    moment = changing.change(location="Oslo")
    page = changing.get(f"/employee/amara/history/{moment}")
    assert sentences(page) == ["Ana Ruiz changed Location"]
    changing.get("/employee/amara/history/2020-01-01T00:00:00.000Z-0000", 404)
    changing.get("/employee/amara/history/x", 404)
    changing.get("/employee/nobody/history", 404)
    changing.get("/employee/nobody/history/x", 404)


@pytest.mark.parametrize("employee_id", ["a/history", "a/history/x", "..", "history", "a/b", "ü ?"])
def test_every_id_has_a_history(changing: Changing, employee_id: str) -> None:
    changing.add(replace(AMARA, id=employee_id))
    moment = changing.change(of=employee_id, location="Oslo")
    page = changing.get(history_address(employee_id))
    assert sentences(page)[0] == "Ana Ruiz changed Location"
    assert [link for link in page.links().values() if link.endswith("undo")] or "key=" in str(
        page.links()
    )
    assert changing.get(undo_address(employee_id, moment)).h1.startswith("Undo this change")
    assert changing.get(page.links()["Location"]).h1 == page.h1


def test_the_export_has_a_line_for_each_field(changing: Changing) -> None:
    changing.add(replace(AMARA, about="=1+1"))
    changing.change(job_title="Director", location="Oslo", about="")
    page = changing.get("/employee/amara/history")
    answer = changing.reader.client.get(page.links()["Export"])
    assert answer.status_code == 200
    assert "history.csv" in answer.headers["Content-Disposition"]
    lines = list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))
    told = [(line["Field"], line["Was"], line["Now"]) for line in lines[:3]]
    assert told == [
        ("Job title", "Principal Engineer", "Director"),
        ("Location", "Nairobi", "Oslo"),
        ("About", "'=1+1", ""),
    ]
    assert lines[0]["Who"] == "Ana Ruiz"
    assert lines[0]["How"] == "Page"
    filtered = changing.reader.client.get("/employee/amara/history.csv?field=pronouns")
    assert len(filtered.data.decode("utf-8-sig").splitlines()) > 1  # of who was added
    assert b"Director" not in filtered.data


def test_a_colleague_sees_their_own_history_alone(changing: Changing) -> None:
    changing.add()
    changing.add(replace(AMARA, id="ben", full_name="Ben"))
    changing.change(location="Oslo", hidden=("mobile",), mobile="+1 555 0100")
    changing.seen_by(AMARA_HERSELF)
    page = changing.get("/employee/amara/history")
    assert len(sentences(page)) == 2
    assert "+1 555 0100" in page.text
    changing.get("/employee/ben/history", 403)
    changing.get("/employee/ben/history.csv", 403)
    assert "History" not in changing.get("/employee/ben").links()
    assert "History" in changing.get("/employee/amara").links()


def test_who_changed_a_person_last_stands_on_their_page(changing: Changing) -> None:
    changing.add()
    changing.change(location="Oslo")
    assert "UTC by Ana Ruiz" in changing.get("/employee/amara").text
    changing.change(ANYBODY_IN_OPEN_MODE, location="Rome")
    assert "UTC by" not in changing.get("/employee/amara").text
    changing.seen_by(viewer(Role.COLLEAGUE, person_id="other"))
    page = changing.get("/employee/amara")
    assert "by Ana Ruiz" not in page.text
    assert "Last changed" in page.text


def test_a_person_is_shown_while_nobody_can_tell_who_changed_them(
    changing: Changing, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def failing(*_: object) -> None:
        raise StorageUnavailable("the database", "find_change", reason="locked")

    changing.add()
    monkeypatch.setattr(changing.directory.history, "find_change", failing)
    page = changing.get("/employee/amara")
    assert page.h1 == "Amara Adeyemi-Lindqvist"
    assert "Last changed" in page.text
    assert "UTC by" not in page.text
    assert "the database did not respond" in caplog.messages


def test_a_change_in_an_open_directory_is_somebodys(changing: Changing) -> None:
    changing.add()
    changing.change(ANYBODY_IN_OPEN_MODE, location="Oslo")
    assert sentences(changing.get("/employee/amara/history"))[0] == "Somebody changed Location"


def test_a_name_is_text_wherever_it_stands(changing: Changing) -> None:
    evil = "<script>alert(1)</script>"
    changing.add()
    changing.change(replace(ANA, name=evil), full_name=evil, location=evil)
    through = Through(Via.IMPORT, evil, "not-a-job", note=evil)
    changing.change(through=through, badges=(evil,), email=f'"{evil}"@x', phone=evil)
    for address in ("/employee/amara/history", "/audit", "/employee/amara"):
        assert evil not in changing.get(address).response.text
