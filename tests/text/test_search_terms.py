"""The terms of a search, and where an employee with some words stands in their order."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.contracts import Query
from app.model.employee import BADGES
from app.model.search_words import badges_named
from app.text.search_marks import BADGE, LOW_RANK, PHONE
from app.text.search_terms import (
    Term,
    joined,
    matched_word,
    position,
    separated,
    shared_lengths,
    typed_terms,
)

_letters = st.text("abé", min_size=1, max_size=5)
_words = st.tuples(
    st.sets(_letters),
    st.sets(_letters.map(LOW_RANK.__add__)),
    st.sets(st.text("01", min_size=4, max_size=7).map(PHONE.__add__)),
).map(lambda kinds: sorted(set().union(*kinds)))


@given(_words, _letters)
def test_a_prefix_shows_an_employee_at_one_word_which_is_the_match(
    words: list[str], prefix: str
) -> None:
    marked = zip(words, shared_lengths(words), strict=True)
    shown = [
        word
        for word, shared in marked
        if word.startswith((prefix, LOW_RANK + prefix)) and shared < len(prefix)
    ]
    match = matched_word(words, prefix)
    assert shown == ([] if match is None else [match])


@given(_words, st.text("01", min_size=1, max_size=5))
def test_the_end_of_a_number_shows_an_employee_at_one_number(words: list[str], end: str) -> None:
    marked = zip(words, shared_lengths(words), strict=True)
    shown = [word for word, n in marked if word.startswith(PHONE + end) and n < len(end)]
    assert shown == [word for word in words if word.startswith(PHONE + end)][:1]


@given(_words, st.sampled_from(" |"), _letters)
def test_joined_words_are_found_by_a_beginning_whatever_their_rank(
    words: list[str], separator: str, prefix: str
) -> None:
    text = joined(words, separator)
    assert [word for word in separated(text, separator) if word] == words
    assert (separator + prefix in text) == (matched_word(words, prefix) is not None)


def test_ranks_follow_one_another() -> None:
    term = Term("gam", ("gam",), ("gamepad",), PHONE + "1")
    plain, low, phone = "gambit", LOW_RANK + "game", PHONE + "12"
    assert position(term, [plain, low, phone], ["gamepad"]) == plain
    assert position(term, [low, phone], ["gamepad"]) == low
    assert position(term, [phone], ["gamepad"]) == BADGE + "gamepad"
    assert position(term, [phone], []) == phone
    assert position(term, [], []) is None
    assert sorted((plain, low, BADGE + "gamepad", phone)) == [
        plain, low, BADGE + "gamepad", phone
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "searched"),
    [
        ("ada 0118", ["ada", "0118"]),
        ("555 0118 ada 0200", ["555 0118", "ada", "0200"]),
        ("+972 (0)3-555 0118", ["+972 (0)3-555 0118"]),
        ("ada, 0118!", ["ada", "0118"]),
        ("0141 x12", ["0141 x12"]),
        ("e-10432", ["e", "10432"]),
        ("r2d2 2000", ["r2d2", "2000"]),
        ("ada@navy.example 0118", ["ada", "0118"]),
        ("in@navy.example the lab", ["in", "lab"]),
        ("Who's in London?", ["london"]),
        ("who is in", ["who", "is", "in"]),
        ("phone 0118", ["0118"]),
        ("tel. 0118", ["0118"]),
        ("Call: 0118", ["0118"]),
        ("phone", ["phone"]),
        ("", []),
    ],
)
def test_what_was_typed_is_words_and_numbers(typed: str, searched: list[str]) -> None:
    assert typed_terms(typed).searched == searched


@given(st.text(max_size=80) | st.text("0123456789 +()-/.,;x#ext", max_size=40))
def test_any_text_can_be_typed(typed: str) -> None:
    terms = Query(words=typed).terms
    assert all(term.words and all(term.words) for term in terms)
    assert not any(mark in repr(term.words) for term in terms for mark in (LOW_RANK, PHONE))


def test_every_word_of_a_badge_names_it() -> None:
    assert badges_named("gam") == ("gamepad",)
    assert badges_named("user") == ("apple", "windows", "linux")
    assert badges_named("ga") == badges_named("the") == ()
    for badge in BADGES:
        assert badge.key in badges_named(badge.label.split()[0].lower())


@pytest.mark.parametrize(
    ("typed", "searched"),
    [
        ("who manages payroll", ["payroll"]),
        ("Who's leading sales in Oslo?", ["leading", "sales", "oslo"]),
        ("who likes beekeeping", ["beekeeping"]),
        ("who can help with payroll", ["payroll"]),
        ("who do I ask about payroll", ["payroll"]),
        ("how do I reach Ada King", ["ada", "king"]),
        ("where is Ada King", ["ada", "king"]),
        ("people in Paris", ["paris"]),
        ("list everyone in Paris", ["paris"]),
        ("list all engineers in Paris", ["engineers", "paris"]),
        ("everyone named Nguyen", ["nguyen"]),
        ("could you show me Ada King", ["ada", "king"]),
        ("You Li", ["you", "li"]),
        ("phone number of Ada", ["ada"]),
        ("what is the email address of Ada King", ["ada", "king"]),
        ("who is An", ["an"]),
        ("who is An Nguyen", ["nguyen"]),
        ("An Nguyen", ["an", "nguyen"]),
        ("Do Thi Ha", ["do", "thi", "ha"]),
        ("People and Culture", ["people", "culture"]),
        ("People Operations", ["people", "operations"]),
        ("Head of Phone Support", ["head", "phone", "support"]),
        ("Mobile Developer", ["mobile", "developer"]),
        ("who is who", ["who", "is", "who"]),
        ("who sings", ["sings"]),
        ("the", ["the"]),
    ],
)
def test_a_question_is_searched_for_what_it_is_about(typed: str, searched: list[str]) -> None:
    assert list(typed_terms(typed).searched) == searched
