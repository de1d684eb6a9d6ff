"""The order of a list by a column: missing values last, equal ones by name."""

import pytest

from app.contracts import Page
from app.directory.sorting import COLUMNS, Sort, sorted_cards, sorted_page
from app.model.employee import Card, Employee, card_of
from app.text.person_names import SortBy, sort_key


def card(name: str, **fields: object) -> Card:
    return card_of(Employee(id=name.lower() or "-", full_name=name, **fields))  # type: ignore[arg-type]


def page_of(*cards: Card) -> Page:
    keys = tuple(sort_key(each.full_name, "", SortBy.GIVEN) for each in cards)
    return Page(cards, name_keys=keys)


def in_order(page: Page, column: str, *, descending: bool = False) -> list[str]:
    return [each.full_name for each in sorted_cards(page, Sort(column, descending))]


@pytest.mark.parametrize(
    ("column", "values"),
    [
        ("location", ["Åland", "Floor 9", "floor 10", "Oslo", "Łódź", "日本"]),
        ("department", ["data", "Data science", "Sales"]),
        ("job_title", ["Clerk 2", "Clerk 11", "engineer"]),
        ("email", ["a@b.example", "B@b.example", "c@b.example"]),
        ("phone", ["+1 206 555 0141", "(206) 555-0140", "+49 30 1"]),
        ("badges", [("bug",), ("bug", "linux"), ("apple", "bug", "linux")]),
    ],
)
def test_values_are_in_order_both_ways_and_missing_ones_last(column: str, values: list) -> None:
    people = [card(f"Z{number}", **{column: value}) for number, value in enumerate(values)]
    page = page_of(card("Nobody B"), *reversed(people), card("Nobody A"))
    by_value = [each.full_name for each in people]
    if column == "location":
        by_value = ["Z0", "Z1", "Z2", "Z4", "Z3", "Z5"]
    assert in_order(page, column) == [*by_value, "Nobody A", "Nobody B"]
    backwards = in_order(page, column, descending=True)
    assert backwards == [*reversed(by_value), "Nobody A", "Nobody B"]


@pytest.mark.parametrize("descending", [False, True])
def test_equal_values_are_in_order_of_names_both_ways(descending: bool) -> None:
    page = page_of(
        card("C", location="Oslo"), card("A", location="OSLO"), card("B", location="oslo")
    )
    assert in_order(page, "location", descending=descending) == ["A", "B", "C"]


def test_names_are_in_the_order_of_the_list_and_the_nameless_last() -> None:
    page = page_of(card("Émile"), card(""), card("zoe"), card("Dr. Ada"), card("王小明"))
    assert in_order(page, "name") == ["Dr. Ada", "Émile", "zoe", "王小明", ""]
    assert in_order(page, "name", descending=True) == ["王小明", "zoe", "Émile", "Dr. Ada", ""]


@pytest.mark.parametrize("column", COLUMNS)
def test_pages_are_complete_and_one_beyond_the_last_is_the_last(column: str) -> None:
    whole = page_of(*(card(f"N{number:03}", location=str(number % 7)) for number in range(50)))
    pages = [sorted_page(whole, Sort(column), number) for number in (1, 2, 3)]
    seen = [each.id for page, _ in pages for each in page.cards]
    assert sorted(seen) == sorted(each.id for each in whole.cards)
    assert [number for _, number in pages] == [1, 2, 3]
    assert [(bool(page.previous), bool(page.next)) for page, _ in pages] == [
        (False, True),
        (True, True),
        (True, False),
    ]
    assert sorted_page(whole, Sort(column), 99) == pages[-1]
    assert sorted_page(whole, Sort(column), 0) == pages[0]
    assert sorted_page(Page(()), Sort(column), 3) == (Page(()), 1)
