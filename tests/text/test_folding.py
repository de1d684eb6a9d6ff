"""One line, and its fold: what every list shows, and what every order and search compares."""

import tracemalloc
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.text import folding
from app.text.folding import fold, one_line

texts = st.text(max_size=250)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("ADA  Lovelace\n", "ada lovelace"),
        ("José Núñez", "jose nunez"),
        ("Weiß", "weiss"),
        ("Łódź Ørsted Đặng Þór Æsir Œuvre", "lodz orsted dang thor aesir oeuvre"),
        ("İstanbul ılık", "istanbul ilik"),
        ("Ａｄａ　１", "ada 1"),
        ("\u0645\u064f\u062d\u0645\u062f", "محمد"),
        ("הָשָׁלוֹם", "השלום"),
        ("हिन्दी", "हिन्दी"),
        ("がぎ", "がぎ"),
        ("한국어", "한국어"),
        ("a\u200db\u0000c\u202e", "abc"),
        ("", ""),
    ],
)
def test_case_accents_and_width_are_removed(text: str, folded: str) -> None:
    assert fold(text) == folded


def test_latin_letters_fold_beside_others_as_among_themselves() -> None:
    for code in range(0x250):
        text = f"x{chr(code)}y{chr(code)}e"
        assert fold(f"{text}ж") == f"{fold(text)}ж", hex(code)


@given(texts)
def test_folding_twice_folds_no_further(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(texts)
def test_either_form_of_a_text_folds_alike(text: str) -> None:
    forms = {fold(unicodedata.normalize(form, text)) for form in ("NFC", "NFD")}
    assert len(forms) == 1


def test_a_line_has_at_most_200_characters_and_single_spaces() -> None:
    assert one_line("  a\t\n b ") == "a b"
    assert len(one_line("x" * 500)) == 200
    assert one_line("x" * 199 + "  y") == "x" * 199


@given(texts)
def test_a_line_of_a_line_is_the_same_line(text: str) -> None:
    assert one_line(one_line(text)) == one_line(text)


def test_what_no_list_shows_is_not_remembered() -> None:
    fold("é")
    tracemalloc.start()
    for number in range(100):
        fold("é" * 100_000 + str(number))
    # Not what threads of other tests hold meanwhile.
    ours = [tracemalloc.Filter(True, file) for file in (folding.__file__, __file__)]
    held = tracemalloc.take_snapshot().filter_traces(ours).statistics("filename")
    tracemalloc.stop()
    assert sum(each.size for each in held) < 1_000_000
