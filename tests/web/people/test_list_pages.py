"""The list: its pages, menus, tabs, counts and addresses, as people see them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from app.contracts import Facets, Matches, Page
from app.history.changes import Write
from app.model.employee import Card, Employee
from tests.support.small_directory import SmallDirectory, small
from tests.support.viewers import OPERATOR

__all__ = ["small"]


def crowd(count: int = 60) -> Iterator[Employee]:
    """People of three places, half of them with a badge, named in order."""
    for number in range(count):
        yield Employee(
            id=f"p{number:03}",
            full_name=f"{'ABC'[number // 20 % 3]}da Number{number:03}",
            job_title=f"Title {number % 7}",
            department="Engineering" if number % 2 else "Data",
            location=("Kyoto", "Lagos", "Łódź & co")[number % 3],
            badges=("bug",) if number % 2 else (),
        )


@pytest.fixture
def busy(small: SmallDirectory) -> SmallDirectory:
    for person in crowd():
        small.store.add(person, Write(f"first-{person.id}"))
    return small


def count_of(page: object) -> str:
    return "".join(page.by_id("count").itertext())  # type: ignore[attr-defined]


def links_of_menus(page: object) -> dict[str, Any]:
    """The links of the values of all menus, by value and number."""
    menus = page.by_id("menus").iter("details")  # type: ignore[attr-defined]
    return {"".join(row.itertext()).strip(): row for menu in menus for row in menu.iter("a")}


def rows_of(page: object) -> list[str]:
    """The values of all menus, with their numbers."""
    return list(links_of_menus(page))


@pytest.mark.parametrize("view", ["", "view=table"])
def test_next_and_previous_show_everyone_once_and_lead_back(
    busy: SmallDirectory, view: str
) -> None:
    page = busy.get(f"/?{view}")
    seen, places = page.names(), [count_of(page)]
    first = seen[:]
    while "Next" in page.links():
        page = busy.get(page.links()["Next"])
        seen += page.names()
        places.append(count_of(page))
    assert seen == sorted(person.full_name for person in crowd())
    assert places == [
        "Showing 1–24 of 60",
        "Showing 25–48 of 60",
        "Showing 49–60 of 60",
    ]
    assert "Page 3 of 3" in page.text
    page = busy.get(busy.get(page.links()["Previous"]).links()["Previous"])
    assert (page.names(), "Page 1 of 3" in page.text) == (first, True)
    assert bool(page.all("table")) == bool(view)


def test_a_page_number_that_cannot_be_right_is_not_believed(busy: SmallDirectory) -> None:
    address = busy.get("/").links()["Next"]
    for wrong in ("99", "1", "0", "-3", "x", "٣", "999999999999"):
        page = busy.get(address.replace("page=2", f"page={wrong}"))
        assert count_of(page) == "60 people"
        assert "Page " not in page.text


def test_junk_in_the_address_shows_the_first_page(busy: SmallDirectory) -> None:
    for junk in ("cursor=junk", "cursor=%00&page=%00", "view=%F0%28", "page=2", "q=%20"):
        assert busy.get(f"/?{junk}").names()[0] == "Ada Number000"


def test_filters_and_words_join_and_stay_in_every_address(busy: SmallDirectory) -> None:
    page = busy.get("/?q=number&location=Kyoto&badge=bug&view=table")
    assert page.names() == [p.full_name for p in crowd() if p.location == "Kyoto" and p.badges]
    assert count_of(page) == "10 people match"
    links = page.links()
    assert links["Remove filter Kyoto"] == "/?q=number&badge=bug&view=table"
    assert links["Remove filter Bugfixer"] == "/?q=number&location=Kyoto&view=table"
    assert links["Clear all"] == "/?view=table"
    assert links["Cards"] == "/?q=number&location=Kyoto&badge=bug"
    both = "/?q=number&location=Kyoto&location=Lagos&badge=bug&view=table"
    assert links["Lagos10 people"] == both
    assert links["Kyoto10 people"] == "/?q=number&badge=bug&view=table"
    hidden = {field.get("name"): field.get("value") for field in page.all("input", type="hidden")}
    assert hidden == {"location": "Kyoto", "badge": "bug", "view": "table"}
    assert page.by_id("q").get("value") == "number"


def test_several_values_of_a_menu_join_and_each_can_be_removed(busy: SmallDirectory) -> None:
    page = busy.get("/?location=Kyoto&location=%C5%81%C3%B3d%C5%BA+%26+co&location=kyoto&badge=bug")
    expected = [p.full_name for p in crowd() if p.location != "Lagos" and p.badges]
    assert page.names() == expected
    links = page.links()
    assert links["Remove filter Kyoto"] == "/?location=%C5%81%C3%B3d%C5%BA+%26+co&badge=bug"
    assert links["Remove filter Łódź & co"] == "/?location=Kyoto&badge=bug"
    export = next(link for link in links.values() if link.startswith("/export.csv?"))
    with busy.reader.client.get(export) as answer:
        assert len(answer.data.splitlines()) == 1 + len(expected)
    hidden = [(field.get("name"), field.get("value")) for field in page.all("input", type="hidden")]
    assert hidden == [("location", "Kyoto"), ("location", "Łódź & co"), ("badge", "bug")]


def test_more_values_than_a_list_can_have_are_not_used_and_it_says_so(busy: SmallDirectory) -> None:
    many = "&".join(f"location=Place+{n}" for n in range(30))
    page = busy.get(f"/?location=Kyoto&{many}&letter=a&letter=b")
    assert page.names() == [p.full_name for p in crowd() if p.location == "Kyoto"][:7]
    assert "A list can have 20 locations at a time, so only the first are used." in page.text
    assert "A list can have one letter at a time, so only the first one is used." in page.text


def test_words_with_marks_survive_every_link(busy: SmallDirectory) -> None:
    page = busy.get("/", 200)
    page = busy.get("/?q=a%26b%3D%22%3C+c&location=%C5%81%C3%B3d%C5%BA+%26+co")
    assert page.by_id("q").get("value") == 'a&b="< c'
    assert page.links()["Remove filter Łódź & co"] == "/?q=a%26b%3D%22%3C+c"
    assert "q=a%26b%3D%22%3C+c&letter=" not in page.links().get("All people", "")


def test_the_count_line_gives_the_total(busy: SmallDirectory) -> None:
    assert count_of(busy.get("/?letter=a")) == "20 people match"
    assert count_of(busy.get("/?badge=bug")) == "30 people match"
    assert count_of(busy.get("/?department=ENGINEERING")) == "30 people match"
    assert count_of(busy.get("/?q=number")) == "60 people match"
    assert count_of(busy.get("/?department=Engineering&badge=bug")) == "30 people match"
    assert count_of(busy.get("/?q=number007")) == "1 person matches"
    assert count_of(busy.get("/?q=nobody")) == "No one matches"
    second = busy.get(busy.get("/?q=number").links()["Next"])
    assert count_of(second) == "60 people match"
    assert "Page 2 of 3" in second.text


@pytest.mark.parametrize(
    ("matches", "said"),
    [
        (Matches(are_many=True), "Over 1,000 people match"),
        (Matches(), "At least 24 people match"),
    ],
)
def test_where_a_count_is_unknown_no_number_is_made_up_and_no_choice_is_hidden(
    busy: SmallDirectory, monkeypatch: pytest.MonkeyPatch, matches: Matches, said: str
) -> None:
    monkeypatch.setattr(busy.store, "count_matches", lambda query: matches)
    page = busy.get("/?q=number&badge=bug")
    assert count_of(page) == said
    assert sorted(rows_of(page)) == sorted(
        ["Kyoto", "Lagos", "Łódź & co", "Data", "Engineering", "Bugfixer"]
        + [f"Title {n}" for n in range(7)]
    )


def test_a_count_of_one_filter_is_known_however_many_match(
    busy: SmallDirectory, monkeypatch: pytest.MonkeyPatch
) -> None:
    facets = Facets(5_000, letters={"a": 5_000}, locations={"Lagos": 1, "Kyoto": 4_999},
                    departments={"Data": 1_000, "Engineering": 4_000})  # fmt: skip
    monkeypatch.setattr(busy.store, "facets", lambda: facets)
    page = busy.get("/?department=engineering")
    assert count_of(page) == "4,000 people match"
    assert rows_of(page) == ["Kyoto", "Lagos", "Engineering4,000 people", "Data1,000 people"]


def test_menus_count_what_is_left_and_mark_the_chosen_value(busy: SmallDirectory) -> None:
    page = busy.get("/?location=kyoto&department=Engineering")
    left = [person for person in crowd() if person.location == "Kyoto" and person.badges]
    marked = {row: link.get("aria-current") for row, link in links_of_menus(page).items()}
    # Of a menu with a chosen value: what another choice would give.
    assert marked["Kyoto10 people"] == "true"
    assert marked["Lagos10 people"] is None
    assert marked["Engineering10 people"] == "true"
    assert marked["Data10 people"] is None
    # Of the others: those who are left.
    assert marked[f"Bugfixer{len(left)} people"] is None
    titles = Counter(person.job_title for person in left)
    assert {row for row in marked if row.startswith("Title")} == {
        f"{title}{count} {'person' if count == 1 else 'people'}" for title, count in titles.items()
    }


def test_no_choice_leads_to_nobody(busy: SmallDirectory) -> None:
    busy.put(Employee(id="w", full_name="Will", location="Oslo", job_title="Clerk"))
    for address in ("/?q=number", "/?location=Kyoto", "/?location=Oslo", "/?letter=a&badge=bug"):
        page = busy.get(address)
        for link in [*links_of_menus(page).values(), *page.by_id("tabs").iter("a")]:
            assert busy.get(link.get("href")).names(), (address, link.get("href"))


def test_a_chosen_value_that_nobody_has_can_be_chosen_away(busy: SmallDirectory) -> None:
    page = busy.get("/?q=number007&location=Kyoto&location=Oslo")
    assert "Oslo0 people" in rows_of(page)
    assert page.links()["Oslo0 people"] == "/?q=number007&location=Kyoto"


def test_counts_follow_a_save_at_once(busy: SmallDirectory) -> None:
    assert count_of(busy.get("/?badge=bug&department=Engineering")) == "30 people match"
    assert count_of(busy.get("/?q=number&badge=bug")) == "30 people match"
    busy.directory.delete(OPERATOR, "p001", None, "another form")
    assert count_of(busy.get("/?badge=bug&department=Engineering")) == "29 people match"
    assert count_of(busy.get("/?q=number&badge=bug")) == "29 people match"


def test_tabs_lead_to_the_letters_that_have_people(busy: SmallDirectory) -> None:
    busy.put(Employee(id="w", full_name="王小明", location="Kyoto"))
    page = busy.get("/")
    tabs = page.by_id("tabs")
    assert [link.text for link in tabs.iter("a")] == ["All", "A", "B", "C", "Other"]
    everyone, *empty = [span.text for span in tabs.iter("span")]
    assert everyone == "61"
    assert empty[:2] == ["D", "E"]
    assert busy.get("/?letter=other").names() == ["王小明"]
    assert busy.get("/?letter=B").one("a", aria_current="page", href="/?letter=b").text == "B"
    narrowed = busy.get("/?q=number007").by_id("tabs")
    assert [link.text for link in narrowed.iter("a")] == ["All", "A"]


def test_the_first_of_each_letter_carries_a_mark_only_in_the_whole_list(
    busy: SmallDirectory,
) -> None:
    page = busy.get("/")
    assert [mark.text for mark in page.all("span", cls="letter-mark")] == ["A", "B"]
    for narrowed in ("/?badge=bug", "/?q=ada", "/?letter=a"):
        assert busy.get(narrowed).all("span", cls="letter-mark") == []


def test_a_menu_begins_with_the_sixty_commonest(small: SmallDirectory) -> None:
    for number in range(65):
        for copy in range(3 if number == 64 else 2 if number >= 5 else 1):
            person = Employee(id=f"{number}-{copy}", full_name="A", location=f"Place {number:02}")
            small.store.add(person, Write(person.id))
    page = small.get("/")
    rows = ["".join(row.itertext()).strip() for row in page.by_id("menus").iter("li")]
    assert rows == [
        "Place 643 people",
        *(f"Place {n:02}2 people" for n in range(5, 64)),
        "5 more: search to find them",
    ]
    client = small.reader.client
    found = client.get("/menu/location?find=PLACE+00&q=a").text
    assert found.count("<li>") == 1
    assert '<a href="/?q=a&amp;location=Place+00">' in found
    assert client.get("/menu/location?find=nowhere").text == ""


def test_no_one_matching_offers_to_take_filters_off_and_never_samples(
    busy: SmallDirectory,
) -> None:
    page = busy.get("/?q=zebra&badge=bug")
    assert "No one matches “zebra”" in page.text
    assert page.links()["Remove filter Bugfixer"] == "/?q=zebra"
    assert page.all("form", action="/sample-data") == []
    assert "No one matches" in busy.get("/?letter=q").text
    assert "No one matches" in busy.get("/?badge=pirate").text


def test_an_empty_directory_offers_samples_and_the_first_person(small: SmallDirectory) -> None:
    page = small.get("/")
    assert page.h1 == "No one here yet"
    assert page.links()["Add a person"] == "/add"
    assert page.one("form", action="/sample-data").get("method") == "post"
    assert "No one matches" in small.get("/?q=anyone").text


def test_a_search_that_ended_early_says_so_and_goes_on(
    busy: SmallDirectory, monkeypatch: pytest.MonkeyPatch
) -> None:
    card = Card("p1", "Ada", "", "", "", "", "", (), "")
    pages = iter([Page((), "further", None, 4000), Page((card,), "further", None, 4000)])
    monkeypatch.setattr(busy.store, "count_matches", lambda query: Matches())
    monkeypatch.setattr(busy.store, "browse", lambda *asked: next(pages))
    page = busy.get("/?q=a&badge=bug")
    assert "We searched 4,000 people." in page.text
    assert page.links()["Search more people"] == "/?q=a&badge=bug&cursor=further"
    assert count_of(page) == "No one matches so far"
    assert count_of(busy.get("/?q=a&badge=bug")) == "1 person matches so far"


@pytest.mark.parametrize(
    ("people", "said"), [(1, "At least 1 person matches"), (23, "At least 23 people match")]
)
def test_a_first_page_that_lost_somebody_promises_no_more_than_it_shows(
    busy: SmallDirectory, monkeypatch: pytest.MonkeyPatch, people: int, said: str
) -> None:
    cards = tuple(Card(f"p{n}", "Ada", "", "", "", "", "", (), "") for n in range(people))
    monkeypatch.setattr(busy.store, "count_matches", lambda query: Matches())
    monkeypatch.setattr(busy.store, "browse", lambda *asked: Page(cards, "on"))
    assert count_of(busy.get("/?q=a&badge=bug&cursor=back")).startswith(said)


@pytest.mark.parametrize(
    ("people", "goes_on", "count", "said"),
    [
        (1, True, "1 more person matches so far", "Search more people"),
        (3, False, "3 more people match", ""),
        (0, True, "No more people match so far", "We searched 4,000 more people."),
        (
            0,
            False,
            "No more people match",
            "No more matches This is the end of the list.",
        ),
    ],
)
def test_further_on_nothing_is_said_of_whom_earlier_pages_found(
    busy: SmallDirectory,
    monkeypatch: pytest.MonkeyPatch,
    people: int,
    goes_on: bool,
    count: str,
    said: str,
) -> None:
    cards = tuple(Card(f"p{n}", "Ada", "", "", "", "", "", (), "") for n in range(people))
    found = Page(cards, "on", "back", 4000) if goes_on else Page(cards, None, "back")
    monkeypatch.setattr(busy.store, "count_matches", lambda query: Matches())
    monkeypatch.setattr(busy.store, "browse", lambda *asked: found)
    page = busy.get("/?q=a&badge=bug&cursor=further")
    assert count_of(page) == count
    assert said in page.text
    assert "No one matches" not in page.text
    assert page.links()["Previous"] == "/?q=a&badge=bug&cursor=back"


def test_counts_that_lag_never_hide_people(
    busy: SmallDirectory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(busy.store, "facets", Facets)
    page = busy.get("/")
    assert len(page.names()) == 24
    assert count_of(page) == "Showing 1–24 of 24"


@pytest.mark.parametrize("marks", ["%25", "'", "...", "%3F%3F%3F"])
def test_marks_alone_ask_nothing(busy: SmallDirectory, marks: str) -> None:
    page = busy.get(f"/?q={marks}")
    assert count_of(page) == "Showing 1–24 of 60"
