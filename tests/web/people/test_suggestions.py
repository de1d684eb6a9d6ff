"""The list where few are found: people who are close, with the reasons, beneath those who match."""

from __future__ import annotations

import pytest

from app.contracts import Page as ListPage
from app.contracts import Query
from app.model.employee import Employee
from tests.support.page_reader import Page, words_of
from tests.support.small_directory import SmallDirectory, small

__all__ = ["small"]

PEOPLE = (
    ("rs", "Robert Smith", "Engineer", "Lisbon"),
    ("bm", "Bob Marsh", "Counsel", "London"),
    ("rm", "Robert <Marsh>", "Photo Editor", "Lisbon"),
    ("jn", "José Núñez", "Counsel", "Madrid"),
)


@pytest.fixture
def few(small: SmallDirectory) -> SmallDirectory:
    for employee_id, name, title, place in PEOPLE:
        small.put(Employee(id=employee_id, full_name=name, job_title=title, location=place))
    return small


def count_of(page: Page) -> str:
    return words_of(page.by_id("count"))


def whys(page: Page) -> list[str]:
    return [words_of(each) for each in page.all("div", cls="reason")]


def test_a_file_is_offered_of_those_who_match_and_of_nobody_else(few: SmallDirectory) -> None:
    assert "Export CSV" in few.get("/?q=bob").links()
    assert "Export CSV" not in few.get("/?q=smiht").links()


@pytest.mark.parametrize("view", ["", "&view=table"])
def test_exact_hits_come_first_then_the_close_with_their_reasons(
    few: SmallDirectory, view: str
) -> None:
    page = few.get(f"/?q=bob{view}")
    assert page.names() == ["Bob Marsh", "Robert <Marsh>", "Robert Smith"]
    assert [words_of(each) for each in page.all("h2")] == ["Similar names"]
    assert whys(page) == ["Nickname: Robert for Bob"] * 2
    assert count_of(page) == "1 person matches, and 2 have similar names"


def test_whoever_is_only_close_is_shown_in_place_of_no_one_matches(few: SmallDirectory) -> None:
    page = few.get("/?q=smiht")
    assert page.names() == ["Robert Smith"]
    assert whys(page) == ["Similar: Smith for Smiht"]
    assert count_of(page) == "No one matches, but 1 person has a similar name"
    assert "No one matches “" not in page.text


def test_the_search_that_finds_them_all_is_a_link_that_keeps_the_filters(
    few: SmallDirectory,
) -> None:
    page = few.get("/?q=bob&location=Lisbon&view=table")
    assert whys(page) == ["Nickname: Robert for Bob"] * 2
    assert page.links()["robert"] == "/?q=robert&location=Lisbon&view=table"
    assert few.get(page.links()["robert"]).names() == ["Robert <Marsh>", "Robert Smith"]


def test_nobody_close_leaves_the_hint(few: SmallDirectory) -> None:
    page = few.get("/?q=qqqqqq")
    assert count_of(page) == "No one matches"
    assert "Try fewer or shorter words." in page.text
    assert not page.all("h2", cls="suggestions-head")


def test_what_was_typed_is_text_in_the_reason(few: SmallDirectory) -> None:
    page = few.get("/?q=%3Cb%3Esmiht%3C/b%3E")
    assert whys(page) == ["“b” ignored; Similar: Smith for Smiht"]
    page = few.get("/?q=%22smiht%22%3E")
    assert whys(page) == ["Similar: Smith for Smiht"]


@pytest.mark.parametrize("view", ["", "&view=table"])
def test_a_search_that_may_be_meant_and_must_look_further_is_offered(
    few: SmallDirectory, monkeypatch: pytest.MonkeyPatch, view: str
) -> None:
    browse = few.store.browse

    def ending(query: Query, cursor: str | None = None, limit: int = 24) -> ListPage:
        if query.words == "smith lisbon":
            return ListPage((), "further", None, 4_000)
        return browse(query, cursor, limit)

    monkeypatch.setattr(few.store, "browse", ending)
    page = few.get(f"/?q=smiht+lisbon{view}")
    assert count_of(page) == "No one matches"
    assert "No one matches “smiht lisbon” Search for smith lisbon" in page.text
    further = few.get(page.links()["smith lisbon"])
    assert "We searched 4,000 people." in further.text


def test_many_close_people_are_told_as_more(small: SmallDirectory) -> None:
    for number in range(20):
        small.put(Employee(id=f"p{number}", full_name=f"Robert Number{number}"))
    page = small.get("/?q=robret")
    assert len(page.names()) == 16
    assert count_of(page) == "No one matches, but more than 16 people have similar names"


def test_words_of_who_was_just_saved_are_written_after_the_answer(few: SmallDirectory) -> None:
    form = few.form("/add", full_name="Ada Lovelace", job_title="Analyst", location="London")
    with few.reader.send("/add", form):
        before = few.store.tidied
    assert few.store.tidied == before + 1
