"""Whoever is deleted permanently leaves no name behind, nor one that they had before."""

from __future__ import annotations

import sqlite3
import zlib
from contextlib import closing, suppress
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from threading import Event

from app.access.viewer import Role
from app.contracts import Query
from app.contracts.bulk_edits import BulkEdit
from app.contracts.import_jobs import Phase
from app.history.changes import Author
from app.imports.edits import begin_edit
from tests.support.days import PAST_DAY
from tests.support.page_reader import words_of
from tests.support.small_directory import AMARA
from tests.support.viewers import OPERATOR, viewer
from tests.web.history.conftest import ANA, Changing


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


def test_of_a_manager_no_name_stays_with_those_who_reported_to_them(tmp_path: Path) -> None:
    """In records and histories of others is the id; in files and edits of them was the name."""
    changing = Changing(tmp_path)
    manager = replace(AMARA, id="k-17", full_name="Wolfhild Abendrot", email="w.a@example.com")
    changing.add(manager)
    for each in ("ben", "cyd"):
        changing.add(replace(AMARA, id=each, full_name=each.title(), email=f"{each}@example.com"))
    changing.change(of="ben", manager="k-17")
    importer = changing.app.extensions["importer"]
    file = b'Id,Name,Manager\r\ncyd,Cyd,Wolfhild Abendrot\r\nben,Ben,"Abendrot, Wolfhild"\r\n'
    job = importer.receive(BytesIO(file), "team.csv", auto_apply=True)
    edit = BulkEdit(filters=(("letter", "c"),), values=(("manager", "k-17"),))
    jobs = changing.app.extensions["jobs"]
    begun = begin_edit(jobs, edit, Author(), {"k-17": "Wolfhild Abendrot"}, auto_apply=True)
    for each in (job, begun):
        list(importer.work(each.id, Event()))
        assert jobs.read(each.id).job.phase is Phase.APPLIED
    assert changing.now("cyd").manager == "k-17"
    changing.directory.maintain()
    assert dump_whole(changing).count("abendrot") > dump(changing).count("abendrot")
    changing.directory.delete(OPERATOR, "k-17", None, "gone")
    left = dump_whole(changing)
    assert [word for word in ("wolfhild", "abendrot", "w.a@") if word in left] == []
    assert changing.now("ben").manager == "k-17"
    assert "Stored as manager: “k-17”" in changing.get("/org/issues").text
    assert "k-17" in changing.get("/employee/ben").text


def test_a_manager_who_left_and_came_back_leads_the_same_people(tmp_path: Path) -> None:
    changing = Changing(tmp_path)
    changing.add(replace(AMARA, id="pat", full_name="Pat Lee", email="pat@example.com"))
    changing.add(replace(AMARA, id="ben", full_name="Ben", manager="pat", email="b@example.com"))
    changing.change(of="pat", left_on=PAST_DAY)
    assert "Reports to Pat Lee, who left on" in changing.get("/org/issues").text
    assert "Pat Lee" in changing.get("/employee/ben").text
    changing.seen_by(viewer(Role.COLLEAGUE))
    seen = changing.get("/employee/ben").text
    assert "Pat Lee" not in seen
    assert "pat" not in seen
    changing.seen_by(ANA)
    changing.change(of="pat", left_on="")
    assert "Manager has left" not in [words_of(h) for h in changing.get("/org/issues").all("h2")]
    changing.seen_by(viewer(Role.COLLEAGUE))
    assert "Pat Lee" in changing.get("/employee/ben").text
    assert "Ben" in changing.get("/org/pat").text


def dump_whole(changing: Changing) -> str:
    """The database with what is packed in it."""
    with closing(sqlite3.connect(changing.file)) as database:
        tables = [name for (name,) in database.execute(
            "select name from sqlite_master where type = 'table'")]  # fmt: skip
        cells = (
            cell for table in tables for row in database.execute(f'select * from "{table}"')
            for cell in row
        )  # fmt: skip
        return "\n".join(map(_unpacked, cells)).casefold()


def _unpacked(cell: object) -> str:
    if isinstance(cell, bytes):
        with suppress(zlib.error):
            cell = zlib.decompress(cell)
        return cell.decode("utf-8", "replace")
    return str(cell)
