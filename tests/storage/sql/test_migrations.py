"""Tables of an earlier version are upgraded, and keep everybody."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine

from app.contracts import Query
from app.history.changes import Write
from app.history.difference import content_of
from app.model.errors import StorageUnavailable
from app.model.fields import FIELDS, FIRST_RELEASE, TEXT_FIELDS
from app.model.revision import revision_of
from app.storage.sql import SqlStore, open_sql_store, schema
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
    added = new.add(person, Write("form"))
    for table in ("person", "entry", "facet"):
        copy_rows(tmp_path / "new.db", old, table)
    store = open_sql_store(f"sqlite:///{old}")
    [sentence] = store.set_up()
    assert f"from version {version} to {schema.newest_version()}" in sentence
    assert store.get("amara") == added
    assert store.browse(Query("adeyemi")).cards == new.browse(Query("adeyemi")).cards
    assert store.facets() == new.facets()
    # Which words of a number only some viewers search by is not known before.
    assert {step.changed for step in store.reindex()} <= {0, 1}
    assert {step.changed for step in store.reindex()} == {0}
    texts = {name: f"Some {name}" for name in unknown if name in TEXT_FIELDS}
    wanted = replace(added, **texts, hidden=("phone", "about"))
    store.update(wanted, revision_of(added), Write("another form"))
    assert store.get("amara").same_content(wanted)
    new.close()
    store.close()


def test_people_of_before_their_history_are_taken_as_they_are(tmp_path: Path) -> None:
    old = tmp_path / "old.db"
    make_tables(old, "0013")
    new = open_sql_store(f"sqlite:///{tmp_path / 'new.db'}")
    new.set_up()
    added = new.add(AMARA, Write("form"))
    for table in ("person", "entry", "facet"):
        copy_rows(tmp_path / "new.db", old, table)
    new.close()
    before = rows_of(old)
    store = open_sql_store(f"sqlite:///{old}")
    store.set_up()
    assert {step.changed for step in store.reindex()} == {0}
    assert (store.get("amara"), store.history.changes_of("amara").changes) == (added, ())
    store.maintain()
    assert rows_of(old) == before
    store.update(replace(added, job_title="Lead"), revision_of(added), Write("another form"))
    [change] = store.history.changes_of("amara").changes
    assert (change.version, change.base) == (2, content_of(AMARA))
    assert (change.was, change.now) == ({"job_title": "Principal Engineer"}, {"job_title": "Lead"})
    store.close()


def rows_of(file: Path) -> list[tuple[object, ...]]:
    """The rows of people with the columns of the release before histories."""
    later = {"left_on", "history", "manager", "desk", "working_hours", "chat"}
    columns = ", ".join(sorted({*columns_of(file, "person")} - later))
    with sqlite3.connect(file) as database:
        found = database.execute(f"SELECT {columns} FROM person").fetchall()
    database.close()
    return found


@pytest.fixture
def newer(tmp_path: Path) -> Iterator[SqlStore]:
    """Tables of this release to which a newer one has added a column, and a table."""
    store = open_sql_store(f"sqlite:///{tmp_path / 'directory.db'}")
    store.set_up()
    with sqlite3.connect(tmp_path / "directory.db") as database:
        database.execute("UPDATE alembic_version SET version_num = '9000'")
        database.execute("ALTER TABLE person ADD COLUMN shoe_size TEXT")
        database.execute("CREATE TABLE shoe (size TEXT)")
    database.close()
    yield store
    store.close()


def mark(store: SqlStore, readable_by: str | None) -> None:
    with store.database.writing("test") as connection:
        connection.execute(schema.schema_state.delete())
        if readable_by is not None:
            row = {"name": "readable_by", "content": readable_by}
            connection.execute(schema.schema_state.insert(), row)


def test_tables_that_a_newer_release_only_added_to_are_used(newer: SqlStore) -> None:
    newer.check()
    assert newer.set_up() == []
    assert newer.add(AMARA, Write("form")) == newer.get("amara")
    assert [card.id for card in newer.browse(Query("adeyemi")).cards] == ["amara"]


@pytest.mark.parametrize("readable_by", [None, "", "9000", "9999", "x"])
def test_tables_that_a_newer_release_has_changed_are_not(
    newer: SqlStore, readable_by: str | None
) -> None:
    mark(newer, readable_by)
    with pytest.raises(StorageUnavailable, match="install that release"):
        newer.check()
    with pytest.raises(StorageUnavailable, match="a newer release has used it"):
        newer.set_up()
    mark(newer, schema.newest_version())
    newer.check()


def test_later_migrations_only_add(tmp_path: Path) -> None:
    before, after = (
        _columns_by_table(tmp_path / version, version)
        for version in (schema.READABLE_BY, schema.newest_version())
    )
    assert before.keys() <= after.keys()
    for table, columns in before.items():
        kept = {name: column for name, column in after[table].items() if name in columns}
        assert kept == columns, f"raise READABLE_BY: older releases use {table} as it was"
        for name, (_, is_required, default) in after[table].items():
            is_filled = not is_required or default is not None
            assert name in columns or is_filled, f"older releases insert rows without {name}"


def _columns_by_table(file: Path, version: str) -> dict[str, dict[str, tuple[object, ...]]]:
    make_tables(file, version)
    with sqlite3.connect(file) as database:
        tables = database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        found = {
            table: {
                name: (kind, required, default)
                for _, name, kind, required, default, _ in database.execute(
                    f"PRAGMA table_info({table})"
                )
            }
            for (table,) in tables
        }
    database.close()
    return found
