"""A form that comes again: late, old, forged, twice, after silence, or after a lost reply."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from app.web.forms import idempotency
from tests.support.pictures import picture
from tests.support.small_directory import AMARA, SmallDirectory, small, upload
from tests.support.viewers import OPERATOR

__all__ = ["small"]


def test_an_edit_of_someone_deleted_gives_back_what_was_typed_to_add_anew(
    small: SmallDirectory,
) -> None:
    small.put(AMARA)
    form = small.form("/edit/amara", job_title="Chief")
    small.directory.delete(OPERATOR, "amara", None, "theirs")
    page = small.post("/edit/amara", form, 404)
    assert page.h1 == "This person was deleted"
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
    small.directory.delete(OPERATOR, ada.id, None, "theirs")
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
    assert page.h1 == "This person is already saved"
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
    assert "This form expired" in page.text
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
        assert idempotency.read_form_id(page.fields()["form_id"][0])
    assert [person.full_name for person in small.everyone()] == [AMARA.full_name]


def test_a_form_is_good_as_long_as_its_key_is_kept(small: SmallDirectory) -> None:
    signed = small.form("/add")["form_id"][0]
    old = small.app.secret_key
    small.app.config.update(
        SECRET_KEY="another key that nobody guesses", SECRET_KEY_FALLBACKS=[old]
    )
    with small.app.app_context():
        assert idempotency.read_form_id(signed)
        assert idempotency.read_form_id(idempotency.mint_form_id())
        small.app.config["SECRET_KEY_FALLBACKS"] = []
        with pytest.raises(idempotency.FormIdForged):
            idempotency.read_form_id(signed)


@pytest.mark.parametrize("address", ["/add", "/edit/amara"])
def test_a_silent_store_saves_nothing_and_the_page_keeps_everything(
    small: SmallDirectory, address: str
) -> None:
    small.put(AMARA)
    form = small.form(address, full_name="Ada", job_title="A", location="L", badges=["bug"])
    small.store.silent = True
    page = small.post(address, form, 503)
    assert "Your changes were not saved. The database is not responding." in page.text
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
    assert "We do not know whether your changes were saved." in page.text
    assert "nothing is saved twice" in page.text
    assert ("Choose the photo again" in page.text) == photo
    small.store.deaf = False
    small.reader.follow(small.post(address, page.fields()))
    found = [person for person in small.everyone() if person.full_name == "Ada"]
    assert len(found) == 1
    assert bool(found[0].photo_key) == photo
    assert found[0].version == (1 if address == "/add" else 2)


def test_no_page_of_a_failure_shows_what_is_behind_it(small: SmallDirectory) -> None:
    small.put(AMARA)
    form = small.form("/edit/amara")
    small.store.silent = True
    for page in (small.post("/edit/amara", form, 503), small.get("/", 503)):
        assert not re.search(r"sqlite|Traceback|directory\.db|locked", page.response.text)
