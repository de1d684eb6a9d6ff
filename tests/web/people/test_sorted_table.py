"""The table sorted by its headings, as people see it."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest

from app.directory import sorting
from app.directory.sorting import MAX_SORTED
from app.history.changes import Write
from tests.support.page_reader import Page
from tests.support.small_directory import SmallDirectory, small
from tests.web.people.test_list_pages import crowd

__all__ = ["small"]


@pytest.fixture
def busy(small: SmallDirectory) -> SmallDirectory:
    for person in crowd():
        small.store.add(person, Write(f"first-{person.id}"))
    return small


def heading(page: Page, label: str) -> Any:
    [found] = [th for th in page.all("th", scope="col") if "".join(th.itertext()).strip() == label]
    return found


def link_of(page: Page, label: str) -> str:
    [link] = heading(page, label).iter("a")
    return str(link.get("href"))


def orders(page: Page) -> dict[str, str]:
    return {
        "".join(th.itertext()).strip(): th.get("aria-sort")
        for th in page.all("th", scope="col")
        if th.get("aria-sort")
    }


def locations(page: Page) -> list[str]:
    return ["".join(cell.itertext()) for cell in page.all("td", cls="row-location")]


def whole_list(busy: SmallDirectory, address: str) -> list[Page]:
    pages = [busy.get(address)]
    while "Next" in pages[-1].links():
        pages.append(busy.get(pages[-1].links()["Next"]))
    return pages


def test_a_heading_sorts_and_sorts_the_other_way_round(busy: SmallDirectory) -> None:
    page = busy.get("/?view=table")
    assert orders(page) == {"Name": "ascending"}
    address = link_of(page, "Location")
    assert address == "/?view=table&sort=location"
    page = busy.get(address)
    assert orders(page) == {"Location": "ascending"}
    assert locations(page) == ["Kyoto"] * 20 + ["Lagos"] * 4
    address = link_of(page, "Location")
    assert address == "/?view=table&sort=location&dir=desc"
    page = busy.get(address)
    assert orders(page) == {"Location": "descending"}
    assert locations(page) == ["Łódź & co"] * 20 + ["Lagos"] * 4
    assert link_of(page, "Location") == "/?view=table&sort=location"
    assert link_of(page, "Name") == "/?view=table&sort=name"


def test_pages_of_a_sorted_table_are_complete_both_ways(busy: SmallDirectory) -> None:
    pages = whole_list(busy, "/?view=table&sort=location&dir=desc")
    seen = [name for page in pages for name in page.names()]
    assert len(seen) == len(set(seen)) == 60
    assert [place for page in pages for place in locations(page)] == sorted(
        (person.location for person in crowd()), key=["Łódź & co", "Lagos", "Kyoto"].index
    )
    assert "Page 3 of 3" in pages[-1].text
    back = busy.get(pages[-1].links()["Previous"])
    assert back.names() == pages[1].names()
    assert busy.get("/?view=table&sort=location&dir=desc&page=99").names() == pages[-1].names()


@pytest.mark.parametrize(
    "query",
    ["q=ada", "location=Lagos", "q=number&badge=bug", "letter=b", "location=Lagos&location=Kyoto"],
)
def test_a_sorted_table_honours_words_and_filters(busy: SmallDirectory, query: str) -> None:
    plain = whole_list(busy, f"/?{query}&view=table")
    address = link_of(plain[0], "Job title")
    pages = whole_list(busy, address)
    expected = sorted(name for page in plain for name in page.names())
    assert sorted(name for page in pages for name in page.names()) == expected
    titles = [
        "".join(cell.itertext()) for page in pages for cell in page.all("td", cls="row-title")
    ]
    assert titles == sorted(titles)
    assert orders(pages[-1]) == {"Job title": "ascending"}


def test_words_are_in_the_order_of_their_matches_until_sorted(busy: SmallDirectory) -> None:
    page = busy.get("/?q=ada&view=table")
    assert orders(page) == {}
    assert link_of(page, "Name") == "/?q=ada&view=table&sort=name"


def test_filters_letters_and_search_keep_the_order(busy: SmallDirectory) -> None:
    page = busy.get("/?view=table&sort=location&dir=desc")
    tab = next(link for text, link in page.links().items() if text == "B")
    assert tab == "/?letter=b&view=table&sort=location&dir=desc"
    kept = {field.get("name"): field.get("value") for field in page.all("input", type="hidden")}
    assert (kept["sort"], kept["dir"]) == ("location", "desc")
    chip = busy.get("/?location=Lagos&view=table&sort=location").one("a", cls="chip")
    assert chip.get("href") == "/?view=table&sort=location"
    assert page.links()["Cards"] == "/"
    assert page.links()["Table"] == "/?view=table&sort=location&dir=desc"


def test_a_list_that_is_too_long_says_so_and_stays_as_it_is(
    busy: SmallDirectory, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("app.directory.sorting", "app.directory.list_pages", "app.web.people.headings"):
        monkeypatch.setattr(f"{module}.MAX_SORTED", 59)
    plain = busy.get("/?view=table")
    assert [list(th.iter("a")) for th in plain.all("th", scope="col")] == [[]] * 7
    page = busy.get("/?view=table&sort=location&page=2")
    assert page.names() == plain.names()
    assert "A list of up to 59 people can be sorted by location. This one has more" in page.text
    assert page.links()["Next"] == plain.links()["Next"]
    assert orders(page) == {"Name": "ascending"}
    assert link_of(busy.get("/?location=Lagos&view=table"), "Badges")
    by_name = busy.get("/?view=table&sort=name")
    assert by_name.names() == plain.names()
    assert "can be sorted" not in by_name.text, "it is in this order"
    assert "can be sorted by name" in busy.get("/?view=table&sort=name&dir=desc").text


def test_no_more_people_are_read_than_can_be_sorted(
    busy: SmallDirectory, monkeypatch: pytest.MonkeyPatch
) -> None:
    limits: list[int] = []
    browse = busy.store.browse
    monkeypatch.setattr(
        busy.store,
        "browse",
        lambda *args: (limits.append(args[2] if len(args) > 2 else 24), browse(*args))[1],
    )
    busy.get("/?view=table&sort=phone&page=2")
    assert limits == [MAX_SORTED]
    limits.clear()
    monkeypatch.setattr("app.directory.list_pages.MAX_SORTED", 59)
    busy.get("/?view=table&sort=phone")
    assert limits == [24], "the counts tell that it is too long"


def test_an_order_that_is_none_and_that_of_cards_are_ignored(busy: SmallDirectory) -> None:
    plain = busy.get("/?view=table")
    for address in (
        "/?view=table&sort=salary",
        "/?view=table&sort=&dir=desc",
        "/?view=table&dir=desc",
    ):
        page = busy.get(address)
        assert page.names() == plain.names()
        assert orders(page) == {"Name": "ascending"}
    assert busy.get("/?sort=location&dir=desc").names() == busy.get("/").names()


def test_an_export_is_in_the_order_of_the_table(busy: SmallDirectory) -> None:
    page = busy.get("/?location=Lagos&location=Kyoto&view=table&sort=location&dir=desc")
    address = page.links()["Export CSV"]
    assert address == "/export.csv?location=Lagos&location=Kyoto&sort=location&dir=desc"
    answer = busy.app.test_client().get(address)
    rows = list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert [row["Location"] for row in rows] == ["Lagos"] * 20 + ["Kyoto"] * 20
    everyone = busy.app.test_client().get("/export.csv?sort=name&dir=desc").data.decode("utf-8-sig")
    names = [row["Full name"] for row in csv.DictReader(io.StringIO(everyone))]
    assert names == sorted(names, reverse=True)


def test_an_export_that_is_too_long_comes_in_the_usual_order(
    busy: SmallDirectory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sorting, "MAX_SORTED", 5)
    client = busy.app.test_client()
    usual = client.get("/export.csv?location=Lagos").data
    assert client.get("/export.csv?location=Lagos&sort=name&dir=desc").data == usual
