"""Sort keys and search words: one normalisation, with its limits."""

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.contracts import Query
from app.model.employee import Employee
from app.model.search_words import MAX_WORDS, search_words
from app.text import search_keys, search_terms

texts = st.text(max_size=250)


def words_of(**fields: str) -> tuple[str, ...]:
    return search_words(Employee(**{"id": "1", "full_name": "", **fields}))


def is_found(words: tuple[str, ...], typed: str) -> bool:
    return all(search_terms.position(term, words, ()) for term in Query(words=typed).terms)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Ada Lovelace", ("ada", "lovelace")),
        ("Siobhán O'Brien", ("brien", "obrien", "siobhan")),
        ("Jean-Luc", ("jean", "jeanluc", "luc")),
        ("王小明", ("小明", "明", "王小明")),
        ("Ada (she) & Bob, Jr.", ("ada", "bob", "jr", "she")),
        ("D'", ("d",)),
        ("...", ()),
        ("", ()),
    ],
)
def test_a_name_is_found_under_these_words(name: str, words: tuple[str, ...]) -> None:
    assert words_of(full_name=name) == words


def test_the_name_before_the_at_sign_is_a_word_and_the_host_is_none() -> None:
    assert words_of(email="ada.lovelace@navy.example") == ("ada", "adalovelace", "lovelace")


@given(st.builds(Employee, id=st.just("1"), full_name=texts, job_title=texts, location=texts))
def test_there_are_at_most_28_sorted_words_of_at_most_64_bytes(person: Employee) -> None:
    words = search_words(person)
    assert len(words) <= MAX_WORDS
    assert list(words) == sorted(set(words), key=str.encode)
    assert all(0 < len(word.encode()) <= search_terms.WORD_BYTES for word in words)


def test_of_too_many_words_those_of_the_name_are_kept() -> None:
    title = " ".join(f"t{n}" for n in range(40))
    words = words_of(full_name="Ada Lovelace", preferred_name="Countess", job_title=title)
    assert {"ada", "lovelace", "countess", "t0", "t24"} <= set(words)
    assert "t25" not in words


def test_of_a_person_of_many_words_no_field_takes_the_room_of_the_others() -> None:
    words = words_of(
        full_name="田中健太郎",
        email="tanaka.kentaro@example.jp",
        job_title="シニアソフトウェアエンジニア",
        department="情報システム部",
        location="東京都港区",
    )
    assert len(words) == MAX_WORDS
    for typed in (
        "太郎",
        "東京",
        "港区",
        "情報",
        "システム",
        "ソフトウェア",
        "kentaro",
    ):
        assert is_found(words, typed), typed
    words = words_of(
        full_name="Dr. Maria-del-Carmen O’Higgins-Fernández de la Cruz y Montoya-Villaseñor",
        email="maria-del-carmen.ohiggins-fernandez@example.com",
        job_title="Senior Principal Research & Development Coordination Engineer",
        department="Research and Development Coordination Office",
        location="Rio de Janeiro",
    )
    for typed in ("Montoya Villaseñor", "O’Higgins", "research development office", "rio janeiro"):
        assert is_found(words, typed), typed


@given(texts)
@example("0:A𠀀@")
@example("李Tom@x")
def test_a_person_is_found_by_the_name_as_it_is_written(name: str) -> None:
    words = words_of(full_name=name)
    if len(words) < MAX_WORDS:
        assert is_found(words, name)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("Ada LOVE", ("love", "ada")),
        ("ad ada a", ("ada",)),
        ("bob ada", ("ada", "bob")),
        ("o'brien", ("obrien",)),
        ("jean-luc", ("jean", "luc")),
        ("...", ()),
        ("Ada.Lovelace@navy.example", ("lovelace", "ada")),
        ("Ada <mailto:ada@navy.example>", ("ada",)),
        ("mailto:ada@navy.example", ("ada",)),
        ("@ada", ("ada",)),
        ("", ()),
        ("x" * 100, ("x" * 64,)),
    ],
)
def test_the_longest_word_typed_comes_first(typed: str, words: tuple[str, ...]) -> None:
    assert Query(words=typed).search_words == words


def test_the_smallest_word_that_begins_so_is_the_match() -> None:
    assert search_terms.matched_word(("ada", "adam", "bea"), "ad") == "ada"
    assert search_terms.matched_word(("adam",), "b") is None


@pytest.mark.parametrize(
    ("name", "key", "letter"),
    [
        ("Ada Lovelace", "ada lovelace", "a"),
        ("Émile Zola", "emile zola", "e"),
        ("'t Hooft", "t hooft", "t"),
        ("Łukasz", "lukasz", "l"),
        ("42 Crew", "{42 crew", "other"),
        ("王小明", "{王小明", "other"),
        ("Анна", "{анна", "other"),
        ("", "{", "other"),
        ("!!", "{", "other"),
    ],
)
def test_a_name_stands_here_in_the_list(name: str, key: str, letter: str) -> None:
    assert search_keys.name_key(name) == key
    assert search_keys.letter_of(key) == letter


@given(texts)
def test_a_name_key_is_short_and_holds_no_control_character(name: str) -> None:
    key = search_keys.name_key(name)
    assert len(key.encode()) <= search_keys.NAME_KEY_BYTES
    assert not any(unicodedata.category(mark) == "Cc" for mark in key)
    assert search_keys.letter_of(key) in search_keys.LETTERS


@given(st.text(max_size=3_000))
def test_a_tie_is_short_and_holds_no_control_character(employee_id: str) -> None:
    tie = search_keys.id_sort_key(employee_id)
    assert len(tie.encode()) <= 64
    assert tie.isprintable()


def test_a_tie_is_the_id_itself_where_it_can_be() -> None:
    assert search_keys.id_sort_key("a b") == "a b"
    assert search_keys.id_sort_key("x" * 64) == "x" * 64
    hashed = [
        search_keys.id_sort_key(each) for each in ("x" * 65, "x" * 66, "a\nb", "\ud800", "a\x1fb")
    ]
    assert all(tie.startswith("~") and len(tie) == 33 for tie in hashed)
    assert len(set(hashed)) == 5


def test_spellings_merge_under_the_most_frequent_and_then_the_first() -> None:
    merged = search_keys.merge_spellings(
        {"porto": 1, "PORTO": 2, "Porto": 2, "Lisbon": 1, "gone": 0, "less": -1}
    )
    assert list(merged.items()) == [("Lisbon", 1), ("PORTO", 5)]
