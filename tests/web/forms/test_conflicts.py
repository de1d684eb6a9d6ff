"""When a save meets another editor, a deletion, silence, an old form, or itself again."""

from __future__ import annotations

import pytest

from tests.support.page_reader import Page
from tests.support.pictures import picture
from tests.support.small_directory import AMARA, SmallDirectory, small, upload

__all__ = ["small"]


def conflict(small: SmallDirectory, theirs: dict[str, object], **mine: object) -> Page:
    """Open the form, let someone else save, then save what was typed."""
    small.put(AMARA)
    form = small.form("/edit/amara", **mine)
    small.change("amara", **theirs)
    return small.post("/edit/amara", form, 409)


def chosen(page: Page) -> dict[str, str]:
    return {
        name.removeprefix("choose-"): values[0]
        for name, values in page.fields().items()
        if name.startswith("choose-")
    }


def test_the_second_editor_sees_both_versions_and_loses_nothing(small: SmallDirectory) -> None:
    page = conflict(small, {"job_title": "Staff Engineer"}, job_title="Chief Engineer")
    assert page.h1 == "Someone saved this person before you"
    assert "Version 2 was saved on" in page.text
    assert "while you were editing version 1. One field differs." in page.text
    assert "Ten fields are the same" not in page.text
    assert [mark.text for mark in page.all("mark")] == ["Chief", "Staff"]
    assert page.fields()["mine-job_title"] == ["Chief Engineer"]
    assert small.store.get("amara").job_title == "Staff Engineer"


def test_the_side_that_alone_changed_is_chosen_and_the_saved_one_where_both_did(
    small: SmallDirectory,
) -> None:
    theirs = {"job_title": "Staff Engineer", "department": "Data"}
    page = conflict(
        small, theirs, job_title="Chief Engineer", phone="+254 20 555 0199", badges=["linux", "bug"]
    )
    assert chosen(page) == {
        "job_title": "theirs",
        "department": "theirs",
        "phone": "mine",
        "badges": "mine",
    }


def test_what_was_chosen_is_saved_field_by_field(small: SmallDirectory) -> None:
    theirs = {"job_title": "Staff Engineer", "about": "Shorter."}
    mine = {"job_title": "Chief", "about": "Longer.\nMuch.", "phone": "112", "badges": ["bug"]}
    page = conflict(small, theirs, **mine)
    answer = {**page.fields(), "keep": "choices", "choose-job_title": "mine"}
    small.post("/edit/amara", answer)
    stored = small.store.get("amara")
    assert (stored.job_title, stored.about, stored.phone, stored.badges) == (
        "Chief",
        "Shorter.",
        "112",
        ("bug",),
    )
    assert (stored.full_name, stored.version) == (AMARA.full_name, 3)


@pytest.mark.parametrize(
    ("keep", "title", "badges"), [("mine", "Chief", ("bug",)), ("theirs", "Staff", ("coffee",))]
)
def test_one_button_keeps_all_of_one_side(
    small: SmallDirectory, keep: str, title: str, badges: tuple[str, ...]
) -> None:
    page = conflict(
        small, {"job_title": "Staff", "badges": ("coffee",)}, job_title="Chief", badges=["bug"]
    )
    small.post("/edit/amara", {**page.fields(), "keep": keep})
    stored = small.store.get("amara")
    assert (stored.job_title, stored.badges) == (title, badges)


def test_a_third_save_meanwhile_is_a_conflict_again_with_the_text_kept(
    small: SmallDirectory,
) -> None:
    page = conflict(small, {"job_title": "Staff"}, job_title="Chief")
    small.change("amara", job_title="Lead")
    again = small.post("/edit/amara", {**page.fields(), "keep": "mine"}, 409)
    assert again.fields()["mine-job_title"] == ["Chief"]
    assert again.fields()["theirs-job_title"] == ["Lead"]


def test_a_mistake_among_the_choices_is_told_in_the_form_with_everything_kept(
    small: SmallDirectory,
) -> None:
    page = conflict(small, {"job_title": "Staff"}, job_title="Chief")
    answer = {**page.fields(), "keep": "mine", "mine-job_title": ""}
    form = small.post("/edit/amara", answer, 422)
    assert form.fields()["full_name"] == [AMARA.full_name]
    assert form.by_id("job_title-error") is not None


def test_a_revision_that_cannot_be_read_is_a_conflict_not_an_overwrite(
    small: SmallDirectory,
) -> None:
    small.put(AMARA)
    form = small.form("/edit/amara", job_title="Chief", revision="junk")
    page = small.post("/edit/amara", form, 409)
    assert chosen(page) == {"job_title": "theirs"}
    assert small.store.get("amara").job_title == AMARA.job_title


def test_saving_what_is_stored_already_is_no_conflict(small: SmallDirectory) -> None:
    small.put(AMARA)
    form = small.form("/edit/amara", job_title="Chief")
    small.change("amara", job_title="Chief")
    small.post("/edit/amara", form)


def test_a_removed_photo_is_a_choice_too_and_a_new_one_must_be_chosen_again(
    small: SmallDirectory,
) -> None:
    small.add(photo=upload(picture()))
    [person] = small.everyone()
    address = f"/edit/{person.id}"
    form = small.form(address, remove_photo="y")
    small.change(person.id, job_title="Staff")
    page = small.post(address, form, 409)
    assert chosen(page) == {"job_title": "theirs", "remove_photo": "mine"}
    small.post(address, {**page.fields(), "keep": "choices"})
    assert small.store.get(person.id).photo_key == ""
    form = small.form(address, photo=upload(picture()))
    small.change(person.id, job_title="Lead")
    assert "Choose your new photo again" in small.post(address, form, 409).text


def test_choices_of_a_conflict_survive_a_silent_store(small: SmallDirectory) -> None:
    page = conflict(small, {"job_title": "Staff", "about": "Theirs"}, job_title="Chief")
    small.store.silent = True
    answer = {**page.fields(), "keep": "choices", "choose-job_title": "mine"}
    kept = small.post("/edit/amara", answer, 503).fields()
    assert (kept["job_title"], kept["about"]) == (["Chief"], ["Theirs"])
    small.store.silent = False
    small.post("/edit/amara", kept)
    assert small.store.get("amara").job_title == "Chief"
