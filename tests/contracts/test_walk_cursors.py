"""Cursors of walks down the reporting lines: what they hold, and what they refuse."""

import random
import string
from uuid import UUID

import pytest

from app.contracts import Query
from app.contracts.walk_cursors import MAX_LEVELS, Level, Walk, fits, read_walk, walk_text
from app.text.search_keys import id_sort_key

EVERYBODY = Query()
MAX_URL = 4_400


def path_of(levels: int, id_characters: int = 0) -> tuple[Level, ...]:
    chance = random.Random(1)
    letters = string.ascii_letters + string.digits

    def new_id() -> str:
        if id_characters:
            return "".join(chance.choices(letters, k=id_characters))
        return str(UUID(int=chance.getrandbits(128), version=4))

    ids = [new_id() for _ in range(levels + 1)]
    names = [" ".join("".join(chance.choices(letters, k=7)) for _ in "ab") for _ in ids]
    return tuple(Level(ids[n], f"{names[n]}\x1f{id_sort_key(ids[n + 1])}") for n in range(levels))


def test_a_line_of_64_fits_in_a_url() -> None:
    walk = Walk(path_of(MAX_LEVELS), 5_000, 12, is_cut=True)
    assert fits(walk.path)
    text = walk_text(walk, walk.path[0].manager, EVERYBODY)
    assert len(text) < MAX_URL
    assert read_walk(text, walk.path[0].manager, EVERYBODY) == walk
    assert not fits(path_of(MAX_LEVELS + 1))


@pytest.mark.parametrize("characters", [100, 500, 2_000])
def test_of_long_ids_a_path_has_fewer_levels(characters: int) -> None:
    path = path_of(MAX_LEVELS, characters)
    longest = max(n for n in range(MAX_LEVELS + 1) if fits(path[:n]))
    assert 0 < longest < MAX_LEVELS
    walk = Walk(path[:longest])
    text = walk_text(walk, walk.path[0].manager, EVERYBODY)
    assert len(text) < MAX_URL
    assert read_walk(text, walk.path[0].manager, EVERYBODY) == walk


def test_a_cursor_is_of_one_walk() -> None:
    walk = Walk((Level("eve", "bob\x1fb1"),), 7, 3)
    text = walk_text(walk, "eve", Query("oslo"))
    assert read_walk(text, "eve", Query(" OSLO ")) == walk
    assert read_walk(text, "bob", Query("oslo")) is None
    assert read_walk(text, "eve", EVERYBODY) is None
    assert read_walk(text, "eve", Query("oslo", manager="bob")) is None
    assert "eve" not in text


def test_whatever_is_no_cursor_begins_again() -> None:
    text = walk_text(Walk((Level("eve"),)), "eve", EVERYBODY)
    changed = text[:-2] + ("A" if text[-2] != "A" else "B") + text[-1]
    for other in (None, "", "x", "é", text[1:], changed, text * 100, "A" * 43):
        assert read_walk(other, "eve", EVERYBODY) is None
