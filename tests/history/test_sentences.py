"""Sentences about changes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from app.history.changes import Author, Change, ChangeKind, Through, Via
from app.history.sentences import sentence_of, text_of, told_fields, value_text

ANA = Author("Ana Ruiz", "a1")


def change(was: Mapping[str, Any], now: Mapping[str, Any], **values: Any) -> Change:
    values.setdefault("author", ANA)
    return Change(
        employee_id="r",
        moment="2026-11-29T22:41:06.123Z-1f3a",
        kind=values.pop("kind", ChangeKind.CHANGED),
        version=2,
        full_name="Rangi Ngata",
        was=was,
        now=now,
        **values,
    )


def told(was: Mapping[str, Any], now: Mapping[str, Any], **values: Any) -> str:
    return text_of(sentence_of(change(was, now, **values)))


@pytest.mark.parametrize(
    ("was", "now", "sentence"),
    [
        ({"job_title": "A"}, {"job_title": "B"}, "Ana Ruiz changed Job title"),
        (
            {"job_title": "A", "location": "A"},
            {"job_title": "B", "location": "B"},
            "Ana Ruiz changed Job title and Location",
        ),
        ({"mobile": ""}, {"mobile": "+1 555"}, "Ana Ruiz added a Mobile number"),
        ({"email": ""}, {"email": "a@b.c"}, "Ana Ruiz added an Email address"),
        ({"employee_number": ""}, {"employee_number": "7"}, "Ana Ruiz added an Employee number"),
        ({"badges": ()}, {"badges": ("linux",)}, "Ana Ruiz added Badges"),
        ({"about": ""}, {"about": "x"}, "Ana Ruiz added About"),
        ({"photo_key": "k"}, {"photo_key": ""}, "Ana Ruiz removed Photo"),
        ({"left_on": ""}, {"left_on": "2026-11-30"}, "Ana Ruiz marked Rangi Ngata as left"),
        ({"left_on": "2026-11-30"}, {"left_on": ""}, "Ana Ruiz restored Rangi Ngata"),
        (
            {"left_on": "2026-11-30"},
            {"left_on": "2026-12-01"},
            "Ana Ruiz changed Last day",
        ),
        (
            {"left_on": "", "photo_key": "a", "about": "x"},
            {"left_on": "2026-11-30", "photo_key": "b", "about": ""},
            "Ana Ruiz marked Rangi Ngata as left and changed About",
        ),
        ({"hidden": ()}, {"hidden": ("mobile",)}, "Ana Ruiz added Hidden fields"),
    ],
)
def test_a_change_is_told_in_a_sentence(was: Any, now: Any, sentence: str) -> None:
    assert told(was, now) == sentence


def test_who_added_somebody_is_told() -> None:
    assert told({}, {"full_name": "R"}, kind=ChangeKind.ADDED) == "Ana Ruiz added Rangi Ngata"


def test_what_another_program_wrote_has_no_author() -> None:
    outside = Through(Via.OUTSIDE)
    changed = told({"email": "a"}, {"email": "b"}, author=Author(), through=outside)
    assert changed == "Email was changed outside the directory"
    added = told({}, {"full_name": "R"}, kind=ChangeKind.ADDED, author=Author(), through=outside)
    assert added == "Rangi Ngata was added outside the directory"
    several = {"email": "a", "phone": "1"}, {"email": "b", "phone": "2"}
    assert told(*several, through=outside) == "Email and Phone were changed outside the directory"


def test_an_undo_says_what_it_took_back() -> None:
    through = Through(Via.UNDO, undoes="2026-11-01T00:00:00.000Z-0000")
    sentence = told({"email": "b"}, {"email": "a"}, through=through)
    assert sentence == "Ana Ruiz undid a change of Email"


@pytest.mark.parametrize("name", ["", "everybody"])
def test_an_author_whom_nobody_knows_is_somebody(name: str) -> None:
    assert told({"email": "b"}, {"email": "a"}, author=Author(name)) == "Somebody changed Email"


def test_a_long_list_of_fields_is_cut() -> None:
    names = ("full_name", "job_title", "department", "location", "email", "phone", "about")
    sentence = told(dict.fromkeys(names, "a"), dict.fromkeys(names, "b"))
    assert sentence.endswith("changed Full name, Job title, Department, Location and 3 more fields")


def test_a_field_of_a_later_release_is_told_by_its_name() -> None:
    assert told({"shoe_size": "1"}, {"shoe_size": "2"}) == "Ana Ruiz changed shoe_size"


def test_the_photo_of_who_leaves_is_no_change_of_theirs() -> None:
    left = change({"left_on": "", "photo_key": "a"}, {"left_on": "2026-11-30", "photo_key": "b"})
    assert told_fields(left) == ("left_on",)


def test_values_are_told_by_their_labels() -> None:
    assert value_text("badges", ("linux", "of-theirs")) == "Linux User, of-theirs"
    assert value_text("hidden", ("mobile",)) == "Mobile"
    assert value_text("about", "a\nb") == "a\nb"
