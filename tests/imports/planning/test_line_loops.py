"""Circles of reporting lines among the rows of a file."""

from __future__ import annotations

import sys

from app.imports.planning.line_loops import find_loops

MANY = 20_000


def test_everybody_in_a_circle_has_its_people_from_them_on() -> None:
    loops = find_loops({"a": "b", "b": "c", "c": "a", "d": "a", "e": "", "f": "f"})
    assert {each: circle.first(8) for each, circle in loops.items()} == {
        "a": ("a", "b", "c"),
        "b": ("b", "c", "a"),
        "c": ("c", "a", "b"),
        "f": ("f",),
    }
    assert loops["c"].first(2) == ("c", "a")
    assert loops["c"].first(1) == ("c",)


def test_a_circle_of_thousands_has_its_names_once() -> None:
    loops = find_loops({str(number): str((number + 1) % MANY) for number in range(MANY)})
    assert len(loops) == MANY
    assert len({id(circle.people) for circle in loops.values()}) == 1
    assert sum(map(sys.getsizeof, loops.values())) < 100 * MANY
    assert loops["19999"].first(3) == ("19999", "0", "1")
