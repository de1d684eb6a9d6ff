"""What is special about histories in SQL: flat cost, kills, erasing, and releases without them."""

from __future__ import annotations

import random
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import event

from app.contracts import Query
from app.contracts.history import AuditQuery
from app.history.changes import Author, Change, ChangeKind, Through, Write
from app.history.difference import content_of, next_moment
from app.history.folding import fold
from app.model.employee import Employee
from app.model.revision import revision_of
from app.storage.sql import SqlStore, open_sql_store, records
from app.storage.sql.index.entries import entries_of
from app.text.person_names import SortBy
from tests.support.days import COMING_DAY, PAST_DAY
from tests.support.in_time import wait_until
from tests.support.servers.warm_process import PythonProcess
from tests.support.stores.people import add, everyone, new_write_id, person

ADA = person("ada", "Ada Lovelace", location="London")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "directory.db"


@pytest.fixture
def store(file: Path) -> Iterator[SqlStore]:
    opened = open_sql_store(f"sqlite:///{file}")
    opened.set_up()
    yield opened
    opened.close()


def write() -> Write:
    return Write(new_write_id(), Author("Ana Ruiz", "acc-1"), Through(request_id="req-1"))


def save(store: SqlStore, employee_id: str, **fields: object) -> Employee:
    stored = store.get(employee_id)
    changed = replace(stored, **fields)  # type: ignore[arg-type]
    return store.update(changed, revision_of(stored), write())


def many_changes(number: int) -> Iterator[Change]:
    moment = ""
    for version in range(2, number + 2):
        moment = next_moment(moment, datetime.now(UTC))
        yield Change(
            employee_id="ada",
            moment=moment,
            kind=ChangeKind.CHANGED,
            version=version,
            full_name="Ada Lovelace",
            was={"location": f"Place {version - 1:04}"},
            now={"location": f"Place {version:04}"},
            through=Through(request_id="req-1"),
        )


@contextmanager
def steps_of(store: SqlStore) -> Iterator[list[int]]:
    """How many instructions SQLite takes for what happens meanwhile."""
    counted = [0]

    def count() -> int:
        counted[0] += 1
        return 0

    def watch(connection: object, *_: object) -> None:
        connection.connection.dbapi_connection.set_progress_handler(count, 1)  # type: ignore[attr-defined]

    engine = store._database._engine
    event.listen(engine, "before_cursor_execute", watch)
    try:
        yield counted
    finally:
        event.remove(engine, "before_cursor_execute", watch)


COSTS: dict[str, Callable[[SqlStore], object]] = {
    "first page": lambda store: store.history.changes_of("ada"),
    "one change": lambda store: store.history.find_change(
        "ada", store.history.changes_of("ada").changes[9].moment
    ),
    "audit log": lambda store: store.history.audit(AuditQuery()),
    "save": lambda store: save(store, "ada", about="Another line."),
    "save after another program": lambda store: outside_then_save(store),
}


def outside_then_save(store: SqlStore) -> None:
    with store.database.writing("test") as connection:
        connection.exec_driver_sql("UPDATE person SET about = 'Elsewhere.' WHERE id = 'ada'")
    save(store, "ada", about="Here.")


@pytest.mark.parametrize("name", COSTS)
def test_the_cost_does_not_depend_on_the_number_of_changes(
    store: SqlStore, tmp_path: Path, name: str
) -> None:
    few, many = store, open_sql_store(f"sqlite:///{tmp_path / 'many.db'}")
    many.set_up()
    steps = {}
    for each, number in (few, 60), (many, 5_000):
        each.history.restore_changes(many_changes(number))
        add(each, ADA)
        for _ in range(20):  # as many as lead to a base
            save(each, "ada", pronouns=new_write_id())
        with steps_of(each) as counted:
            COSTS[name](each)
        steps[number] = counted[0]
    assert 0 < steps[5_000] <= 1.2 * steps[60]
    many.close()


def test_who_is_erased_is_in_no_dump_and_in_no_byte_of_the_files(
    store: SqlStore, file: Path
) -> None:
    others = (person(f"{n:03}", f"Name {n:03}", about="x" * 300) for n in range(400))
    list(store.add_many(others, write()))
    store.add(person("q", "Xanthe Quillfeather"), write())
    for number in range(45):
        save(store, "q", location=f"Zyzzyva {number}", email=f"quillfeather{number}@example.com")
        save(store, f"{number:03}", location=f"Place {number}")
    save(store, "q", left_on=PAST_DAY)
    store.delete("q", None, write())
    with closing(sqlite3.connect(file)) as other:
        dump = "\n".join(other.iterdump())
    content = b"".join(each.read_bytes() for each in file.parent.glob("directory.db*"))
    for trace in ("quillfeather", "zyzzyva", "xanthe"):
        assert trace not in dump.lower()
        assert trace.encode() not in content.lower()


def test_an_erasure_is_finished_when_nobody_reads_any_more(store: SqlStore, file: Path) -> None:
    add(store, person("q", "Xanthe Quillfeather"), ADA)
    with closing(sqlite3.connect(file, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT * FROM person").fetchone()
        store.delete("q", None, write())
        assert store.database.holds_deleted
    store.database.overwrite_deleted()
    assert not store.database.holds_deleted
    content = b"".join(each.read_bytes() for each in file.parent.glob("directory.db*"))
    assert b"quillfeather" not in content.lower()


SAVER = """
import itertools
from dataclasses import replace
from app.history.changes import Author, Write
from app.model.revision import revision_of
from app.storage.sql import open_sql_store
store = open_sql_store({url!r})
stored = store.get("ada")
print("ready", flush=True)
for number in itertools.count():
    wanted = replace(stored, location=f"Place {round} {{number}}")
    write = Write(f"{round}-{{number}}", Author("Ana", "acc-1"))
    stored = store.update(wanted, revision_of(stored), write)
"""


@pytest.mark.slow
def test_a_hundred_kills_of_savers_leave_as_many_changes_as_versions(
    store: SqlStore, file: Path, tmp_path: Path
) -> None:
    add(store, ADA)
    pauses = random.Random(16)
    for round_number in range(100):
        code = SAVER.format(url=f"sqlite:///{file}", round=round_number)
        saver = PythonProcess("-c", code, log=tmp_path / f"{round_number}.log")
        wait_until(lambda: "ready" in saver.log_text())  # noqa: B023
        time.sleep(pauses.uniform(0, 0.15))  # anywhere in a save
        saver.kill()
    stored = store.get("ada")
    changes = store.history.changes_since("ada", "", 100_000)
    assert stored.version > 20  # or none was killed in a save
    assert [change.version for change in changes] == list(range(1, stored.version + 1))
    assert fold(changes) == content_of(stored)
    with store.database.reading("test") as connection:
        entries = connection.exec_driver_sql("SELECT count(*) FROM audit").scalar_one()
    assert entries == stored.version


def test_a_release_without_leavers_takes_no_count_of_others_from_one(store: SqlStore) -> None:
    add(store, replace(ADA, left_on=PAST_DAY), person("bea", "Bea", left_on=COMING_DAY))
    with store.database.reading("test") as connection:
        rows = connection.exec_driver_sql("SELECT id, place FROM person ORDER BY id").all()
        views = connection.exec_driver_sql("SELECT view, people FROM facet").all()
    # It reads a record without a sort key as one that is in no list, and ignores these views.
    assert rows[0] == ("ada", "")
    assert rows[1][1].startswith("bea")
    assert {("left", 1), (f"leaving:{COMING_DAY}", 1), ("name", 1)} <= set(map(tuple, views))


def test_the_page_of_a_leaver_whom_a_release_without_leavers_listed_mends_the_lists(
    store: SqlStore,
) -> None:
    add(store, ADA)
    with store.database.writing("test") as connection:
        statement = f"UPDATE person SET left_on = '{PAST_DAY}' WHERE id = 'ada'"
        connection.exec_driver_sql(statement)
    assert everyone(store) != []
    store.get("ada")
    store.maintain()
    assert (everyone(store), len(everyone(store, Query(left=True)))) == ([], 1)
    assert store.history.changes_of("ada").changes[0].now == {"left_on": PAST_DAY}


def test_the_page_of_a_leaver_whom_the_reindex_of_such_a_release_listed_mends_them_too(
    store: SqlStore,
) -> None:
    add(store, ADA)
    left = save(store, "ada", left_on=PAST_DAY)
    with store.database.writing("test") as connection:
        record = records.read(connection, "ada")
        assert record
        as_before = entries_of(replace(left, left_on=""), SortBy.GIVEN)
        records.reindex_record(connection, record, as_before, {})
    assert [card.id for card in everyone(store)] == ["ada"]
    assert store.get("ada") == left
    store.maintain()
    assert everyone(store) == []
    assert [card.id for card in store.browse(Query(left=True)).cards] == ["ada"]
    assert (store.facets().total, store.facets().left) == (0, 1)
    assert len(store.history.changes_of("ada").changes) == 2


def test_what_a_release_without_histories_deleted_is_erased_by_a_reindex(store: SqlStore) -> None:
    add(store, ADA, person("bea", "Bea"))
    with store.database.writing("test") as connection:
        connection.exec_driver_sql("DELETE FROM person WHERE id = 'ada'")
        connection.exec_driver_sql("INSERT INTO gone VALUES ('ada', 'w', '2999-01-01')")
    list(store.reindex())
    assert store.history.changes_of("ada").changes == ()
    assert [each.employee_id for each in store.history.audit(AuditQuery()).entries] == ["bea"]


def test_a_page_of_leavers_reads_their_rows_alone(store: SqlStore) -> None:
    crowd = (person(f"{n:04}", f"Name {n:04}", location="Rome") for n in range(600))
    gone = (person(f"x{n:03}", f"Gone {n:03}", left_on=PAST_DAY) for n in range(40))
    list(store.add_many([*crowd, *gone]))
    with steps_of(store) as counted:
        assert len(store.browse(Query(left=True)).cards) == 24
    alone = counted[0]
    with steps_of(store) as counted:
        assert len(store.browse(Query()).cards) == 24
    assert alone <= 1.2 * counted[0]
    assert len(everyone(store, Query(left=True))) == 40
