"""No content of a record makes a page, an export, a backup or a command fail."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from threading import Event

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.runtime import deadline
from app.storage.sql.tables import people
from tests.support.acceptance.everything import COMMANDS, Everything
from tests.support.odd_items import ENDS_OF_THE_CALENDAR, NUMBERS, ODD_IDS, Item, items
from tests.support.small_app import small_app
from tests.support.stores.dynamodb_binding import DynamoRoom

pytestmark = pytest.mark.slow

QUICK, AT_LEISURE = 8, 200


class OddTable:
    """The table as other programs filled it, and the directory on it."""

    def __init__(self, room: DynamoRoom, folder: Path) -> None:
        self.room = room
        self._folder = folder
        self._copies = 0
        environment = {"DYNAMO_MODE": "on", "DYNAMO_TABLE": room.people}
        app = small_app(folder, AWS_DEFAULT_REGION="us-west-2", **environment)
        self.directory = Everything(app)

    def put(self, *found: Item) -> None:
        for item in found:
            self.room.put_item(item)

    def read(self) -> None:
        """Follow what was put, and read everything in every way; back it up into a laptop's."""
        deadline.start(float("inf"))
        list(self.room.open_another().follow(Event(), once=True))
        self.directory.read()
        self._copies += 1
        copy = Everything(small_app(self._folder / f"copy-{self._copies}"))
        self.directory.back_up_into(copy, self._folder / f"backup-{self._copies}")
        copy.read_lists(copy.people())
        copy.store.close()  # type: ignore[attr-defined]

    def change(self) -> None:
        """Edit everyone, read them again, and delete everyone."""
        for employee_id in self.directory.people():
            self.directory.edit(employee_id)
        self.directory.run(*COMMANDS)
        everyone = self.directory.people()
        self.directory.read_lists(everyone)
        self.directory.read_exports(everyone)
        for employee_id in self.directory.people():
            self.directory.delete(employee_id)
        assert self.room.items(self.room.people) == []


@pytest.fixture
def table(dynamodb_local: str, tmp_path: Path) -> Iterator[OddTable]:
    room = DynamoRoom(dynamodb_local)
    yield OddTable(room, tmp_path)
    room.close()


def people_with(texts: Sequence[str], kind: str, *fields: str) -> list[Item]:
    """So many people that each of these attributes has each of these values once."""
    return [
        {
            "id": {"S": f"n{number}"},
            **{
                field: {kind: texts[(number + shift) % len(texts)]}
                for shift, field in enumerate(fields)
            },
        }
        for number in range(len(texts))
    ]


def test_times_at_the_ends_of_the_calendar(table: OddTable) -> None:
    table.put(*people_with(ENDS_OF_THE_CALENDAR, "S", "updated_at", "start_date"))
    table.read()
    table.change()


@pytest.mark.parametrize("first", range(0, len(ODD_IDS), 14))
def test_ids_with_any_characters(table: OddTable, first: int) -> None:
    table.put(*({"id": {"S": text}} for text in ODD_IDS[first : first + 14]))
    table.read()
    table.change()


def test_numbers_of_any_size(table: OddTable) -> None:
    table.put(*people_with(NUMBERS, "N", "version", "full_name", "updated_at", "ix"))
    table.read()
    table.change()


def _examples() -> int:
    return AT_LEISURE if os.environ.get("DIRECTORY_TESTS_AT_LEISURE") else QUICK


def test_items_of_every_type_at_every_attribute(table: OddTable) -> None:
    @settings(max_examples=_examples(), deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.lists(items, min_size=1, max_size=4, unique_by=lambda item: item["id"]["S"]))
    def check(found: list[Item]) -> None:
        for item in table.room.items(table.room.people):
            table.room.delete_outside(item["id"]["S"])
        table.put(*found)
        table.read()
        table.change()

    check()


SQL_VALUES = (
    "NULL", "''", "char(0)", "5", "-1", "1e300", "9e999", "x''", "x'ff00'",
    "CAST(x'ff' AS TEXT)", "CAST(x'eda080' AS TEXT)", "'null'", "'[1, 2]'", "'['", "'NaN'",
    "'0001-01-01T00:00:00+14:00'", "'9999-12-31T23:59:59-14:00'", "9223372036854775807",
    f"'{'[' * 5_000}'", f"'{'9' * 5_000}'", "'\u200b'", "'<b>'", "char(55296)", "x'eda080'",
)  # fmt: skip
# The column "tie" is unique: what is equal there is left out.
SQL_COLUMNS = tuple(column.name for column in people.c if column.name not in ("number", "id"))


def test_rows_with_values_of_every_type_in_every_column(tmp_path: Path) -> None:
    directory = Everything(small_app(tmp_path))
    with closing(sqlite3.connect(tmp_path / "directory.db")) as connection, connection:
        for number in range(len(SQL_VALUES)):
            values = [
                SQL_VALUES[(number + shift) % len(SQL_VALUES)] for shift in range(len(SQL_COLUMNS))
            ]
            names, row = ", ".join(("id", *SQL_COLUMNS)), ", ".join((f"'n{number}'", *values))
            connection.execute(f"INSERT OR IGNORE INTO person ({names}) VALUES ({row})")
    assert len(directory.people()) >= len(SQL_VALUES) - 3
    directory.read()
    copy = Everything(small_app(tmp_path / "copy"))
    directory.back_up_into(copy, tmp_path / "backup")
    copy.read_lists(copy.people())
    for employee_id in directory.people():
        directory.edit(employee_id)
    directory.run(*COMMANDS)
    everyone = directory.people()
    directory.read_lists(everyone)
    for employee_id in everyone:
        directory.delete(employee_id)
    assert directory.people() == {}


def large_item(kilobytes: float) -> Item:
    return {
        "id": {"S": "large"},
        "full_name": {"S": "Lara Large"},
        "job_title": {"S": "Cook"},
        "location": {"S": "Bonn"},
        "notes": {"S": "x" * int(kilobytes * 1024)},
    }


def test_an_edit_that_makes_a_record_too_large_is_told_and_keeps_what_was_typed(
    table: OddTable,
) -> None:
    table.put(large_item(399.7))
    reader = table.directory.reader
    typed = {**reader.get("/edit/large").fields(), "about": "About me." * 150}
    page = reader.post("/edit/large", typed, 422)
    assert "would exceed 400 KB, the limit of the database" in page.text
    assert page.fields()["about"] == ["About me." * 150]
    assert "version" not in (table.room.item("large") or {})
    table.read()
    table.directory.delete("large")


def test_many_large_records_are_restored_in_transactions_that_the_database_takes(
    table: OddTable,
) -> None:
    for number in range(30):
        about = "雨" * 60_000  # 180 KB
        table.put({"id": {"S": f"n{number}"}, "full_name": {"S": "Ann"}, "about": {"S": about}})
    people_before = table.directory.people()
    for employee_id in people_before:
        table.room.delete_outside(employee_id)
    assert list(table.directory.store.add_many(people_before.values()))[-1] == 30
    assert {one.about for one in table.directory.people().values()} == {"雨" * 60_000}
