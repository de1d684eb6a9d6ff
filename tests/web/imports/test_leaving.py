"""The preview of who leaves by an import, and of who comes back."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from app.model import leaving
from tests.support.import_previews import press, preview, worked
from tests.support.page_reader import Page
from tests.support.small_app import ScheduleWhenAsked
from tests.support.small_directory import AMARA, SmallDirectory, upload

HEAD = "Id;Name;Job title;Office\n"


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SmallDirectory:
    """A directory whose imports are worked on when the test says so."""
    monkeypatch.setattr(ScheduleWhenAsked, "wake", lambda self: None)
    return SmallDirectory(tmp_path)


def twelve_missing(small: SmallDirectory, here: int = 12) -> Page:
    """The preview of a file that lists Amara alone, of a directory with others."""
    small.put(AMARA)
    for number in range(here):
        small.put(replace(AMARA, id=f"n{number}", full_name=f"Nobody {number}", email=""))
    form = small.get("/import").fields("/import")
    file = upload(f"{HEAD}amara;Amara;T;L\n".encode(), "Staff.csv")
    return worked(small, small.post("/import", {**form, "file": file, "is_complete": "on"}))


def address(page: Page) -> str:
    return next(f.get("action", "") for f in page.all("form") if f.get("id") == "import-go")


def test_the_panel_asks_what_becomes_of_those_who_are_not_in_the_file(
    small: SmallDirectory,
) -> None:
    page = twelve_missing(small)
    panel = page.by_id("absent")
    text = " ".join("".join(panel.itertext()).split())
    assert "12 of your people are not in this file" in text
    assert "Leave them as they are" in text
    assert "Mark them as left" in text
    assert "Yes, mark 12 of 13 people as left (93 %)" in text
    assert len([link for link in page.links() if "Nobody" in link]) == 8
    assert "See all 12" in page.links()
    assert page.by_id("absent-stay").get("checked") is not None


def test_they_are_marked_as_left_once_the_share_is_confirmed(small: SmallDirectory) -> None:
    page = twelve_missing(small)
    form = {**page.fields(address(page)), "absent": "left", "last_day": "2026-01-31"}
    form.pop("confirm_left", None)
    refused = small.reader.follow(small.post(address(page), form))
    assert "This would mark 12 of 13 people as left" in refused.text
    assert refused.by_id("absent-left").get("checked") is not None
    assert refused.by_id("last-day").get("value") == "2026-01-31"
    assert "Ready for review" in refused.text
    done = worked(small, small.post(address(page), {**form, "confirm_left": "93"}))
    assert "12 marked as left" in done.text
    assert "Nobody 3" in small.get(done.links()["Marked as left12"]).text
    store = small.store
    assert store.get("n3").left_on == "2026-01-31"
    assert store.facets().total == 1


def test_they_stay_if_that_is_chosen(small: SmallDirectory) -> None:
    page = twelve_missing(small)
    done = press(small, page, "/go")
    assert "1 changed" in done.text
    assert small.store.facets().total == 13
    assert "Here, and not in this file: 12 people." in done.text


def test_a_day_that_is_none_is_told_and_nothing_is_imported(small: SmallDirectory) -> None:
    page = twelve_missing(small)
    form = {**page.fields(address(page)), "absent": "left", "last_day": "soon"}
    refused = small.reader.follow(small.post(address(page), {**form, "confirm_left": "93"}))
    assert "Last day: Enter the date as year-month-day" in refused.text
    assert small.store.facets().total == 13


def test_many_rows_that_say_so_have_to_be_confirmed_too(small: SmallDirectory) -> None:
    small.put(AMARA)
    page = preview(small, "Id;Name;Job title;Office;Status\namara;Amara;T;L;Terminated\n")
    assert "Many people are marked as left" in page.text
    refused = small.reader.follow(small.post(address(page), page.fields(address(page))))
    assert "This would mark 1 of 1 person as left" in refused.text
    form = {**page.fields(address(page)), "confirm_left": "100"}
    done = worked(small, small.post(address(page), form))
    assert "1 marked as left" in done.text
    assert small.store.get("amara").left_on == leaving.today()


def test_who_comes_back_is_a_group_of_its_own(small: SmallDirectory) -> None:
    small.put(replace(AMARA, left_on="2026-01-31"))
    page = preview(small, f"{HEAD}amara;Amara;Lead;L\n")
    assert "Come back1" in page.text
    assert "Import 1 person" in page.text
    text = " ".join(small.get(page.links()["Come back1"]).text.split())
    assert "come back with their id and history" in text
    assert "Last day 31 January 2026" in text
    done = press(small, page, "/go")
    assert "Completed: 1 restored." in done.text
    assert small.store.get("amara").left_on == ""
