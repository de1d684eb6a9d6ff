"""Kills a process of its own at each step of a save on a laptop: ``python -m ... FOLDER``.

A step is each change of a file, each write to the database, and its commit. What is left by a
process that dies just before its n-th step is in FOLDER/<operation>-<n>.
"""

from __future__ import annotations

import itertools
import os
import shutil
import signal
import sys
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event

from app import create_app, make_ready
from app.imports import scheduler
from app.photos import processing
from app.settings import Settings
from tests.support.acceptance.visitors import ADA, Form, InProcess, Ledger, Visitor
from tests.support.pictures import picture

TYPED = {**ADA, "full_name": "Grace Hopper"}
# What each operation does, and who may be there after it was killed.
OPERATIONS = {
    "add": {("Ada Lovelace",), ("Ada Lovelace", "Grace Hopper")},
    "edit": {("Ada Lovelace",), ("Grace Hopper",)},
    "delete": {("Ada Lovelace",), ()},
}
_LIVED = 77
_ON_FILES = ("open", "os.mkdir", "os.rename", "os.remove", "os.link")


class Steps:
    """Counts steps, and dies before the one that is named."""

    def __init__(self, folder: Path) -> None:
        self._folder = str(folder)
        self._left: int | None = None

    def die_before(self, number: int) -> None:
        self._left = number

    def file(self, name: str, about: tuple[Any, ...]) -> None:
        reads = name == "open" and not about[2] & (os.O_WRONLY | os.O_RDWR)
        if name in _ON_FILES and not reads and str(about[0]).startswith(self._folder):
            self.one()

    def statement(self, connection: Any, cursor: Any, statement: str, *_: object) -> None:
        if statement.startswith(("INSERT", "UPDATE", "DELETE")):
            self.one()

    def commit(self, connection: Any) -> None:
        self.one()

    def one(self) -> None:
        if self._left is not None:
            self._left -= 1
            if self._left == 0:
                os.kill(os.getpid(), signal.SIGKILL)


def visitor_of(folder: Path) -> Visitor:
    app = create_app(
        Settings.from_env({"INSTANCE_FOLDER": str(folder / "instance"), "ACCESS": "open"})
    )
    make_ready(app)
    return Visitor(InProcess(app), Ledger())


def form_of(visitor: Visitor, operation: str) -> Form:
    """The form of this operation, filled in."""
    (address,) = {link for link in visitor.get("/").page.links().values() if "/employee/" in link}
    employee_id = address.removeprefix("/employee/")
    if operation == "add":
        return visitor.form("/add").typed(**TYPED)
    if operation == "edit":
        return visitor.form(f"/edit/{employee_id}").typed(**TYPED)
    return visitor.form(f"/delete/{employee_id}")


def in_a_child(action: Callable[[], object]) -> int:
    """How a fork of this process ended that did this and nothing else."""
    child = os.fork()
    if child == 0:
        action()
        os._exit(_LIVED)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def die_at_each_step(folder: Path, begin: Path, operation: str) -> None:
    """With one form on the screen, again and again from the same beginning."""
    here = folder / ".here"
    steps = Steps(here)
    sys.addaudithook(steps.file)
    event.listen(Engine, "before_cursor_execute", steps.statement)
    event.listen(Engine, "commit", steps.commit)
    shutil.copytree(begin, here)
    visitor = visitor_of(here)
    form = form_of(visitor, operation)
    photo = None if operation == "delete" else picture("PNG").read()

    def save_and_die() -> None:
        steps.die_before(number)
        visitor.send(form, photo=photo)

    for number in itertools.count(1):
        code = in_a_child(save_and_die)
        if code == _LIVED:
            shutil.rmtree(here)
            return
        if code != -signal.SIGKILL:
            raise SystemExit(f"{operation} failed before step {number}")
        here.rename(folder / f"{operation}-{number:02}")
        shutil.copytree(begin, here)


def main(folder: Path) -> None:
    # What a thread that looks for imports holds while it looks, no fork of it can ever take.
    scheduler.FIRST_LOOK_SECONDS = float(threading.TIMEOUT_MAX)
    processing.make(picture())  # what one process has imported, its children need not
    begin = folder / ".begin"
    begin.mkdir()
    in_a_child(lambda: visitor_of(begin).add(photo=picture()))
    for operation in OPERATIONS:
        if in_a_child(partial(die_at_each_step, folder, begin, operation)) != _LIVED:
            raise SystemExit(f"{operation} could not be killed at each step")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
