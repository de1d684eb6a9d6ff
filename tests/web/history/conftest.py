"""A directory in SQLite, as editors and colleagues see it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app.access.viewer import Role, Viewer
from app.directory.service import Directory
from app.history.changes import ON_THE_PAGE, Through
from app.model.employee import Employee
from app.model.revision import revision_of
from tests.support.page_reader import PageReader
from tests.support.small_app import small_app
from tests.support.small_directory import AMARA
from tests.support.viewers import request_as, viewer

ANA = viewer(Role.EDITOR, person_id="ana", name="Ana Ruiz")


class Changing:
    """A directory whose people change, and its pages as somebody sees them."""

    def __init__(self, folder: Path, **env: str) -> None:
        self.app = small_app(folder, **env)
        self.reader = PageReader(self.app)
        self.get, self.post = self.reader.get, self.reader.post
        self.file = folder / "directory.db"
        self.writes = 0
        self.seen_by(ANA)

    @property
    def directory(self) -> Directory:
        found: Directory = self.app.extensions["directory"]
        return found

    def seen_by(self, who: Viewer) -> None:
        request_as(self.app, who)

    def add(self, employee: Employee = AMARA) -> Employee:
        return self.directory.add(ANA, employee, f"add-{employee.id}")

    def change(
        self, who: Viewer = ANA, through: Through = ON_THE_PAGE, of: str = "amara", **fields: Any
    ) -> str:
        """Change somebody; return the moment of the change."""
        self.writes += 1
        stored = self.directory.employees.get(of)
        changed, revision = replace(stored, **fields), revision_of(stored)
        saved = self.directory.update(who, changed, revision, f"w{self.writes}", through=through)
        return saved.history.partition(" ")[0]

    def execute(self, *statements: str) -> None:
        """What another program does to the database."""
        with closing(sqlite3.connect(self.file)) as other, other:
            for statement in statements:
                other.execute(statement)

    def now(self, of: str = "amara") -> Employee:
        return self.directory.employees.get(of)


@pytest.fixture
def changing(tmp_path: Path) -> Changing:
    return Changing(tmp_path)
