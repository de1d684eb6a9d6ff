"""Fixtures for all tests: real servers, each started when the first test asks for it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import hypothesis
import pytest
from playwright.sync_api import Browser

from app.contracts import cursors
from app.runtime import deadline, gc_tuning
from app.text import phone_numbers
from tests.support import aws_models, background_threads, start_once
from tests.support.browser.chromium import running_chromium
from tests.support.environment import isolate
from tests.support.servers.dynamodb_local import running_dynamodb_local
from tests.support.servers.fault_proxy import FaultProxy
from tests.support.servers.live_app import LiveApp
from tests.support.servers.mariadb_server import running_mariadb
from tests.support.servers.postgresql_server import running_postgresql
from tests.support.servers.s3_server import running_s3_server
from tests.support.servers.sql_server import SqlServer

if TYPE_CHECKING:
    from tests.support.stores.dynamodb_binding import DynamoRoom

MARKS_OF_FIXTURES = {
    "dynamodb_local": ("dynamodb_local", "slow"),
    "s3_server": ("s3_server", "slow"),
    "mariadb": ("mariadb", "slow"),
    "postgresql": ("postgresql", "slow"),
    "chromium": ("browser", "slow"),
}


def pytest_configure() -> None:
    isolate(os.environ)
    aws_models.read_once()
    start_once.compile_once()
    background_threads.watch()
    # A busy machine is slow to answer, and to make up examples: no fault of what is tested.
    slowness = [hypothesis.HealthCheck.too_slow]
    hypothesis.settings.register_profile("here", deadline=None, suppress_health_check=slowness)
    hypothesis.settings.load_profile("here")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        for fixture in getattr(item, "fixturenames", ()):
            for mark in MARKS_OF_FIXTURES.get(fixture, ()):
                item.add_marker(mark)


def pytest_collection_finish() -> None:
    """All that is loaded by now stays until the end: the collector need not look at it again."""
    gc_tuning.tune()


@pytest.fixture(autouse=True)
def isolated_environment() -> Iterator[None]:
    """What a test sets in the environment ends with it, and so does the deadline of a request.

    So do the region of phone numbers and the key of cursors, which an application sets for its
    process, and the threads that work in the background of an application.
    """
    before = dict(os.environ)
    deadline.start(float("inf"))
    phone_numbers.use_region("")
    cursors.use_key(lambda: b"the key of this test")
    yield
    background_threads.end_all()
    deadline.start(float("inf"))
    if dict(os.environ) != before:
        os.environ.clear()
        os.environ.update(before)


@pytest.fixture(scope="session")
def dynamodb_local(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The endpoint of DynamoDB Local; one for the session, so use table names of your own."""
    with running_dynamodb_local(tmp_path_factory.mktemp("dynamodb-local")) as endpoint:
        yield endpoint


@pytest.fixture(scope="session")
def s3_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The endpoint of an S3 server; one for the session, so use bucket names of your own."""
    with running_s3_server(tmp_path_factory.mktemp("s3-server")) as endpoint:
        yield endpoint


@pytest.fixture(scope="session")
def mariadb(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SqlServer]:
    """A MariaDB server; one for the session, so make databases of your own."""
    with running_mariadb(tmp_path_factory.mktemp("mariadb")) as server:
        yield server


@pytest.fixture(scope="session")
def postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SqlServer]:
    """A PostgreSQL server; one for the session, so make databases of your own."""
    with running_postgresql(tmp_path_factory.mktemp("postgresql")) as server:
        yield server


@pytest.fixture
def fault_proxy() -> Iterator[Callable[[str], FaultProxy]]:
    """`proxy = fault_proxy(dynamodb_local)`: a proxy in front of an endpoint."""
    proxies: list[FaultProxy] = []

    def start(upstream: str) -> FaultProxy:
        proxies.append(FaultProxy(upstream))
        return proxies[-1]

    yield start
    for proxy in proxies:
        proxy.stop()


@pytest.fixture
def dynamodb_proxy(dynamodb_local: str, fault_proxy: Callable[[str], FaultProxy]) -> FaultProxy:
    """The proxy between `proxied_room` and DynamoDB Local."""
    return fault_proxy(dynamodb_local)


@pytest.fixture
def proxied_room(dynamodb_local: str, dynamodb_proxy: FaultProxy) -> Iterator[DynamoRoom]:
    """Two empty tables on DynamoDB Local; the store reaches them through `dynamodb_proxy`."""
    from tests.support.stores.dynamodb_binding import (
        UsedRoom,  # with all of moto: not for every run
    )

    room = UsedRoom(dynamodb_local, through=dynamodb_proxy.endpoint)
    yield room
    dynamodb_proxy.stop()  # nothing of this test comes to the tables of the next one
    room.close()


@pytest.fixture
def live_app(tmp_path) -> Iterator[Callable[..., LiveApp]]:
    """`app = live_app({"DATABASE_URL": ...}, workers=2)`: the real app under gunicorn."""
    apps: list[LiveApp] = []

    def start(settings: dict[str, str], **options: int) -> LiveApp:
        log = tmp_path / f"gunicorn-{len(apps)}.log"
        apps.append(LiveApp(settings, log=log, **options))
        apps[-1].start()
        return apps[-1]

    yield start
    for app in apps:
        app.kill()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """A headless browser; take a fresh `chromium.new_context()` in each test."""
    with running_chromium() as browser:
        yield browser
