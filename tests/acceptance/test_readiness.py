"""Ready means that a save would succeed: a full or read-only disk is not, and says so."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support.acceptance.visitors import Visitor
from tests.support.acceptance.worlds import Aws, Laptop
from tests.support.environment import isolated
from tests.support.in_time import LATE, wait_until
from tests.support.needs import find
from tests.support.servers.live_app import LiveApp
from tests.support.small_disk import fill, make_read_only, small_disk

pytestmark = pytest.mark.slow

RECOVERY_SECONDS = 5.0


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """The disk of the laptop's instance folder."""
    with small_disk(tmp_path / "instance") as folder:
        yield folder


@pytest.fixture
def on_small_disk(disk: Path) -> Iterator[Laptop]:
    """A laptop whose database and photos are on a small disk."""
    world = Laptop(disk.parent)
    yield world
    world.check()
    world.close()


def told(visitor: Visitor, address: str = "/readyz") -> tuple[int, str]:
    answer = visitor.ask("GET", address)
    return answer.status, json.loads(answer.body)["disk"]


def becomes(visitor: Visitor, expected: tuple[int, str]) -> None:
    """It says so within the seconds for which an answer is remembered."""
    wait_until(lambda: told(visitor) == expected, RECOVERY_SECONDS + LATE)


def test_a_full_disk_is_not_ready_and_ready_again_when_there_is_room(
    on_small_disk: Laptop, disk: Path, live_app: Callable[..., LiveApp]
) -> None:
    visitor = on_small_disk.visitor(live_app(on_small_disk.environment))
    assert told(visitor) == (200, "ok")
    visitor.add()
    filler = fill(disk)
    becomes(visitor, (503, "the folder of the database is full"))
    assert told(visitor, "/monitor") == (503, "the folder of the database is full")
    assert visitor.ask("GET", "/healthz").status == 200
    filler.unlink()
    becomes(visitor, (200, "ok"))
    visitor.add(full_name="Grace Hopper")


def test_a_disk_with_too_little_room_for_a_save_is_not_ready(
    on_small_disk: Laptop, disk: Path
) -> None:
    filler = fill(disk, leave=3 * 2**20)
    answer = told(on_small_disk.visitor())
    filler.unlink()
    assert answer == (503, "the folder of the database has 3 MB free and needs 8 MB")


def test_a_read_only_disk_is_not_ready_and_ready_again_when_it_can_be_written(
    on_small_disk: Laptop, disk: Path
) -> None:
    visitor = on_small_disk.visitor()
    visitor.add()
    for store in (on_small_disk.app.extensions["directory"].employees, on_small_disk.room.store):
        store.close()  # else the disk is in use
    make_read_only(disk)
    status, reason = told(visitor)
    make_read_only(disk, read_only=False)
    assert (status, reason) == (503, "the folder of the database is read-only")
    becomes(visitor, (200, "ok"))


def test_a_full_folder_of_photos_alone_is_not_ready(laptop: Laptop, tmp_path: Path) -> None:
    with small_disk(tmp_path / "photos") as folder:
        filler = fill(folder)
        app = laptop.another_machine(PHOTOS_FOLDER=str(folder))
        visitor = laptop.visitor(app)
        assert told(visitor) == (503, "the folder of photos is full")
        filler.unlink()
        becomes(visitor, (200, "ok"))


def test_a_machine_on_aws_needs_room_for_uploads(
    aws: Aws, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with small_disk(tmp_path / "tmp") as folder:
        monkeypatch.setattr(tempfile, "tempdir", str(folder))
        visitor = aws.visitor()
        assert told(visitor) == (200, "ok")
        filler = fill(folder, leave=5 * 2**20)
        becomes(visitor, (503, "the folder of temporary files has 5 MB free and needs 11 MB"))
        filler.unlink()
        becomes(visitor, (200, "ok"))


_ASK = """
from app import create_app, make_ready
app = create_app()
make_ready(app)
answer = app.test_client().get("/readyz")
print(answer.status_code, answer.json["disk"])
"""


@pytest.mark.parametrize(
    ("name", "mode", "reason"),
    [
        (".", 0o555, "the folder of the database is read-only"),
        ("photos", 0o555, "the folder of photos is read-only"),
        ("directory.db", 0o444, "the file of the database is read-only"),
    ],
)
def test_what_the_service_may_not_write_is_not_ready(
    laptop: Laptop, name: str, mode: int, reason: str
) -> None:
    laptop.visitor().add()
    laptop.app.extensions["directory"].employees.close()
    (laptop.instance / "photos").mkdir(exist_ok=True)
    path = laptop.instance / name
    before = path.stat().st_mode
    assert asked_without_privileges(laptop) == "200 ok"
    path.chmod(mode)
    answer = asked_without_privileges(laptop)
    path.chmod(before)
    assert answer == f"503 {reason}"
    assert asked_without_privileges(laptop) == "200 ok"


def asked_without_privileges(laptop: Laptop) -> str:
    """What a directory of this folder answers; the modes of files stop it, also if it is root's."""
    command = [sys.executable, "-c", _ASK]
    if os.geteuid() == 0:
        setpriv = find("setpriv", "a process that the modes of files stop")
        command = [setpriv, "--bounding-set=-dac_override,-dac_read_search", *command]
    answer = subprocess.run(
        command,
        capture_output=True,
        text=True,
        env=isolated(laptop.environment),
        check=True,
        timeout=60,
    )
    return answer.stdout.splitlines()[-1]
