"""The undo of a change."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from app.access.viewer import Role
from app.directory.leavers import Leavers
from app.history.changes import Via
from app.model.revision import revision_of
from tests.support.page_reader import Page, words_of
from tests.support.small_directory import AMARA
from tests.support.viewers import viewer
from tests.web.history.conftest import ANA, Changing

AMARA_HERSELF = viewer(Role.COLLEAGUE, person_id="amara", name="Amara")


def ask(changing: Changing, moment: str) -> Page:
    return changing.get(f"/employee/amara/history/{moment}/undo")


def press(changing: Changing, page: Page, status: int = 303, **typed: Any) -> Page:
    form = page.all("form", method="post")[0]
    return changing.post(form.get("action", ""), {**page.fields(), **typed}, status)


def content(changing: Changing) -> Any:
    return replace(changing.now(), version=0, updated_at=None)


def test_an_undo_shows_what_it_would_write_and_writes_it(changing: Changing) -> None:
    changing.add()
    before = content(changing)
    moment = changing.change(job_title="Director", location="Oslo", badges=(), about="")
    page = ask(changing, moment)
    assert content(changing) != before
    told = [words_of(each) for each in page.all("tr")]
    assert "Job title Director Principal Engineer" in told
    assert "Badges nothing Linux User, Employee of the Month" in told
    press(changing, page)
    assert content(changing) == before
    newest = changing.directory.history.changes_of("amara").changes[0]  # type: ignore[union-attr]
    assert (newest.through.via, newest.through.undoes) == (Via.UNDO, moment)
    assert newest.through.request_id
    history = changing.get("/employee/amara/history")
    assert "Undone at" in history.text
    assert "Ana Ruiz undid a change of Job title, Location, Badges and About" in history.text


def test_an_undo_can_be_undone(changing: Changing) -> None:
    changing.add()
    moment = changing.change(location="Oslo")
    after = content(changing)
    done = press(changing, ask(changing, moment))
    person = changing.reader.follow(done)
    assert "Undid the change of Location" in person.text
    press(changing, changing.get(person.links()["Undo"]))
    assert content(changing) == after


def test_one_field_goes_back_alone(changing: Changing) -> None:
    changing.add()
    moment = changing.change(job_title="Director", location="Oslo")
    press(changing, ask(changing, moment), field=["location"])
    assert (changing.now().job_title, changing.now().location) == ("Director", "Nairobi")


def test_what_was_changed_since_stays_and_is_named(changing: Changing) -> None:
    changing.add()
    moment = changing.change(job_title="Director", location="Oslo")
    changing.change(location="Rome")
    page = ask(changing, moment)
    assert "Location was changed again later" in page.text
    press(changing, page)
    assert (changing.now().job_title, changing.now().location) == ("Principal Engineer", "Rome")


def test_nothing_is_left_to_undo(changing: Changing) -> None:
    changing.add()
    moment = changing.change(location="Oslo")
    changing.change(location="Rome")
    history = changing.get("/employee/amara/history")
    assert "Location was changed again later, so this one cannot be undone" in history.text
    page = ask(changing, moment)
    assert page.all("form", method="post") == []
    assert "Nothing of this change can be undone any more" in page.text


def test_a_change_meanwhile_is_a_conflict(changing: Changing) -> None:
    changing.add()
    moment = changing.change(job_title="Director", location="Oslo")
    page = ask(changing, moment)
    changing.change(location="Rome")
    again = press(changing, page, 409)
    assert "Someone changed this person after you opened this page" in again.text
    assert changing.now().job_title == "Director"
    press(changing, again, field=["job_title"])
    assert (changing.now().job_title, changing.now().location) == ("Principal Engineer", "Rome")


def test_the_same_form_twice_undoes_once(changing: Changing) -> None:
    changing.add()
    moment = changing.change(location="Oslo")
    page = ask(changing, moment)
    press(changing, page)
    version = changing.now().version
    press(changing, page)
    assert changing.now().version == version


def test_a_form_without_a_field_asks_again(changing: Changing) -> None:
    changing.add()
    page = ask(changing, changing.change(job_title="Director", location="Oslo"))
    again = press(changing, page, 422, field=[])
    assert "Choose at least one field" in again.text


def test_that_somebody_was_added_is_not_undone(changing: Changing) -> None:
    changing.add()
    history = changing.get("/employee/amara/history")
    assert not [link for link in history.links().values() if link.endswith("/undo")]
    moment = changing.now().history.partition(" ")[0]
    assert ask(changing, moment).all("form", method="post") == []


def test_a_colleague_undoes_what_they_may_change_of_their_own(changing: Changing) -> None:
    changing.add()
    both = changing.change(job_title="Director", about="x")
    changing.seen_by(AMARA_HERSELF)
    page = ask(changing, both)
    assert "Job title is changed by editors only" in page.text
    press(changing, page, field=["about", "job_title"])
    assert (changing.now().about, changing.now().job_title) == (AMARA.about, "Director")
    changing.seen_by(viewer(Role.COLLEAGUE, person_id="ben"))
    changing.get(f"/employee/amara/history/{both}/undo", 403)
    changing.post(f"/employee/amara/history/{both}/undo", {}, 403)


def test_a_save_offers_its_undo(changing: Changing) -> None:
    changing.add()
    before = content(changing)
    form = {**changing.get("/edit/amara").fields(), "location": "Oslo"}
    person = changing.reader.follow(changing.post("/edit/amara", form))
    assert changing.now().location == "Oslo"
    press(changing, changing.get(person.links()["Undo"]))
    assert content(changing) == before
    same = changing.get("/edit/amara").fields()
    person = changing.reader.follow(changing.post("/edit/amara", same))
    assert "Undo" not in person.links()


def test_a_save_keeps_the_id_of_its_request(changing: Changing) -> None:
    changing.add()
    form = {**changing.get("/edit/amara").fields(), "location": "Oslo"}
    answer = changing.post("/edit/amara", form)
    newest = changing.directory.history.changes_of("amara").changes[0]  # type: ignore[union-attr]
    assert newest.through.request_id == answer.response.headers["X-Request-Id"]


def test_the_undo_of_leaving_restores(changing: Changing) -> None:
    changing.add()
    before = content(changing)
    today = datetime.now(UTC).date().isoformat()
    leavers: Leavers = changing.app.extensions["leavers"]
    left = leavers.mark_as_left(ANA, "amara", today, "", "w-left", note="Moved to Oslo")
    history = changing.get("/employee/amara/history")
    assert "Ana Ruiz marked Amara Adeyemi-Lindqvist as left" in history.text
    assert "Moved to Oslo" in history.text
    assert "Amara" not in changing.get("/").text
    page = ask(changing, left.history.partition(" ")[0])
    assert page.h1 == "Restore Amara Adeyemi-Lindqvist?"
    person = changing.reader.follow(press(changing, page))
    assert "Restored Amara Adeyemi-Lindqvist" in person.text
    assert content(changing) == before
    assert "Amara" in changing.get("/").text
    press(changing, changing.get(person.links()["Undo"]))
    assert changing.now().left_on == today
    changing.seen_by(AMARA_HERSELF)
    changing.get("/employee/amara/history", 404)


def test_an_undo_that_would_close_a_circle_is_told_by_name(changing: Changing) -> None:
    changing.add()
    changing.directory.add(viewer(Role.EDITOR), replace(AMARA, id="bo", full_name="Bo Berg"), "bo")
    changing.change(manager="bo")
    moment = changing.change(manager="")
    bo = changing.directory.get(viewer(Role.EDITOR), "bo")
    above = replace(bo, manager="amara")
    changing.directory.update(viewer(Role.EDITOR), above, revision_of(bo), "above")
    page = ask(changing, moment)
    assert "Manager nobody Bo Berg" in [words_of(each) for each in page.all("tr")]
    told = press(changing, page, 409).text
    assert "Nothing was undone. The reporting line would go round in a circle: " in told
    assert "Amara Adeyemi-Lindqvist → Bo Berg → Amara Adeyemi-Lindqvist" in told
    assert changing.now().manager == ""
