"""The list: its pages, menus, tabs, counts and addresses, as people see them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from app.contracts import Facets, Page
from app.model.employee import Card, Employee
from tests.support.small_directory import SmallDirectory, small

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
        small.store.add(person, f"first-{person.id}")
    return small


def count_of(page: object) -> str:
    return "".join(page.by_id("count").itertext())  # type: ignore[attr-defined]


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
    assert count_of(page) == "10 of 60 people match"
    links = page.links()
    assert links["Remove filter Kyoto"] == "/?q=number&badge=bug&view=table"
    assert links["Remove filter Bugfixer"] == "/?q=number&location=Kyoto&view=table"
    assert links["Clear all"] == "/?view=table"
    assert links["Cards"] == "/?q=number&location=Kyoto&badge=bug"
    assert (
        links["Lagos20 people"] == "/?q=number&location=Kyoto&location=Lagos&badge=bug&view=table"
    )
    assert links["Kyoto20 people"] == "/?q=number&badge=bug&view=table"
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


def test_a_count_is_shown_where_it_is_known_and_never_made_up(busy: SmallDirectory) -> None:
    assert count_of(busy.get("/?letter=a")) == "20 of 60 people match"
    assert count_of(busy.get("/?badge=bug")) == "30 of 60 people match"
    assert count_of(busy.get("/?department=ENGINEERING")) == "30 of 60 people match"
    assert count_of(busy.get("/?q=number")) == "24+ of 60 people match"
    assert count_of(busy.get("/?department=Engineering&badge=bug")).startswith(
        "24+ of 60 people match"
    )
    assert count_of(busy.get("/?q=number007")) == "1 of 60 people matches"
    assert count_of(busy.get("/?q=nobody")) == "No one matches"


def test_menus_say_how_many_have_each_value_and_mark_the_chosen_one(busy: SmallDirectory) -> None:
    page = busy.get("/?location=kyoto")
    rows = {
        "".join(row.itertext()).strip(): row.get("aria-current")
        for row in page.by_id("menus").iter("a")
    }
    assert rows["Kyoto20 people"] == "true"
    assert rows["Łódź & co20 people"] is None
    assert rows["Bugfixer30 people"] is None
    assert [word for word in rows if word.startswith("Gamer")] == []


def test_tabs_lead_to_the_letters_that_have_people(busy: SmallDirectory) -> None:
    busy.put(Employee(id="w", full_name="王小明", location="Kyoto"))
    page = busy.get("/")
    tabs = page.by_id("tabs")
    assert [link.text for link in tabs.iter("a")] == ["All", "A", "B", "C", "Other"]
    assert [empty.text for empty in tabs.iter("span")][:2] == ["D", "E"]
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


def test_a_menu_shows_the_sixty_that_most_people_have_by_name(small: SmallDirectory) -> None:
    for number in range(65):
        for copy in range(2 if number >= 5 else 1):
            person = Employee(id=f"{number}-{copy}", full_name="A", location=f"Place {number:02}")
            small.store.add(person, person.id)
    page = small.get("/")
    rows = ["".join(row.itertext()).strip() for row in page.by_id("menus").iter("li")]
    assert rows == [*(f"Place {n:02}2 people" for n in range(5, 65)), "5 more: search to find them"]


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
    monkeypatch.setattr(busy.store, "browse", lambda *asked: next(pages))
    page = busy.get("/?q=a&badge=bug")
    assert "We searched 4,000 people." in page.text
    assert page.links()["Search more people"] == "/?q=a&badge=bug&cursor=further"
    assert count_of(page) == "0 of 60 people match so far"
    assert count_of(busy.get("/?q=a&badge=bug")) == "1 of 60 people matches so far"


@pytest.mark.parametrize(
    ("people", "said"), [(1, "1+ of 60 people match"), (23, "23+ of 60 people match")]
)
def test_a_first_page_that_lost_somebody_promises_no_more_than_it_shows(
    busy: SmallDirectory, monkeypatch: pytest.MonkeyPatch, people: int, said: str
) -> None:
    cards = tuple(Card(f"p{n}", "Ada", "", "", "", "", "", (), "") for n in range(people))
    monkeypatch.setattr(busy.store, "browse", lambda *asked: Page(cards, "on"))
    assert count_of(busy.get("/?q=a&badge=bug&cursor=back")).startswith(said)


@pytest.mark.parametrize(
    ("people", "goes_on", "count", "said"),
    [
        (1, True, "1 more of 60 people matches so far", "Search more people"),
        (3, False, "3 more of 60 people match", ""),
        (0, True, "No more of the 60 people match so far", "We searched 4,000 more people."),
        (
            0,
            False,
            "No more of the 60 people match",
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
