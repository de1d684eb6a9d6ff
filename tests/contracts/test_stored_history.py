"""Stored changes and entries are read whatever another program has put there."""

import pytest

from app.contracts.history import AuditEntry
from app.contracts.stored_history import (
    content_in,
    entry_in,
    entry_text,
    fields_text,
    through_in,
    through_text,
    whole_content_text,
)
from app.history.changes import ON_THE_PAGE, Author, Through, Via

MOMENT = "2026-11-29T22:41:06.123Z-1f3a"
ODD = (None, 7, b"\xff", "", "x", "null", "7", "[]", "[[1]]", '{"full_name": 7}', "[" * 2_000,
       '{"badges": "linux", "hidden": [1, null]}', '{"shoe": "44"}', '["\\ud800"]')  # fmt: skip


@pytest.mark.parametrize("odd", ODD, ids=repr)
def test_what_is_no_stored_value_is_read_as_empty(odd: object) -> None:
    assert not any(content_in(odd).values())
    assert through_in(odd) == ON_THE_PAGE
    assert entry_in(MOMENT, Author(), odd) == AuditEntry(moment=MOMENT, event="")


def test_a_way_of_a_newer_release_is_read_as_outside() -> None:
    assert through_in('{"via": "telepathy", "row": -1, "source": 4}') == Through(Via.OUTSIDE)


@pytest.mark.parametrize("form", [whole_content_text, fields_text])
def test_a_content_is_read_as_it_was_in_either_form(form) -> None:
    content = {"full_name": "Ada", "about": 'A\n"😀"', "badges": ("linux",), "hidden": ("phone",)}
    assert content_in(form(content)) == content
    assert content_in(fields_text({"about": "", "badges": ()})) == {"about": "", "badges": ()}


def test_lone_surrogates_are_left_out() -> None:
    assert content_in(whole_content_text({"full_name": "Ada\ud800"})) == {"full_name": "Ada"}


def test_ways_and_entries_are_read_as_they_were() -> None:
    through = Through(Via.IMPORT, "a.csv", "job", MOMENT, 3, "req", "note")
    assert through_in(through_text(through)) == through
    assert through_text(ON_THE_PAGE) is None
    entry = AuditEntry(
        moment=MOMENT,
        event="import",
        employee_id="1",
        full_name="Ada",
        fields=("location",),
        counts=(("added", 3),),
        details=(("File", "a.csv"),),
        author=Author("Ana", "acc"),
        through=through,
    )
    assert entry_in(MOMENT, entry.author, entry_text(entry)) == entry
