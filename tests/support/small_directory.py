"""A directory in memory, with photos in a folder, behind the application and a page reader."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from app.directory.service import Directory
from app.model.employee import Employee
from app.model.errors import EmployeeNotFound, StorageUnavailable
from app.model.revision import revision_of
from app.storage.photos_on_disk import open_folder_store
from tests.support.model_store import ModelStore
from tests.support.page_reader import Page, PageReader
from tests.support.small_app import small_app, stores_of
from tests.support.viewers import OPERATOR

SECRET = "a key for tests that nobody guesses"
AMARA = Employee(
    id="amara",
    full_name="Amara Adeyemi-Lindqvist",
    preferred_name="Amara",
    pronouns="she/her",
    job_title="Principal Engineer",
    department="Engineering",
    location="Nairobi",
    email="amara@example.com",
    phone="+254 20 555 0127",
    start_date="2019-02-04",
    about="Keeps the mail awake.\nAsk about queues.",
    badges=("linux", "trophy"),
)


class FailingStore(ModelStore):
    """A store that does not answer while ``silent``, and loses its reply while ``deaf``."""

    def __init__(self) -> None:
        super().__init__()
        self.silent = False
        self.deaf = False
        self.tidied = 0

    def _ask(self, call: Callable[..., Any], *args: Any) -> Any:
        if self.silent:
            raise StorageUnavailable("the database", "sqlite", "directory.db", "locked")
        return call(*args)

    def _write_through(self, call: Callable[..., Any], *args: Any) -> Any:
        answer = self._ask(call, *args)
        if self.deaf:
            raise StorageUnavailable("the database", "Put", reason="lost", maybe_written=True)
        return answer

    def get(self, *args: Any) -> Any:
        return self._ask(super().get, *args)

    def browse(self, *args: Any) -> Any:
        return self._ask(super().browse, *args)

    def facets(self) -> Any:
        return self._ask(super().facets)

    def add(self, *args: Any) -> Any:
        return self._write_through(super().add, *args)

    def update(self, *args: Any) -> Any:
        return self._write_through(super().update, *args)

    def delete(self, *args: Any) -> Any:
        return self._write_through(super().delete, *args)

    def maintain(self) -> None:
        self.tidied += 1


class SmallDirectory:
    """The directory, its store, and a reader of its pages."""

    def __init__(self, folder: Path, *, photos: bool = True, **env: str) -> None:
        self.store = FailingStore()
        self.photos = folder / "photos"
        store = open_folder_store(self.photos) if photos else None
        stores = stores_of(self.store, store, "Photos are off: set PHOTOS_BUCKET.")
        self.app = small_app(folder, stores, SECRET_KEY=SECRET, **env)
        self.reader = PageReader(self.app)
        self.get = self.reader.get
        self.post = self.reader.post

    @property
    def directory(self) -> Directory:
        found: Directory = self.app.extensions["directory"]
        return found

    def put(self, employee: Employee) -> Employee:
        return self.directory.add(OPERATOR, employee, f"first-{employee.id}")

    def everyone(self) -> list[Employee]:
        return sorted(self.store.people.values(), key=lambda person: person.full_name)

    def change(self, employee_id: str, **fields: Any) -> Employee:
        """What someone else saves meanwhile."""
        from dataclasses import replace

        stored = self.store.get(employee_id)
        return self.directory.update(
            OPERATOR, replace(stored, **fields), revision_of(stored), f"theirs-{stored.version}"
        )

    def form(self, address: str, **typed: Any) -> dict[str, Any]:
        """The form at this address as a browser would post it, with this typed into it."""
        return {**self.get(address).fields(), **typed}

    def add(self, *, status: int = 303, **typed: Any) -> Page:
        """Fill the form of a new person and send it."""
        filled = {"full_name": "Ada Byron", "job_title": "Analyst", "location": "London", **typed}
        return self.post("/add", self.form("/add", **filled), status)

    def is_there(self, employee_id: str) -> bool:
        try:
            self.store.get(employee_id)
        except EmployeeNotFound:
            return False
        return True


def upload(content: bytes | BytesIO, name: str = "face.jpg") -> tuple[BytesIO, str]:
    """A file as a form posts it."""
    return (BytesIO(content) if isinstance(content, bytes) else content, name)


@pytest.fixture
def small(tmp_path: Path) -> SmallDirectory:
    """A directory with nobody in it; import this fixture by name."""
    return SmallDirectory(tmp_path)
