"""Whoever is deleted permanently is in no dump of the database, its tables or the photos."""

from __future__ import annotations

import io
import json
import sqlite3
import zlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from threading import Event
from typing import Any

import boto3
import pytest
from flask import Flask
from moto import mock_aws

from app.access.viewer import Origin, Role, Viewer
from app.contracts.accounts import Account, AccountStore, Identity, Session
from app.contracts.bulk_edits import BulkEdit
from app.contracts.history import AuditQuery
from app.directory.leavers import Leavers
from app.directory.line_walk import Kind
from app.directory.service import Directory, PhotoChange
from app.history.changes import Author, Through, Via
from app.imports.edits import begin_edit
from app.imports.importer import Importer
from app.model.employee import Employee
from app.model.revision import revision_of
from app.runtime import deadline
from tests.support.pictures import picture
from tests.support.signed_in import store_of
from tests.support.small_app import small_app
from tests.support.stores.accounts import NOW, digest_of, in_hours
from tests.support.viewers import OPERATOR

ADMIN = Viewer(role=Role.ADMIN, origin=Origin.SESSION, account_id="boss", name="Bo Keeper")
ZOE = Employee(
    id="zq-1", full_name="Zephyrine Quillfeather", preferred_name="Zephy", job_title="Engineer",
    location="Nairobi", email="zephyrine.q@example.com", phone="+44 20 7946 0991",
    mobile="+44 7700 900815", employee_number="Q-66077", about="Quillfeather wrote this herself.",
)  # fmt: skip
BEN = Employee(id="ben", full_name="Ben Other", job_title="Engineer", location="Nairobi")
# Parts of them, in whatever letter case and order of digits.
NEEDLES = ("zephy", "quillfeather", "79460991", "7946 0991", "19906497", "66077", "900815")
FILE = (
    "Full name,Job title,Location,Email,Phone,Manager\r\n"
    "Zephyrine Quillfeather,Chief Engineer,Nairobi,zephyrine.q@example.com,+44 20 7946 0991,\r\n"
    'Cleo New,Analyst,Lima,cleo@example.com,,"Quillfeather, Zephyrine"\r\n'
    "Ben Other,,Nairobi,not an address of zephyrine.q@example.com,,\r\n"
)


@pytest.fixture(params=["sqlite", pytest.param("moto", marks=pytest.mark.slow)])
def app(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    if request.param == "sqlite":
        yield small_app(tmp_path)
        return
    with mock_aws():
        names = {"DYNAMO_MODE": "on", "DYNAMO_TABLE": "Staff", "AWS_DEFAULT_REGION": "us-west-2"}
        app = small_app(tmp_path, PHOTOS_FOLDER=str(tmp_path / "photos"), **names)
        app.extensions["directory"].employees.set_up()
        yield app


def directory_of(app: Flask) -> Directory:
    found: Directory = app.extensions["directory"]
    return found


def live(app: Flask) -> Employee:
    """Everything that a directory may ever know of somebody; return them as they are at last."""
    directory, accounts = directory_of(app), store_of(app)
    directory.add(OPERATOR, BEN, "w0")
    zoe = directory.add(OPERATOR, ZOE, "w1", PhotoChange(picture()))
    accounts.add(Account(id="boss", name="Bo Keeper", role=Role.ADMIN, role_origin="setup"))
    sign_in(accounts)
    herself = Viewer(role=Role.ADMIN, origin=Origin.SESSION, account_id="zoe-acct",
                     name=ZOE.full_name, person_id="zq-1")  # fmt: skip
    ben = directory.employees.get("ben")
    directory.update(herself, replace(ben, about="Sits by the door."), revision_of(ben), "w2")
    for number in range(3):
        changed = replace(zoe, about=f"Quillfeather, draft {number}")
        zoe = directory.update(herself, changed, revision_of(zoe), f"w3-{number}")
    run_import(app)
    lead(app)
    leavers: Leavers = app.extensions["leavers"]
    through = Through(Via.PAGE, note="Zephyrine moves on")
    leavers.mark_as_left(ADMIN, "zq-1", "2020-01-31", "", "w4", "Zephyrine moves on", through)
    directory.maintain()
    return directory.employees.get("zq-1")


def sign_in(accounts: AccountStore) -> None:
    identity = Identity("https://id.example", "zephyrine-subject")
    accounts.add(Account(id="zoe-acct", name=ZOE.full_name, email=ZOE.email, role=Role.ADMIN,
                         person_id="zq-1", identity=identity))  # fmt: skip
    accounts.begin_session(
        Session(digest=digest_of("zoe"), account_id="zoe-acct", began_at=NOW,
                ends_at=in_hours(1), description="Zephyrine's phone")
    )  # fmt: skip


def run_import(app: Flask) -> None:
    importer: Importer = app.extensions["importer"]
    job = importer.receive(io.BytesIO(FILE.encode()), "staff.csv", auto_apply=True)
    list(importer.work(job.id, Event()))
    list(importer.work(job.id, Event()))
    waiting = importer.receive(io.BytesIO(FILE.encode()), "again.csv")
    list(importer.work(waiting.id, Event()))


def lead(app: Flask) -> None:
    """Make her the manager of Ben by an edit that names her, and count who stands below whom."""
    edit = BulkEdit(words="Ben Other", values=(("manager", "zq-1"),))
    names = {"zq-1": ZOE.full_name}
    job = begin_edit(app.extensions["jobs"], edit, Author(), names, auto_apply=True)
    importer: Importer = app.extensions["importer"]
    list(importer.work(job.id, Event()))
    list(importer.work(job.id, Event()))
    app.extensions["counting"].run()


def managers(app: Flask) -> dict[str, str]:
    people = (each for batch in directory_of(app).employees.iter_batches() for each in batch.people)
    return {each.full_name: each.manager for each in people}


def dump(app: Flask, folder: Path) -> str:
    """All that is stored, as text in small letters; what is compressed, unpacked."""
    pieces: list[bytes] = []
    settings = app.extensions["settings"]
    if settings.dynamo_mode:
        client = boto3.client("dynamodb", "us-west-2")
        for table in (settings.dynamo_table, settings.index_table):
            for page in client.get_paginator("scan").paginate(TableName=table):
                pieces += [piece for item in page["Items"] for piece in contents(item)]
    else:
        pieces += [path.read_bytes() for path in sorted(folder.glob("directory.db*"))]
        database = sqlite3.connect(folder / "directory.db")
        pieces += [line.encode("utf-8", "replace") for line in database.iterdump()]
        pieces += [unpacked(row[0]) for row in database.execute("SELECT content FROM job_part")]
        database.close()
    photos = app.extensions["directory"].photos
    pieces += [key.encode() for key, _ in photos.iter_keys()]
    return b"\n".join(pieces).decode("utf-8", "replace").casefold()


def contents(value: Any) -> Iterator[bytes]:
    if isinstance(value, bytes):
        yield unpacked(value)
    elif isinstance(value, dict):
        for key, each in value.items():
            yield str(key).encode()
            yield from contents(each)
    elif isinstance(value, list):
        for each in value:
            yield from contents(each)
    else:
        yield str(value).encode()


def unpacked(content: bytes) -> bytes:
    try:
        return zlib.decompress(content)
    except zlib.error:
        return content


def found_in(text: str) -> list[str]:
    return [
        text[max(text.index(each) - 60, 0) : text.index(each) + 60]
        for each in NEEDLES
        if each in text
    ]


def test_no_byte_of_who_is_deleted_is_left(app: Flask, tmp_path: Path) -> None:
    zoe = live(app)
    directory = directory_of(app)
    seen = dump(app, tmp_path)
    # Digits of a phone number are in the index alone, which has nothing of a leaver.
    assert {each for each in NEEDLES if each not in seen} <= {"79460991", "19906497"}
    assert zoe.photo_key
    assert managers(app) == {ZOE.full_name: "", "Ben Other": "zq-1", "Cleo New": "zq-1"}
    deadline.start()
    directory.delete(ADMIN, "zq-1", revision_of(zoe), "w9")
    directory.maintain()
    text = dump(app, tmp_path)
    assert found_in(text) == []
    assert zoe.photo_key.split("/")[1][:32] not in text
    assert directory.employees.get("ben").about == "Sits by the door."
    assert directory.employees.find_by_email(["cleo@example.com"])
    # Those who reported to her keep an id that is nobody's, and are told of as an issue.
    assert managers(app) == {"Ben Other": "zq-1", "Cleo New": "zq-1"}
    issues = app.extensions["reporting_issues"].check().issues
    assert {(each.kind, each.person.full_name) for each in issues} == {
        (Kind.UNKNOWN, "Ben Other"),
        (Kind.UNKNOWN, "Cleo New"),
    }


def test_what_is_left_says_when_and_by_whom(app: Flask) -> None:
    zoe = live(app)
    directory = directory_of(app)
    directory.delete(ADMIN, "zq-1", revision_of(zoe), "w9")
    assert directory.history
    page = directory.history.audit(AuditQuery(event="erased"))
    [entry] = page.entries
    assert (entry.author.name, entry.author.account_id) == ("Bo Keeper", "boss")
    assert (entry.employee_id, entry.full_name) == ("", "")
    assert store_of(app).get("zoe-acct") is None
    assert store_of(app).find_identity(Identity("https://id.example", "zephyrine-subject")) is None


def test_the_import_of_others_can_still_be_undone(app: Flask) -> None:
    zoe = live(app)
    directory_of(app).delete(ADMIN, "zq-1", revision_of(zoe), "w9")
    importer: Importer = app.extensions["importer"]
    # The one that waited for review is discarded.
    [job] = [each for each in importer.recent().jobs if not each.edit.is_set]
    assert "zephyrine" not in json.dumps(job.as_text()).casefold()
    importer.undo(job.id)
    list(importer.work(job.id, Event()))
    assert not directory_of(app).employees.find_by_email(["cleo@example.com"])
    assert list(importer.rejected_rows(importer.read(job.id))) is not None
