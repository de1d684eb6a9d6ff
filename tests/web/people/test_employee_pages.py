"""A person's page, deleting, sample people, and the pages of what went wrong."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from app.history.changes import Write
from app.model.employee import Employee
from app.model.revision import revision_of
from tests.support.in_time import wait_until
from tests.support.pictures import picture
from tests.support.small_directory import AMARA, SmallDirectory, small, upload

__all__ = ["small"]


def test_a_person_is_shown_with_everything_known(small: SmallDirectory) -> None:
    small.put(AMARA)
    page = small.get("/employee/amara")
    facts = {
        "".join(term.itertext()): "".join(value.itertext())
        for term, value in zip(page.all("dt"), page.all("dd"), strict=True)
    }
    assert facts == {
        "Email": "amara@example.com",
        "Phone": "+254 20 555 0127",
        "Department": "Engineering",
        "Location": "Nairobi",
        "Start date": "4 February 2019 · 7 years",
    }
    [title] = page.all("p", cls="lead-title")
    parts = ["".join(part.itertext()) for part in title]
    assert parts == [AMARA.job_title, "Goes by Amara", "Pronouns: she/her"]
    links = page.links()
    assert links["Engineering"] == "/?department=Engineering"
    assert links["Nairobi"] == "/?location=Nairobi"
    assert links["Linux User"] == "/?badge=linux"
    assert links["Email"] == "mailto:amara@example.com"
    assert links["Call"] == "tel:+254205550127"
    assert (links["Edit"], links["Delete Amara Adeyemi-Lindqvist"]) == (
        "/edit/amara",
        "/delete/amara",
    )
    assert page.one("p", cls="about").text == "Keeps the mail awake.\nAsk about queues."
    assert page.links()["History"] == "/employee/amara/history"


def test_a_mobile_can_be_called_and_texted(small: SmallDirectory) -> None:
    small.put(replace(AMARA, mobile="+254 (711) 555-018"))
    links = small.get("/employee/amara").links()
    assert links["+254 (711) 555-018"] == "tel:+254711555018"
    assert links["Text"] == "sms:+254711555018"
    assert links["Call"] == "tel:+254205550127"


def test_call_dials_the_mobile_of_whom_no_other_phone_is_known(small: SmallDirectory) -> None:
    small.put(replace(AMARA, phone="", mobile="+254 711 555 018"))
    links = small.get("/employee/amara").links()
    assert links["Call"] == "tel:+254711555018"


@pytest.mark.parametrize("mobile", ["", "on request", "12"])
def test_what_is_no_number_is_neither_called_nor_texted(small: SmallDirectory, mobile: str) -> None:
    small.put(replace(AMARA, phone="", mobile=mobile))
    assert not {"Call", "Text"} & small.get("/employee/amara").links().keys()


def test_a_time_zone_is_shown_with_the_time_there_now(small: SmallDirectory) -> None:
    small.put(replace(AMARA, time_zone="Asia/Kathmandu"))
    before = datetime.now(UTC) - timedelta(minutes=1)
    page = small.get("/employee/amara")
    [there] = [each for each in page.all("time") if len(each.text or "") == 5]
    moment = datetime.fromisoformat(there.get("datetime", ""))
    assert before <= moment <= datetime.now(UTC)
    assert moment.utcoffset() == timedelta(hours=5, minutes=45)
    assert there.text == f"{moment:%H:%M}"
    assert page.one("h2", id="local-time").text == "Local time in Kathmandu"
    assert "When this page was opened · GMT+5:45" in page.text


@pytest.mark.parametrize("zone", ["W. Europe Standard Time", "localtime", "../x", "Europe", "\0"])
def test_a_time_zone_that_nobody_knows_is_shown_as_it_is(small: SmallDirectory, zone: str) -> None:
    small.store.add(replace(AMARA, time_zone=zone), Write("first"))
    page = small.get("/employee/amara")
    assert zone.strip("\0") in page.text
    assert "Local time" not in page.text


def test_what_is_not_known_is_left_out(small: SmallDirectory) -> None:
    small.store.add(Employee(id="b", full_name="Bo"), Write("first"))
    page = small.get("/employee/b")
    assert page.all("dl") == []
    assert [heading.text for heading in page.all("h2")] == []
    assert "Email" not in page.links()
    assert "N/A" not in page.text
    assert "None" not in page.text


def test_what_another_program_left_blank_is_no_fact(small: SmallDirectory) -> None:
    blank = dict.fromkeys(("department", "location", "pronouns", "email", "phone"), "  ")
    small.store.put_outside(replace(AMARA, **blank))
    page = small.get("/employee/amara")
    terms = ["".join(term.itertext()) for term in page.all("dt")]
    assert terms == ["Start date"]


def test_the_time_of_the_last_change_names_day_hour_and_zone(small: SmallDirectory) -> None:
    stored = small.put(AMARA)
    when = datetime(2026, 11, 20, 9, 14, tzinfo=UTC)
    small.store.people["amara"] = replace(stored, updated_at=when)
    page = small.get("/employee/amara")
    assert "Last changed Friday 20 November 2026, 09:14 UTC" in page.text
    assert page.one("time", datetime="2026-11-20T09:14:00+00:00") is not None
    small.store.people["amara"] = replace(stored, updated_at=None, version=0)
    page = small.get("/employee/amara")
    assert "Last changed by another program" in page.text
    assert "Version" not in page.text


def test_the_portrait_is_named_for_readers_and_initials_are_not(small: SmallDirectory) -> None:
    small.put(AMARA)
    page = small.get("/employee/amara")
    assert page.all("div", role="img") == []
    assert page.one("span", cls="face-large")[0].text == "AA"
    form = small.form("/edit/amara", photo=upload(picture()))
    small.post("/edit/amara", form)
    page = small.get("/employee/amara")
    assert page.one("div", role="img").get("aria-label") == ("Portrait of Amara Adeyemi-Lindqvist")
    key = small.store.get("amara").photo_key
    assert [image.get("src") for image in page.all("img")][1:] == [f"/photos/{key}"]


@pytest.mark.parametrize(
    "employee_id", ["a/b", "a//b", "/a", "a/", "é", "x y", "..a", "%2F", "?", "#", "a" * 900]
)
def test_an_id_may_hold_any_character(small: SmallDirectory, employee_id: str) -> None:
    small.store.add(
        Employee(id=employee_id, full_name="Zoe", job_title="A", location="L"), Write("one")
    )
    page = small.get(small.get("/").links()["Zoe"])
    assert page.h1 == "Zoe"
    edit = page.links()["Edit"]
    small.post(edit, small.form(edit, full_name="Zoë"))
    assert [person.full_name for person in small.everyone()] == ["Zoë"]
    delete = page.links()["Delete Zoe"]
    small.post(delete, small.form(delete))
    assert small.everyone() == []


@pytest.mark.parametrize("kind", ["employee", "edit", "delete"])
@pytest.mark.parametrize("employee_id", ["nobody", "%00", "%FF%FE", "x" * 3000, "%2e%2e%2fapp"])
def test_an_id_of_nobody_is_a_404_in_words(
    small: SmallDirectory, kind: str, employee_id: str
) -> None:
    page = small.get(f"/{kind}/{employee_id}", 404)
    assert page.h1 == "No page at this address"
    assert page.one("form", role="search") is not None


def test_deleting_asks_then_does_then_says_so(small: SmallDirectory) -> None:
    small.add(photo=upload(picture()))
    [ada] = small.everyone()
    address = f"/delete/{ada.id}"
    page = small.get(address)
    assert page.h1 == "Delete Ada Byron?"
    assert small.is_there(ada.id)
    after = small.reader.follow(small.post(address, page.fields()))
    assert "Deleted Ada Byron." in after.text
    assert not small.is_there(ada.id)
    assert not list(small.photos.rglob("*.jpg"))


def test_deleting_someone_who_changed_meanwhile_asks_again(small: SmallDirectory) -> None:
    small.put(AMARA)
    form = small.form("/delete/amara")
    small.change("amara", job_title="Chief")
    page = small.post("/delete/amara", form, 409)
    assert "Someone changed this person after you opened this page." in page.text
    small.post("/delete/amara", page.fields())
    assert not small.is_there("amara")


def test_deleting_twice_is_one_deletion_and_two_people_deleting_is_a_404(
    small: SmallDirectory,
) -> None:
    small.put(AMARA)
    form, other = small.form("/delete/amara"), small.form("/delete/amara")
    small.post("/delete/amara", form)
    assert "Deleted Amara" in small.reader.follow(small.post("/delete/amara", form)).text
    small.post("/delete/amara", other, 404)


def test_a_delete_whose_reply_was_lost_may_be_sent_again(small: SmallDirectory) -> None:
    small.put(AMARA)
    form = small.form("/delete/amara")
    small.store.deaf = True
    page = small.post("/delete/amara", form, 503)
    assert "We do not know whether the person was deleted." in page.text
    assert page.h1 == "Delete Amara Adeyemi-Lindqvist?"
    small.store.deaf = False
    small.post("/delete/amara", page.fields())
    assert not small.is_there("amara")


def test_a_delete_with_an_old_token_does_nothing_and_says_so(small: SmallDirectory) -> None:
    stored = small.put(AMARA)
    form = small.form("/delete/amara", csrf_token="old")
    page = small.post("/delete/amara", form, 400)
    assert "nothing was deleted" in page.text
    assert page.fields()["revision"] == [revision_of(stored)]
    assert small.is_there("amara")


def test_a_silent_store_deletes_no_one(small: SmallDirectory) -> None:
    small.put(AMARA)
    form = small.form("/delete/amara")
    small.store.silent = True
    page = small.post("/delete/amara", form, 503)
    assert "No one was deleted. The database is not responding." in page.text


def test_a_get_deletes_and_loads_nothing(small: SmallDirectory) -> None:
    small.put(AMARA)
    small.get("/delete/amara")
    assert small.is_there("amara")
    small.get("/sample-data", 405)


def test_samples_fill_an_empty_directory_only(small: SmallDirectory) -> None:
    form = small.get("/").fields("/sample-data")
    address = small.post("/sample-data", form, 303).response.location
    wait_until(lambda: "Completed: 60 added." in small.get(address).text)
    assert small.get(address).h1 == "Sample people"
    assert len(small.everyone()) == 60
    assert sum(bool(person.photo_key) for person in small.everyone()) > 20
    page = small.reader.follow(small.post("/sample-data", form))
    assert "The directory already has people" in page.text
    assert len(small.everyone()) == 60


def test_samples_need_a_token(small: SmallDirectory) -> None:
    page = small.post("/sample-data", {}, 400)
    assert page.h1 == "This page has expired"
    assert small.everyone() == []


def test_a_silent_store_is_a_503_with_a_code_never_an_empty_list(small: SmallDirectory) -> None:
    small.put(AMARA)
    small.store.silent = True
    page = small.get("/employee/amara?x=1", 503)
    assert "We cannot reach the database. Nothing you saved is lost." in page.text
    assert page.one("code").text == page.response.headers["X-Request-Id"]
    assert page.links()["Try again"] == "/employee/amara?x=1"
    assert "No one here yet" not in small.get("/", 503).text
    small.store.silent = False
    assert small.get("/").names() == [AMARA.full_name]


def test_a_page_that_is_not_there_offers_a_search(small: SmallDirectory) -> None:
    page = small.get("/no/such/page", 404)
    assert page.h1 == "No page at this address"
    assert page.links()["View all people"] == "/"


def test_opening_a_person_or_no_one_lets_the_store_tidy_afterwards(small: SmallDirectory) -> None:
    small.put(AMARA)
    for address, tidied in (("/employee/amara", 1), ("/employee/nobody", 2)):
        small.reader.client.get(address).close()
        assert small.store.tidied == tidied
    small.reader.client.head("/employee/amara").close()
    assert small.store.tidied == 2


def test_every_page_marks_where_one_is(small: SmallDirectory) -> None:
    small.put(AMARA)
    for address, words in (
        ("/", "People"),
        ("/add", "Add person"),
        ("/info", "Console"),
        ("/employee/amara", "People"),
    ):
        page = small.get(address)
        current = [link for link in page.all("a") if link.get("aria-current") in ("page", "true")]
        assert "".join(current[0].itertext()) == words


def test_who_was_added_by_mistake_is_taken_back_from_the_message(small: SmallDirectory) -> None:
    page = small.reader.follow(small.add(full_name="Ada Byron"))
    assert "Saved Ada Byron." in page.text
    assert small.get(page.links()["Undo"]).h1 == "Mark Ada Byron as left"
