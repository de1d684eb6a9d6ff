"""The two worlds: a laptop (SQLite and a folder), and AWS (DynamoDB and S3, through proxies).

A world is the place where things are kept. Any number of applications, in this process or others,
may stand on it; after every test it is held against all that any of them answered.
"""

from __future__ import annotations

import itertools
import json
import logging
import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from functools import cached_property
from io import BytesIO
from pathlib import Path
from typing import Any

import boto3
import pytest
import urllib3
from flask import Flask
from PIL import Image

from app.contracts import EmployeeStore
from app.directory import stored_photos
from app.directory.service import Directory
from app.model.employee import Employee
from app.runtime.json_log import JsonFormatter
from app.settings import Settings
from app.web.ui.urls import person_address
from tests.support.acceptance.visitors import InProcess, Ledger, OverHttp, Visitor
from tests.support.dynamodb_audit import audit
from tests.support.in_time import LATE
from tests.support.model_store import ModelStore
from tests.support.page_reader import Page
from tests.support.servers.fault_proxy import FaultProxy
from tests.support.servers.live_app import LiveApp
from tests.support.small_app import app_for_people
from tests.support.stores.dynamodb_binding import DynamoRoom
from tests.support.stores.people import everyone
from tests.support.stores.sql_binding import SqliteRoom
from tests.support.viewers import OPERATOR

REGION = "us-west-2"
MAX_SECONDS = 10.0 + LATE
_BUCKETS = itertools.count()


class Log(logging.Handler):
    """The log of the applications in this process, as lines of JSON."""

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self.setFormatter(JsonFormatter())
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


class World:
    """What both worlds have in common."""

    name = ""
    room: Any
    environment: dict[str, str]

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.ledger = Ledger()
        self.log = Log()
        self.live: list[LiveApp] = []
        self._apps: list[Flask] = []
        logging.getLogger("app").addHandler(self.log)

    def another_machine(self, **settings: str) -> Flask:
        """One more application on the same stores."""
        found = Settings.from_env({"ACCESS": "open", **self.environment, **settings})
        app = app_for_people(found)
        self._apps.append(app)
        return app

    @cached_property
    def app(self) -> Flask:
        return self.another_machine()

    def visitor(self, place: Flask | LiveApp | None = None) -> Visitor:
        """Someone at a browser of their own."""
        if isinstance(place, LiveApp):
            if place not in self.live:
                self.live.append(place)
            return Visitor(OverHttp(place.url), self.ledger)
        return Visitor(InProcess(place or self.app), self.ledger)

    @property
    def store(self) -> EmployeeStore:
        """The records, seen past all faults."""
        return self.room.store  # type: ignore[no-any-return]

    def stored(self) -> dict[str, Employee]:
        """Everyone who is in the table, by id."""
        return {employee_id: self.store.get(employee_id) for employee_id in self.ids()}

    def ids(self) -> list[str]:
        raise NotImplementedError

    def photos(self) -> dict[str, bytes]:
        """What lies in the photo store, by key."""
        raise NotImplementedError

    def put_photo(self, key: str, content: bytes, media_type: str) -> None:
        """Put something under the key of a photo, as another program would."""
        raise NotImplementedError

    def recover(self) -> None:
        """Nothing fails any more."""

    def secrets(self) -> list[str]:
        """The keys that no page may show."""
        raise NotImplementedError

    def index_faults(self) -> list[str]:
        """What lists and counts hold that the records do not say."""
        raise NotImplementedError

    def log_text(self) -> str:
        return "\n".join([*self.log.lines, *(app.log.read_text() for app in self.live)])

    def told_of(self, request_id: str) -> list[dict[str, Any]]:
        """The lines of the log about a request."""
        lines = [line for line in self.log_text().splitlines() if request_id in line]
        return [json.loads(line) for line in lines if line.startswith("{")]

    def check(self) -> None:
        """Hold the world against everything that was answered."""
        self.recover()
        self._check_answers()
        stored = self.check_stores()
        self._check_people(stored)
        self._check_lists(stored)

    def check_stores(self) -> dict[str, Employee]:
        """Hold records, lists, counts and photos against one another; the records."""
        stored = self.stored()
        self._check_photos(stored)
        counted = model_of(stored)
        assert everyone(self.store) == everyone(counted)
        assert self.store.facets() == counted.facets()
        assert self.index_faults() == []
        return stored

    def _check_answers(self) -> None:
        log = self.log_text()
        hidden = (str(self.folder), "Traceback", '.py"', "employee_pic/", "X-Amz", *self.secrets())
        for answer in self.ledger.answers:
            where = f"{answer.method} {answer.address[:200]} {answer.status}"
            assert answer.seconds <= MAX_SECONDS, f"{where} took {answer.seconds:.1f} s"
            request_id = answer.headers.get("X-Request-Id", "")
            assert request_id, where
            assert request_id in log, f"{where}: its id is not in the log"
            if answer.status < 500:
                continue
            for secret in hidden:
                assert secret not in answer.text, f"{where} shows {secret}"
            if answer.headers["Content-Type"].startswith("text/html") and answer.method != "HEAD":
                assert request_id in answer.text, f"{where} does not tell its id"

    def _check_people(self, stored: dict[str, Employee]) -> None:
        for employee_id, person in self.ledger.people.items():
            assert employee_id in stored, f"{person.values['full_name']} was answered to be saved"
            found = stored[employee_id]
            told = {name: getattr(found, name) for name in person.values}
            assert told == person.values
            assert sorted(found.known_badges) == person.badges
            assert bool(found.photo_key) == person.has_photo, found
        for employee_id in self.ledger.deleted:
            assert employee_id not in stored, f"{employee_id} was answered to be deleted"

    def _check_photos(self, stored: dict[str, Employee]) -> None:
        photos = self.photos()
        for employee in stored.values():
            if employee.photo_key:
                Image.open(BytesIO(photos[employee.photo_key])).load()

    def _check_lists(self, stored: dict[str, Employee]) -> None:
        visitor = self.visitor()
        listed = [address for page in visitor.pages() for address in people_on(page)]
        assert listed == [person_address(card.id) for card in everyone(model_of(stored))]
        for address in listed[:2]:
            visitor.get(address)

    def close(self) -> None:
        logging.getLogger("app").removeHandler(self.log)
        for app in self._apps:
            directory: Directory = app.extensions["directory"]
            getattr(directory.employees, "close", lambda: None)()
        self.room.close()


class Laptop(World):
    """Nothing configured: an SQLite file and a folder."""

    name = "laptop"

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.instance = folder / "instance"
        self.instance.mkdir(exist_ok=True)
        self.environment = {"INSTANCE_FOLDER": str(self.instance)}
        self.room = SqliteRoom(self.instance)

    def ids(self) -> list[str]:
        return [row[0] for row in self.read("SELECT id FROM person")]

    def read(self, statement: str) -> list[tuple[Any, ...]]:
        """The rows of a statement, read as another program would."""
        with closing(sqlite3.connect(self.instance / "directory.db")) as connection:
            return connection.execute(statement).fetchall()

    def write(self, statement: str, *values: str) -> None:
        """Change something as another program would."""
        with closing(sqlite3.connect(self.instance / "directory.db")) as connection, connection:
            connection.execute(statement, values)

    def photos(self) -> dict[str, bytes]:
        folder = self.instance / "photos"
        return {
            str(path.relative_to(folder)): path.read_bytes()
            for path in folder.rglob("*")
            if path.is_file()
        }

    def put_photo(self, key: str, content: bytes, media_type: str) -> None:
        path = self.instance / "photos" / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)

    def secrets(self) -> list[str]:
        key = self.instance / "secret_key"
        return [key.read_text().strip()] if key.exists() else []

    def index_faults(self) -> list[str]:
        return [step.what for step in self.room.store.reindex(force=False) if step.changed]


class Aws(World):
    """DynamoDB Local and SeaweedFS, each behind a proxy that fails on request."""

    name = "aws"

    def __init__(self, folder: Path, database: str, s3: str, proxy: Callable[[str], FaultProxy]):
        super().__init__(folder)
        self.database, self.s3 = proxy(database), proxy(s3)
        self.room = DynamoRoom(database)
        self.bucket = f"photos-{os.getpid()}-{next(_BUCKETS)}"
        self._client: Any = boto3.client("s3", endpoint_url=s3)
        place = {"LocationConstraint": REGION}
        self._client.create_bucket(Bucket=self.bucket, CreateBucketConfiguration=place)
        self.environment = {
            "INSTANCE_FOLDER": str(folder / "instance"),
            "DYNAMO_MODE": "on",
            "DYNAMO_TABLE": self.room.people,
            "PHOTOS_BUCKET": self.bucket,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_ENDPOINT_URL_DYNAMODB": self.database.endpoint,
            "AWS_ENDPOINT_URL_S3": self.s3.endpoint,
        }
        os.environ.update(self.environment)  # boto3 reads its own; all this ends with the test

    @cached_property
    def app(self) -> Flask:
        """A machine that has answered before, and so has loaded the libraries of a first call."""
        app = self.another_machine()
        app.extensions["secret_keys"].get()
        return app

    def ids(self) -> list[str]:
        return [item["id"]["S"] for item in self.room.items(self.room.people)]

    def photos(self) -> dict[str, bytes]:
        pages = self._client.get_paginator("list_objects_v2").paginate(Bucket=self.bucket)
        keys = [found["Key"] for page in pages for found in page.get("Contents", ())]
        get = self._client.get_object
        return {key: get(Bucket=self.bucket, Key=key)["Body"].read() for key in keys}

    def put_photo(self, key: str, content: bytes, media_type: str) -> None:
        self._client.put_object(Bucket=self.bucket, Key=key, Body=content, ContentType=media_type)

    def recover(self) -> None:
        self.database.recover()
        self.s3.recover()

    def secrets(self) -> list[str]:
        return [self.room.store.shared_secret("none was needed before") or ""]

    def index_faults(self) -> list[str]:
        return audit(self.room)

    def close(self) -> None:
        super().close()
        self._client.close()


def model_of(stored: dict[str, Employee]) -> ModelStore:
    """These people in the plainest of stores."""
    model = ModelStore()
    for employee in stored.values():
        model.put_outside(employee)
    return model


def people_on(page: Page) -> list[str]:
    """The addresses of those whom a page of the list shows."""
    return [link.get("href", "") for link in page.all("a", cls="name")]


def fetch_photo(visitor: Visitor, key: str) -> bytes:
    """The photo as a browser gets it: from the directory, or by the link that it hands out."""
    answer = visitor.ask("GET", f"/photos/{key}")
    if answer.status == 302:
        return urllib3.request("GET", answer.location, timeout=60, retries=False).data
    assert answer.status == 200, answer.status
    return answer.body


def sweep(world: World) -> set[str]:
    """Remove what no record names, however young; what is left then."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stored_photos, "_SWEEP_AGE", timedelta(days=-1))
        list(world.app.extensions["directory"].sweep_photos(OPERATOR, delete=True))
    return set(world.photos())
