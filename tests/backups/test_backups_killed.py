"""``flask backup`` and ``flask restore``, killed by ``kill -9`` and run again, lose nothing."""

from __future__ import annotations

import signal
import time
from pathlib import Path

import pytest

from app.directory.service import Directory
from app.model.employee import Employee
from app.photos.keys import thumbnail_key
from app.storage.photos_on_disk import open_folder_store
from app.storage.sql import open_sql_store
from tests.support.pictures import picture
from tests.support.servers.warm_process import ROOT, PythonProcess
from tests.support.viewers import OPERATOR

pytestmark = pytest.mark.slow
PEOPLE = 5_000


def directory_in(folder: Path) -> Directory:
    folder.mkdir(exist_ok=True)
    store = open_sql_store(f"sqlite:///{folder / 'directory.db'}")
    store.set_up()
    return Directory(store, open_folder_store(folder / "photos"))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory in ``from``, and a backup of it in ``whole`` that nobody interrupted."""
    made = tmp_path_factory.mktemp("made")
    directory = directory_in(made / "from")
    key = f"employee_pic/{'a' * 32}.jpg"
    people = (
        Employee(
            id=f"{number:08}",
            full_name=f"Ada {number}",
            photo_key=key if number == PEOPLE // 2 else "",
        )
        for number in range(PEOPLE)
    )
    list(directory.add_many(OPERATOR, people))
    assert directory.photos
    for each in (key, thumbnail_key(key)):
        directory.photos.put(each, picture().read() + each.encode())
    run(made / "from", "backup", made / "whole")
    return made


def files_in(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


# What flask runs, but it kills itself when it has come as far as the first argument says.
KILLED = """
import os, signal, sys
from app.commands.progress import ProgressLine
words = sys.argv.pop(1)
plain = ProgressLine.show
def show(line, message):
    plain(line, message)
    if words in message:
        os.kill(os.getpid(), signal.SIGKILL)
ProgressLine.show = show
from flask.cli import main
main()
"""


def run(instance: Path, *command: str | Path, killed_at: str = "never") -> None:
    """Run a command of flask over the directory in this folder, in a process of its own."""
    instance.mkdir(exist_ok=True)
    program = ("-c", KILLED, killed_at, "--app", ROOT / "application.py", *command)
    log = instance / f"{time.monotonic_ns()}.log"
    ended = PythonProcess(*program, log=log, settings={"INSTANCE_FOLDER": str(instance)})
    code = ended.wait()
    assert code == (0 if killed_at == "never" else -signal.SIGKILL), ended.log_text()


def test_a_killed_backup_goes_on_and_is_the_same(made: Path, tmp_path: Path) -> None:
    for words in (
        "2,000 people read", "1,000 of 5,000 people written", "4,000 of 5,000", "changes read",
        "2,000 changes written", "5,000 changes written",
    ):  # fmt: skip
        run(made / "from", "backup", tmp_path / "b", killed_at=words)
        assert not (tmp_path / "b" / "manifest.json").exists()
    run(made / "from", "backup", tmp_path / "b")
    assert files_in(tmp_path / "b") == files_in(made / "whole")


def test_a_killed_restore_goes_on_and_is_the_same(made: Path, tmp_path: Path) -> None:
    for words in ("parts checked", "people restored", "3 of 5 parts of changes restored"):
        run(tmp_path / "to", "restore", made / "whole", killed_at=words)
    run(tmp_path / "to", "restore", made / "whole")
    to = directory_in(tmp_path / "to")
    assert to.facets(OPERATOR).total == PEOPLE
    run(tmp_path / "to", "backup", tmp_path / "again")
    assert files_in(tmp_path / "again") == files_in(made / "whole")
