"""The worlds as fixtures; each is held against what was answered when its test is over."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support.acceptance.visitors import Visitor
from tests.support.acceptance.worlds import Aws, Laptop, World
from tests.support.servers.fault_proxy import FaultProxy


@pytest.fixture
def laptop(tmp_path: Path) -> Iterator[Laptop]:
    world = Laptop(tmp_path)
    yield world
    world.check()
    world.close()


@pytest.fixture
def aws(
    tmp_path: Path,
    dynamodb_local: str,
    s3_server: str,
    fault_proxy: Callable[[str], FaultProxy],
) -> Iterator[Aws]:
    world = Aws(tmp_path, dynamodb_local, s3_server, fault_proxy)
    yield world
    world.check()
    world.close()


AWS = pytest.param(
    "aws", marks=[pytest.mark.slow, pytest.mark.dynamodb_local, pytest.mark.s3_server]
)


@pytest.fixture(params=["laptop", AWS])
def world(request: pytest.FixtureRequest) -> World:
    """Both worlds, one after the other."""
    found: World = request.getfixturevalue(request.param)
    return found


@pytest.fixture
def visitor(world: World) -> Visitor:
    return world.visitor()
