"""Tables of an earlier version are upgraded, and keep everybody."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from app.contracts import Query
from app.history.changes import Write
from app.history.difference import content_of
from app.model.errors import StorageUnavailable
from app.model.fields import FIELDS, FIRST_RELEASE, TEXT_FIELDS
from app.model.revision import revision_of
from app.storage.sql import SqlStore, open_sql_store, schema
from app.storage.sql.rehearsal import find_loss
from tests.support.small_directory import AMARA

# The version of the tables that the first release had, and those after it.
FIRST = 5
VERSIONS = [f"{number:04}" for number in range(FIRST, int(schema.newest_version()))]


WithMigration = Callable[[str], None]
NEXT = f"{int(schema.newest_version()) + 1:04}"
MIGRATIONS = Path(schema.__file__).with_name("migrations")


def make_tables(file: Path, version: str) -> None:
    engine = create_engine(f"sqlite:///{file}")
    with engine.begin() as connection:
        schema.upgrade_tables(connection, version)
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


def test_later_migrations_only_add() -> None:
    assert find_loss(schema.upgrade_tables, schema.READABLE_BY) == ""


@pytest.mark.parametrize(
    ("upgrade", "loss"),
    [
        ("op.drop_table('gone')", "there would be no table gone"),
        ("op.drop_column('access', 'org_top')", "there would be no access.org_top"),
        ("op.rename_table('gone', 'left')", "there would be no table gone"),
        (
            "op.drop_column('job', 'state'); op.add_column('job', Column('state', Integer))",
            "job.state would be another kind of column",
        ),
        (
            "op.add_column('secret', Column('at', Text, nullable=False))",
            "they would write no secret.at",
        ),
        (
            "op.create_index('one_place', 'person', ['location'], unique=True)",
            "could no longer hold the same person.location twice",
        ),
        ("raise RuntimeError('left half done')", "(RuntimeError: left half done)"),
        ("op.execute('nonsense')", "its migration fails"),
    ],
)
def test_a_migration_that_takes_something_from_older_releases_is_not_made(
    with_migration: WithMigration, tmp_path: Path, upgrade: str, loss: str
) -> None:
    store = open_sql_store(f"sqlite:///{tmp_path / 'directory.db'}")
    store.set_up()
    with_migration(upgrade)
    before = dump(tmp_path / "directory.db")
    with pytest.raises(StorageUnavailable, match="nothing was changed") as raised:
        store.set_up()
    assert loss in raised.value.reason
    assert dump(tmp_path / "directory.db") == before
    store.close()


def test_a_migration_of_tables_that_are_older_than_it_leaves_them(
    with_migration: WithMigration, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = open_sql_store(f"sqlite:///{tmp_path / 'directory.db'}")
    store.set_up()
    with_migration("op.add_column('person', Column('shoe', Text))")
    monkeypatch.setattr(schema, "READABLE_BY", NEXT)
    with pytest.raises(StorageUnavailable, match=f"from version {NEXT} on"):
        store.set_up()
    monkeypatch.undo()
    forget_versions()
    store.check()
    store.close()


def test_a_migration_that_only_adds_leaves_the_tables_to_the_release_before(
    with_migration: WithMigration, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = open_sql_store(f"sqlite:///{tmp_path / 'directory.db'}")
    store.set_up()
    with_migration("op.add_column('person', Column('shoe', Text))")
    [sentence] = store.set_up()
    assert f"to {NEXT}" in sentence
    store.check()
    monkeypatch.undo()
    forget_versions()
    store.check()
    assert store.set_up() == []
    assert store.add(AMARA, Write("form")) == store.get("amara")
    store.close()


def test_the_first_release_finds_its_version_in_tables_of_its_own(tmp_path: Path) -> None:
    make_tables(tmp_path / "old.db", f"{FIRST:04}")
    store = open_sql_store(f"sqlite:///{tmp_path / 'old.db'}")
    store.set_up()
    with store.database.reading("test") as connection:
        read = text("SELECT version_num FROM alembic_version")
        assert connection.execute(read).scalar() == f"{FIRST:04}"
    store.check()
    assert store.set_up() == []
    assert store.add(AMARA, Write("form")) == store.get("amara")
    store.close()


def test_tables_of_the_first_release_that_a_newer_one_has_changed_are_left(tmp_path: Path) -> None:
    make_tables(tmp_path / "old.db", f"{FIRST:04}")
    store = open_sql_store(f"sqlite:///{tmp_path / 'old.db'}")
    store.set_up()
    with store.database.writing("test") as connection:
        connection.execute(schema.schema_state.update().values(content="9000"))
    with pytest.raises(StorageUnavailable, match="install that release"):
        store.check()
    before = dump(tmp_path / "old.db")
    with pytest.raises(StorageUnavailable, match="a newer release has used it"):
        store.set_up()
    assert dump(tmp_path / "old.db") == before
    store.close()


@pytest.fixture
def with_migration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[WithMigration]:
    """Make this release one with another migration, of this body."""
    copy = tmp_path / "migrations"
    shutil.copytree(MIGRATIONS, copy, ignore=shutil.ignore_patterns("__pycache__"))

    def add(upgrade: str) -> None:
        (copy / "versions" / f"{NEXT}_next.py").write_text(
            "from alembic import op\nfrom sqlalchemy import Column, Integer, String, Text\n"
            f"revision = '{NEXT}'\ndown_revision = '{schema.newest_version()}'\n"
            f"def upgrade():\n    {upgrade}\n"
        )
        monkeypatch.setattr(schema, "_MIGRATIONS", copy)
        forget_versions()

    yield add
    monkeypatch.undo()
    forget_versions()


def forget_versions() -> None:
    schema._versions.cache_clear()
    schema.newest_version.cache_clear()


def dump(file: Path) -> list[str]:
    with sqlite3.connect(file) as database:
        found = list(database.iterdump())
    database.close()
    return found
