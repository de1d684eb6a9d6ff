"""An application of a test's own: nothing configured, everything in its folder."""

from __future__ import annotations

from pathlib import Path
from threading import Event
from typing import Any

from flask import Flask
from jinja2.bccache import Bucket, BytecodeCache

from app import create_app, make_ready
from app.contracts import EmployeeStore, PhotoStore
from app.imports.importer import Importer
from app.imports.scheduler import ImportScheduler
from app.settings import Settings
from app.storage import Stores
from tests.support.accounts_in_memory import AccountsInMemory
from tests.support.jobs_in_memory import JobsInMemory
from tests.support.stores.sql_binding import lay_empty_database


class _CompiledOnce(BytecodeCache):
    """Templates compiled by one application of the tests serve the next."""

    def __init__(self) -> None:
        self._known: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self._known:
            bucket.bytecode_from_string(self._known[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._known[bucket.key] = bucket.bytecode_to_string()


_COMPILED = _CompiledOnce()


def small_app(folder: Path, stores: Stores | None = None, **env: str) -> Flask:
    """The application as on a laptop, with what ``env`` adds to its settings."""
    settings = Settings.from_env({"INSTANCE_FOLDER": str(folder), "ACCESS": "open", **env})
    if stores is None and folder.is_dir() and not {"DYNAMO_MODE", "DATABASE_URL"} & env.keys():
        lay_empty_database(folder / "directory.db")
    return app_for_people(settings, stores)


def app_for_people(settings: Settings, stores: Stores | None = None) -> Flask:
    """The application with its errors as pages, as people see them."""
    app = create_app(settings, stores)
    make_ready(app)
    _schedule_when_asked(app, in_this_process=stores is not None)
    app.testing = False
    app.jinja_env.bytecode_cache = _COMPILED
    return app


def stores_of(
    employees: EmployeeStore, photos: PhotoStore | None, off: str = "", **others: Any
) -> Stores:
    """Stores that may live in this process only, with imports and accounts in memory."""
    others.setdefault("accounts", AccountsInMemory())
    others.setdefault("reports", getattr(employees, "reports", employees))
    others.setdefault("history", getattr(employees, "history", None))
    return Stores(employees, photos, JobsInMemory(), photos_off_because=off, **others)


class ScheduleWhenAsked(ImportScheduler):
    """No thread until a page asks for one: it would go on into the next test, and log there."""

    _asked = False

    def begin(self) -> None:
        if self._asked:
            super().begin()

    def wake(self) -> None:
        self._asked = True
        super().wake()


def _schedule_when_asked(app: Flask, *, in_this_process: bool) -> None:
    importer: Importer = app.extensions["importer"]

    def work_here(job_id: str) -> None:
        for _ in importer.work(job_id, Event()):
            pass

    folder = app.extensions["console"].folder
    if in_this_process:
        importer._read_rejected = None  # another process does not have these stores
    launch = work_here if in_this_process else app.extensions["import_scheduler"].launch
    app.extensions["count_scheduler"].begin = lambda: None
    app.extensions["import_scheduler"] = ScheduleWhenAsked(importer, folder, launch)
