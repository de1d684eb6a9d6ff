"""Worlds: one store each with so many people in it, loaded or kept from an earlier run."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config

from bench.checkout import HERE, Checkout
from bench.loading import Loaded, read_loaded
from tests.support.environment import isolated
from tests.support.servers.dynamodb_local import running_dynamodb_local

SQLITE, DYNAMODB = "sqlite", "dynamodb"
# Java's memory for DynamoDB Local; its tables lie outside of it.
_HEAP = "2g"
_READ_AT_ONCE = 1 << 22
_REGION = "us-west-2"


@dataclass(frozen=True)
class World:
    """One store with so many people, the environment that names it, and what loading it cost."""

    store: str
    people: int
    folder: Path
    env: Mapping[str, str]
    loaded: Loaded

    @property
    def disk_bytes(self) -> int | None:
        """The size of the database file, where the world has one of its own."""
        files = list(self.folder.glob("directory.db"))
        return files[0].stat().st_size if files else None

    def read_through(self) -> None:
        """Read the database file once, as far as memory goes: the disk is not what is measured."""
        for file in self.folder.glob("directory.db"):
            with file.open("rb", buffering=0) as opened:
                while opened.read(_READ_AT_ONCE):
                    pass


@contextmanager
def worlds(store: str, sizes: list[int], scratch: Path, kept: Path) -> Iterator[list[World]]:
    """One store at these sizes. SQLite's lie in ``kept``, and one that is there is taken as it is.

    DynamoDB Local's are in memory and go with it: on a disk it takes longer than the two seconds
    that the directory waits for an answer.
    """
    if store == SQLITE:
        files = [load_world(store, people, kept / f"sqlite-{people}", {}) for people in sizes]
        for world in files:
            world.read_through()
        yield files
        return
    with dynamodb_local(scratch) as endpoint:
        yield [
            load_world(
                store, people, scratch / f"dynamodb-{people}", dynamodb_env(endpoint, people)
            )
            for people in sizes
        ]


@contextmanager
def dynamodb_local(scratch: Path) -> Iterator[str]:
    """The endpoint of an emulator of our own, empty and warm."""
    with running_dynamodb_local(scratch, heap=_HEAP, measured=True) as endpoint:
        _warm_up(endpoint)
        yield endpoint


def _warm_up(endpoint: str) -> None:
    """Let Java load what tables need; the directory waits for no answer as long as that takes."""
    client: Any = boto3.client(
        "dynamodb",
        endpoint_url=endpoint,
        region_name=_REGION,
        config=Config(read_timeout=120, retries={"total_max_attempts": 1}),
    )
    name, key = "warming-up", {"id": {"S": "1"}}
    client.create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
    )
    client.transact_write_items(TransactItems=[{"Put": {"TableName": name, "Item": key}}])
    client.get_item(TableName=name, Key=key)
    client.delete_table(TableName=name)


def dynamodb_env(endpoint: str, name: object) -> dict[str, str]:
    """Settings for tables of this name on an endpoint."""
    return {
        "DYNAMO_MODE": "on",
        "DYNAMO_TABLE": f"Employees-{name}",
        "AWS_ENDPOINT_URL_DYNAMODB": endpoint,
        "AWS_DEFAULT_REGION": _REGION,
    }


def load_world(
    store: str,
    people: int,
    folder: Path,
    settings: Mapping[str, str],
    checkout: Checkout = HERE,
) -> World:
    """Load so many people by a checkout's code; a folder loaded before is taken as it is."""
    photos = str(folder / "photos")
    env = {"INSTANCE_FOLDER": str(folder), "PHOTOS_FOLDER": photos, **settings}
    folder.mkdir(parents=True, exist_ok=True)
    told = folder / "loaded.json"
    loaded = read_loaded(told)
    if loaded is None:
        print(f"loading {people:,} people into {store} ...", file=sys.stderr, flush=True)
        command = [checkout.python, "-m", "bench.loading", str(people), str(told)]
        subprocess.run(command, cwd=checkout.folder, env=isolated(env), check=True)
        loaded = read_loaded(told)
    assert loaded is not None
    return World(store, people, folder, env, loaded)
