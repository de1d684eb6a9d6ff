"""No exported cell is run as a formula, and an import reads every text as it was."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.text.formula_guard import csv_texts, guarded, unguarded


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+1", "-", "-49 30 1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1+1",
     "+A1", "+SUM(1,200)", "+49 30 1 ext. 12", "+49 30 123\n", "+49 30 123 x9", "+123*456",
     "+1 2", "+４７ 55 00 11", "+cmd|' /C calc'!A0", "'+49 30 123"],
)  # fmt: skip
def test_what_would_be_run_gets_an_apostrophe(text: str) -> None:
    assert guarded(text) == "'" + text


@pytest.mark.parametrize(
    "text",
    ["+47 55 00 11 22", "+4755001122", "+1 (206) 555-0141", "+353.21.555.0100",
     "+1 206 555 0141 / +1 206 555 0142", "+44 (0)20 7946 0018", "+112"],
)  # fmt: skip
def test_a_phone_number_needs_no_apostrophe(text: str) -> None:
    assert guarded(text) == unguarded(text) == text


@pytest.mark.parametrize("text", ["", "Ada", "'t Hooft", "O'Brien", "a=b", "1-2", "''"])
def test_plain_text_stays(text: str) -> None:
    assert guarded(text) == unguarded(text) == text


@pytest.mark.parametrize("text", ["=1+1", "+49 30 1", "-x", "@x"])
def test_a_formula_that_was_never_guarded_is_read_as_plain_text(text: str) -> None:
    assert unguarded(text) == text


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ('="001001"', "001001"),
        ('= "001001"', "001001"),
        ('="a ""quoted"" word"', 'a "quoted" word'),
        ('=""', ""),
        ('=HYPERLINK("mailto:ada@example.com","ada@example.com")', "ada@example.com"),
        ('=hyperlink("https://example.com"; "Ada ""A"" Byron")', 'Ada "A" Byron'),
        ('="a"&"b"', '="a"&"b"'),
        ("=1+1", "=1+1"),
        ('="open', '="open'),
        ('\'="x"', '="x"'),
        ("'t Hooft", "'t Hooft"),
        ("", ""),
    ],
)
def test_a_formula_of_a_text_in_a_csv_file_is_that_text(cell: str, text: str) -> None:
    assert csv_texts([cell, "Ada"]) == (text, "Ada")


@given(st.text(alphabet='="&;,H'))
def test_a_text_that_looks_like_such_a_formula_comes_back(text: str) -> None:
    assert csv_texts([guarded(text)]) == (text,)


@given(st.text(alphabet="'=+-@\t\r\n＝＋－＠A1 ("))
def test_out_and_in_is_the_identity(text: str) -> None:
    assert unguarded(guarded(text)) == text
    # A phone number alone begins with one of them: it has no letter, so it names nothing to call.
    if guarded(text)[:1] in set("=+-@\t\r\n＝＋－＠"):
        assert text.startswith("+")
        assert set(text) <= set("+-1 (")
