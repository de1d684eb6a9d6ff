"""The photo stores that keep the contract: how each is opened, and how its bytes are read back."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import urllib3

from app.contracts import PhotoFile, PhotoStore
from app.model.errors import PhotoNotFound
from app.storage.aws.photos import open_s3_store
from app.storage.photos_on_disk import open_folder_store

REGION = "us-west-2"


@dataclass(frozen=True)
class Room:
    """An empty photo store, the same seen from another machine, and a way to look beneath it."""

    store: PhotoStore
    open_another: Callable[[], PhotoStore]
    read: Callable[[str], bytes | None]
    put_outside: Callable[[str, bytes], None]


@dataclass(frozen=True)
class Binding:
    """A kind of store. ``open`` may ask for fixtures by name."""

    name: str
    open: Callable[[pytest.FixtureRequest, Path], Any]
    marks: tuple[pytest.MarkDecorator, ...] = ()


@contextmanager
def _folder(_: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Room]:
    folder = tmp_path / "photos"

    def read(key: str) -> bytes | None:
        found = open_folder_store(folder).locate(key)
        assert isinstance(found, PhotoFile)
        return found.path.read_bytes()

    def put_outside(key: str, image: bytes) -> None:
        (folder / key).parent.mkdir(parents=True, exist_ok=True)
        (folder / key).write_bytes(image)

    yield Room(
        open_folder_store(folder), lambda: open_folder_store(folder), _or_none(read), put_outside
    )


def _or_none(read: Callable[[str], bytes | None]) -> Callable[[str], bytes | None]:
    def quiet(key: str) -> bytes | None:
        try:
            return read(key)
        except PhotoNotFound:
            return None

    return quiet


@lru_cache
def _client(endpoint: str | None) -> Any:
    import botocore.session

    session = botocore.session.get_session()
    return session.create_client("s3", region_name=REGION, endpoint_url=endpoint)


def _s3_room(bucket: str, read: Callable[[Any, str], bytes | None]) -> Room:
    client = _client(os.environ.get("AWS_ENDPOINT_URL_S3"))
    store = open_s3_store(bucket, REGION)
    store.set_up()
    return Room(
        store,
        lambda: open_s3_store(bucket, REGION),
        lambda key: read(client, key),
        lambda key, image: client.put_object(Bucket=bucket, Key=key, Body=image),
    )


@contextmanager
def _moto(_: pytest.FixtureRequest, __: Path) -> Iterator[Room]:
    """In this process, where no link can be followed: objects are read by the API."""
    from moto import mock_aws

    bucket = f"photos-{uuid4().hex}"

    def read(client: Any, key: str) -> bytes | None:
        try:
            return client.get_object(Bucket=bucket, Key=key)["Body"].read()
        except client.exceptions.NoSuchKey:
            return None

    with mock_aws():
        yield _s3_room(bucket, read)


@contextmanager
def _s3_server(request: pytest.FixtureRequest, _: Path) -> Iterator[Room]:
    """A real server: photos are read as a browser reads them, by their links.

    It has room for a few buckets only, so one serves all tests, emptied after each.
    """
    os.environ["AWS_ENDPOINT_URL_S3"] = request.getfixturevalue("s3_server")
    bucket = "photos-of-the-contract"

    def read(key: str) -> bytes | None:
        reply = urllib3.request("GET", open_s3_store(bucket, REGION).locate(key).url, retries=False)
        assert reply.status == 200
        return reply.data

    room = _s3_room(bucket, lambda _, key: _or_none(read)(key))
    # The first object waits for the server to make a file for the bucket: longer than ours may.
    room.put_outside("warm-up", b"")
    yield room
    room.store.delete([key for key, _ in room.store.iter_keys()])


BINDINGS = (
    Binding("folder", _folder),
    Binding("moto", _moto),
    Binding("s3-server", _s3_server, (pytest.mark.slow, pytest.mark.s3_server)),
)
