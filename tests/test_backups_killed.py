"""``flask backup`` and ``flask restore``, killed by ``kill -9`` and run again, lose nothing."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from app.backups.backup import take_backup
from app.directory import Directory
from app.employee import Employee
from app.photo_keys import thumbnail_key
from app.storage.photos_in_folder import open_folder_store
from app.storage.sql import open_sql_store

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[1]
PEOPLE = 5_000


def directory_in(folder: Path) -> Directory:
    folder.mkdir(exist_ok=True)
    store = open_sql_store(f"sqlite:///{folder / 'directory.db'}")
    store.set_up()
    return Directory(store, open_folder_store(folder / "photos"))


@pytest.fixture
def whole(tmp_path: Path) -> dict[str, bytes]:
    """The files of a backup that nobody interrupted, of a directory in ``from``."""
    directory = directory_in(tmp_path / "from")
    key = f"employee_pic/{'a' * 32}.jpg"
    people = (
        Employee(
            id=f"{number:08}",
            full_name=f"Ada {number}",
            version=3,
            photo_key=key if number == PEOPLE // 2 else "",
        )
        for number in range(PEOPLE)
    )
    list(directory.add_many(people, keep_versions=True))
    assert directory.photos
    for each in (key, thumbnail_key(key)):
        directory.photos.put(each, b"\xff\xd8" + each.encode())
    list(take_backup(directory, tmp_path / "whole"))
    return files_in(tmp_path / "whole")


def files_in(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


# What flask runs, but it kills itself when it has said the words of the first argument.
KILLED = """
import os, signal, sys, click
words = sys.argv.pop(1)
plain = click.echo
def echo(message="", **options):
    plain(message, **options)
    if words in message:
        os.kill(os.getpid(), signal.SIGKILL)
click.echo = echo
from flask.cli import main
main()
"""


def run(instance: Path, *command: str | Path, killed_at: str = "never") -> None:
    """Run a command of flask over the directory in this folder, in a process of its own."""
    instance.mkdir(exist_ok=True)
    ended = subprocess.run(
        [sys.executable, "-c", KILLED, killed_at, "--app", ROOT / "application.py", *command],
        capture_output=True,
        cwd=ROOT,
        env={**os.environ, "INSTANCE_FOLDER": str(instance)},
        timeout=120,
    )
    assert ended.returncode == (0 if killed_at == "never" else -9), ended.stderr.decode()


def test_a_killed_backup_goes_on_and_is_the_same(whole: dict[str, bytes], tmp_path: Path) -> None:
    for words in ("2,000 people gathered", "1,000 of 5,000 people written", "4,000 of 5,000"):
        run(tmp_path / "from", "backup", tmp_path / "b", killed_at=words)
        assert not (tmp_path / "b" / "manifest.json").exists()
    run(tmp_path / "from", "backup", tmp_path / "b")
    assert files_in(tmp_path / "b") == whole


def test_a_killed_restore_goes_on_and_is_the_same(whole: dict[str, bytes], tmp_path: Path) -> None:
    for words in ("parts checked", "people restored"):
        run(tmp_path / "to", "restore", tmp_path / "whole", killed_at=words)
    run(tmp_path / "to", "restore", tmp_path / "whole")
    to = directory_in(tmp_path / "to")
    assert to.facets().total == PEOPLE
    list(take_backup(to, tmp_path / "again"))
    assert files_in(tmp_path / "again") == whole
