"""The manager in the form: found by name in two steps, checked, and never in a circle."""

from __future__ import annotations

from dataclasses import replace
from html import unescape

import pytest

from app.access.viewer import Role
from app.model.employee import Employee
from app.model.errors import ReportingLoop
from tests.support.days import PAST_DAY
from tests.support.page_reader import Page
from tests.support.small_directory import AMARA, SmallDirectory, small
from tests.support.viewers import request_as, viewer

__all__ = ["small"]

KOFI = replace(AMARA, id="kofi", full_name="Kofi Mensah", email="kofi@example.com")


@pytest.fixture
def two(small: SmallDirectory) -> SmallDirectory:
    small.put(AMARA)
    small.put(KOFI)
    return small


def options(page: Page) -> dict[str, bool]:
    radios = [radio for radio in page.all("input", type="radio") if radio.get("name") == "manager"]
    return {radio.get("value", ""): radio.get("checked") is not None for radio in radios}


@pytest.mark.parametrize("typed", ["kofi", "Mensah", "kofi@example.com", "Menash"])
def test_a_manager_is_found_and_then_chosen(two: SmallDirectory, typed: str) -> None:
    sent = two.form("/edit/amara", manager_name=typed, find_manager="1", about="New words.")
    page = two.post("/edit/amara", sent, 200)
    assert options(page) == {"": True, "kofi": False}
    assert two.store.get("amara").about == AMARA.about, "nothing is saved yet"
    again = page.fields()
    assert again["about"] == ["New words."]
    two.post("/edit/amara", {**again, "manager": "kofi"})
    stored = two.store.get("amara")
    assert (stored.manager, stored.about) == ("kofi", "New words.")
    two.post("/edit/amara", two.form("/edit/amara", manager=""))
    assert two.store.get("amara").manager == ""


def test_who_is_found_by_a_name_are_at_most_eight(two: SmallDirectory) -> None:
    for number in range(12):
        known = {"id": f"o{number}", "full_name": f"Kofi Owusu {number}"}
        two.put(Employee(**known, job_title="Engineer", location="Accra"))
    sent = two.form("/edit/amara", manager_name="kofi", find_manager="1")
    assert len(options(two.post("/edit/amara", sent, 200))) == 1 + 8
    found = two.reader.client.get("/find-manager?q=kofi").text
    assert found.count('type="radio"') == 8
    assert "radio" not in two.reader.client.get("/find-manager?q=...").text


def test_a_typed_name_that_was_not_chosen_is_asked_for(two: SmallDirectory) -> None:
    page = two.post("/edit/amara", two.form("/edit/amara", manager_name="kofi"), 422)
    assert options(page) == {"": True, "kofi": False}
    assert "Choose who is meant by “kofi”" in page.response.text


def test_a_new_person_gets_a_manager(two: SmallDirectory) -> None:
    two.add(manager="kofi")
    assert [one.manager for one in two.everyone() if one.full_name == "Ada Byron"] == ["kofi"]


def test_an_id_of_nobody_is_refused(two: SmallDirectory) -> None:
    page = two.post("/edit/amara", two.form("/edit/amara", manager="x y", about="New."), 422)
    assert "Nobody here has the id “x y”" in page.response.text
    assert page.fields()["about"] == ["New."]
    assert two.store.get("amara").manager == ""


def test_who_has_left_is_refused(two: SmallDirectory) -> None:
    two.put(replace(KOFI, id="gone", full_name="Bisi Ade", left_on=PAST_DAY))
    page = two.post("/edit/amara", two.form("/edit/amara", manager="gone"), 422)
    assert "Bisi Ade has left" in page.response.text


@pytest.mark.parametrize("text", ["Pat  Lee", "7", "nobody's id"])
def test_what_another_program_wrote_stays(two: SmallDirectory, text: str) -> None:
    two.put(replace(KOFI, id="other", manager=text))
    two.post("/edit/other", two.form("/edit/other", about="New."))
    assert (two.store.get("other").manager, two.store.get("other").about) == (text, "New.")


def test_a_circle_is_told_with_the_names_and_all_input_kept(two: SmallDirectory) -> None:
    two.change("kofi", manager="amara")
    sent = two.form("/edit/amara", manager="kofi", about="New.")
    page = two.post("/edit/amara", sent, 409)
    told = unescape(page.response.text)
    circle = "Amara Adeyemi-Lindqvist → Kofi Mensah → Amara Adeyemi-Lindqvist"
    assert circle in told
    kept = page.fields()
    assert (kept["manager"], kept["about"]) == (["kofi"], ["New."])
    assert two.store.get("amara") == AMARA or two.store.get("amara").manager == ""
    two.post("/edit/amara", {**kept, "manager": ""})
    assert two.store.get("amara").about == "New."


def test_nobody_reports_to_themselves(two: SmallDirectory) -> None:
    page = two.post("/edit/amara", two.form("/edit/amara", manager="amara"), 409)
    assert "Nobody can report to themselves" in page.response.text


def test_a_colleague_reads_the_name_of_their_manager(two: SmallDirectory) -> None:
    two.change("amara", manager="kofi")
    request_as(two.app, viewer(Role.COLLEAGUE, person_id="amara"))
    page = two.get("/edit/amara")
    assert "Kofi Mensah" in page.response.text
    assert options(page) == {}
    assert two.reader.client.get("/find-manager?q=kofi").status_code == 403


def test_desk_hours_and_chat_are_fields_of_the_form(two: SmallDirectory) -> None:
    typed = {"desk": "Riverside 4", "working_hours": "Mon to Thu", "chat": "amara"}
    two.post("/edit/amara", two.form("/edit/amara", **typed))
    stored = two.store.get("amara")
    assert (stored.desk, stored.working_hours, stored.chat) == tuple(typed.values())
    page = two.get("/edit/amara")
    assert page.fields()["desk"] == ["Riverside 4"]


def test_a_conflict_shows_managers_by_name(two: SmallDirectory) -> None:
    two.put(replace(KOFI, id="bisi", full_name="Bisi Ade"))
    sent = two.form("/edit/amara", manager="bisi")
    two.change("amara", manager="kofi")
    page = two.post("/edit/amara", sent, 409)
    shown = "".join(page.one("main").itertext())
    assert "Bisi Ade" in shown
    assert "Kofi Mensah" in shown
    two.post("/edit/amara", {**page.fields(), "keep": "", "choose-manager": "mine"})
    assert two.store.get("amara").manager == "bisi"


def test_what_was_typed_of_a_deleted_person_has_the_name_of_their_manager(
    two: SmallDirectory,
) -> None:
    sent = two.form("/edit/amara", manager="kofi")
    two.store.people.pop("amara")
    page = two.post("/edit/amara", sent, 404)
    assert "Kofi Mensah" in page.response.text
    assert page.fields()["manager"] == ["kofi"]


def test_who_was_saved_without_the_manager_is_told_so(
    two: SmallDirectory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another save closed the circle at the same time: everything else is stored."""

    def saves_the_rest(*_: object, **__: object) -> Employee:
        raise ReportingLoop(("kofi", "amara"), two.store.get("amara"))

    sent = two.form("/edit/amara", about="New words.")
    monkeypatch.setattr(two.store, "update", saves_the_rest)
    page = two.reader.follow(two.post("/edit/amara", sent))
    assert "Everything was saved but the manager. The reporting line would go round" in page.text
