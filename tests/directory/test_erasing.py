"""Whoever is deleted permanently leaves no name behind, nor one that they had before."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from app.contracts import Query
from tests.support.small_directory import AMARA
from tests.support.viewers import OPERATOR
from tests.web.history.conftest import Changing


def dump(changing: Changing) -> str:
    with closing(sqlite3.connect(changing.file)) as database:
        return "\n".join(database.iterdump()).casefold()


def test_no_former_name_stays_in_the_database(tmp_path: Path) -> None:
    changing = Changing(tmp_path)
    changing.add(replace(AMARA, full_name="Wolfhild Abendrot", email="wolfhild@example.com"))
    changing.add(replace(AMARA, id="ben", full_name="Ben Morgenrot", email="ben@example.com"))
    changing.directory.maintain()
    changing.change(full_name="Hilda Mittagsglut", email="hilda@example.com")
    changing.directory.maintain()
    changing.change(full_name="Ben Morgenrot")  # a slip: that is somebody else
    changing.change(full_name="Hilda Nachtfalter")
    words = ("wolfhild", "abendrot", "mittagsglut", "nachtfalter", "hilda")
    assert all(word in dump(changing) for word in words)
    changing.directory.delete(OPERATOR, "amara", None, "gone")
    left = dump(changing)
    assert not [word for word in words if word in left]
    assert changing.directory.search(OPERATOR, Query("morgenrot"))[0].cards[0].id == "ben"
    assert {"ben", "morgenrot"} <= set(changing.directory.employees.vocabulary())
