"""A colleague changes a part of their own profile, and nothing of anybody else."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.access.rights import OWN_FIELDS
from app.access.viewer import Role
from app.model.errors import EmployeeNotFound
from app.model.fields import TYPED_FIELDS
from tests.support.small_directory import AMARA, SmallDirectory, small
from tests.support.viewers import request_as, viewer

__all__ = ["small"]

KOFI = replace(AMARA, id="kofi", full_name="Kofi Mensah", email="kofi@example.com")
FIXED = [name for name in TYPED_FIELDS if name not in OWN_FIELDS]
FORGED = {
    "full_name": "Somebody Else",
    "sort_as": "Else",
    "job_title": "Chief Executive",
    "department": "Board",
    "location": "Monaco",
    "email": "else@example.com",
    "start_date": "1999-01-01",
    "employee_number": "1",
    "manager": "kofi",
}


@pytest.fixture
def own(small: SmallDirectory) -> SmallDirectory:
    small.put(AMARA)
    small.put(KOFI)
    request_as(small.app, viewer(Role.COLLEAGUE, person_id="amara"))
    return small


def test_a_colleague_changes_what_is_theirs(own: SmallDirectory) -> None:
    typed = {"phone": "+254 20 555 0199", "about": "New words.", "badges": ["coffee"]}
    own.post("/edit/amara", own.form("/edit/amara", **typed))
    stored = own.store.get("amara")
    assert (stored.phone, stored.about, stored.badges) == (
        "+254 20 555 0199",
        "New words.",
        ("coffee",),
    )


def test_the_form_shows_the_other_fields_as_text(own: SmallDirectory) -> None:
    page = own.get("/edit/amara").response.text
    for name in FIXED:
        assert f'name="{name}"' not in page
    assert AMARA.job_title in page
    assert "Delete" not in page


@pytest.mark.parametrize("name", FIXED)
def test_a_forged_field_is_left_as_it_is_and_told_of(own: SmallDirectory, name: str) -> None:
    before = own.store.get("amara")
    typed = {name: FORGED[name], "phone": "+254 20 555 0188"}
    answer = own.reader.follow(own.post("/edit/amara", own.form("/edit/amara", **typed)))
    stored = own.store.get("amara")
    assert getattr(stored, name) == getattr(before, name)
    assert stored.phone == "+254 20 555 0188"
    assert "Not changed: " in answer.text


def test_every_field_is_forged_here() -> None:
    assert FORGED.keys() == set(FIXED)


@pytest.mark.parametrize("role", [Role.VISITOR, Role.COLLEAGUE])
def test_nobody_elses_profile_can_be_opened_or_changed(own: SmallDirectory, role: Role) -> None:
    request_as(own.app, viewer(role, person_id="amara"))
    before = own.store.get("kofi")
    for address in ("/edit/kofi", "/delete/kofi", "/delete/amara", "/add"):
        own.get(address, 403)
    for address in ("/edit/kofi", "/delete/kofi", "/delete/amara", "/add"):
        own.post(address, {"full_name": "X", "about": "taken"}, 403)
    assert own.store.get("kofi") == before
    assert own.store.get("amara")


def test_a_colleague_without_a_record_of_their_own_edits_nobody(own: SmallDirectory) -> None:
    request_as(own.app, viewer(Role.COLLEAGUE))
    own.get("/edit/amara", 403)
    own.get("/edit", 403)


def test_an_editor_changes_everything_but_deletes_nobody(own: SmallDirectory) -> None:
    request_as(own.app, viewer(Role.EDITOR))
    own.post("/edit/kofi", own.form("/edit/kofi", job_title="Lead Engineer"))
    assert own.store.get("kofi").job_title == "Lead Engineer"
    own.get("/delete/kofi", 403)
    assert own.store.get("kofi")


def test_an_admin_deletes(own: SmallDirectory) -> None:
    request_as(own.app, viewer(Role.ADMIN))
    own.post("/delete/kofi", own.form("/delete/kofi"))
    with pytest.raises(EmployeeNotFound):
        own.store.get("kofi")
