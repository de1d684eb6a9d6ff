"""The columns of a file stand on its preview, and can be given other fields there."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.support.import_previews import press, preview, worked
from tests.support.page_reader import Page, words_of
from tests.support.small_app import ScheduleWhenAsked
from tests.support.small_directory import AMARA, SmallDirectory, upload

FILE = (
    "Full name;Job title;Office;Cost Center;T-Shirt;T-Shirt\n"
    "Ada Lovelace;Analyst;London;4410;;S\n"
    "Bo Berg;Clerk;Oslo;5200;M;\n"
)


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SmallDirectory:
    """A directory whose imports are worked on when the test says so."""
    monkeypatch.setattr(ScheduleWhenAsked, "wake", lambda self: None)
    return SmallDirectory(tmp_path)


def read_again(small: SmallDirectory, page: Page, **changes: str | None) -> Page:
    [form] = [f for f in page.all("form") if f.get("action", "").endswith("/columns")]
    address = form.get("action", "")
    fields: dict[str, object] = {**page.fields(address), **changes}
    sent = small.post(address, {name: value for name, value in fields.items() if value is not None})
    return worked(small, sent)


def rows(page: Page) -> list[str]:
    [table] = [each for each in page.all("table") if "import-columns" in each.get("class", "")]
    return [words_of(row) for row in table.iter("tr")][1:]


def chosen(page: Page) -> list[str]:
    return [
        option.get("value", "")
        for select in page.all("select")
        for option in select.iter("option")
        if option.get("selected") is not None
    ]


def test_each_column_stands_there_with_its_field_and_first_values(small: SmallDirectory) -> None:
    page = preview(small, FILE)
    assert chosen(page) == ["full_name", "job_title", "location", "", ""]
    assert "Ada Lovelace, Bo Berg" in rows(page)[0]
    assert rows(page)[3].startswith("Cost Center 4410, 5200")
    assert rows(page)[4].startswith("T-Shirt S, M")
    assert rows(page)[4].endswith("Ignored")
    ignored = words_of(page.by_id("ignored"))
    assert ignored == (
        "2 of 5 columns are ignored: Cost Center, T-Shirt. "
        "Choose a field for each, or go on without them."
    )


def test_another_field_is_chosen_and_the_file_is_read_again(small: SmallDirectory) -> None:
    page = read_again(small, preview(small, FILE), **{"column-3": "department", "column-4": ""})
    assert chosen(page) == ["full_name", "job_title", "location", "department", ""]
    assert "Department 4410" in page.text
    assert "1 of 5 columns is ignored: T-Shirt." in page.text
    done = press(small, page, "/go")
    assert "Completed: 2 added." in done.text
    assert {one.department for one in small.everyone()} == {"4410", "5200"}
    assert not done.all("select")  # it is told, and cannot be changed any more
    assert "Cost Center 4410, 5200 Department" in rows(done)[3]


def test_a_choice_is_remembered_for_files_with_the_same_headings(small: SmallDirectory) -> None:
    read_again(small, preview(small, FILE), **{"column-3": "department"})
    again = preview(small, FILE)
    assert chosen(again)[3] == "department"
    assert rows(again)[3].endswith("Chosen")
    assert rows(again)[1].endswith("Read")
    other = FILE.replace("T-Shirt;T-Shirt", "Shirt;T-Shirt")
    assert chosen(preview(small, other))[3] == ""
    again = read_again(small, preview(small, FILE), **{"column-3": "", "remember": None})
    assert chosen(again)[3] == ""
    assert chosen(preview(small, FILE))[3] == "department"
    with_errors = f"Row;What to do;{FILE}".replace("\n", "\n2;Fix it;", 2)
    assert chosen(preview(small, with_errors))[:6] == [
        "", "", "full_name", "job_title", "location", "department",
    ]  # fmt: skip


def test_a_file_whose_headings_name_nobody_can_still_be_read(small: SmallDirectory) -> None:
    page = preview(small, "Wer;Was;Wo\nAda Lovelace;Analyst;London\n")
    assert "No column identifies the person." in page.text
    assert page.by_id("columns").get("open") is not None
    fields = {"column-0": "full_name", "column-1": "job_title", "column-2": "location"}
    page = read_again(small, page, **fields)
    assert "To be added1" in page.text


def test_the_second_column_of_a_field_is_told_with_the_first(small: SmallDirectory) -> None:
    file = "First name;Last name;displayName;Job title;City;Office\nAda;L;;T;Rome;\n"
    page = preview(small, file)
    told = [row.partition("Where ")[2] for row in rows(page)]
    assert told == ["displayName is empty"] * 2 + ["", "", "Office is empty", ""]
    assert "To be added1" in page.text


def test_a_file_that_is_being_read_is_not_read_again(small: SmallDirectory) -> None:
    form = small.get("/import").fields("/import")
    sent = small.post("/import", {**form, "file": upload(FILE.encode(), "Staff.csv")})
    token = {"csrf_token": form["csrf_token"]}
    address = f"{sent.response.headers['Location']}/columns"
    assert "The file is still being read." in small.reader.follow(small.post(address, token)).text


def test_a_field_that_does_not_exist_is_not_chosen(small: SmallDirectory) -> None:
    page = read_again(small, preview(small, FILE), **{"column-3": "photo_key", "column-0": "x"})
    assert chosen(page) == ["full_name", "job_title", "location", "", ""]


def test_the_columns_of_an_import_that_has_begun_stay(small: SmallDirectory) -> None:
    page = preview(small, FILE)
    press(small, page, "/go")
    [form] = [f for f in page.all("form") if f.get("action", "").endswith("/columns")]
    address = form.get("action", "")
    told = small.reader.follow(small.post(address, page.fields(address)))
    assert "This import has begun, so its columns cannot change." in told.text
    assert len(small.everyone()) == 2


def test_no_file_is_too_wide_for_its_page(small: SmallDirectory) -> None:
    headings = ["Name", "Job title", "Office", *(f"Extra {number}" for number in range(997))]
    page = preview(small, f"{';'.join(headings)}\nAda;A;L{';x' * 997}\n")
    assert len(page.all("select")) == 200
    assert "997 of 1000 columns are ignored" in page.text
    page = read_again(small, page, **{"column-3": "about"})
    assert "About x" in page.text


def test_what_no_column_has_is_asked_for_once(small: SmallDirectory) -> None:
    page = preview(small, "Full name;Job title\nAda;Analyst\nBo;\n")
    assert words_of(page.by_id("missing")).startswith("No column has the location,")
    assert "Rows with errors2" in page.text
    page = read_again(
        small, page, **{"default-location": "  Remote ", "default-job_title": "Clerk"}
    )
    assert page.by_id("default-location").get("value") == "Remote"
    assert "To be added2" in page.text
    assert not [each for each in page.tree.iter() if each.get("id") == "missing"]
    press(small, page, "/go")
    assert {(one.job_title, one.location) for one in small.everyone()} == {
        ("Analyst", "Remote"), ("Clerk", "Remote"),
    }  # fmt: skip


def test_a_value_for_all_is_checked_as_in_the_form(small: SmallDirectory) -> None:
    page = preview(small, "Full name;Job title\nAda;Analyst\n")
    page = read_again(small, page, **{"default-location": "x" * 201})
    assert "Location: Must be 200 characters or fewer; it has 201." in page.text
    assert "Rows with errors1" in page.text


def test_values_that_empty_cells_clear_are_told(small: SmallDirectory) -> None:
    small.put(AMARA)
    page = preview(small, "Id;Phone;About\namara;;\n")
    told = words_of(page.by_id("emptied"))
    assert told.startswith("This import empties About of 1 person, Phone of 1 person:")


def test_who_has_left_is_a_group_of_its_own(small: SmallDirectory) -> None:
    small.put(AMARA)
    page = preview(
        small,
        "Id;Name;Job title;Office;Status\n"
        "amara;Amara;New;L;Terminated\n7;Bo;T;L;Suspended\n8;Cy;T;L;Active\n",
    )
    assert "Left before1" in page.text
    assert "To be added1" in page.text
    assert "Import 2 people" in page.text
    group = small.get(page.links()["Left before1"])
    assert "Has left, and is not in the directory. In the file: Suspended" in group.text
    assert "Bo" not in group.links()
    group = small.get(page.links()["To be marked as left1"])
    assert group.links()["Amara"] == "/employee/amara"
    assert "Status Terminated" in " ".join(group.text.split())


def test_possible_duplicates_are_a_group_of_their_own(small: SmallDirectory) -> None:
    small.put(AMARA)
    page = preview(
        small,
        "Name;Job title;Office;Mail\n"
        "Amara Adeyemi-Lindqvist;T;L;\n"
        "Bo;T;L;bo@example.com\nBob;T;L;bo@example.com\nBobby;T;L;bo@example.com\n",
    )
    assert "Possible duplicates3" in page.text
    assert "May be Amara Adeyemi-Lindqvist" in page.text
    assert page.links()["Amara Adeyemi-Lindqvist"] == "/employee/amara"
    assert "Row 3 has the same email" in page.text
    assert "Import 1 person" in page.text
    address = next(f.get("action", "") for f in page.all("form") if "/dupl" in f.get("action", ""))
    form = page.fields(address)
    page = worked(small, small.post(address, {**form, "row": ["4"], "add": "chosen"}))
    assert "Possible duplicates2" in page.text
    assert "To be added2" in page.text
    assert "Selected possible duplicates are among the people to be added." in page.text
    page = worked(small, small.post(address, {**form, "add": "all"}))
    assert "To be added4" in page.text
    page = worked(small, small.post(address, {**form, "add": "none"}))
    assert "Possible duplicates3" in page.text
    done = press(small, page, "/go")
    assert "Completed: 1 added, 3 possible duplicates." in done.text
    assert not done.all("input", name="row")


def test_a_complete_list_shows_who_is_not_in_it(small: SmallDirectory) -> None:
    small.put(AMARA)
    for number in range(60):
        small.put(replace(AMARA, id=f"n{number}", full_name=f"Nobody {number}", email=""))
    file = "Id;Name;Job title;Office\namara;Amara;T;L\n"
    form = small.get("/import").fields("/import")
    sent = {**form, "file": upload(file.encode(), "Staff.csv"), "is_complete": "on"}
    page = worked(small, small.post("/import", sent))
    assert page.by_id("is-complete").get("checked") is not None
    page = small.get(page.links()["Not in this file60"])
    assert "They may have left." in page.text
    assert "1–50 of 60" in page.text
    assert "Nobody 59" in small.get(page.links()["Next"]).text
    people = small.reader.client.get(f"{page.links()['Download these people']}").text
    lines = people.splitlines()
    assert lines[0] == "\ufeffId,Full name,Job title,Department,Location,Email"
    assert len(lines) == 61
    page = read_again(small, page, is_complete=None)
    assert "Not in this file" not in page.text
