"""A table with another key, and records that no list shows, are told instead of an empty list."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskCliRunner

from app.contracts import Query
from app.history.changes import Write
from app.model.employee import Employee
from app.model.errors import StorageUnavailable
from tests.support.course_table import ODD_ITEMS
from tests.support.page_reader import PageReader
from tests.support.small_app import small_app
from tests.support.stores.dynamodb_binding import DynamoRoom

pytestmark = pytest.mark.slow

WRONG_KEYS = {
    "another name": [("name", "S")],
    "a number": [("id", "N")],
    "a sort key": [("id", "S"), ("location", "S")],
}


@pytest.fixture
def room(dynamodb_local: str) -> Iterator[DynamoRoom]:
    """A room on DynamoDB Local: moto accepts what the key of a table does not allow."""
    opened = DynamoRoom(dynamodb_local)
    yield opened
    opened.close()


def app_of(room: DynamoRoom, folder: Path) -> Flask:
    settings = {"DYNAMO_MODE": "on", "DYNAMO_TABLE": room.people}
    return small_app(folder, AWS_DEFAULT_REGION="us-west-2", **settings)


def make_again(room: DynamoRoom, table: str, key: list[tuple[str, str]]) -> None:
    """Replace a table by one of the same name with another key."""
    room.client.update_table(TableName=table, DeletionProtectionEnabled=False)
    room.client.delete_table(TableName=table)
    room.client.create_table(
        TableName=table,
        AttributeDefinitions=[{"AttributeName": n, "AttributeType": kind} for n, kind in key],
        KeySchema=[
            {"AttributeName": name, "KeyType": kind}
            for (name, _), kind in zip(key, ("HASH", "RANGE"), strict=False)
        ],
        BillingMode="PAY_PER_REQUEST",
    )


def set_up(app: Flask) -> Any:
    return FlaskCliRunner(app).invoke(args=["setup"])


@pytest.mark.parametrize("key", WRONG_KEYS.values(), ids=WRONG_KEYS)
@pytest.mark.parametrize("of", ["people", "index"])
def test_a_table_with_another_key_is_told_wherever_it_is_used(room, tmp_path, key, of):
    if of == "index" and key == [("id", "S"), ("location", "S")]:
        key = [("view", "S")]
    table = getattr(room, of)
    make_again(room, table, key)
    app = app_of(room, tmp_path)
    reader = PageReader(app)
    for address in ("/", "/?q=ann", "/?location=Lima", "/insights"):
        page = reader.get(address, 503)
        assert f"The table {table} has the key" in page.text
        assert "Set DYNAMO_TABLE to another table" in page.text
        assert page.all("form", action="/sample-data") == []
    result = set_up(app)
    assert result.exit_code == 1
    assert f"The table {table} has the key" in result.output


@pytest.mark.parametrize("key", WRONG_KEYS.values(), ids=WRONG_KEYS)
@pytest.mark.parametrize("command", [["reindex"], ["export", "-", "--as", "csv"]])
def test_a_command_says_that_the_table_has_another_key(room, tmp_path, key, command):
    make_again(room, room.people, key)
    parts = {name: {kind: "1"} for name, kind in key}
    room.put_item({"full_name": {"S": "Ann"}, **parts})
    result = FlaskCliRunner(app_of(room, tmp_path)).invoke(args=command)
    assert result.exit_code == 1
    assert isinstance(result.exception, SystemExit)  # no traceback
    assert f"The table {room.people} has the key" in result.output


def test_a_table_of_the_course_without_an_index_says_what_to_run(room, tmp_path):
    room.put_item(ODD_ITEMS["plain"][0])
    room.client.update_table(TableName=room.index, DeletionProtectionEnabled=False)
    room.client.delete_table(TableName=room.index)
    app = app_of(room, tmp_path)
    reader = PageReader(app)
    for address in ("/", "/?q=ann"):
        page = reader.get(address, 503)
        assert "The database is not set up. Run flask setup." in page.text
    assert set_up(app).exit_code == 0
    assert "1 record is not listed yet: run flask reindex." in reader.get("/").text


def test_a_save_into_a_table_with_another_key_says_so(room):
    make_again(room, room.people, [("name", "S")])
    with pytest.raises(StorageUnavailable) as refused:
        room.store.add(Employee(id="1", full_name="Ann"), Write("form"))
    assert f"The table {room.people} has the key" in refused.value.advice


def test_what_was_typed_comes_back_with_what_is_wrong_with_the_table(room, tmp_path):
    make_again(room, room.people, [("name", "S")])
    reader = PageReader(app_of(room, tmp_path))
    form = reader.get("/add").fields("/add")
    typed = {**form, "full_name": ["Ann Typed"], "location": ["Rome"], "job_title": ["Cook"]}
    page = reader.post("/add", typed, 503)
    assert f"Your changes were not saved. The table {room.people} has the key" in page.text
    assert page.fields("/add")["full_name"] == ["Ann Typed"]


def test_records_that_no_list_shows_are_told_until_a_reindex(room, tmp_path):
    for item, _ in list(ODD_ITEMS.values())[:10]:
        room.put_item(item)
    app = app_of(room, tmp_path)
    reader = PageReader(app)
    page = reader.get("/")
    assert page.h1 == "No one is listed yet"
    assert "10 records are not listed yet: run flask reindex." in page.text
    assert "10 records are not listed yet" in reader.get("/?q=mary").text
    assert page.all("form", action="/sample-data") == []
    assert "10 records are not listed yet" in reader.get("/insights").text
    result = set_up(app)
    assert result.exit_code == 0
    assert "10 records are not listed yet: run flask reindex." in result.output
    list(room.store.reindex())
    assert reader.get("/").h1 == "People"
    assert "not listed" not in set_up(app).output


def test_sample_people_are_not_added_beside_records_that_no_list_shows(room, tmp_path):
    reader = PageReader(app_of(room, tmp_path))
    form = reader.get("/").fields("/sample-data")
    room.put_item(ODD_ITEMS["plain"][0])
    page = reader.follow(reader.post("/sample-data", form))
    assert "1 record is not listed yet" in page.text
    assert len(room.items(room.people)) == 1


def test_a_table_of_many_records_is_counted_in_one_read(room):
    for number in range(101):
        room.put_item({"id": {"S": str(number)}})
    read: list[str] = []
    room.store.calls.meter = lambda operation, units: read.append(operation)
    counted = room.store.count_records()
    assert counted.not_listed == "At least 100 records are not listed yet"
    assert read.count("Scan") == 1
    assert room.store.browse(Query()).cards == ()
