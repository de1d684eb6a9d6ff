"""Employee, its card, and badges as odd records hold them."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.model.employee import (
    BADGE_KEYS,
    BADGES,
    Card,
    Employee,
    badges_from,
    card_of,
)
from app.model.fields import CONTENT_FIELDS


@pytest.mark.parametrize(
    ("raw", "badges"),
    [
        (["apple", "linux"], ("apple", "linux")),
        (["linux", "apple"], ("apple", "linux")),
        ({"linux", "apple"}, ("apple", "linux")),
        ("apple", ("apple",)),
        ("apple, linux", ("apple", "linux")),
        ("['apple', 'linux']", ("apple", "linux")),
        (["['apple'", " 'linux']"], ("apple", "linux")),
        (["[\"['apple'\"", " \" 'linux']\"]"], ("apple", "linux")),
        (["apple", "apple"], ("apple",)),
        (["zebra", "linux", "ant"], ("linux", "zebra", "ant")),
        (["", " ", "[]"], ()),
        ([1, None, "bug"], ("bug",)),
        (None, ()),
        (42, ()),
        ({}, ()),
    ],
)
def test_badges_are_read_whatever_holds_them(raw: object, badges: tuple[str, ...]) -> None:
    assert badges_from(raw) == badges


@given(st.recursive(st.none() | st.integers() | st.text(), st.lists, max_leaves=10))
def test_reading_badges_never_fails_and_settles(raw: object) -> None:
    badges = badges_from(raw)
    assert badges_from(badges) == badges
    assert badges_from(list(badges)) == badges


def test_the_catalogue_is_that_of_the_course() -> None:
    assert BADGE_KEYS == (
        "apple", "windows", "linux", "video-camera", "trophy", "camera", "plane", "paperclip",
        "coffee", "gamepad", "bug", "umbrella",
    )  # fmt: skip
    assert len({badge.label for badge in BADGES}) == len({badge.icon for badge in BADGES}) == 12


def test_a_card_shows_known_badges_and_texts_on_one_line() -> None:
    person = Employee(
        id="1", full_name="Ada\n Lovelace", job_title="x" * 300, location=" Lisbon ",
        department="Ops", email="a@b.example", phone="1  2", badges=("bug", "rocket"),
        photo_key="employee_pic/a.jpg", about="Not shown",
    )  # fmt: skip
    assert card_of(person) == Card(
        "1", "Ada Lovelace", "x" * 200, "Lisbon", "Ops", "a@b.example", "1 2", ("bug",),
        "employee_pic/a.jpg",
    )  # fmt: skip


@pytest.mark.parametrize("field", CONTENT_FIELDS)
def test_content_differs_by_any_field_of_it(field: str) -> None:
    one = Employee(id="1", full_name="Ada")
    other = Employee(
        **{"id": "1", "full_name": "Ada", field: ("bug",) if field in ("badges", "hidden") else "x"}
    )
    assert not one.same_content(other)
    assert other.same_content(other)


def test_content_is_not_the_version_or_the_time() -> None:
    later = Employee(id="1", full_name="Ada", version=3, updated_at=datetime.now(UTC))
    assert Employee(id="1", full_name="Ada").same_content(later)
