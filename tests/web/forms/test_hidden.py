"""What a person hides from colleagues is chosen in the form, and kept by everything else."""

from __future__ import annotations

import pytest

from app.access.viewer import Role
from app.model.fields import HIDEABLE
from tests.support.small_directory import AMARA, SmallDirectory, small
from tests.support.viewers import request_as, viewer

__all__ = ["small"]


@pytest.fixture
def own(small: SmallDirectory) -> SmallDirectory:
    small.put(AMARA)
    request_as(small.app, viewer(Role.COLLEAGUE, person_id="amara"))
    return small


def save(directory: SmallDirectory, **typed: object) -> None:
    directory.post("/edit/amara", directory.form("/edit/amara", **typed))


@pytest.mark.parametrize("name", HIDEABLE)
def test_each_field_is_hidden_and_shown_again(own: SmallDirectory, name: str) -> None:
    save(own, hidden=["", name])
    assert own.store.get("amara").hidden == (name,)
    assert own.get("/edit/amara").by_id(f"hidden-{name}").get("checked") is not None
    save(own, hidden=[""])
    assert own.store.get("amara").hidden == ()


def test_nothing_else_can_be_hidden(own: SmallDirectory) -> None:
    save(own, hidden=["", "full_name", "location", "phone", "x" * 9_999])
    assert own.store.get("amara").hidden == ("phone",)


def test_a_form_that_does_not_ask_makes_nothing_visible(own: SmallDirectory) -> None:
    save(own, hidden=["", "phone", "about"])
    older = own.form("/edit/amara", pronouns="they/them")
    del older["hidden"]
    own.post("/edit/amara", older)
    stored = own.store.get("amara")
    assert (stored.pronouns, stored.hidden) == ("they/them", ("phone", "about"))


def test_two_who_hide_differently_choose(small: SmallDirectory) -> None:
    small.put(AMARA)
    mine = small.form("/edit/amara", hidden=["", "phone"])
    small.change("amara", hidden=("about",))
    page = small.post("/edit/amara", mine, 409)
    assert "Phone" in page.text
    fields = page.fields()
    small.post("/edit/amara", {**fields, "choose-hidden": "mine", "keep": "chosen"})
    assert small.store.get("amara").hidden == ("phone",)


def test_a_conflict_about_something_else_keeps_what_is_hidden(small: SmallDirectory) -> None:
    small.put(AMARA)
    small.change("amara", hidden=("about", "phone"))
    mine = small.form("/edit/amara", job_title="Mine")
    small.change("amara", job_title="Theirs")
    page = small.post("/edit/amara", mine, 409)
    small.post("/edit/amara", {**page.fields(), "keep": "chosen"})
    assert set(small.store.get("amara").hidden) == {"about", "phone"}


def test_an_edit_that_sends_only_a_script_s_field_keeps_it(small: SmallDirectory) -> None:
    small.put(AMARA)
    small.change("amara", hidden=("phone",))
    token = small.form("/edit/amara")["csrf_token"]
    small.post("/edit/amara", {"csrf_token": token, "job_title": "Lead"})
    assert small.store.get("amara").hidden == ("phone",)
