"""When a save meets another editor, a deletion, silence, an old form, or itself again."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from app.web import form_ids
from tests.page_reader import Page
from tests.pictures import picture
from tests.small_directory import AMARA, SmallDirectory, small, upload

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


def test_an_edit_of_someone_deleted_gives_back_what_was_typed_to_add_anew(
    small: SmallDirectory,
) -> None:
    small.put(AMARA)
    form = small.form("/edit/amara", job_title="Chief")
    small.directory.delete("amara", None, "theirs")
    page = small.post("/edit/amara", form, 404)
    assert page.h1 == "This person is not here any more"
    assert not small.is_there("amara")
    small.post("/add", page.fields())
    [new] = small.everyone()
    assert replace(new, id="amara", version=1, updated_at=None) == replace(
        AMARA, job_title="Chief", version=1
    )


def test_the_form_that_added_someone_does_not_revive_them(small: SmallDirectory) -> None:
    form = small.form("/add", full_name="Ada", job_title="Analyst", location="London")
    small.post("/add", form)
    [ada] = small.everyone()
    small.directory.delete(ada.id, None, "theirs")
    page = small.post("/add", form, 404)
    assert "Ada" in page.text
    assert small.everyone() == []


def test_the_same_form_sent_twice_makes_one_person(small: SmallDirectory) -> None:
    form = small.form("/add", full_name="Ada", job_title="Analyst", location="London")
    first = small.post("/add", form).response.headers["Location"]
    assert small.post("/add", form).response.headers["Location"] == first
    assert len(small.everyone()) == 1


def test_going_back_and_saving_other_words_is_never_told_saved_without_being_it(
    small: SmallDirectory,
) -> None:
    form = small.form("/add", full_name="Ada", job_title="Analyst", location="London")
    small.post("/add", form)
    page = small.post("/add", {**form, "job_title": "Countess"}, 409)
    assert page.h1 == "This person is saved already"
    small.post("/edit/" + small.everyone()[0].id, {**page.fields(), "keep": "mine"})
    assert [person.job_title for person in small.everyone()] == ["Countess"]
    small.put(AMARA)
    form = small.form("/edit/amara", job_title="One")
    small.post("/edit/amara", form)
    small.post("/edit/amara", {**form, "job_title": "Two"}, 409)
    assert small.store.get("amara").job_title == "One"


@pytest.mark.parametrize("token", ["", "junk", None])
def test_an_expired_form_says_so_and_keeps_what_was_typed(
    small: SmallDirectory, token: str | None
) -> None:
    form = small.form(
        "/add", full_name="Ada", job_title="Analyst", badges=["bug"], csrf_token=token
    )
    if token is None:
        del form["csrf_token"]
    page = small.post("/add", form, 400)
    assert "open for too long" in page.text
    assert page.title.startswith("Error:")
    kept = page.fields()
    assert (kept["full_name"], kept["badges"]) == (["Ada"], ["bug"])
    small.post("/add", {**kept, "location": "London"})
    assert len(small.everyone()) == 1


@pytest.mark.parametrize("address", ["/add", "/edit/amara"])
def test_a_forged_form_id_is_refused_with_everything_kept(
    small: SmallDirectory, address: str
) -> None:
    small.put(AMARA)
    form = small.form(address, full_name="Ada", job_title="A", location="L", form_id="forged.sig")
    page = small.post(address, form, 400)
    assert page.fields()["full_name"] == ["Ada"]
    with small.app.test_request_context():
        small.app.preprocess_request()
        assert form_ids.read_form_id(page.fields()["form_id"][0])
    assert [person.full_name for person in small.everyone()] == [AMARA.full_name]


def test_a_form_is_good_as_long_as_its_key_is_kept(small: SmallDirectory) -> None:
    signed = small.form("/add")["form_id"][0]
    old = small.app.secret_key
    small.app.config.update(
        SECRET_KEY="another key that nobody guesses", SECRET_KEY_FALLBACKS=[old]
    )
    with small.app.app_context():
        assert form_ids.read_form_id(signed)
        assert form_ids.read_form_id(form_ids.mint_form_id())
        small.app.config["SECRET_KEY_FALLBACKS"] = []
        with pytest.raises(form_ids.FormIdForged):
            form_ids.read_form_id(signed)


@pytest.mark.parametrize("address", ["/add", "/edit/amara"])
def test_a_silent_store_saves_nothing_and_the_page_keeps_everything(
    small: SmallDirectory, address: str
) -> None:
    small.put(AMARA)
    form = small.form(address, full_name="Ada", job_title="A", location="L", badges=["bug"])
    small.store.silent = True
    page = small.post(address, form, 503)
    assert "Your changes were not saved. The database does not answer." in page.text
    assert "Press Save person again" in page.text
    kept = page.fields()
    assert {name: kept[name] for name in form} == {
        name: value if isinstance(value, list) else [value]
        for name, value in form.items()
        if name != "csrf_token"
    } | {"csrf_token": kept["csrf_token"]}
    small.store.silent = False
    small.post(address, kept)
    assert "Ada" in [person.full_name for person in small.everyone()]


@pytest.mark.parametrize("address", ["/add", "/edit/amara"])
@pytest.mark.parametrize("photo", [False, True])
def test_a_lost_reply_is_told_as_unknown_and_the_form_sent_again_does_nothing_twice(
    small: SmallDirectory, address: str, photo: bool
) -> None:
    small.put(AMARA)
    form = small.form(address, full_name="Ada", job_title="A", location="L")
    small.store.deaf = True
    files = {"photo": upload(picture())} if photo else {}
    page = small.post(address, {**form, **files}, 503)
    assert "We could not hear whether your changes were saved." in page.text
    assert "nothing is saved twice" in page.text
    assert ("Choose the photo again" in page.text) == photo
    small.store.deaf = False
    small.reader.follow(small.post(address, page.fields()))
    found = [person for person in small.everyone() if person.full_name == "Ada"]
    assert len(found) == 1
    assert bool(found[0].photo_key) == photo
    assert found[0].version == (1 if address == "/add" else 2)


def test_choices_of_a_conflict_survive_a_silent_store(small: SmallDirectory) -> None:
    page = conflict(small, {"job_title": "Staff", "about": "Theirs"}, job_title="Chief")
    small.store.silent = True
    answer = {**page.fields(), "keep": "choices", "choose-job_title": "mine"}
    kept = small.post("/edit/amara", answer, 503).fields()
    assert (kept["job_title"], kept["about"]) == (["Chief"], ["Theirs"])
    small.store.silent = False
    small.post("/edit/amara", kept)
    assert small.store.get("amara").job_title == "Chief"


def test_no_page_of_a_failure_shows_what_is_behind_it(small: SmallDirectory) -> None:
    small.put(AMARA)
    form = small.form("/edit/amara")
    small.store.silent = True
    for page in (small.post("/edit/amara", form, 503), small.get("/", 503)):
        assert not re.search(r"sqlite|Traceback|directory\.db|locked", page.response.text)
