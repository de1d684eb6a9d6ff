"""Both tables come back from a point in time: setup, reindex, and the export is what it was.

DynamoDB Local has no backups, so a restored table is made of the items of a moment. moto has the
call itself, which the last test makes.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path

import boto3
import pytest
from flask import Flask
from moto import mock_aws

from app.contracts.checks import State
from app.history.changes import Write
from app.model.employee import Employee
from app.model.revision import revision_of
from app.storage import open_stores
from tests.recovery.bare_tables import Items, drop, is_bare, items_of, restore
from tests.support.dynamodb_audit import audit
from tests.support.small_app import small_app
from tests.support.stores.accounts import admin, in_hours, session
from tests.support.stores.dynamodb_binding import DynamoRoom

pytestmark = pytest.mark.slow

_NAMES = (f"restored-{number}" for number in count())
PEOPLE = 30
LEAVER = Employee(id="left", full_name="Grace Hopper", left_on="2020-01-31")
Told = dict[str, list[str]]


def run(app: Flask, *words: str) -> str:
    result = app.test_cli_runner().invoke(args=list(words))
    assert result.exit_code == 0, result.output
    return result.stdout


def app_on(folder: Path, table: str) -> Flask:
    """The directory on a table; photos are where they were, as a bucket is."""
    env = {"DYNAMO_MODE": "on", "DYNAMO_TABLE": table, "AWS_DEFAULT_REGION": "us-west-2"}
    return small_app(folder / table, PHOTOS_FOLDER=str(folder / "photos"), **env)


def told_by(app: Flask, folder: Path) -> Told:
    """An export of everybody, and a backup: leavers, histories, audit log and accounts too."""
    run(app, "backup", str(folder))
    parts = {path.name.partition("-")[0]: lines_of(path) for path in folder.glob("*.gz")}
    return {"export": run(app, "export", "-", "--as", "csv").splitlines(), **parts}


def lines_of(part: Path) -> list[str]:
    return sorted(gzip.decompress(part.read_bytes()).decode().splitlines())


@dataclass
class World:
    """A directory with people, a leaver, histories and an account; its tables can be had again."""

    folder: Path
    room: DynamoRoom
    app: Flask
    made: list[str] = field(default_factory=list)

    def told(self) -> Told:
        return told_by(self.app, self.folder / next(_NAMES))

    def moment(self) -> tuple[Items, Items]:
        """What a backup of this moment has of both tables."""
        client = self.room.client
        return items_of(client, self.room.people), items_of(client, self.room.index)

    def change_everybody(self) -> None:
        """What is to be undone: an edit of each, one deleted, one put in by another program."""
        for item in self.room.items(self.room.people):
            self.room.change_outside(item["id"]["S"], "full_name", "Overwritten")
        self.room.delete_outside("left")
        self.room.put_outside(Employee(id="late", full_name="Too Late"))

    def restored(self, people: Items, index: Items | None) -> tuple[DynamoRoom, Flask]:
        """The directory on bare tables with these items; without a table of the index for None."""
        client, name = self.room.client, f"{self.room.people}-{next(_NAMES)}"
        restore(client, self.room.people, name, people)
        self.made += [name, f"{name}-index"]
        if index is not None:
            restore(client, self.room.index, f"{name}-index", index)
            assert is_bare(client, f"{name}-index")
        assert is_bare(client, name)
        room = object.__new__(DynamoRoom)
        room.settings, room.client = replace(self.room.settings, dynamo_table=name), client
        room.store = room.open_another()
        return room, app_on(self.folder, name)


@pytest.fixture
def world(dynamodb_local: str, tmp_path: Path) -> Iterator[World]:
    room = DynamoRoom(dynamodb_local)
    app = app_on(tmp_path, room.people)
    run(app, "sample-data", "--people", str(PEOPLE))
    room.store.add(LEAVER, Write("form"))
    accounts = open_stores(app.extensions["settings"]).accounts
    accounts.add(admin())
    accounts.begin_session(session(ends_at=in_hours(1)))
    world = World(tmp_path, room, app)
    yield world
    drop(room.client, *world.made)
    room.close()


def recover(app: Flask) -> None:
    """What the guide says, after the restore."""
    run(app, "setup")
    run(app, "reindex")


def test_tables_restored_bare_tell_all_that_they_told(world: World, tmp_path: Path) -> None:
    before, moment = world.told(), world.moment()
    world.change_everybody()
    assert world.told() != before
    room, app = world.restored(*moment)
    recover(app)
    assert told_by(app, tmp_path / "after") == before
    assert len(before["export"]) == 1 + PEOPLE
    assert len(before["people"]) == PEOPLE + 1
    assert audit(room) == []
    assert not is_bare(room.client, room.people)
    assert not is_bare(room.client, room.index)


def test_people_stay_signed_in_and_other_programs_are_followed_again(world: World) -> None:
    keys = world.app.extensions["secret_keys"].get()
    run(world.app, "follow", "--once")  # its checkpoint names the stream of the lost table
    room, app = world.restored(*world.moment())
    recover(app)
    accounts = room.open_accounts()
    assert accounts.sessions_of("a1")
    assert app.extensions["secret_keys"].get() == keys
    room.put_outside(Employee(id="new", full_name="Ada Lovelace"))
    run(app, "follow", "--once")
    assert "Ada Lovelace" in app.test_client().get("/?q=lovelace").text
    assert audit(room) == []


def test_a_moment_between_the_two_tables_is_mended(world: World, tmp_path: Path) -> None:
    """Each table is restored for itself, so one may be a save ahead of the other."""
    store = world.room.store
    older = world.moment()
    person = store.get(world.room.items(world.room.people)[0]["id"]["S"])
    changed = replace(person, full_name="Renamed Meanwhile")
    store.update(changed, revision_of(person), Write("form"))
    store.delete("left", None, Write("form"))
    newer = world.moment()
    for people, index in ((older[0], newer[1]), (newer[0], older[1])):
        room, app = world.restored(people, index)
        recover(app)
        assert audit(room) == []
        ids = sorted(item["id"]["S"] for item in people)
        assert sorted(item["id"]["S"] for item in room.items(room.people)) == ids
        assert app.test_client().get("/").status_code == 200


def test_without_the_table_of_the_index_people_come_back_and_accounts_do_not(
    world: World, tmp_path: Path
) -> None:
    before = world.told()
    room, app = world.restored(world.moment()[0], None)
    recover(app)
    after = told_by(app, tmp_path / "after")
    assert (after["export"], after["people"]) == (before["export"], before["people"])
    assert after["accounts"] != before["accounts"]
    assert audit(room) == []
    assert "/setup/" in run(app, "setup-link")


def test_before_the_commands_the_doctor_says_which_to_run(world: World) -> None:
    _, app = world.restored(world.moment()[0], None)
    found = dict(app.extensions["doctor"].report().findings)
    assert found["Table of the index"].fix_command == "flask setup"
    assert "is not protected from deletion" in found["Table of people"].message
    run(app, "setup")
    found = dict(app.extensions["doctor"].report(oldest=0).findings)
    assert found["Table of people"].state is State.OK
    assert found["Index"].fix_command == "flask reindex"


def test_the_call_of_the_guide_restores_a_table_that_goes_on(tmp_path: Path) -> None:
    with mock_aws():
        client = boto3.client("dynamodb", region_name="us-west-2")
        app = app_on(tmp_path, "Employees")
        run(app, "setup")
        run(app, "sample-data", "--people", "5")
        before = run(app, "export", "-", "--as", "csv")
        for table in ("Employees", "Employees-index"):
            client.restore_table_to_point_in_time(
                SourceTableName=table,
                TargetTableName=table.replace("Employees", "Employees-2"),
                UseLatestRestorableTime=True,
            )
        again = app_on(tmp_path, "Employees-2")
        recover(again)
        assert run(again, "export", "-", "--as", "csv") == before
        client.close()
