"""Where a search of several words ends before it comes to them, people are found by their names."""

from __future__ import annotations

import logging
from dataclasses import replace

import pytest

from app.contracts import Matches, Page, Query
from app.directory.fuzzy import Suggestions
from app.directory.service import Directory
from app.history.changes import Write
from app.model.employee import Employee
from app.model.errors import StorageUnavailable
from tests.support.model_store import ModelStore
from tests.support.page_reader import words_of
from tests.support.small_directory import SmallDirectory, small
from tests.support.viewers import OPERATOR

__all__ = ["small"]

NAMES = (
    "Aaron Mercer", "Toby Mercer", "Toby B. Mercer", "Tobias Mercer", "Toby Mercerson",
    "Toby Berg", "Mercer Toby", "Zoe Mercer",
)  # fmt: skip


class EarlyStore(ModelStore):
    """A directory so large that every search of several words ends before it found anybody."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []
        self.answers_left = 100
        self.meets_first: tuple[str, ...] = ()
        for at, name in enumerate(NAMES):
            place = "Lisbon" if at % 2 else "Oslo"
            person = Employee(id=f"p{at}", full_name=name, job_title="Engineer", location=place)
            self.add(person, Write(f"form {at}"))

    def browse(self, query: Query, cursor: str | None = None, limit: int = 24) -> Page:
        if not self.answers_left:
            raise StorageUnavailable("the database", "browse")
        self.answers_left -= 1
        self.asked.append(query.words)
        page = super().browse(query, cursor, limit)
        if len(query.search_words) < 2:
            return page
        met = tuple(card for card in page.cards if card.full_name in self.meets_first)
        return Page(met, "onwards", "back" if cursor else None, rows_examined=4_000)


@pytest.fixture
def store() -> EarlyStore:
    return EarlyStore()


@pytest.fixture
def directory(store: EarlyStore) -> Directory:
    return Directory(store, None)


def names(close: Suggestions) -> list[str]:
    return [match.card.full_name for match in close.people]


def further(directory: Directory, words: str, **conditions: str) -> list[str]:
    page, close = directory.search(OPERATOR, Query(words=words, **conditions))
    assert page.rows_examined
    assert close.beyond_page or not close.people
    return names(close)


@pytest.mark.parametrize("words", ["toby mercer", "TOBY Mercer", "mercer  toby"])
def test_first_and_last_name_are_found_in_either_order(directory: Directory, words: str) -> None:
    found = further(directory, words)
    assert found == (
        ["Mercer Toby"] if words.startswith("mercer") else ["Toby B. Mercer", "Toby Mercer"]
    )


def test_the_surname_may_stand_first(store: EarlyStore, directory: Directory) -> None:
    store.delete("p6", None, Write("undo"))
    assert further(directory, "mercer toby") == ["Toby B. Mercer", "Toby Mercer"]


def test_the_first_name_may_be_begun_only(directory: Directory) -> None:
    assert further(directory, "tob mercer") == ["Tobias Mercer", "Toby B. Mercer", "Toby Mercer"]


def test_every_word_typed_has_to_be_theirs(directory: Directory) -> None:
    assert further(directory, "toby mercer lisbon") == ["Toby Mercer"]
    assert further(directory, "toby lisbon mercer") == ["Toby Mercer"]
    assert further(directory, "toby mercer nairobi") == []


def test_whoever_is_on_the_page_is_not_shown_twice(store: EarlyStore, directory: Directory) -> None:
    store.meets_first = ("Toby B. Mercer",)
    assert further(directory, "toby mercer") == ["Toby Mercer"]


def test_other_conditions_and_later_pages_look_for_nobody(
    store: EarlyStore, directory: Directory
) -> None:
    assert further(directory, "toby mercer", location="Lisbon") == []
    query = Query(words="toby mercer")
    assert directory.search(OPERATOR, query, "onwards")[1] == Suggestions()
    assert store.asked == ["toby mercer"] * 2


def test_more_than_are_shown_are_told_of(store: EarlyStore, directory: Directory) -> None:
    for number in range(30):
        store.add(replace(store.get("p1"), id=f"more {number}"), Write(f"more {number}"))
    _, close = directory.search(OPERATOR, Query(words="toby mercer"))
    assert len(close.people) == 16
    assert close.more
    assert store.asked == ["toby mercer", "mercer"]


def test_a_misspelt_name_is_found_so_too(directory: Directory) -> None:
    _, close = directory.search(OPERATOR, Query(words="otby mercer"))
    assert names(close) == []  # the search itself has not ended
    store = EarlyStore()
    browse = store.browse

    def nobody_has_it(query: Query, cursor: str | None = None, limit: int = 24) -> Page:
        return Page(()) if "otby" in query.words else browse(query, cursor, limit)

    store.browse = nobody_has_it  # type: ignore[method-assign]
    _, close = Directory(store, None).search(OPERATOR, Query(words="otby mercer"))
    assert names(close) == ["Toby B. Mercer", "Toby Mercer"]
    assert close.searches == ("toby mercer",)
    assert not close.beyond_page


def test_a_store_that_does_not_answer_any_more_costs_the_page_nothing(
    store: EarlyStore, directory: Directory, caplog: pytest.LogCaptureFixture
) -> None:
    store.answers_left = 1
    with caplog.at_level(logging.WARNING):
        assert further(directory, "toby mercer") == []
    assert "more matches by name were not searched" in caplog.text


@pytest.mark.parametrize("view", ["", "&view=table"])
def test_the_page_shows_them_and_offers_to_look_further(
    small: SmallDirectory, monkeypatch: pytest.MonkeyPatch, view: str
) -> None:
    early = EarlyStore()
    monkeypatch.setattr(small.directory.employees, "browse", early.browse)
    monkeypatch.setattr(small.directory.employees, "count_matches", lambda query: Matches())
    page = small.get(f"/?q=toby+mercer{view}")
    assert page.names() == ["Toby B. Mercer", "Toby Mercer"]
    assert [words_of(each) for each in page.all("h2")] == ["More matches by name"]
    assert words_of(page.by_id("count")) == "2 people match by name"
    assert "Search more people" in page.links()
    early.meets_first = ("Toby Mercer",)
    page = small.get(f"/?q=toby+mercer{view}")
    assert page.names() == ["Toby Mercer", "Toby B. Mercer"]
    assert words_of(page.by_id("count")) == "1 person matches so far, and 1 more by name"


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("John Johnson", ["John Johnson", "John Johnson Smith"]),
        ("johnson, john", ["John Johnson", "John Johnson Smith"]),
        ("Yan Yang", ["Yan Yang"]),
        ("Yang Yan", ["Yan Yang"]),
        ("Baden Baden", ["Baden Baden"]),
        ("Johnson", []),
        ("John Berg", []),
    ],
)
def test_a_name_of_which_one_word_begins_another_is_found_among_many_of_the_longer(
    typed: str, found: list[str]
) -> None:
    store = ModelStore()
    names = ["John Johnson", "John Johnson Smith", "Yan Yang", "Baden Baden", "Johnny Berg"]
    names += [f"A{n} {name}" for name in ("Johnson", "Yang", "Baden") for n in range(30)]
    for at, name in enumerate(names):
        store.add(
            Employee(id=f"p{at}", full_name=name, job_title="", location=""), Write(f"form {at}")
        )
    page, close = Directory(store, None).search(OPERATOR, Query(words=typed))
    assert [match.card.full_name for match in close.people] == found
    assert close.beyond_page == bool(found)
    assert not {match.card.id for match in close.people} & {card.id for card in page.cards}
    second = page.next and Directory(store, None).search(OPERATOR, Query(words=typed), page.next)
    assert not second or second[1] == Suggestions()


@pytest.mark.parametrize("typed", ["in nguyen", "Nguyen In"])
def test_a_name_that_is_a_small_word_is_found_beside_another(typed: str) -> None:
    store = ModelStore()
    names = [*(f"An{n:02} Nguyen" for n in range(30)), "In Nguyen", "Zoe Nguyen"]
    for number, name in enumerate(names):
        store.add(Employee(id=f"p{number}", full_name=name), Write(f"form {number}"))
    page, more = Directory(store, None).search(OPERATOR, Query(words=typed))
    assert len(page.cards) == 24
    assert [match.card.full_name for match in more.people] == ["In Nguyen"]
    assert more.beyond_page
