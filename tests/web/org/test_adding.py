"""Several people at once come to report to somebody, found and chosen in steps without script."""

from __future__ import annotations

from dataclasses import replace
from html import unescape

import pytest

from app.access.viewer import Role
from app.contracts import Query
from app.model.employee import Employee
from tests.support.days import PAST_DAY
from tests.support.page_reader import Page, words_of
from tests.support.small_directory import SmallDirectory, small
from tests.support.viewers import request_as, viewer

__all__ = ["small"]

PAGE = "/add-reports/salma"


@pytest.fixture
def team(small: SmallDirectory) -> SmallDirectory:
    """Salma reports to Pat, and Kofi too; Bo and Cy to nobody."""
    for key, name, manager in (
        ("pat", "Pat Lee", ""),
        ("salma", "Salma Aziz", "pat"),
        ("kofi", "Kofi Mensah", "pat"),
        ("bo", "Bo Berg", ""),
        ("cy", "Cy Stone", ""),
    ):
        small.put(Employee(id=key, full_name=name, job_title="Clerk", manager=manager))
    return small


def boxes(page: Page) -> dict[str, bool]:
    found = page.all("input", type="checkbox", name="report")
    return {box.get("value", ""): box.get("checked") is not None for box in found}


def find(team: SmallDirectory, form: dict[str, list[str]], name: str) -> Page:
    return team.post(PAGE, {**form, "manager_name": name, "find_manager": "1"}, 200)


def chosen(team: SmallDirectory, *ids: str) -> dict[str, list[str]]:
    """The form with these people ticked, each found by name."""
    form = team.get(PAGE).fields()
    for each in ids:
        page = find(team, form, team.store.get(each).full_name)
        form = page.fields()
        form["report"] = [*form.get("report", []), each]
    return form


def managers(team: SmallDirectory) -> dict[str, str]:
    return {one.id: one.manager for one in team.everyone()}


def test_people_are_found_chosen_and_saved_at_once(team: SmallDirectory) -> None:
    page = find(team, team.get(PAGE).fields(), "kofi")
    assert boxes(page) == {"kofi": False}
    assert "Clerk · reports to Pat Lee now" in page.text
    page = find(team, {**page.fields(), "report": ["kofi"]}, "bo")
    assert boxes(page) == {"bo": False, "kofi": True}
    page = find(team, {**page.fields(), "report": ["kofi", "bo"]}, "nobody at all")
    assert boxes(page) == {"kofi": True, "bo": True}
    assert words_of(page.by_id("add-reports")) == "Add 2 direct reports"
    form = {**page.fields(), "manager_name": ""}
    done = team.reader.follow(team.post(PAGE, form))
    assert "Kofi Mensah and Bo Berg report to Salma Aziz now." in done.text
    assert managers(team)["kofi"] == managers(team)["bo"] == "salma"
    changes = team.get(done.links()["See the changes"])
    assert "changed Manager of Kofi Mensah" in changes.text
    assert "changed Manager of Bo Berg" in changes.text
    versions = {one.id: one.version for one in team.everyone()}
    again = team.reader.follow(team.post(PAGE, form))
    assert "report to Salma Aziz now" in again.text
    assert {one.id: one.version for one in team.everyone()} == versions


def test_one_who_is_added_can_be_moved_back(team: SmallDirectory) -> None:
    done = team.reader.follow(team.post(PAGE, chosen(team, "kofi")))
    undo = team.get(done.links()["Undo"])
    team.post(undo.one("form", method="post").get("action", ""), undo.fields())
    assert managers(team)["kofi"] == "pat"


def test_who_cannot_be_added_is_told_while_the_others_are(team: SmallDirectory) -> None:
    form = chosen(team, "pat", "kofi", "bo", "cy")
    team.change("kofi", manager="cy")
    team.change("cy", phone="+1 555 0100")
    page = team.post(PAGE, {**form, "report": [*form["report"], "nobody"]}, 409)
    told = unescape(page.text)
    assert "Bo Berg and Cy Stone report to Salma Aziz now" in told
    assert "Three people were not added" in told
    assert "Pat Lee cannot report to Salma Aziz. The reporting line would go round" in told
    assert "Pat Lee → Salma Aziz → Pat Lee" in told
    assert "Kofi Mensah was given another manager meanwhile, and reports to Cy Stone now" in told
    assert "nobody is not here any more" in told
    assert managers(team) == {
        "pat": "", "salma": "pat", "kofi": "cy", "bo": "salma", "cy": "salma",
    }  # fmt: skip


def test_leavers_reports_and_the_person_are_not_chosen(team: SmallDirectory) -> None:
    team.change("kofi", manager="salma")
    page = find(team, team.get(PAGE).fields(), "clerk kofi")
    assert "reports to Salma Aziz already" in page.text
    assert page.all("input", name="report")[0].get("disabled") is not None
    assert boxes(find(team, page.fields(), "salma")) == {}
    team.change("bo", left_on=PAST_DAY)
    page = team.post(PAGE, {**page.fields(), "report": ["bo", "kofi", "salma"]}, 409)
    assert "Bo Berg has left." in page.text
    assert "Kofi Mensah reports to Salma Aziz already." in page.text
    assert "Salma Aziz cannot report to Salma Aziz. Nobody can report to themselves." in page.text


def test_nothing_is_saved_without_a_clear_choice(team: SmallDirectory) -> None:
    form = team.get(PAGE).fields()
    assert "Choose at least one person" in team.post(PAGE, form, 422).text
    page = team.post(PAGE, {**form, "report": ["bo"], "manager_name": "kofi"}, 422)
    assert "Choose who is meant by “kofi”" in page.text
    assert boxes(page) == {"bo": True, "kofi": False}
    many = [f"p{number}" for number in range(26)]
    page = team.post(PAGE, {**form, "report": many}, 422)
    assert "At most 25 people at once. Untick 1 of them" in page.text
    assert list(boxes(page)) == many


def test_nobody_comes_to_report_to_somebody_who_is_not_here(team: SmallDirectory) -> None:
    before = managers(team)
    team.get("/add-reports/nobody", 404)
    team.post("/add-reports/nobody", chosen(team, "kofi"), 404)
    assert managers(team) == before


def test_nobody_comes_to_report_to_who_has_left(team: SmallDirectory) -> None:
    form = chosen(team, "bo")
    team.change("salma", left_on=PAST_DAY)
    assert "Nobody can report to Salma Aziz any more" in team.get(PAGE).text
    team.post(PAGE, form, 409)
    assert managers(team)["bo"] == ""


def test_a_silent_store_and_an_expired_form_lose_nobody(team: SmallDirectory) -> None:
    form = chosen(team, "kofi", "bo")
    expired = team.post(PAGE, {**form, "csrf_token": "old"}, 400)
    assert boxes(expired) == {"kofi": True, "bo": True}
    team.store.silent = True
    page = team.post(PAGE, form, 503)
    assert boxes(page) == {"kofi": True, "bo": True}
    assert "Kofi Mensah" in page.text
    team.store.silent = False
    team.store.deaf = True
    page = team.post(PAGE, page.fields(), 503)
    assert "We do not know whether all were changed" in page.text
    assert managers(team)["kofi"] == "salma"
    team.store.deaf = False
    team.reader.follow(team.post(PAGE, page.fields()))
    assert managers(team)["bo"] == "salma"
    assert team.store.get("kofi").version == 2


def test_the_page_is_offered_to_editors_where_reports_are(team: SmallDirectory) -> None:
    assert team.get("/org/pat").links()["Add direct reports"] == "/add-reports/pat"
    assert team.get("/org/bo").links()["Add direct reports"] == "/add-reports/bo"
    assert "/add-reports/pat" in team.get("/employee/pat").links().values()
    team.put(Employee(id="..", full_name="Dot"))
    page = team.get(team.get("/org?key=Li4").links()["Add direct reports"])
    team.post(
        page.one("form", cls="add-reports").get("action", ""), {**page.fields(), "report": "bo"}
    )
    assert managers(team)["bo"] == ".."


def test_colleagues_are_not_offered_it(team: SmallDirectory) -> None:
    request_as(team.app, viewer(Role.COLLEAGUE, person_id="kofi"))
    assert "Add direct reports" not in team.get("/org/pat").text
    assert team.reader.client.get(PAGE).status_code == 403
    assert [card.id for card in team.store.browse(Query(manager="pat")).cards]


def test_a_manager_who_is_nobody_is_shown_as_it_is_stored(team: SmallDirectory) -> None:
    team.store.people["bo"] = replace(team.store.get("bo"), manager="Robin, 7")
    page = find(team, team.get(PAGE).fields(), "bo berg")
    assert "reports to Robin, 7 now" in page.text
    team.post(PAGE, {**page.fields(), "report": ["bo"]})
    assert managers(team)["bo"] == "salma"
