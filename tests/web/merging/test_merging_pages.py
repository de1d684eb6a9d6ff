"""Two records of one person become one on pages, and come apart again."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest

from app.access.viewer import Role
from app.accounts.linked_accounts import open_linked_accounts
from app.contracts import Query
from app.history.changes import Via
from app.model import leaving
from app.model.employee import Employee
from app.photos.keys import thumbnail_key
from app.storage.sql import SqlAccounts, open_sql_store
from tests.support.days import set_today
from tests.support.pictures import picture
from tests.support.signed_in import add_account, sign_in, store_of
from tests.support.small_directory import AMARA, SmallDirectory, small, upload
from tests.support.viewers import OPERATOR, request_as, viewer

__all__ = ["small"]

TODAY = "2031-05-28"
TWIN = Employee(
    id="twin",
    full_name=AMARA.full_name,
    job_title="Engineer",
    location="Nairobi",
    email="a.adeyemi@example.com",
    mobile="+254 711 555 018",
    employee_number="E-10432",
    badges=("bug",),
)


@pytest.fixture(autouse=True)
def today(monkeypatch: pytest.MonkeyPatch) -> str:
    return set_today(monkeypatch, TODAY)


@pytest.fixture
def pair(small: SmallDirectory) -> SmallDirectory:
    small.put(AMARA)
    small.put(TWIN)
    return small


def merged(small: SmallDirectory, **chosen: str) -> Employee:
    form = small.form("/merge/amara?with=twin", **chosen)
    small.post("/merge/amara", form)
    return small.store.get("amara")


def listed(small: SmallDirectory) -> list[str]:
    return [card.id for card in small.directory.browse(OPERATOR, Query()).cards]


def test_the_other_record_is_suggested_found_and_compared(pair: SmallDirectory) -> None:
    pair.put(replace(AMARA, id="cy", full_name="Cy Twombly", email="", employee_number=""))
    page = pair.get("/merge/amara")
    assert page.h1 == "Merge Amara Adeyemi-Lindqvist with another record"
    assert "a.adeyemi@example.com" in page.text
    assert "Cy Twombly" not in page.text
    found = pair.get("/merge/amara?q=twombly")
    assert "Cy Twombly" in found.text
    assert "No other record matches" in pair.get("/merge/amara?q=nobody").text
    # The person themselves is no other record.
    others = pair.get("/merge/amara?q=adeyemi+engineering").links().values()
    assert "/merge/amara?with=amara" not in others


def test_values_that_the_record_lacks_are_proposed_and_others_stay(pair: SmallDirectory) -> None:
    fields = pair.form("/merge/amara?with=twin")
    for name in ("mobile", "employee_number", "badges"):
        assert fields[name] == ["other"]
    assert (fields["email"], fields["job_title"]) == (["kept"], ["kept"])
    assert "location" not in fields
    stored = merged(pair)
    assert (stored.mobile, stored.employee_number) == (TWIN.mobile, "E-10432")
    assert (stored.email, stored.job_title) == (AMARA.email, AMARA.job_title)
    assert stored.badges == ("linux", "trophy", "bug")
    other = pair.store.get("twin")
    assert leaving.has_left(other, TODAY)
    assert listed(pair) == ["amara"]


def test_field_by_field_is_chosen(pair: SmallDirectory) -> None:
    stored = merged(pair, email="other", mobile="kept", badges="kept")
    assert (stored.email, stored.mobile) == (TWIN.email, "")
    assert stored.badges == AMARA.badges


def test_both_histories_tell_of_the_merge(pair: SmallDirectory) -> None:
    merged(pair)
    history = pair.directory.history
    assert history
    for employee_id, other in (("amara", "twin"), ("twin", "amara")):
        newest = history.changes_of(employee_id).changes[0]
        assert (newest.through.via, newest.through.source) == (Via.MERGE, other)
    page = pair.get("/employee/amara/history")
    assert "Merge with another record" in page.text
    assert page.links()["another record"] == "/employee/twin"
    assert "Merge" in pair.get("/audit").text


def test_the_message_offers_to_take_it_back_and_everything_is_as_before(
    pair: SmallDirectory,
) -> None:
    before = {each.id: each for each in pair.everyone()}
    done = pair.post("/merge/amara", pair.form("/merge/amara?with=twin", email="other"))
    shown = pair.reader.follow(done)
    assert "Merged two records of Amara Adeyemi-Lindqvist" in shown.text
    undo = shown.links()["Undo"]
    page = pair.get(undo)
    assert page.h1 == "Take the merge of Amara Adeyemi-Lindqvist back?"
    assert "a.adeyemi@example.com" in page.text
    fields = page.fields()
    for _ in range(2):  # also when it is pressed twice
        assert pair.post("/unmerge/amara", fields).response.location == "/employee/amara"
    for stored in pair.everyone():
        assert stored.same_content(before[stored.id])
    assert sorted(listed(pair)) == ["amara", "twin"]


def test_what_was_changed_since_stays_and_is_named(pair: SmallDirectory) -> None:
    merged(pair, email="other")
    pair.change("amara", email="new@example.com")
    page = pair.get("/unmerge/amara?with=twin")
    assert "was changed again later" in page.text
    pair.post("/unmerge/amara", page.fields())
    stored = pair.store.get("amara")
    assert (stored.email, stored.mobile) == ("new@example.com", "")
    assert pair.store.get("twin").left_on == ""


def test_the_button_pressed_twice_merges_once(pair: SmallDirectory) -> None:
    form = pair.form("/merge/amara?with=twin")
    for _ in range(2):
        assert pair.post("/merge/amara", form).response.location == "/employee/amara"
    assert pair.store.get("amara").version == 2
    assert pair.store.get("twin").version == 2


def test_a_merge_that_was_cut_between_its_writes_is_finished_by_the_next_press(
    pair: SmallDirectory, monkeypatch: pytest.MonkeyPatch
) -> None:
    form = pair.form("/merge/amara?with=twin")
    leavers = pair.app.extensions["leavers"]
    with monkeypatch.context() as patch:
        patch.setattr(type(leavers), "mark_as_left", lambda *_, **__: 1 / 0)
        pair.post("/merge/amara", form, 500)
    assert pair.store.get("amara").mobile == TWIN.mobile
    assert pair.store.get("twin").left_on == ""
    pair.post("/merge/amara", form)
    assert pair.store.get("amara").version == 2
    assert pair.store.get("twin").left_on == TODAY


@pytest.mark.parametrize("changed", ["amara", "twin"])
def test_who_was_changed_meanwhile_is_compared_again(pair: SmallDirectory, changed: str) -> None:
    form = pair.form("/merge/amara?with=twin", email="other")
    pair.change(changed, phone="+254 20 555 0199")
    page = pair.post("/merge/amara", form, 409)
    assert "Someone changed one of these records" in page.text
    assert page.fields()["email"] == ["other"]
    assert pair.store.get("twin").left_on == ""
    pair.post("/merge/amara", page.fields())
    assert pair.store.get("twin").left_on == TODAY


@pytest.mark.parametrize(
    ("other", "told"),
    [
        ("amara", "This is the same record twice."),
        ("nobody", "The other record is not in the directory any more."),
        ("gone", "One of these records has left already."),
    ],
)
def test_what_cannot_be_merged_is_told_and_nothing_is_written(
    pair: SmallDirectory, other: str, told: str
) -> None:
    pair.put(replace(TWIN, id="gone"))
    pair.app.extensions["leavers"].mark_as_left(OPERATOR, "gone", TODAY, "", "w")
    form = pair.form("/merge/amara?with=twin")
    assert told in pair.get(f"/merge/amara?with={other}", 422).text
    assert told in pair.post("/merge/amara", {**form, "with": other}, 422).text
    assert pair.store.get("amara").version == 1


def test_nobody_is_taken_apart_who_was_not_merged(pair: SmallDirectory) -> None:
    assert pair.get("/unmerge/amara?with=twin", 404)
    assert pair.get("/unmerge/amara", 404)
    pair.get("/merge/nobody", 404)


def test_the_photo_of_the_other_record_comes_along(pair: SmallDirectory) -> None:
    edit = pair.form("/edit/twin", photo=upload(picture()))
    pair.post("/edit/twin", edit)
    stored = merged(pair)
    other = pair.store.get("twin")
    assert stored.photo_key
    assert stored.photo_key != other.photo_key
    for key in (stored.photo_key, other.photo_key):
        assert (pair.photos / key).exists()
        assert (pair.photos / thumbnail_key(key)).exists()
    pair.post("/unmerge/amara", pair.form("/unmerge/amara?with=twin"))
    assert pair.store.get("amara").photo_key == ""
    assert not (pair.photos / stored.photo_key).exists()


def test_a_twin_who_is_to_start_is_merged(small: SmallDirectory) -> None:
    small.put(AMARA)
    small.put(replace(TWIN, start_date="2031-09-01"))
    assert merged(small, start_date="kept").start_date == AMARA.start_date
    assert small.store.get("twin").left_on == TODAY


def test_nothing_is_written_if_the_other_record_has_to_stay(tmp_path: Path) -> None:
    signed = SmallDirectory(tmp_path, ACCESS="sign-in")
    for person in (AMARA, TWIN):
        signed.put(person)
    sign_in(signed.reader.client, add_account(signed.app, Role.ADMIN, "Twin", person_id="twin"))
    form = signed.form("/merge/amara?with=twin")
    assert "only administrator" in signed.post("/merge/amara", form, 409).text
    assert [each.version for each in signed.everyone()] == [1, 1]


def test_what_the_other_record_hides_stays_hidden(pair: SmallDirectory) -> None:
    pair.change("twin", hidden=("mobile", "phone"))
    stored = merged(pair)
    assert (stored.mobile, stored.hidden) == (TWIN.mobile, ("mobile",))
    pair.post("/unmerge/amara", pair.form("/unmerge/amara?with=twin"))
    assert pair.store.get("amara").hidden == ()


def test_a_last_day_to_come_is_back_after_a_merge_is_taken_back(pair: SmallDirectory) -> None:
    pair.change("twin", left_on="2031-07-31")
    merged(pair)
    assert pair.store.get("twin").left_on == TODAY
    form = pair.form("/unmerge/amara?with=twin")
    for _ in range(2):
        pair.post("/unmerge/amara", form)
    assert pair.store.get("twin").left_on == "2031-07-31"
    assert sorted(listed(pair)) == ["amara", "twin"]


def test_a_merge_is_not_half_taken_back_if_somebody_saved_meanwhile(pair: SmallDirectory) -> None:
    merged(pair)
    form = pair.form("/unmerge/amara?with=twin")
    pair.change("amara", location="Mombasa")
    page = pair.post("/unmerge/amara", form, 409)
    assert pair.store.get("twin").left_on == TODAY
    pair.post("/unmerge/amara", page.fields())
    assert (pair.store.get("amara").mobile, pair.store.get("twin").left_on) == ("", "")


def test_one_stays_of_two_who_are_merged_into_each_other_at_once(
    pair: SmallDirectory, monkeypatch: pytest.MonkeyPatch
) -> None:
    form = pair.form("/merge/amara?with=twin")
    leavers = pair.app.extensions["leavers"]
    mark = leavers.mark_as_left

    def mark_after_somebody_else(*args: Any, **how: Any) -> Employee:
        mark(OPERATOR, "amara", TODAY, "", "the other way")
        return cast(Employee, mark(*args, **how))

    monkeypatch.setattr(leavers, "mark_as_left", mark_after_somebody_else)
    assert "has left already" in pair.post("/merge/amara", form, 409).text
    assert listed(pair) == ["twin"]


def test_ids_of_any_characters_are_merged(small: SmallDirectory) -> None:
    odd = "a/é ?#&=%"
    small.put(replace(AMARA, id=odd))
    small.put(replace(TWIN, id="x+y &z"))
    address = small.get("/merge/x+y%20&z").links()["Compare with Amara Adeyemi-Lindqvist"]
    form = small.form(address)
    done = small.post(address.partition("?with")[0], form)
    assert done.response.status_code == 303
    assert small.store.get(odd).left_on == TODAY


def test_the_account_of_the_other_record_is_disabled_and_comes_back(
    tmp_path: Path,
) -> None:
    signed = SmallDirectory(tmp_path, ACCESS="sign-in")
    for person in (AMARA, TWIN):
        signed.put(person)
    editor = add_account(signed.app, Role.EDITOR)
    theirs = add_account(signed.app, Role.COLLEAGUE, "Twin", person_id="twin")
    sign_in(signed.reader.client, editor)
    signed.post("/merge/amara", signed.form("/merge/amara?with=twin"))
    assert store_of(signed.app).get(theirs.id).is_disabled
    signed.post("/unmerge/amara", signed.form("/unmerge/amara?with=twin"))
    assert not store_of(signed.app).get(theirs.id).is_disabled


def test_colleagues_do_not_merge(pair: SmallDirectory) -> None:
    assert "/merge/amara" in pair.get("/employee/amara").links().values()
    request_as(pair.app, viewer(Role.COLLEAGUE, "amara"))
    assert "/merge/amara" not in pair.get("/employee/amara").links().values()
    pair.get("/merge/amara", 403)


def test_records_are_merged_in_sqlite_too(tmp_path: Path) -> None:
    from app.directory.leavers import Leavers
    from app.directory.merging import merge, read_merge, read_pair, unmerge
    from app.directory.service import Directory
    from app.model.revision import revision_of

    store = open_sql_store(f"sqlite:///{tmp_path / 'directory.db'}")
    store.set_up()
    directory = Directory(store, None, history=store.history)
    leavers = Leavers(directory, open_linked_accounts(SqlAccounts(store.database)))
    for person in (AMARA, TWIN):
        directory.add(OPERATOR, person, person.id)
    both = read_pair(directory, OPERATOR, "amara", "twin")
    revisions = revision_of(both.kept), revision_of(both.other)
    stored = merge(directory, leavers, OPERATOR, both, ["mobile"], revisions, "w")
    assert stored.mobile == TWIN.mobile
    taken = read_merge(directory, OPERATOR, "amara", "twin")
    back = unmerge(directory, leavers, OPERATOR, taken, revision_of(stored), "u")
    assert back.same_content(both.kept)
    assert directory.facets(OPERATOR).total == 2
    store.close()


def test_those_who_report_to_the_other_record_move_and_come_back(pair: SmallDirectory) -> None:
    for key in ("al", "bo"):
        pair.put(replace(AMARA, id=key, email=f"{key}@example.com", manager="twin"))
    assert "Those who report to the other record" in pair.get("/merge/amara?with=twin").text
    done = pair.post("/merge/amara", pair.form("/merge/amara?with=twin"))
    shown = pair.reader.follow(done)
    assert "2 direct reports now report to" in shown.text
    assert {pair.store.get(key).manager for key in ("al", "bo")} == {"amara"}
    address = "/unmerge/amara?with=twin"
    assert "2 direct reports who moved" in pair.get(address).text
    pair.post("/unmerge/amara", pair.form(address))
    assert {pair.store.get(key).manager for key in ("al", "bo")} == {"twin"}


def test_a_record_that_reports_to_the_other_one_moves_up(pair: SmallDirectory) -> None:
    pair.put(replace(AMARA, id="boss", email="boss@example.com"))
    pair.change("twin", manager="boss")
    pair.change("amara", manager="twin")
    pair.put(replace(AMARA, id="al", email="al@example.com", manager="twin"))
    pair.post("/merge/amara", pair.form("/merge/amara?with=twin", manager="kept"))
    assert (pair.store.get("amara").manager, pair.store.get("al").manager) == ("boss", "amara")


def test_a_merge_that_would_close_a_circle_is_told_by_name(pair: SmallDirectory) -> None:
    pair.put(replace(TWIN, id="bo", full_name="Bo Berg", manager="amara", employee_number=""))
    pair.change("twin", manager="bo")
    form = pair.form("/merge/amara?with=twin", manager="other")
    page = pair.post("/merge/amara", form, 409)
    assert "Nothing was merged. The reporting line would go round in a circle" in page.text
    assert "Amara Adeyemi-Lindqvist → Bo Berg → Amara Adeyemi-Lindqvist" in page.text
    assert [one.manager for one in pair.everyone() if one.id == "amara"] == [""]
    pair.post("/merge/amara", {**page.fields(), "manager": "kept"})
    assert pair.store.get("twin").left_on
