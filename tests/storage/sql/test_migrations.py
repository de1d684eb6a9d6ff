"""Tables of an earlier version are upgraded, and keep everybody."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine

from app.contracts import Query
from app.model.fields import FIELDS, FIRST_RELEASE
from app.model.revision import revision_of
from app.storage.sql import open_sql_store, schema
from tests.support.small_directory import AMARA

# The version of the tables that the first release had, and those after it.
FIRST = 5
VERSIONS = [f"{number:04}" for number in range(FIRST, int(schema.newest_version()))]


def make_tables(file: Path, version: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(schema.__file__).with_name("migrations")))
    engine = create_engine(f"sqlite:///{file}")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, version)
    engine.dispose()


def columns_of(file: Path, table: str) -> list[str]:
    with sqlite3.connect(file) as database:
        found = [row[1] for row in database.execute(f"PRAGMA table_info({table})")]
    database.close()
    return found


def copy_rows(source: Path, target: Path, table: str) -> None:
    with sqlite3.connect(target) as database:
        database.execute("ATTACH ? AS source", (str(source),))
        columns = ", ".join(columns_of(target, table))
        database.execute(f"INSERT INTO {table} ({columns}) SELECT {columns} FROM source.{table}")
    database.close()


@pytest.mark.parametrize("version", VERSIONS)
def test_an_upgrade_keeps_everybody(tmp_path: Path, version: str) -> None:
    old = tmp_path / "old.db"
    make_tables(old, version)
    unknown = {field.name for field in FIELDS} - set(columns_of(old, "person"))
    later = {field.name for field in FIELDS if field.digest >= FIRST_RELEASE} - unknown
    person = replace(AMARA, **{name: f"Some {name}" for name in later})
    new = open_sql_store(f"sqlite:///{tmp_path / 'new.db'}")
    new.set_up()
    added = new.add(person, "form")
    for table in ("person", "entry", "facet"):
        copy_rows(tmp_path / "new.db", old, table)
    store = open_sql_store(f"sqlite:///{old}")
    [sentence] = store.set_up()
    assert f"from version {version} to {schema.newest_version()}" in sentence
    assert store.get("amara") == added
    assert store.browse(Query("adeyemi")).cards == new.browse(Query("adeyemi")).cards
    assert store.facets() == new.facets()
    assert {step.changed for step in store.reindex()} == {0}
    wanted = replace(added, **{name: f"Some {name}" for name in unknown})
    store.update(wanted, revision_of(added), "another form")
    assert store.get("amara").same_content(wanted)
    new.close()
    store.close()
