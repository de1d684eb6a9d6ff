"""The revision of a record tells what changed since, whoever changed it."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.model.employee import Employee
from app.model.fields import CONTENT_FIELDS
from app.model.revision import fields_changed_since, revision_of, version_in

ADA = Employee(id="1", full_name="Ada", badges=("apple", "bug"), version=3)


def changed(field: str) -> Employee:
    return replace(ADA, **{field: ("apple",) if field == "badges" else "other"})


@pytest.mark.parametrize("field", CONTENT_FIELDS)
def test_a_changed_field_changes_the_revision_and_is_named(field: str) -> None:
    assert revision_of(changed(field)) != revision_of(ADA)
    assert fields_changed_since(revision_of(ADA), changed(field)) == {field}


def test_nothing_changed_is_nothing_named() -> None:
    assert fields_changed_since(revision_of(ADA), ADA) == frozenset()
    assert fields_changed_since(revision_of(ADA), replace(ADA, version=9)) == frozenset()


def test_another_version_of_the_same_content_is_another_revision() -> None:
    assert revision_of(replace(ADA, version=4)) != revision_of(ADA)


def test_swapped_texts_are_two_changes() -> None:
    one = replace(ADA, full_name="a", job_title="b")
    other = replace(ADA, full_name="b", job_title="a")
    assert fields_changed_since(revision_of(one), other) == {"full_name", "job_title"}


@pytest.mark.parametrize("revision", ["", "3", "3.", "3.short", "x" * 10_000, "\ud800.é"])
def test_what_cannot_be_read_knows_nothing(revision: str) -> None:
    assert fields_changed_since(revision, ADA) == set(CONTENT_FIELDS)


@pytest.mark.parametrize(
    ("revision", "version"),
    [
        (revision_of(ADA), 3),
        ("0.x", 0),
        ("", None),
        ("-1.x", None),
        ("٣.x", None),
        ("9" * 99, None),
    ],
)
def test_the_version_in_a_revision(revision: str, version: int | None) -> None:
    assert version_in(revision) == version


@given(st.text())
def test_a_revision_is_short_and_plain_whatever_is_stored(name: str) -> None:
    revision = revision_of(replace(ADA, full_name=name))
    assert revision.isascii()
    assert len(revision) < 120


def test_a_revision_that_the_first_release_made_stays_good() -> None:
    empty = "3dnEB2f5"
    assert revision_of(ADA) == f"3.mB6PVBY3{9 * empty}wKdlN2nW{empty}"
