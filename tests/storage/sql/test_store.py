"""What is peculiar to SQL: plans, bounds, the file, its schema, and what goes wrong with it."""

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import BinaryIO

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, event, inspect

from app.access.visibility import SEES_ALL, Sight
from app.contracts import MAX_ROWS_EXAMINED, Query
from app.history.changes import Write
from app.model.employee import Card, Employee, card_of
from app.model.errors import EditConflict, SettingsError, StorageUnavailable
from app.model.revision import revision_of
from app.runtime import deadline
from app.samples.loading import sample_people
from app.storage.sql import SqlStore, open_sql_store, schema
from app.storage.sql.engines import sqlite
from app.storage.sql.index import browse, windows
from app.storage.sql.rows import card_from
from app.storage.sql.tables import metadata
from app.storage.sql.tasks import bulk_add, bulk_read, external_sort
from tests.support.in_time import LATE
from tests.support.model_store import ModelStore
from tests.support.servers.warm_process import PythonProcess
from tests.support.stores.people import (
    add,
    everyone,
    found,
    new_write_id,
    pages,
    pages_back,
    person,
)

PLACES = ("Lisbon", "Porto", "Faro", "Évora")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "a folder" / "directory.db"


@pytest.fixture
def store(file: Path) -> Iterator[SqlStore]:
    opened = open_sql_store(f"sqlite:///{file}")
    opened.set_up()
    yield opened
    opened.close()


def some(how_many: int) -> Iterator[Employee]:
    """All clerks, some called Clea; two of three begin with m, the rest with z."""
    for n in range(how_many):
        yield person(
            f"id-{n:03}",
            f"{'m' if n < how_many * 2 / 3 else 'z'}ann Name {n:03}",
            preferred_name="Clea" if n % 7 == 0 else "",
            job_title="Clerk",
            department=("Ops", "Sales")[n % 2],
            location=PLACES[n % 4],
            badges=("apple", "bug")[: n % 3],
            start_date=f"2026-0{3 + n % 2}-01",
        )


@pytest.fixture
def crowd(crowded: SqlStore, monkeypatch: pytest.MonkeyPatch) -> SqlStore:
    """690 people, where 400 rows are many and 200 are few; nobody may write."""
    for module in browse, windows:
        monkeypatch.setattr(module, "WINDOWS", (40, 360))
    monkeypatch.setattr(browse, "MAX_SORTED_ROWS", 200)
    return crowded


@pytest.fixture(scope="module")
def crowded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SqlStore]:
    opened = open_sql_store(f"sqlite:///{tmp_path_factory.mktemp('crowd') / 'directory.db'}")
    opened.set_up()
    list(opened.add_many(some(690)))
    yield opened
    opened.close()


QUERIES = {
    "list": Query(),
    "letter": Query(letter="m"),
    "location": Query(location="lisbon"),
    "department": Query(department="ops"),
    "job title": Query(job_title="clerk"),
    "badge": Query(badge="apple"),
    "month": Query(joined="2026-03"),
    "two filters": Query(location="lisbon", badge="apple", letter="m"),
    "one word": Query(words="clerk"),
    "two words": Query(words="clerk ann"),
    "word and filters": Query(words="clerk", location="lisbon", letter="m", badge="apple"),
}


@contextmanager
def plans(store: SqlStore) -> Iterator[list[str]]:
    """The steps of every read that happens meanwhile."""
    seen: list[str] = []
    statements: list[str] = []
    engine = store._database._engine

    def trace(connection, entry, proxy) -> None:
        connection.set_trace_callback(statements.append)

    event.listen(engine, "checkout", trace)
    try:
        yield seen
    finally:
        event.remove(engine, "checkout", trace)
    with closing(engine.raw_connection()) as connection:
        connection.driver_connection.set_trace_callback(None)
        for statement in statements:
            if statement.startswith("SELECT"):
                plan = connection.driver_connection.execute(f"EXPLAIN QUERY PLAN {statement}")
                seen.extend(row[3] for row in plan)


@pytest.mark.parametrize("query", QUERIES.values(), ids=QUERIES.keys())
def test_a_page_is_read_along_a_key_without_scan_or_sort(crowd: SqlStore, query: Query) -> None:
    with plans(crowd) as seen:
        first = crowd.browse(query)
        second = crowd.browse(query, first.next)
        crowd.browse(query, second.previous)
    assert any(
        "SEARCH scan_row USING PRIMARY KEY (view=? AND at>? AND at<?)" in step for step in seen
    )
    assert not [step for step in seen if step.startswith("SCAN") and "anon" not in step]
    assert not [step for step in seen if "TEMP B-TREE" in step and "GROUP BY" not in step]


def test_a_page_of_two_filters_is_one_statement_once_counts_were_read(crowd: SqlStore) -> None:
    query = Query(location="lisbon", badge="apple", letter="m")
    unread = crowd.browse(query)
    crowd.facets()
    with plans(crowd) as seen:
        assert crowd.browse(query) == unread
    assert len([step for step in seen if "scan_row" in step]) == 1
    assert not [step for step in seen if "facet" in step or "window_row" in step]


def test_people_are_looked_up_by_a_key(crowd: SqlStore) -> None:
    with plans(crowd) as seen:
        crowd.get("id-001")
        crowd.get_many(["id-001", "nobody"])
        crowd.find_by_email(["ada@example.com"])
        next(crowd.iter_batches("17"))
    assert seen
    assert not [step for step in seen if not step.startswith("SEARCH person USING")]


def test_the_windows_of_a_page_add_up_to_what_it_may_look_at() -> None:
    assert sum(windows.WINDOWS) == MAX_ROWS_EXAMINED
    assert windows.WINDOWS[0] + browse.MAX_SORTED_ROWS <= MAX_ROWS_EXAMINED


def test_a_rare_combination_ends_early_and_offers_to_go_on(crowd: SqlStore) -> None:
    query = Query(words="clerk", letter="z")
    expected = [card_of(each) for each in some(690) if each.full_name.startswith("z")]
    first, *rest = pages(crowd, query, 100)
    assert (first.cards, first.rows_examined) == ((), MAX_ROWS_EXAMINED)
    assert first.next
    assert first.previous is None
    assert [page.rows_examined for page in rest] == [None] * 3
    assert [card for page in rest for card in page.cards] == expected


def test_the_way_back_through_a_rare_combination_ends_early_too(crowd: SqlStore) -> None:
    query = Query(words="clerk", letter="z")
    first, *rest = pages(crowd, query, 100)
    back = list(pages_back(crowd, query, 100, rest[-1]))
    assert [page.cards for page in back] == [rest[1].cards, rest[0].cards, ()]
    assert [page.rows_examined for page in back] == [None, MAX_ROWS_EXAMINED, MAX_ROWS_EXAMINED]
    assert back[-1] == first
    nobody = crowd.browse(query, rest[0].previous, 100)
    assert (nobody.cards, nobody.rows_examined) == ((), MAX_ROWS_EXAMINED)
    assert crowd.browse(query, nobody.next, 100).cards == rest[0].cards
    assert crowd.browse(query, nobody.previous, 100) == first


def test_a_page_that_ends_early_shows_what_it_has(crowd: SqlStore) -> None:
    query = Query(words="clerk", location="faro", badge="apple", letter="m")
    walked = list(pages(crowd, query, 100))
    assert [page.rows_examined for page in walked] == [None]
    query = Query(department="ops", letter="z")
    assert len(everyone(crowd, query)) == 115
    query = Query(words="clerk mann", department="ops")
    walked = list(pages(crowd, query, 215))
    assert [(len(page.cards), page.rows_examined) for page in walked] == [
        (200, MAX_ROWS_EXAMINED),
        (30, None),
    ]


@pytest.mark.parametrize(
    "query",
    [Query(words="clerk 689"), Query(words="clerk zann 68"), Query(words="cle", location="faro"),
     Query(words="clerk name", location="porto", department="sales", badge="apple")],
    ids=str,
)  # fmt: skip
def test_few_people_are_all_found_however_frequent_the_word(crowd: SqlStore, query: Query) -> None:
    model = ModelStore()
    list(model.add_many(some(690)))
    page = crowd.browse(query, None, 300)
    assert page.cards == model.browse(query, None, 300).cards
    assert page.cards
    assert page.rows_examined is None


def test_pages_of_few_people_go_both_ways(crowd: SqlStore) -> None:
    query = Query(words="cle", location="faro")
    walked = list(pages(crowd, query, 60))
    assert [len(page.cards) for page in walked] == [60, 60, 52]
    back = list(pages_back(crowd, query, 60, walked[-1]))
    assert [page.cards for page in back] == [page.cards for page in walked[-2::-1]]


@pytest.mark.parametrize(
    "row",
    [
        (
            "1",
            "Ada",
            "Clerk",
            "Lisbon",
            "Ops",
            "a@b",
            "1",
            '["apple","bug"]',
            "employee_pic/a.jpg",
            "",
        ),
        ("1", None, None, None, None, None, None, None, None, None),
        ("1", " Ada ", "a\tb", "a  b", "a\u00a0b", "x" * 300, "|", "apple,linux", "", '["about"]'),
        ("1", "Ada |", "| b", "\u3000", "\u200d", "a\nb", "", "[1, null]", "", '["about", 1]'),
        ("1", "Ada", "", "", "", "", "", '["rocket"', "", "about"),
    ],
)
def test_the_card_in_a_row_is_that_of_the_whole_record(store: SqlStore, row: tuple) -> None:
    with sqlite3.connect(store._database.url.database) as other:
        other.execute(
            f"INSERT INTO person ({','.join(Card._fields)}) VALUES (?,?,?,?,?,?,?,?,?,?)", row
        )
    other.close()
    assert card_from(row) == card_of(store.get("1"))


def test_a_record_with_odd_values_is_read(store: SqlStore) -> None:
    with sqlite3.connect(store._database.url.database) as other:
        other.execute(
            "INSERT INTO person (id, full_name, badges, updated_at, version) VALUES (?,?,?,?,?)",
            ("1", "Ada", "['apple'", "yesterday", None),
        )
    other.close()
    stored = store.get("1")
    assert (stored.badges, stored.updated_at, stored.version) == (("apple",), None, 0)
    list(store.reindex())
    assert found(store, badge="apple") == ["Ada"]


def test_an_id_that_was_put_in_twice_is_listed_once(store: SqlStore) -> None:
    with sqlite3.connect(store._database.url.database) as other:
        other.executemany("INSERT INTO person (id, full_name) VALUES (?,?)", [("1", "Ada")] * 2)
    other.close()
    list(store.reindex())
    assert found(store) == ["Ada"]
    assert list(store.reindex())[-1].changed in (0, 1)


def test_a_reindex_finds_entries_that_were_lost_or_are_wrong(store: SqlStore) -> None:
    add(store, *some(50))
    before = everyone(store), found(store, words="clerk"), store.facets()
    with sqlite3.connect(store._database.url.database) as other:
        other.execute("DELETE FROM entry WHERE view = 'word' AND number % 3 = 0")
        other.execute("UPDATE entry SET view = 'location:nowhere' WHERE view = 'location:porto'")
        other.execute("UPDATE facet SET people = people + 7 WHERE view LIKE 'title%'")
        other.execute("DELETE FROM facet WHERE view = 'name'")
    other.close()
    list(store.reindex())
    assert (everyone(store), found(store, words="clerk"), store.facets()) == before
    assert found(store, location="nowhere") == []
    assert len(found(store, location="porto")) == 13


def test_adding_many_goes_on_where_it_was_left(
    store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk_add, "BATCH_SIZE", 10)
    running = store.add_many(some(45))
    assert [next(running), next(running)] == [10, 20]
    running.close()
    assert store.facets().total == 20
    assert list(store.add_many(some(45)))[-1] == 25
    assert store.facets().total == 45


def test_many_people_in_any_order_are_stored_as_first_given(
    store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk_add, "BATCH_SIZE", 15)
    for name, size in (("WINDOW_ITEMS", 40), ("RUN_ITEMS", 10), ("PIECE_ITEMS", 3)):
        monkeypatch.setattr(external_sort, name, size)
    people = list(some(115))
    Random(7).shuffle(people)
    again = [replace(each, full_name=f"Aaa {each.full_name}") for each in people]
    model = ModelStore()
    list(model.add_many([*people, *again]))
    progress = list(store.add_many([*people[:60], *again[:60], *people[60:], *again[60:]]))
    assert progress[-1] == 115
    assert progress == sorted(progress)
    assert everyone(store) == everyone(model)
    assert store.facets() == model.facets()
    assert list(store.reindex())[-1].changed == 0


def test_adding_many_writes_nothing_to_undo_a_single_statement(store: SqlStore, file: Path) -> None:
    people = list(sample_people(6_000))
    list(store.add_many(people[:5_000]))
    before = bytes_of("wchar")
    list(store.add_many(people[5_000:]))
    log = file.with_name(f"{file.name}-wal").stat().st_size
    # To the log, and from there to the file; else 2.9 times.
    assert log < bytes_of("wchar") - before < 2.2 * log


def test_little_of_the_log_is_read_again_where_memory_is_short(
    store: SqlStore, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "BULK_CACHE_KB", 1_000)
    people = list(sample_people(10_000))
    list(store.add_many(people[:5_000]))
    before = bytes_of("rchar")
    list(store.add_many(people[5_000:]))
    log = file.with_name(f"{file.name}-wal").stat().st_size
    # Once for the pages that change, and once for the checksums of the log: 2.5 times.
    assert bytes_of("rchar") - before < 2.6 * log


def bytes_of(way: str) -> int:
    """How many bytes this process has read or written."""
    fields = Path("/proc/self/io").read_text().split()
    return int(fields[fields.index(f"{way}:") + 1])


def test_many_people_are_put_in_order_a_window_at_a_time() -> None:
    items = [(f"{n * 7 % 1000:03}", f"tie {n}", ("é", None)) for n in range(1000)]
    for window, run, piece in ((400, 100, 30), (100, 100, 100), (2_000, 1_000, 999), (9, 3, 1)):
        found = windows_of(items, window, run, piece)
        assert found == [sorted(items[at : at + window]) for at in range(0, 1000, window)]
    assert windows_of([], 9, 3, 1) == []


def test_a_window_ends_before_whom_it_has_already() -> None:
    ties = ["a", "b", "a", "a", "c", "b", "a", "d"]
    items = [(str(9 - n), tie) for n, tie in enumerate(ties)]
    found = windows_of(items, 100, 2, 1)
    assert found == [[("8", "b"), ("9", "a")], [("7", "a")], [("4", "b"), ("5", "c"), ("6", "a")],
                     [("2", "d"), ("3", "a")]]  # fmt: skip


def test_nobody_waits_long_for_a_window_to_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(external_sort, "MAX_WINDOW_SECONDS", 0.0)
    assert windows_of([("2", "a"), ("1", "b")], 100, 50, 10) == [[("2", "a")], [("1", "b")]]


def windows_of(
    items: list[tuple[object, ...]], window: int, run: int, piece: int
) -> list[list[tuple[object, ...]]]:
    with pytest.MonkeyPatch.context() as patch:
        sizes = {"WINDOW_ITEMS": window, "RUN_ITEMS": run, "PIECE_ITEMS": piece}
        for name, size in sizes.items():
            patch.setattr(external_sort, name, size)
        return [list(each) for each in external_sort.sort_windows(items)]


def full_disk(buffering: int) -> BinaryIO:
    return open("/dev/full", "w+b", buffering)


def test_where_no_room_is_left_to_put_people_in_order_it_is_told(
    store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(external_sort, "RUN_ITEMS", 5)
    monkeypatch.setattr(tempfile, "TemporaryFile", full_disk)
    with pytest.raises(StorageUnavailable, match="No space left on device"):
        list(store.add_many(some(12)))
    assert store.facets().total == 0


def test_adding_many_is_not_hindered_by_what_another_program_left(store: SqlStore) -> None:
    add(store, *some(6))
    with sqlite3.connect(store._database.url.database) as other:
        other.execute("DELETE FROM person WHERE id < 'id-003'")
    other.close()
    assert list(store.add_many(some(8)))[-1] == 5
    assert [each.id for each in everyone(store)] == [each.id for each in some(8)]
    list(store.reindex())
    assert store.facets().total == 8


def test_everyone_comes_batch_by_batch_while_people_come_and_go(
    store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk_read, "BATCH_SIZE", 10)
    list(store.add_many(some(45)))
    running = store.iter_batches()
    first, second = next(running), next(running)
    store.delete(first.people[0].id, None, Write(new_write_id()))
    store.delete(second.people[-1].id, None, Write(new_write_id()))
    store.delete("id-044", None, Write(new_write_id()))
    add(store, person("new"))
    rest = [each.id for batch in running for each in batch.people]
    seen = [each.id for batch in (first, second) for each in batch.people]
    assert [*seen, *rest] == [*(each.id for each in some(44)), "new"]
    again = [each.id for batch in store.iter_batches(second.bookmark) for each in batch.people]
    assert again == rest


def test_an_id_that_was_put_in_twice_comes_once(store: SqlStore) -> None:
    add(store, person("1", "Ada"))
    with sqlite3.connect(store._database.url.database) as other:
        other.execute("INSERT INTO person (id, full_name) VALUES ('1', 'Bea')")
        other.execute("INSERT INTO person (id, full_name) VALUES ('2', 'Cleo')")
    other.close()
    everyone_now = [each for batch in store.iter_batches() for each in batch.people]
    assert [each.full_name for each in everyone_now] == ["Ada", "Cleo"]


def test_an_address_that_another_program_changed_finds_nobody(store: SqlStore) -> None:
    add(store, person("1", email="ada@example.com"))
    with sqlite3.connect(store._database.url.database) as other:
        other.execute("UPDATE person SET email = 'zoe@example.com'")
    other.close()
    assert store.find_by_email(["ada@example.com"]) == {}


def test_the_same_counts_are_the_same_object(store: SqlStore) -> None:
    (ada,) = add(store, person("1", "Ada", location="Lisbon"))
    facets = store.facets()
    store.update(replace(ada, about="Nothing that is counted."), revision_of(ada), Write("w"))
    assert store.facets() is facets
    add(store, person("2", "Bea"))
    assert store.facets() is not facets


def test_the_folder_of_the_file_is_made_and_said(file: Path) -> None:
    opened = open_sql_store(f"sqlite:///{file}")
    assert not file.parent.exists()
    assert opened.set_up() == [f"The tables in {file} were created."]
    assert opened.set_up() == []
    opened.close()


def test_the_file_is_kept_as_safely_as_promised(store: SqlStore) -> None:
    store.close()
    with store._database.reading("test") as connection:
        pragmas = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "busy_timeout")
        }
    assert pragmas == {"journal_mode": "wal", "synchronous": 2, "busy_timeout": 2_000}


def test_the_migrations_make_the_tables_that_the_code_uses(store: SqlStore, tmp_path: Path) -> None:
    plain = create_engine(f"sqlite:///{tmp_path / 'plain.db'}")
    metadata.create_all(plain)
    wanted, made = inspect(plain), inspect(store._database._engine)
    assert {*made.get_table_names()} == {*wanted.get_table_names(), "alembic_version"}
    for table in wanted.get_table_names():
        for look in ("get_columns", "get_pk_constraint", "get_indexes", "get_table_options"):
            assert str(getattr(made, look)(table)) == str(getattr(wanted, look)(table))
    plain.dispose()


def test_the_version_is_that_of_the_newest_migration() -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(schema.__file__).with_name("migrations")))
    assert ScriptDirectory.from_config(config).get_current_head() == schema.newest_version()


def test_a_start_that_finds_everything_ready_loads_no_alembic(store: SqlStore, file: Path) -> None:
    code = (
        "import sys; from app.storage.sql import open_sql_store\n"
        f"assert open_sql_store('sqlite:///{file}').set_up() == []\n"
        "assert 'alembic' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


@pytest.mark.slow
def test_several_processes_may_set_up_at_once(file: Path, tmp_path: Path) -> None:
    code = (
        f"from app.storage.sql import open_sql_store; open_sql_store('sqlite:///{file}').set_up()"
    )
    running = [PythonProcess("-c", code, log=tmp_path / f"{n}.log") for n in range(4)]
    for each in running:
        assert (each.wait(), each.log_text()) == (0, "")
    opened = open_sql_store(f"sqlite:///{file}")
    opened.check()
    opened.close()


def test_several_threads_may_set_up_at_once(file: Path) -> None:
    opened = [open_sql_store(f"sqlite:///{file}") for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        said = list(pool.map(SqlStore.set_up, opened))
    assert sum(map(len, said)) == 1
    for each in opened:
        each.close()


def every_call(store: SqlStore) -> Iterator[tuple[str, object]]:
    yield "get", lambda: store.get("1")
    yield "add", lambda: store.add(person("1"), Write("w"))
    yield "update", lambda: store.update(person("1"), "1.", Write("w"))
    yield "delete", lambda: store.delete("1", None, Write("w"))
    yield "browse", lambda: store.browse(Query())
    yield "facets", store.facets
    yield "check", store.check
    yield "reindex", lambda: list(store.reindex())
    yield "add_many", lambda: list(store.add_many([person("1")]))
    yield "photo_keys", lambda: list(store.photo_keys())
    yield "get_many", lambda: store.get_many(["1"])
    yield "find_by_email", lambda: store.find_by_email(["a@b"])
    yield "iter_batches", lambda: list(store.iter_batches())


def assert_all_unavailable(store: SqlStore) -> None:
    for name, call in every_call(store):
        with pytest.raises(StorageUnavailable) as error:
            call()
        assert error.value.service == "the database", name
        assert not error.value.maybe_written


def test_without_tables_every_call_says_so(file: Path) -> None:
    opened = open_sql_store(f"sqlite:///{file}")
    assert_all_unavailable(opened)
    file.parent.mkdir()
    assert_all_unavailable(opened)
    with pytest.raises(StorageUnavailable, match="flask setup"):
        opened.check()
    opened.close()


def test_a_file_that_is_no_database_is_unavailable(file: Path) -> None:
    file.parent.mkdir()
    file.write_bytes(b"This is a letter, not a database. " * 100)
    opened = open_sql_store(f"sqlite:///{file}")
    with pytest.raises(StorageUnavailable, match="not a database"):
        opened.set_up()
    assert_all_unavailable(opened)
    opened.close()


def test_a_folder_that_cannot_be_made_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "a file").write_text("")
    opened = open_sql_store(f"sqlite:///{tmp_path / 'a file' / 'directory.db'}")
    with pytest.raises(StorageUnavailable):
        opened.set_up()
    opened.close()


def test_a_locked_database_is_unavailable_within_the_deadline_and_still_read(
    store: SqlStore,
) -> None:
    stored = store.add(person("1", "Ada"), Write("w"))
    other = sqlite3.connect(store._database.url.database, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    began = time.monotonic()
    with deadline.within(0.3), pytest.raises(StorageUnavailable, match="locked") as error:
        store.update(replace(stored, full_name="Zoe"), revision_of(stored), Write("w2"))
    assert 0.2 < time.monotonic() - began < 0.3 + LATE
    assert not error.value.maybe_written
    assert found(store) == ["Ada"]
    other.execute("ROLLBACK")
    other.close()
    assert (
        store.update(replace(stored, full_name="Zoe"), revision_of(stored), Write("w2")).version
        == 2
    )


def test_no_call_begins_when_the_time_is_over(store: SqlStore) -> None:
    with deadline.within(0):
        assert_all_unavailable(store)


def test_a_full_disk_writes_nothing_and_says_so(store: SqlStore) -> None:
    add(store, person("1", "Ada"))
    engine = store._database._engine

    @event.listens_for(engine, "connect")
    def fill(connection, record) -> None:
        pages_now = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages_now}")

    engine.dispose()
    added = 1
    with pytest.raises(StorageUnavailable, match="full") as error:  # noqa: PT012
        for n in range(100):
            store.add(person(f"x{n}", "Bea", about="x" * 2_000), Write(new_write_id()))
            added += 1
    assert not error.value.maybe_written
    assert store.facets().total == len(everyone(store)) == added


def test_a_file_that_may_only_be_read_is_still_read(store: SqlStore, file: Path) -> None:
    stored = store.add(person("1", "Ada"), Write("w"))
    engine = store._database._engine

    @event.listens_for(engine, "connect")
    def protect(connection, record) -> None:
        connection.execute("PRAGMA query_only = ON")  # root may write to any file

    engine.dispose()
    assert found(store) == ["Ada"]
    with pytest.raises(StorageUnavailable, match="readonly"):
        store.update(replace(stored, full_name="Zoe"), revision_of(stored), Write("w2"))


def test_after_the_file_was_away_the_next_call_works(store: SqlStore, file: Path) -> None:
    add(store, person("1", "Ada"))
    store.close()
    away = file.with_name("away")
    shutil.move(file, away)
    with pytest.raises(StorageUnavailable):
        store.browse(Query())
    store.close()
    shutil.move(away, file)
    assert found(store) == ["Ada"]


def test_a_failed_write_leaves_its_connection_fit_for_the_next(store: SqlStore) -> None:
    stored = store.add(person("1", "Ada"), Write("w"))
    for n in range(40):
        with pytest.raises(EditConflict):
            store.update(replace(stored, about=f"{n}"), "0.nonsense", Write(new_write_id()))
    assert store.update(replace(stored, about="x"), revision_of(stored), Write("w2")).version == 2


@pytest.mark.parametrize(
    "url",
    ["oracle://bob:hunter22@db/people", "mysql://bob:hunter22@db", "postgresql:///hunter22", "sqlite://",
     "sqlite:///:memory:", "hunter22", "", "://hunter22", "sqlite+aiosqlite:///hunter22"],
)  # fmt: skip
def test_another_kind_of_address_is_refused_without_its_password(url: str) -> None:
    with pytest.raises(SettingsError, match="DATABASE_URL") as error:
        open_sql_store(url)
    assert "hunter22" not in str(error.value)


KILLED = """
import os, signal
from sqlalchemy import event
from app.storage.sql import open_sql_store
from app.history.changes import Write
from app.model.revision import revision_of
from dataclasses import replace
store = open_sql_store({url!r})
stored = store.get("1")
steps = iter(range({step}))
@event.listens_for(store._database._engine, "before_cursor_execute")
def count(connection, cursor, statement, parameters, context, many):
    if next(steps, None) is None:
        os.kill(os.getpid(), signal.SIGKILL)
store.update(replace(stored, full_name="Zoe", location="Porto"), revision_of(stored), Write("w2"))
print("saved", flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.slow
def test_a_save_killed_at_any_step_happened_whole_or_not_at_all(file: Path, tmp_path: Path) -> None:
    url = f"sqlite:///{file}"
    opened = open_sql_store(url)
    opened.set_up()
    opened.add(person("1", "Ada", location="Lisbon"), Write("w"))
    for step in range(40):
        code = KILLED.format(url=url, step=step)
        killed = PythonProcess("-c", code, log=tmp_path / f"{step}.log")
        assert killed.wait() == -signal.SIGKILL, killed.log_text()
        saved = "saved" in killed.log_text()
        name, place = ("Zoe", "Porto") if saved else ("Ada", "Lisbon")
        assert opened.get("1").full_name == name
        assert found(opened) == found(opened, location=place, words=name) == [name]
        assert opened.facets().locations == {place: 1}
        if saved:
            break
    assert step > 5
    assert saved
    opened.close()


def test_a_forked_process_opens_its_own_connections(store: SqlStore) -> None:
    add(store, person("1", "Ada"))
    pooled = store._database._engine.pool.checkedin()
    assert pooled
    child = os.fork()
    if child == 0:  # pragma: no cover
        os._exit(0 if store._database._engine.pool.checkedin() == 0 and found(store) else 1)
    assert os.waitpid(child, 0)[1] == 0
    assert store._database._engine.pool.checkedin() == pooled


def test_before_the_reindex_what_is_not_known_of_a_word_counts_as_concealed(store: SqlStore):
    store.add(
        Employee(id="1", full_name="Ada King", preferred_name="Countess", employee_number="E-4711"),
        Write("form"),
    )
    with sqlite3.connect(store._database.url.database) as other:
        other.execute("UPDATE person SET origins = NULL")
    other.close()
    visitor = Sight(frozenset(("email",)), sees_hidden=False)

    def found(words: str, sight: Sight = visitor) -> int:
        return len(store.browse(Query(words).seen_with(sight)).cards)

    assert [found("king"), found("countess"), found("4711")] == [1, 0, 0]
    assert [found(words, SEES_ALL) for words in ("king", "countess", "4711")] == [1, 1, 1]
    assert [step.changed for step in store.reindex()][-1] == 1
    assert [found("king"), found("countess"), found("4711")] == [1, 1, 1]
