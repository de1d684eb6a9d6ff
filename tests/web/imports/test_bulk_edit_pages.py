"""The pages of a bulk edit, as a person without script goes through them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from threading import Event

import pytest

from app.access.viewer import Role
from app.imports.importer import Importer
from app.model.employee import Employee
from app.text.sanitizing import clean_line
from tests.support.page_reader import Page, words_of
from tests.support.small_app import ScheduleWhenAsked
from tests.support.small_directory import AMARA, SmallDirectory
from tests.support.viewers import request_as, viewer

SALES = "/bulk-edit?department=Sales"


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SmallDirectory:
    """Three people of Sales and one of Engineering; jobs are worked on when the test says so."""
    monkeypatch.setattr(ScheduleWhenAsked, "wake", lambda self: None)
    small = SmallDirectory(tmp_path)
    small.put(AMARA)
    for key in ("bo", "cy", "dee"):
        small.put(Employee(id=key, full_name=key.title(), job_title="Clerk", location="Oslo",
                           department="Sales", badges=("bug",)))  # fmt: skip
    return small


def work(small: SmallDirectory) -> None:
    importer: Importer = small.app.extensions["importer"]
    while job_id := importer.due():
        for _ in importer.work(job_id, Event()):
            pass


def send(small: SmallDirectory, address: str = SALES, status: int = 303, **typed: str) -> Page:
    form = small.get(address).fields()
    return small.post(address, {**form, **typed}, status)


def previewed(small: SmallDirectory, address: str = SALES, **typed: str) -> Page:
    sent = send(small, address, **typed)
    work(small)
    return small.reader.follow(sent)


def press(small: SmallDirectory, page: Page, action: str) -> Page:
    [address] = {
        form.get("action", "") for form in page.all("form", method="post")
        if form.get("action", "").endswith(action)
    }  # fmt: skip
    sent = small.post(address, page.fields(address))
    work(small)
    return small.reader.follow(sent)


def departments(small: SmallDirectory) -> dict[str, str]:
    return {one.id: one.department for one in small.everyone()}


def test_a_department_is_renamed_from_its_filter_and_the_renaming_undone(
    small: SmallDirectory,
) -> None:
    listed = small.get("/?department=Sales")
    assert listed.links()["Rename department"] == SALES
    assert listed.links()["Edit these 3 people"] == SALES
    form = small.get(SALES)
    assert "Edit 3 people" in form.text
    fields = form.fields()
    assert (fields["department-do"], fields["department"]) == (["set"], ["Sales"])
    assert (fields["location-do"], fields["job_title-do"]) == (["keep"], ["keep"])

    page = previewed(small, department="Revenue")
    assert "Department: Sales → Revenue" in page.text
    assert "Nothing has changed yet." in page.text
    assert "To be changed3" in page.text
    assert "Department Sales becomes Revenue" in page.text
    assert "Rows with errors" not in page.text
    assert set(departments(small).values()) == {"Engineering", "Sales"}
    assert "Change 3 people" in page.text

    done = press(small, page, "/go")
    assert "Completed: 3 changed." in done.text
    assert departments(small) == {
        "amara": "Engineering", "bo": "Revenue", "cy": "Revenue", "dee": "Revenue",
    }  # fmt: skip
    asked = small.get(done.links()["Undo edit"])
    assert "This restores the old values of 3 people." in asked.text
    undone = press(small, asked, "/undo")
    assert "Edit undone: 3 people put back." in undone.text
    assert departments(small)["bo"] == "Sales"


def test_what_was_typed_is_checked_as_a_form_checks_it(small: SmallDirectory) -> None:
    long = send(small, department="x" * 300, status=422)
    assert "Must be" in long.text
    assert long.fields()["department"] == ["x" * 300]
    empty = send(small, department=" ", status=422)
    assert "Enter a department, or choose Remove" in empty.text
    title = send(small, department="A", **{"job_title-do": "set"}, status=422)
    assert "Enter a job title" in title.text
    nothing = send(small, **{"department-do": "keep"}, status=422)
    assert "Choose at least one thing to change" in nothing.text
    assert words_of(nothing.one("title")).startswith("Error: ")
    assert not small.app.extensions["importer"].recent().jobs
    mended = previewed(small, department="\u200b  Reve\x00nue ")
    assert f"Department Sales becomes {clean_line('Revenue')}" in mended.text


def test_badges_and_several_fields_change_and_a_department_is_removed(
    small: SmallDirectory,
) -> None:
    choices = {"department-do": "remove", "location-do": "set", "location": "Bergen"}
    badges = {"badge-bug": "remove", "badge-linux": "add"}
    page = previewed(small, "/bulk-edit?location=Oslo&q=bo", **choices, **badges)
    assert "Location: Oslo → Bergen, Department → nothing, + Linux User, − Bugfixer" in page.text
    assert "Badges Bugfixer becomes Linux User" in page.text
    press(small, page, "/go")
    bo = small.store.get("bo")
    assert (bo.department, bo.location, bo.badges) == ("", "Bergen", ("linux",))
    assert small.store.get("cy").location == "Oslo"


def test_a_list_of_nobody_and_values_that_all_have_already_are_told(
    small: SmallDirectory,
) -> None:
    nobody = small.get("/bulk-edit?department=Art")
    assert "This list shows no one" in nobody.text
    assert not nobody.all("form", method="post")
    assert "Edit" not in small.get("/?department=Art").text.replace("Edited", "")
    same = previewed(small)
    assert "Everyone in this list has these values already" in same.text
    assert "Change 3 people" not in same.text
    gone = press(small, same, "/forget")
    assert "The edit was discarded. Nobody was changed." in gone.text
    assert "3 people match" in gone.text


def test_who_changed_after_the_preview_is_listed_as_not_changed(small: SmallDirectory) -> None:
    page = previewed(small, department="Revenue")
    small.change("cy", location="Bergen")
    done = press(small, page, "/go")
    assert "Completed: 2 changed, 1 could not be changed." in done.text
    assert "The person was changed after the check. Edit the list again." in done.text
    assert departments(small)["cy"] == "Sales"
    assert "Download rows with errors" not in done.text
    refused = small.reader.client.get(f"{done.links()['Undo edit'][:-5]}/refused.csv")
    assert refused.status_code == 404


def test_everybody_can_be_edited_from_the_whole_list(small: SmallDirectory) -> None:
    assert small.get("/").links()["Edit all 4 people"] == "/bulk-edit"
    page = previewed(small, "/bulk-edit", **{"location-do": "set", "location": "Bergen"})
    assert "For everyone, as it was when this was checked." in page.text
    press(small, page, "/go")
    assert {one.location for one in small.everyone()} == {"Bergen"}


def test_the_edit_is_in_the_history_of_each_and_once_in_the_audit_log(
    small: SmallDirectory,
) -> None:
    press(small, previewed(small, department="Revenue"), "/go")
    history = small.get("/employee/bo/history")
    assert "Bulk edit" in history.text
    audit = small.get("/audit")
    assert audit.text.count("changed Department of 3 people") == 1
    assert "Department: Sales → Revenue · 3 changed Bulk edit" in audit.text
    links = audit.links()
    assert links["Undo edit"] == f"{links['See the edit']}/undo"


def test_an_expired_form_and_a_silent_store_keep_what_was_chosen(small: SmallDirectory) -> None:
    typed = {**small.get(SALES).fields(), "department": "Revenue", "badge-bug": "remove"}
    expired = small.post(SALES, {**typed, "csrf_token": "old"}, 400)
    assert "Press Preview changes again" in expired.text
    assert expired.fields()["department"] == ["Revenue"]
    chosen = [each.get("value") for each in expired.all("option") if "selected" in each.attrib]
    assert chosen == ["remove"]


def test_a_list_that_names_too_much_is_refused(small: SmallDirectory) -> None:
    wide = "&".join(f"department={n}{'x' * 190}" for n in range(20))
    wide += "&" + "&".join(f"location={n}{'é' * 190}" for n in range(20))
    wide += "&" + "&".join(f"job_title={n}{'é' * 190}" for n in range(20))
    address = f"/bulk-edit?{wide}"
    answer = small.reader.client.post(
        address,
        data={**small.get(SALES).fields(), "department": "Revenue"},
    )
    assert answer.status_code in (414, 422)


def with_manager(small: SmallDirectory, typed: str, chosen: str, address: str = SALES) -> Page:
    """Find a manager by name, choose them, and look at the preview."""
    form = {**small.get(address).fields(), "department-do": "keep"}
    found = small.post(address, {**form, "manager_name": typed, "find_manager": "1"}, 200)
    assert found.fields()["manager-do"] == ["set"]
    sent = small.post(address, {**found.fields(), "manager": chosen})
    work(small)
    return small.reader.follow(sent)


def test_a_manager_is_found_by_name_and_the_edit_names_them(small: SmallDirectory) -> None:
    page = with_manager(small, "amara", "amara")
    assert "Manager → Amara Adeyemi-Lindqvist" in page.text
    assert "Manager nobody becomes Amara Adeyemi-Lindqvist" in page.text
    press(small, page, "/go")
    assert {one.manager for one in small.everyone()} == {"", "amara"}
    assert "Manager nobody Amara Adeyemi-Lindqvist" in small.get("/employee/bo/history").text
    assert "Manager · 3 changed" in small.get("/audit").text
    nobody = "/bulk-edit?manager=amara"
    page = previewed(small, nobody, **{"manager-do": "remove"})
    assert "Manager: Amara Adeyemi-Lindqvist → nobody" in page.text
    assert "Reports to: Amara Adeyemi-Lindqvist" in page.text
    assert "Manager Amara Adeyemi-Lindqvist becomes nobody" in page.text
    done = press(small, page, "/go")
    assert {one.manager for one in small.everyone()} == {""}
    press(small, small.get(done.links()["Undo edit"]), "/undo")
    assert {one.manager for one in small.everyone()} == {"", "amara"}


def test_who_would_report_to_themselves_is_refused_by_name_and_the_others_are_not(
    small: SmallDirectory,
) -> None:
    small.change("bo", manager="cy")
    page = with_manager(small, "bo", "bo")
    assert "To be changed1" in page.text
    [go] = [form for form in page.all("form") if form.get("action", "").endswith("/go")]
    refused = small.get(f"{go.get('action', '')[:-3]}?show=refused")
    assert "circle: Cy → Bo → Cy" in refused.text
    assert "Nobody can report to themselves" in refused.text
    press(small, page, "/go")
    assert (small.store.get("dee").manager, small.store.get("cy").manager) == ("bo", "")


def test_a_manager_of_an_edit_is_chosen_of_those_who_are_found(small: SmallDirectory) -> None:
    keep = {"department-do": "keep", "manager-do": "set"}
    assert "Find somebody by name, or choose Nobody" in send(small, **keep, status=422).text
    typed = send(small, **keep, manager_name="amara", status=422)
    assert "Choose who is meant by “amara”" in typed.text
    assert "amara" in [radio.get("value") for radio in typed.all("input", name="manager")]
    unknown = send(small, **keep, manager="x y", status=422)
    assert "Nobody here has the id “x y”" in unknown.text
    form = {**small.get(SALES).fields(), **keep, "manager": "amara"}
    again = small.post(SALES, {**form, "csrf_token": "old"}, 400).fields()
    assert (again["manager"], again["manager-do"]) == (["amara"], ["set"])


@pytest.mark.parametrize(("role", "is_offered"), [(Role.COLLEAGUE, False), (Role.EDITOR, True)])
def test_only_editors_are_offered_an_edit(tmp_path: Path, role: Role, is_offered: bool) -> None:
    small = SmallDirectory(tmp_path, ACCESS="")
    small.put(replace(AMARA, department="Sales"))
    request_as(small.app, viewer(role))
    page = small.get("/?department=Sales")
    assert ("Rename department" in page.text) is is_offered
    assert ("Edit this person" in page.text) is is_offered
    assert small.reader.client.get(SALES).status_code == (200 if is_offered else 403)
