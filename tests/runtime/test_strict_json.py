"""What machines tell one another is read strictly: what is none of it is nothing."""

from __future__ import annotations

import json

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.runtime import strict_json
from tests.support.hostile_json import HOSTILE, NOT_JSON, json_with, values


@pytest.mark.parametrize(
    "text", [*NOT_JSON, None, 5, b"\xff", object()], ids=lambda t: repr(t)[:20]
)
def test_what_is_no_object_is_an_empty_one(text: object) -> None:
    assert strict_json.parse_object(text) == {}


@pytest.mark.parametrize(
    "kind", ["nan", "infinity", "400 digits", "5000 digits", "beyond a double", "lone surrogate"]
)
def test_json_that_is_none_is_refused_as_a_whole(kind: str) -> None:
    assert strict_json.parse_object(json_with({"a": 1}, "a", kind)) == {}


@pytest.mark.parametrize("value", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_number_is_finite_and_within_its_limits(value: object) -> None:
    found = strict_json.number(value, 0.0, 10.0)
    assert found == (0.5 if value == 0.5 else None)
    assert strict_json.integer(value, 0, 10) is None


def test_numbers_and_texts_within_limits_are_returned() -> None:
    assert strict_json.number(97, 0.0, 100.0) == 97.0
    assert strict_json.integer(97, 0, 97) == 97
    assert strict_json.string("é", 1) == "é"
    assert strict_json.strings(["a", "b"], 1) == ("a", "b")
    assert strict_json.integer_in_text("-7", -9) == -7
    assert strict_json.number_in_text("1.5", 0, 2) == 1.5


@pytest.mark.parametrize("text", ["", "-", "1.0", "٥", "1e3", " 1", "9" * 5_000, None, 1, "--1"])
def test_a_text_that_spells_no_integer_is_none(text: object) -> None:
    assert strict_json.integer_in_text(text) is None


@pytest.mark.parametrize("text", ["nan", "inf", "-inf", "1e999", "x", "", None, 1.0])
def test_a_text_that_spells_no_number_is_none(text: object) -> None:
    assert strict_json.number_in_text(text, -1e300, 1e300) is None


def test_a_text_that_is_too_long_or_cannot_be_encoded_is_none() -> None:
    assert strict_json.string("xx", 1) is None
    assert strict_json.string("\ud800", 9) is None
    assert strict_json.strings(["a", 1], 9) is None
    assert strict_json.strings("ab", 9) is None


@given(values)
def test_readers_never_fail(value: object) -> None:
    strict_json.number(value, -1.0, 1.0)
    strict_json.integer(value, -1, 1)
    strict_json.integer_in_text(value)
    strict_json.number_in_text(value, -1.0, 1.0)
    strict_json.strings(value, 3)
    strict_json.mapping(value)


@given(values)
def test_data_that_json_cannot_hold_is_written_as_what_it_can(value: object) -> None:
    text = json.dumps(strict_json.json_data(value), allow_nan=False)
    if "1" + "0" * 400 not in text:  # valid JSON, which this parser refuses
        orjson.loads(text)


@given(st.integers(-(2**53), 2**53))
def test_an_integer_in_a_text_is_read_as_it_was_written(number: int) -> None:
    assert strict_json.integer_in_text(str(number), -(2**53)) == number
