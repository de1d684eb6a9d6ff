"""Cursors: a place in an order, for the query it came from, whatever comes in with an address."""

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.access.visibility import Sight
from app.contracts import Query
from app.contracts.cursors import SEPARATOR, Cursor, order_separators, read_cursor
from app.text import search_keys

NAMES, WORDS = Query(), Query(words="ada")
PLACE = f"ada lovelace{SEPARATOR}id-1"
WORD_PLACE = f"ada{SEPARATOR}{PLACE}"


@pytest.mark.parametrize("backwards", [False, True])
@pytest.mark.parametrize(("query", "key"), [(NAMES, PLACE), (WORDS, WORD_PLACE)])
def test_a_cursor_is_read_as_it_was_written(query: Query, key: str, backwards: bool) -> None:
    cursor = Cursor(backwards, key)
    assert read_cursor(cursor.to_text(query), query) == cursor


def test_a_cursor_fits_into_an_address_unquoted() -> None:
    longest = f"{'雨' * 21}{SEPARATOR}{'雨' * 53}{SEPARATOR}{'~' * 33}"
    text = Cursor(False, longest).to_text(WORDS)
    assert set(text) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
    assert read_cursor(text, WORDS) == Cursor(False, longest)


@pytest.mark.parametrize(
    "query",
    [WORDS, Query(letter="a"), Query(location="x"), Query(department="x"), Query(job_title="x"),
     Query(badge="bug")],
    ids=str,
)  # fmt: skip
def test_a_cursor_is_good_for_its_query_only(query: Query) -> None:
    assert read_cursor(Cursor(False, PLACE).to_text(NAMES), query) is None


def test_spellings_of_one_query_share_cursors() -> None:
    text = Cursor(False, WORD_PLACE).to_text(Query(words="Ádá ", location="São Paulo"))
    assert read_cursor(text, Query(words="ADA", location="sao  paulo"))


@given(st.text() | st.none())
def test_any_text_is_a_cursor_or_none(text: str | None) -> None:
    assert read_cursor(text, NAMES) is None


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(), st.lists))
def test_any_json_is_a_cursor_or_none(value: object) -> None:
    raw = base64.urlsafe_b64encode(json.dumps(value).encode()).decode()
    assert read_cursor(raw, NAMES) is None


@pytest.mark.parametrize(
    "key", ["", "a", f"{PLACE}{SEPARATOR}", "\ud800" + PLACE, PLACE + "\0", 7, None]
)
def test_a_place_of_another_form_is_none(key: object) -> None:
    version, fingerprint, *_ = json.loads(
        base64.urlsafe_b64decode(Cursor(False, PLACE).to_text(NAMES) + "==")
    )
    raw = json.dumps([version, fingerprint, 0, key]).encode()
    assert read_cursor(base64.urlsafe_b64encode(raw).decode(), NAMES) is None


def test_a_cursor_longer_than_any_of_ours_is_not_even_looked_at() -> None:
    long = Cursor(False, PLACE).to_text(NAMES) + "=" * 2_000
    assert read_cursor(long, NAMES) is None


@given(st.text(st.characters(exclude_categories=("Cs",))), st.sampled_from((NAMES, WORDS)))
def test_a_row_of_another_program_never_ends_a_list(key: str, query: Query) -> None:
    cursor = read_cursor(Cursor(False, key).to_text(query), query)
    assert cursor is not None, "or else the first page would come again, without end"


@pytest.mark.parametrize(
    "key", ["zzz", "z\x1fa\x1fb\x1fc", "\x00", "", "a\x00\x1fb", "\x01" * 1_000]
)
def test_the_place_after_such_a_row_comes_at_or_after_it(key: str) -> None:
    cursor = read_cursor(Cursor(False, key).to_text(NAMES), NAMES)
    assert cursor
    assert cursor.key + "\x01" > key


@pytest.mark.parametrize(("words", "separators"), [("", 1), ("...", 1), ("ada", 2)])
def test_words_add_a_part_to_the_place(words: str, separators: int) -> None:
    assert order_separators(Query(words=words)) == separators


parts = st.tuples(
    st.text(max_size=12).map(search_keys.name_key),
    st.text(max_size=12).map(search_keys.id_sort_key),
)


@given(st.lists(parts, max_size=8))
def test_places_sort_as_their_parts_do_and_as_bytes_do(places: list[tuple[str, str]]) -> None:
    joined = sorted(SEPARATOR.join(place) for place in places)
    assert joined == [SEPARATOR.join(place) for place in sorted(places)]
    assert joined == sorted(joined, key=str.encode)


SIGHT = Sight(sees_hidden=False)


def test_a_sealed_cursor_tells_nothing_and_is_read_by_the_same_key() -> None:
    query = Query("ada").seen_with(SIGHT)
    key = "secretword\x1fada king\x1f1"
    text = Cursor(False, key).to_text(query)
    raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    assert b"secret" not in raw
    assert b"ada" not in raw
    assert read_cursor(text, query) == Cursor(False, key)
    assert Cursor(False, key).to_text(query) == text
    assert read_cursor(Cursor(False, key).to_text(Query("ada")), query) is None
    assert read_cursor(text, Query("ada")) is None
    for at in range(len(text) - 1):
        other = "A" if text[at] != "A" else "B"
        assert read_cursor(text[:at] + other + text[at + 1 :], query) is None
    assert read_cursor("", query) is None
    assert read_cursor("AAAA", query) is None
