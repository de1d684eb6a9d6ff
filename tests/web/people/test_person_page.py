"""What is on a person's page beside the facts: links, colleagues, what is missing, the menu."""

from dataclasses import replace

import pytest

from app.history.changes import Write
from app.model import leaving
from app.model.employee import Employee
from app.model.errors import StorageUnavailable
from app.web.people.person_facts import job_facts
from app.web.ui.html.linked_text import linked_text
from tests.support.small_directory import AMARA, SmallDirectory, small

__all__ = ["small"]


@pytest.mark.parametrize(
    ("text", "addresses"),
    [
        ("see https://example.com/a?b=1&c=2.", ["https://example.com/a?b=1&amp;c=2"]),
        ("(http://example.com/x_(y))", ["http://example.com/x_(y)"]),
        ("HTTPS://EXAMPLE.COM, and http://b.example!", ["HTTPS://EXAMPLE.COM", "http://b.example"]),
        ("“https://example.com”", ["https://example.com"]),
        ("https://example.com/…", ["https://example.com/"]),
        ("https:// http://. javascript:alert(1) ftp://x.example www.example.com", []),
        ("nothttps://example.com", []),
    ],
)
def test_web_addresses_are_links(text: str, addresses: list[str]) -> None:
    html = str(linked_text(text))
    assert [part.partition('"')[0] for part in html.split('href="')[1:]] == addresses
    assert html.count('rel="external nofollow noreferrer"') == len(addresses)


def test_what_surrounds_a_link_is_text() -> None:
    html = str(linked_text('<b>https://e.example/"onclick="x</b>'))
    assert "<b>" not in html
    assert html.count("<a ") == 1
    assert 'href="https://e.example/"' in html


def test_about_has_links(small: SmallDirectory) -> None:
    small.put(replace(AMARA, about="My team: https://wiki.example.com/mail"))
    links = small.get("/employee/amara").links()
    assert links["https://wiki.example.com/mail"] == "https://wiki.example.com/mail"


@pytest.mark.parametrize(
    ("start", "shown"),
    [
        ("2019-03-04", "4 March 2019 · 7 years"),
        ("2025-12-01", "1 December 2025 · 1 year"),
        ("2025-12-02", "2 December 2025 · 11 months"),
        ("2026-11-01", "1 November 2026 · 1 month"),
        ("2026-11-02", "2 November 2026"),
        ("2027-01-01", "1 January 2027"),
        ("soon", "soon"),
    ],
)
def test_the_start_date_tells_how_long_that_is(
    monkeypatch: pytest.MonkeyPatch, small: SmallDirectory, start: str, shown: str
) -> None:
    monkeypatch.setattr(leaving, "today", lambda: "2026-12-01")
    with small.app.test_request_context("/"):
        [(label, value)] = job_facts(Employee(id="a", full_name="A", start_date=start))
    assert (label, value.striptags()) == ("Start date", shown)


@pytest.mark.parametrize(
    ("location", "desk", "shown"),
    [
        ("Nairobi", "Riverside 4", [("Location", "Nairobi, Riverside 4")]),
        ("", "Riverside 4", [("Desk", "Riverside 4")]),
        ("Nairobi", "", [("Location", "Nairobi")]),
    ],
)
def test_the_desk_stands_beside_the_location(
    small: SmallDirectory, location: str, desk: str, shown: list[tuple[str, str]]
) -> None:
    with small.app.test_request_context("/"):
        facts = job_facts(Employee(id="a", full_name="A", location=location, desk=desk))
    assert [(label, value.striptags()) for label, value in facts] == shown


BARE = Employee(id="bare", full_name="Adam Bloom", department="Sales", location="Bengaluru")


def colleagues(small: SmallDirectory) -> tuple[str, list[str]]:
    page = small.get("/employee/bare")
    headings = [each for each in page.all("h2") if each.get("id") == "colleagues"]
    if not headings:
        return "", []
    names = [
        link.text or "" for each in page.all("li", cls="line-person") for link in each.iter("a")
    ]
    return " ".join("".join(headings[0].itertext()).split()), names


def test_of_whom_little_is_known_colleagues_are_shown(small: SmallDirectory) -> None:
    small.put(BARE)
    for number in range(3):
        small.put(replace(BARE, id=f"c{number}", full_name=f"Colleague {number}"))
    small.put(replace(BARE, id="elsewhere", full_name="Else", location="Pune"))
    assert colleagues(small) == (
        "Also in Sales, Bengaluru 3",
        ["Colleague 0", "Colleague 1", "Colleague 2"],
    )
    for number in range(3, 9):
        small.put(replace(BARE, id=f"c{number}", full_name=f"Colleague {number}"))
    heading, names = colleagues(small)
    assert heading == "Also in Sales, Bengaluru"
    assert len(names) == 6
    assert small.get("/employee/bare").links()["View all in Sales, Bengaluru"] == (
        "/?department=Sales&location=Bengaluru"
    )


@pytest.mark.parametrize("known", [{"about": "Sells."}, {"badges": ("linux",)}])
def test_of_whom_more_is_known_no_colleagues_are_shown(
    small: SmallDirectory, known: dict[str, object]
) -> None:
    small.put(replace(BARE, **known))
    small.put(replace(BARE, id="c", full_name="Colleague"))
    assert colleagues(small) == ("", [])


def test_colleagues_that_cannot_be_read_keep_nobody_from_a_person(
    monkeypatch: pytest.MonkeyPatch, small: SmallDirectory
) -> None:
    small.put(BARE)
    browse = small.store.browse

    def fails(query: object, *args: object, **options: object) -> object:
        if getattr(query, "department", ""):
            raise StorageUnavailable("down")
        return browse(query, *args, **options)

    monkeypatch.setattr(small.store, "browse", fails)
    assert colleagues(small) == ("", [])
    assert "Adam Bloom" in small.get("/employee/bare").text


def test_editors_are_told_what_is_missing(small: SmallDirectory) -> None:
    small.put(BARE)
    links = small.get("/employee/bare").links()
    assert links["Add Phone"] == "/edit/bare#phone"
    assert links["Add Manager"] == "/edit/bare#manager_name"
    assert links["Add Photo"] == "/edit/bare#photo"
    assert "Add Department" not in links
    form = small.get("/edit/bare")
    for name in ("phone", "manager_name", "photo", "email", "start_date", "department"):
        assert form.by_id(name) is not None
    small.put(replace(BARE, id="reached", mobile="+254 711 555 018"))
    assert "Add Phone" not in small.get("/employee/reached").links()


def test_whoever_may_not_change_people_is_not_told_what_is_missing(small: SmallDirectory) -> None:
    small.put(BARE)
    page = small.get("/employee/bare?as=colleague")
    assert "Missing" not in page.text
    assert "More about Adam Bloom" in page.text
    assert not {"Delete Adam Bloom", "Mark as left: Adam Bloom"} & page.links().keys()


def test_with_a_chat_the_text_message_is_in_the_menu(
    monkeypatch: pytest.MonkeyPatch, small: SmallDirectory
) -> None:
    settings = small.app.extensions["settings"]
    pattern = "https://example.slack.com/team/{name}"
    small.app.extensions["settings"] = replace(settings, chat_link=pattern)
    small.store.add(replace(BARE, chat="adam", mobile="+254 711 555 018"), Write("first"))
    page = small.get("/employee/bare")
    reach = next(each for each in page.all("div") if "person-reach" in each.get("class", ""))
    assert ["".join(link.itertext()).strip() for link in reach.iter("a")] == ["Call", "Chat"]
    assert page.links()["Text"] == "sms:+254711555018"
