"""People of the course's application in Node on pages, with their photos, and in a backup."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

from app.backups.backup import take_backup
from app.backups.restoring import restore
from app.contracts.photos import MAX_FOREIGN_BYTES
from app.exports.json_lines import from_json_line, to_json_line
from app.photos import keys
from app.storage.aws import media_types
from tests.support.node_app import NodeApp, of_node
from tests.support.page_reader import PageReader
from tests.support.pictures import picture
from tests.support.small_app import small_app
from tests.support.small_directory import upload
from tests.support.stores.dynamodb_binding import MotoRoom
from tests.support.viewers import OPERATOR

pytestmark = pytest.mark.slow

BUCKET = "faces-of-node"
PHOTO = "photos/ann abc?#%é.jpg"


class World:
    """The application in Node, its bucket, and the directory on both."""

    def __init__(self, folder: Path) -> None:
        self.room = MotoRoom()
        self.node = NodeApp(self.room.client, self.room.people)
        self.s3: Any = boto3.client("s3", region_name="us-west-2")
        place = {"LocationConstraint": "us-west-2"}
        self.s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration=place)
        env = {"TABLE_NAME": self.room.people, "DEFAULT_AWS_REGION": "us-west-2"}
        self.app = small_app(folder, PHOTOS_BUCKET=BUCKET, **env)
        self.directory = self.app.extensions["directory"]
        self.reader = PageReader(self.app)
        self.get, self.post = self.reader.get, self.reader.post
        self.put_object(PHOTO, picture("PNG").read())
        self.node.save("ann", name="Ann Node", email="ann@example.com", photo=PHOTO)
        list(self.directory.employees.reindex())

    def put_object(self, key: str, content: bytes) -> None:
        self.s3.put_object(Bucket=BUCKET, Key=key, Body=content)

    def objects(self) -> set[str]:
        listed = self.s3.list_objects_v2(Bucket=BUCKET).get("Contents", ())
        return {each["Key"] for each in listed}

    def photo_address(self, page: Any) -> str:
        [image] = [each for each in page.all("img") if each.get("src").startswith("/photos/")]
        return str(image.get("src"))

    def close(self) -> None:
        for key in self.objects():
            self.s3.delete_object(Bucket=BUCKET, Key=key)
        self.s3.delete_bucket(Bucket=BUCKET)
        self.room.close()


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    opened = World(tmp_path / "instance")
    yield opened
    opened.close()


@pytest.mark.parametrize("address", ["/", "/?view=table", "/employee/ann", "/edit/ann", "/?q=node"])
def test_their_photo_is_shown_on_every_page(world: World, address: str) -> None:
    page = world.get(address)
    assert "Ann Node" in page.text
    reply = world.app.test_client().get(world.photo_address(page))
    assert reply.status_code == 302
    assert "response-content-type=image%2Fpng" in reply.location
    assert "photos/ann%20abc%3F%23%25%C3%A9.jpg" in reply.location


def test_an_object_that_no_page_names_is_not_given(world: World) -> None:
    world.put_object("private/scan.jpg", picture().read())
    signed = world.photo_address(world.get("/employee/ann"))
    signature = signed.partition("?")[2]
    client = world.app.test_client()
    for asked in ("/photos/private/scan.jpg", f"/photos/private/scan.jpg?{signature}",
                  signed.partition("?")[0], f"{signed}x", "/photos/photos/ann?s="):  # fmt: skip
        assert client.get(asked).status_code == 404, asked


@pytest.mark.parametrize(
    "content", [b"<html><script>alert(1)</script>", b"secret: 1", b"", b"%PDF-1.7"]
)
def test_what_is_no_image_by_its_content_is_not_given(world: World, content: bytes) -> None:
    world.put_object("photos/odd.jpg", content)
    world.node.save("ann", photo="photos/odd.jpg")
    address = world.photo_address(world.get("/employee/ann"))
    assert world.app.test_client().get(address).status_code == 404


def test_an_object_that_is_too_large_or_missing_is_not_given(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert MAX_FOREIGN_BYTES == 20 * 2**20
    monkeypatch.setattr(media_types, "MAX_FOREIGN_BYTES", 100)
    client = world.app.test_client()
    assert client.get(world.photo_address(world.get("/employee/ann"))).status_code == 404
    world.node.save("ann", photo="photos/none.jpg")
    assert client.get(world.photo_address(world.get("/employee/ann"))).status_code == 404


def test_they_are_edited_though_they_have_no_job_title_nor_location(world: World) -> None:
    for name in ("Ann King", "Ann Queen"):
        form = world.get("/edit/ann").fields("/edit/ann")
        assert form["job_title"] == [""]
        world.post("/edit/ann", {**form, "full_name": [name]}, 303)
        assert world.node.list()["ann"]["name"] == name
    form = world.get("/edit/ann").fields("/edit/ann")
    page = world.post("/edit/ann", {**form, "full_name": [""]}, 422)
    assert "Enter a full name" in page.text
    world.post("/edit/ann", {**form, "job_title": ["Cook"]}, 303)
    form = world.get("/edit/ann").fields("/edit/ann")
    page = world.post("/edit/ann", {**form, "job_title": [""]}, 422)
    assert "Enter a job title" in page.text


def test_the_form_says_what_may_stay_empty(world: World) -> None:
    page = world.get("/edit/ann")
    assert page.by_id("job_title").get("required") is None
    assert page.by_id("full_name").get("required") is not None
    assert world.get("/add").by_id("job_title").get("required") is not None


def test_a_person_added_here_needs_a_job_title(world: World) -> None:
    form = world.get("/add").fields("/add")
    page = world.post("/add", {**form, "full_name": ["Ben"], "location": ["Rome"]}, 422)
    assert "Enter a job title" in page.text


def test_a_new_photo_is_shown_by_that_application_and_the_old_object_stays(world: World) -> None:
    form = world.get("/edit/ann").fields("/edit/ann")
    world.post("/edit/ann", {**form, "photo": upload(picture().read())}, 303)
    key = world.node.list()["ann"]["photo"]
    assert keys.is_photo_key(key)
    assert {PHOTO, key} <= world.objects()
    form = world.get("/edit/ann").fields("/edit/ann")
    world.post("/edit/ann", {**form, "remove_photo": ["y"]}, 303)
    assert "photo" not in world.node.list()["ann"]
    assert world.objects() == {PHOTO}


def test_a_deleted_person_s_object_stays(world: World) -> None:
    world.post("/delete/ann", world.get("/delete/ann").fields("/delete/ann"), 303)
    assert world.node.list() == {}
    assert world.objects() == {PHOTO}


def test_a_backup_brings_them_back_where_that_application_reads_them(
    world: World, tmp_path: Path
) -> None:
    folder = tmp_path / "backup"
    list(take_backup(world.directory, folder))
    world.node.delete("ann")
    list(world.directory.employees.reindex())
    deleted = world.s3.delete_object(Bucket=BUCKET, Key=PHOTO)
    assert deleted["ResponseMetadata"]["HTTPStatusCode"] == 204
    world.room.client.delete_item(
        TableName=world.room.index, Key={"view": {"S": "of#ann"}, "at": {"S": "-"}}
    )
    list(restore(world.directory, folder, merge=True))
    shown = world.node.list()["ann"]
    assert (shown["name"], shown["email"]) == ("Ann Node", "ann@example.com")
    assert keys.is_photo_key(shown["photo"])
    assert world.objects() == {shown["photo"]}
    assert "full_name" not in world.room.item("ann")
    reply = world.app.test_client().get(world.photo_address(world.get("/employee/ann")))
    assert reply.status_code == 302


def test_a_line_of_json_says_whose_attributes_a_record_has(world: World) -> None:
    ann = world.directory.get(OPERATOR, "ann")
    assert b"generation" not in to_json_line(ann)
    line = to_json_line(ann, for_backup=True)
    assert json.loads(line)["generation"] == "node"
    read = from_json_line(line)
    assert (read, read.generation) == (ann, "node")
    odd = from_json_line(b'{"id": "x", "generation": ["node"]}')
    assert odd.generation == ""
    world.node.put(of_node("ben", full_name="Ben"))
    assert b"generation" not in to_json_line(world.directory.get(OPERATOR, "ben"), for_backup=True)


def test_exports_have_their_names(world: World) -> None:
    assert "Ann Node" in world.app.test_client().get("/export.csv").text
    assert "FN:Ann Node" in world.app.test_client().get("/vcard/ann").text
