"""Add and edit: what is typed is stored as meant, or given back whole with what to mend."""

from __future__ import annotations

import unicodedata

import pytest

from app.history.changes import Write
from app.model import kinds
from app.model.fields import TYPED_FIELDS
from tests.support.small_directory import AMARA, SmallDirectory, small

__all__ = ["small"]

EVERYTHING = {
    "full_name": "Ásdís Árnadóttir",
    "preferred_name": "Dísa",
    "pronouns": "she/her",
    "job_title": "Field Engineer",
    "department": "Engineering",
    "manager": "",
    "location": "Reykjavík",
    "desk": "Hafnar 4, second floor",
    "working_hours": "Mon to Thu, 9:00–15:00",
    "time_zone": "Atlantic/Reykjavik",
    "sort_as": "Arnadottir, Asdis",
    "email": "asdis@example.com",
    "phone": "+354 555 0169",
    "mobile": "+354 600 0169",
    "chat": "asdis",
    "start_date": "2024-02-29",
    "employee_number": "IS-10432",
    "about": "Fixes antennas.\n\nOn cold hillsides.",
    "badges": ["linux", "camera"],
}


def test_a_person_is_added_with_everything_that_was_typed(small: SmallDirectory) -> None:
    page = small.reader.follow(small.add(**EVERYTHING))
    [stored] = small.everyone()
    assert {name: getattr(stored, name) for name in TYPED_FIELDS} | {
        "badges": list(stored.badges)
    } == EVERYTHING
    assert page.h1 == "Ásdís Árnadóttir"
    assert "Saved Ásdís Árnadóttir." in page.text
    assert "29 February 2024" in page.text


def test_name_title_and_place_are_enough(small: SmallDirectory) -> None:
    small.add()
    assert [person.full_name for person in small.everyone()] == ["Ada Byron"]


@pytest.mark.parametrize("nothing", ["", "   ", "\u200b\u200b", "\u2060\ufeff", "\u3164", "\x00\t"])
@pytest.mark.parametrize("field", ["full_name", "job_title", "location"])
def test_what_is_required_and_empty_is_told_at_its_field(
    small: SmallDirectory, field: str, nothing: str
) -> None:
    page = small.add(status=422, **{**EVERYTHING, field: nothing})
    error = page.by_id(f"{field}-error")
    assert "such as" in "".join(error.itertext())
    assert page.by_id(field).get("aria-describedby", "").split()[0] == f"{field}-error"
    assert page.by_id(field).get("aria-invalid") == "true"
    assert page.title.startswith("Error:")
    assert "One thing needs fixing" in page.text
    assert small.everyone() == []


def test_after_a_mistake_everything_typed_is_still_there(small: SmallDirectory) -> None:
    typed = {**EVERYTHING, "job_title": "", "email": "asdis@"}
    page = small.add(status=422, **typed)
    kept = page.fields()
    assert {name: kept.get(name) for name in typed} == {
        name: value if isinstance(value, list) else [value] for name, value in typed.items()
    }
    assert "Two things need fixing" in page.text
    links = page.links()
    assert links["Job title: enter a job title, such as Field Engineer"] == "#job_title"
    assert links["Email: enter the part after the @, like name@example.com"] == "#email"
    assert "2 of 12 chosen" in page.text


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("email", "asdis", "Enter the @ and the part after it"),
        ("email", "@example.com", "Enter the part before the @"),
        ("email", "a@b@c.com", "Enter an address with one @"),
        ("email", "a b@example.com", "Remove the spaces from the address"),
        ("email", "a@.", "Enter the part after the @"),
        ("phone", "call me", "Use only digits"),
        ("phone", "555 0141 after 5 o'clock", "Use only digits"),
        ("phone", "+1", "Enter the whole number"),
        ("start_date", "yesterday", "as year-month-day"),
        ("start_date", "2023-02-29", "a date that exists"),
        ("start_date", "0003-01-01", "from 1900"),
        ("badges", "pirate", "“pirate” is not a badge. Choose one from the list of badges"),
        ("full_name", "x" * 201, "200 characters or fewer; it has 201"),
        ("about", "x" * 2001, "2,000 characters or fewer; it has 2,001"),
    ],
)
def test_a_mistake_is_told_with_its_mend(
    small: SmallDirectory, field: str, value: str, message: str
) -> None:
    page = small.add(status=422, **{field: value})
    assert message in page.text
    assert "One thing needs fixing" in page.text
    assert small.everyone() == []


@pytest.mark.parametrize(
    "value", ["a@localhost", "o'neil+x@sub.example.co", "jürgen@münchen.example"]
)
def test_real_addresses_are_taken(small: SmallDirectory, value: str) -> None:
    small.add(email=value)
    assert small.everyone()[0].email == value


@pytest.mark.parametrize(
    "value",
    ["+1 (206) 555-0141", "020 7946 0018 ext 12", "٠٢٠٧٩٤٦", "112", "+1 206 555 0141;ext=77",
     "+1 206 555 0141 Durchwahl 77", "555 0141 or 555 0142", "Tel. +44 (0)20 7946 0018 / 0019"],
)  # fmt: skip
def test_real_numbers_are_taken(small: SmallDirectory, value: str) -> None:
    small.add(phone=value)
    assert small.everyone()[0].phone == value


def test_200_characters_are_fine_however_many_bytes_they_take(small: SmallDirectory) -> None:
    small.add(full_name="𠮷" * 200, about="é" * 2000)
    assert len(small.everyone()[0].full_name) == 200


@pytest.mark.parametrize(
    "name",
    ["سلمى الراشد", "סלמה", "👩‍👩‍👧‍👦 Family", "می‌خواهم", "क्षत्रिय", "王小明", "Zoe\u0308"],
)
def test_names_of_any_script_are_stored_as_nfc_and_found(small: SmallDirectory, name: str) -> None:
    small.add(full_name=name)
    [stored] = small.everyone()
    assert stored.full_name == unicodedata.normalize("NFC", name)
    listed = small.get("/").one("a", cls="name")
    assert listed.get("dir") == "auto"
    word = name.split()[-1]
    assert small.get(f"/?q={word}").names() == [" ".join(stored.full_name.split())]


def test_what_nobody_sees_is_stripped_by_one_rule(small: SmallDirectory) -> None:
    small.add(
        full_name=" Ada\r\nBcc: all\u202e \u2066Byron\x00\u200b ",
        about="\u202eOne\r\n\r\n\r\n\r\ntwo \x07\tthree\u2028four  ",
    )
    [stored] = small.everyone()
    assert stored.full_name == "Ada Bcc: all Byron"
    assert stored.about == "One\n\ntwo three\nfour"


@pytest.mark.parametrize("field", [*TYPED_FIELDS[:6], "about"])
def test_a_script_is_text_everywhere(small: SmallDirectory, field: str) -> None:
    payload = "\"'><script>alert(1)</script><img src=x onerror=alert(1)>{{7*7}}"
    small.add(**{field: payload})
    [stored] = small.everyone()
    for address in ("/", "/?view=table", f"/employee/{stored.id}", f"/edit/{stored.id}", "/add"):
        assert "<script>alert" not in small.get(address).response.text
    assert payload in small.get(f"/edit/{stored.id}").fields()[field]


def test_a_badge_given_twice_is_one_and_all_stand_in_the_order_of_the_catalogue(
    small: SmallDirectory,
) -> None:
    small.add(badges=["bug", "apple", "bug", "bug"])
    assert small.everyone()[0].badges == ("apple", "bug")


def test_editing_three_times_without_touching_the_badges_leaves_them(small: SmallDirectory) -> None:
    small.store.add(AMARA, Write("first"))
    small.store.people["amara"] = small.store.people["amara"].__class__(
        **{**_fields(small), "badges": ("linux", "trophy", "pirate", "kite")}
    )
    for title in ("One", "Two", "Three"):
        small.post("/edit/amara", small.form("/edit/amara", job_title=title))
    stored = small.store.get("amara")
    assert (stored.job_title, stored.badges) == ("Three", ("linux", "trophy", "pirate", "kite"))


def _fields(small: SmallDirectory) -> dict[str, object]:
    stored = small.store.people["amara"]
    return {name: getattr(stored, name) for name in stored.__slots__}


def test_id_version_and_photo_key_that_are_posted_are_ignored(small: SmallDirectory) -> None:
    small.put(AMARA)
    extra = {"id": "bob", "version": "9", "object_key": "employee_pic/x.jpg", "photo_key": "y"}
    small.post("/edit/amara", small.form("/edit/amara", job_title="Chief", **extra))
    stored = small.store.get("amara")
    assert (stored.job_title, stored.version, stored.photo_key) == ("Chief", 2, "")
    assert not small.is_there("bob")


def test_an_invented_address_creates_nothing(small: SmallDirectory) -> None:
    small.put(AMARA)
    small.post("/edit/nobody", small.form("/edit/amara"), 404)
    assert [person.id for person in small.everyone()] == ["amara"]


def test_a_script_may_send_only_what_it_changes(small: SmallDirectory) -> None:
    small.put(AMARA)
    token = small.form("/edit/amara")["csrf_token"]
    small.post("/edit/amara", {"csrf_token": token, "job_title": "Chief"})
    stored = small.store.get("amara")
    assert (stored.job_title, stored.full_name, stored.badges) == (
        "Chief",
        AMARA.full_name,
        AMARA.badges,
    )
    small.post("/edit/amara", {"csrf_token": token, "badges": ""})
    assert small.store.get("amara").badges == ()


def test_a_script_adds_a_person_with_three_fields(small: SmallDirectory) -> None:
    token = small.form("/add")["csrf_token"]
    typed = {"full_name": "Ada", "job_title": "Analyst", "location": "London"}
    small.post("/add", {"csrf_token": token, **typed})
    small.post("/add", {"csrf_token": token, **typed})
    assert len(small.everyone()) == 2, "without the id of a form each is another person"


def test_unchecking_every_badge_clears_them(small: SmallDirectory) -> None:
    small.put(AMARA)
    form = small.form("/edit/amara")
    del form["badges"]
    small.post("/edit/amara", form)
    assert small.store.get("amara").badges == ()


def test_a_stored_date_that_is_no_day_is_not_lost_by_an_edit(small: SmallDirectory) -> None:
    from dataclasses import replace

    small.store.add(replace(AMARA, start_date="last spring"), Write("first"))
    page = small.get("/edit/amara")
    assert page.by_id("start_date").get("type") == "text"
    assert page.fields()["start_date"] == ["last spring"]


@pytest.mark.parametrize(
    "zone", ["Berlin", "europe/berlin", "Europe/Berlim", "GMT+1", "../UTC", "localtime", "Europe/"]
)
def test_a_time_zone_must_have_its_iana_name(small: SmallDirectory, zone: str) -> None:
    page = small.add(status=422, time_zone=zone)
    error = "".join(page.by_id("time_zone-error").itertext())
    assert error.strip() == "Enter the IANA name of a time zone, like Europe/Berlin"
    assert page.fields()["time_zone"] == [zone]


@pytest.mark.parametrize(
    "zone", ["Europe/Berlin", "America/Argentina/Ushuaia", "UTC", "US/Eastern"]
)
def test_every_time_zone_of_the_iana_can_be_saved(small: SmallDirectory, zone: str) -> None:
    small.add(time_zone=zone)
    assert [person.time_zone for person in small.everyone()] == [zone]


def test_the_form_suggests_the_time_zones_of_places(small: SmallDirectory) -> None:
    page = small.get("/add")
    assert page.by_id("time_zone").get("list") == "time_zone-list"
    zones = [option.get("value") for option in page.by_id("time_zone-list")]
    assert {"Africa/Nairobi", "Europe/Berlin", "Pacific/Apia"} < set(zones)
    assert zones == sorted(zones)
    assert not [zone for zone in zones if "/" not in zone]


def test_without_data_of_time_zones_any_name_of_a_place_is_taken(
    small: SmallDirectory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kinds, "known_time_zones", frozenset)
    small.add(time_zone="Europe/Berlin")
    small.add(status=422, time_zone="Berlin")
    assert [person.time_zone for person in small.everyone()] == ["Europe/Berlin"]


def test_the_form_suggests_what_others_have(small: SmallDirectory) -> None:
    small.put(AMARA)
    page = small.get("/add")
    for field, value in (
        ("location", "Nairobi"),
        ("department", "Engineering"),
        ("job_title", "Principal Engineer"),
    ):
        assert page.by_id(field).get("list") == f"{field}-list"
        assert [option.get("value") for option in page.by_id(f"{field}-list")] == [value]


def test_5000_parts_are_refused_and_3000_badges_are_told(small: SmallDirectory) -> None:
    form = small.form("/add", full_name="Ada", badges=[f"badge{n}" for n in range(5000)])
    refused = small.post("/add", form, 413)
    assert "more fields or more text than our pages send" in refused.text
    assert "photo" not in refused.text
    form = small.form("/add", full_name="Ada", job_title="A", location="L")
    form["badges"] = ["nope"] * 3000
    answer = small.reader.send("/add", form, "application/x-www-form-urlencoded")
    assert answer.status_code == 422
    assert small.everyone() == []
