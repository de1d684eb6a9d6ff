"""The one rule for cleaning text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.text.sanitizing import clean_line, clean_text, visible

FAMILY = "👨\u200d👩\u200d👧"
SCOTLAND = "\U0001f3f4\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f"


@pytest.mark.parametrize(
    ("typed", "clean"),
    [
        ("  a \t b  ", "a b"),
        ("a\r\nb\u2028c\x85d", "a b c d"),
        ("a\x00b\x1bc\x7f", "abc"),
        ("\u202eabc\u202c \u2066x\u2069 \u200ey", "abc x y"),
        ("\u200b \ufeff\u2060", ""),
        ("\u200d\u200c", ""),
        ("\u3164\ufe0f", ""),
        ("می\u200cخواهم", "می\u200cخواهم"),
        (FAMILY, FAMILY),
        (SCOTLAND, SCOTLAND),
        ("e\u0301", "é"),
        ("a\ud800b\ufffe", "ab"),
        ("\u200da \u200cb\u200d", "a b"),
    ],
)
def test_one_line_is_cleaned(typed: str, clean: str) -> None:
    assert clean_line(typed) == clean


def test_line_breaks_of_longer_texts_stay() -> None:
    assert clean_text(" a \r\n\r\n\r\n\r\nb\rc ") == "a\n\nb\nc"


@given(st.text())
def test_clean_text_stays_as_it_is(text: str) -> None:
    for clean in (clean_line, clean_text):
        assert clean(clean(text)) == clean(text)
    assert "\n" not in clean_line(text)
    assert "\x00" not in clean_text(text)


def test_a_stored_text_is_shown_as_it_is_unless_it_could_do_harm() -> None:
    assert visible("Zoe  Z") == "Zoe  Z"
    assert visible("Zoe\u202e\x00\nZ") == "Zoe Z"


@pytest.mark.parametrize("blank", ["", " ", "   ", "\t", "\u3000", "\u200b \u2060"])
def test_nothing_is_visible_of_spaces_alone(blank: str) -> None:
    assert visible(blank) == ""


@given(st.text(alphabet="aéX \t\n\u0301\u200d\u3164\u115f\u00a0\u202e\ufdd0\U000e0020", max_size=8))
def test_a_text_that_looks_clean_is_what_the_whole_rule_makes_of_it(text: str) -> None:
    for clean in (clean_line, clean_text):
        # A mark that is taken out has every step of the rule taken.
        assert clean(text) == clean(f"\x00{text}")
