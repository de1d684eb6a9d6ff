"""Initials and their colours."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.web.ui.initials import COLOURS, colour_of, initials


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Amara Adeyemi-Lindqvist", "AA"),
        ("Dr. Amara Adeyemi", "AA"),
        ("Prof. Dr. Jürgen Müller", "JM"),
        ("Frau Eva Roth", "ER"),
        ("Robert Downey Jr.", "RD"),
        ("John Smith, PhD", "JS"),
        ("John Smith (he/him)", "JS"),
        ("Dr.", "D"),
        ("Ásdís Árnadóttir", "ÁÁ"),
        ("María de los Ángeles Bustamante Echeverría", "ME"),
        ("Cleo Costa", "CC"),
        ("madonna", "M"),
        ("Yuki Abe 阿部由紀", "YA"),
        ("Salma al-Rashid سلمى الراشد", "SA"),
        ("王小明", "王"),
        ("김 민준", "김"),
        ("سلمى الراشد", "س"),
        ("क्षमा देवी", "क्ष"),
        ("किरण", "कि"),
        ("Иван Петров", "ИП"),
        ("(Bob) 'O'Neil", "BO"),
        ("ßeta ßeta", "ßß"),
        ("Q\u0323oe", "Q\u0323"),
        ("007", "0"),
        ("👩 👩", "👩"),
        ("", "?"),
    ],
)
def test_initials_of(name: str, letters: str) -> None:
    assert initials(name) == letters


# What is in brackets at the end is no name, and is one where something follows.
@given(
    st.text(st.characters(codec="ascii", exclude_characters="([")).filter(
        lambda name: any(map(str.isalpha, name))
    )
)
def test_plain_letters_have_the_initials_that_all_letters_have(name: str) -> None:
    assert initials(name) == initials(f"{name} \u00b7")  # a mark that is no letter, nor plain


@given(st.text())
def test_any_name_has_initials(name: str) -> None:
    assert initials(name)
    assert initials(name).isprintable()


def test_the_colour_follows_the_id() -> None:
    # SHA-1 of "abc" begins with a9993e36.
    assert colour_of("abc") == 0xA9993E36 % COLOURS
    assert {colour_of(str(number)) for number in range(200)} == set(range(COLOURS))
