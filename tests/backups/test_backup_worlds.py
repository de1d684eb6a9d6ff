"""A backup goes from the laptop's world into AWS's and back, byte for byte."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest

from app.backups.backup import take_backup
from app.backups.restoring import restore
from app.contracts import Query
from app.directory.service import Directory
from app.model.employee import Employee
from app.photos.keys import thumbnail_key
from app.storage.aws.photos import open_s3_store
from app.storage.photos_on_disk import open_folder_store
from app.storage.sql import open_sql_store
from tests.support.pictures import picture
from tests.support.stores.dynamodb_binding import DynamoRoom
from tests.support.viewers import OPERATOR

REGION = "us-west-2"


def someone(number: int) -> Employee:
    return Employee(
        id=f"{uuid4()}" if number % 10 else f"{number}/é ?#",
        full_name=f"José Ñandú {number} 山田",
        preferred_name="Pepe" if number % 2 else "",
        job_title="Analyst",
        department="" if number % 3 else "Sales",
        location="Lima" if number % 2 else "Oslo",
        email=f"pepe{number}@example.com",
        start_date="2024-02-29" if number % 4 else "",
        about="Two\nlines, “quoted” 😀.",
        manager=f"{number // 20 * 10}/é ?#" if number % 4 else "Pat Lee",
        desk="Riverside 4, 山田" if number % 3 else "",
        working_hours="Mon–Thu 9:00–15:00" if number % 3 == 1 else "",
        chat="@pépé" if number % 6 else "",
        badges=("linux", "coffee", "of another program", "x y") if number % 5 == 0 else (),
        photo_key=f"employee_pic/{number:032x}.jpg" if number % 20 == 0 else "",
        version=number % 7,
        updated_at=datetime(2025, 1, 2, 3, 4, 5, number * 1_000, tzinfo=UTC)
        if number % 9
        else None,
    )


def on_a_laptop(folder: Path) -> Directory:
    folder.mkdir()
    store = open_sql_store(f"sqlite:///{folder / 'directory.db'}")
    store.set_up()
    return Directory(store, open_folder_store(folder / "photos"))


def taken(directory: Directory, folder: Path) -> dict[str, bytes]:
    """The files of a backup, by their path in it."""
    list(take_backup(directory, folder))
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.mark.slow
def test_sqlite_to_dynamodb_and_back(dynamodb_local: str, s3_server: str, tmp_path: Path) -> None:
    os.environ["AWS_ENDPOINT_URL_S3"] = s3_server
    laptop = on_a_laptop(tmp_path / "laptop")
    assert laptop.photos
    everyone = [someone(number) for number in range(130)]
    list(laptop.add_many(OPERATOR, everyone, keep_versions=True))
    for person in everyone:
        if person.photo_key:
            laptop.photos.put(person.photo_key, picture().read() + person.id.encode())
            laptop.photos.put(thumbnail_key(person.photo_key), picture(width=24, height=32).read())
    first = taken(laptop, tmp_path / "of-sqlite")

    bucket = open_s3_store("photos-of-a-backup", REGION)
    bucket.set_up()
    room = DynamoRoom(dynamodb_local)
    try:
        aws = Directory(room.store, bucket)
        list(restore(aws, tmp_path / "of-sqlite"))
        assert taken(aws, tmp_path / "of-dynamodb") == first
        assert aws.facets(OPERATOR).total == 130
        nandus_in_lima = aws.browse(OPERATOR, Query(words="nandu", location="Lima"), limit=100)
        assert len(nandus_in_lima.cards) == 65
        list(restore(aws, tmp_path / "of-sqlite"))  # again, and nothing changes
        assert taken(aws, tmp_path / "of-dynamodb-again") == first
    finally:
        bucket.delete([key for key, _ in bucket.iter_keys()])
        room.close()

    other = on_a_laptop(tmp_path / "other")
    list(restore(other, tmp_path / "of-dynamodb"))
    assert {each.id: each for each in everyone} == {
        each.id: each for batch in other.employees.iter_batches() for each in batch.people
    }
    assert taken(other, tmp_path / "of-sqlite-again") == first
