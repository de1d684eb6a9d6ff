"""The watch has imports worked on: at once when asked, and by itself what was left by others."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from app import import_process
from app.contracts.import_jobs import Phase
from app.imports import scheduler
from app.imports.importer import Importer
from app.imports.scheduler import ImportScheduler
from app.metrics.jobs import JobName
from app.runtime.runtime_dir import RuntimeDir
from app.settings import Settings
from tests.support.job_records import records_in
from tests.support.jobs_in_memory import JobsInMemory
from tests.support.model_store import ModelStore
from tests.support.small_app import small_app

FILE = b"Name,Title,Office\nAda,A,L\n"


class Watched:
    """A watch, and an event for each import that it had worked on."""

    def __init__(self, folder: Path) -> None:
        self.importer = Importer(ModelStore(), JobsInMemory())
        self.launched = Event()
        self.watch = ImportScheduler(self.importer, RuntimeDir(folder), self.launch)

    def launch(self, job_id: str) -> None:
        for _ in self.importer.work(job_id, Event()):
            pass
        self.launched.set()

    def take_in(self) -> str:
        return self.importer.receive(io.BytesIO(FILE), "a.csv", auto_apply=True).id


@pytest.fixture
def watched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Watched:
    monkeypatch.setattr(scheduler, "FIRST_LOOK_SECONDS", 0.01)
    monkeypatch.setattr(scheduler, "LOOK_SECONDS", 0.01)
    return Watched(tmp_path)


def test_what_others_left_is_worked_on_when_the_watch_begins(watched: Watched) -> None:
    job_id = watched.take_in()
    watched.watch.begin()
    assert watched.launched.wait(60)
    assert watched.importer.read(job_id).phase is Phase.APPLIED


def test_of_two_watches_of_a_machine_one_looks_unless_it_is_asked(
    watched: Watched, tmp_path: Path
) -> None:
    turn = RuntimeDir(tmp_path).try_lock("imports")
    assert turn is not None
    with turn:
        watched.watch.begin()
        job_id = watched.take_in()
        assert not watched.launched.wait(0.2)
        watched.watch.wake()
        assert watched.launched.wait(60)
    assert watched.importer.read(job_id).phase is Phase.APPLIED


@pytest.mark.slow
def test_the_process_works_on_the_stores_of_the_server(tmp_path: Path) -> None:
    app = small_app(tmp_path)
    importer: Importer = app.extensions["importer"]
    job = importer.receive(io.BytesIO(FILE), "a.csv", auto_apply=True)
    watch: ImportScheduler = app.extensions["import_scheduler"]
    assert watch.run_once()
    done = importer.read(job.id)
    assert (done.phase, done.done.added, done.lease_holder) == (Phase.APPLIED, 1, "")
    assert not watch.run_once()


def test_the_process_that_compared_a_long_file_leaves_it_to_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    importer = Importer(ModelStore(), JobsInMemory())
    job = importer.receive(io.BytesIO(FILE), "a.csv", auto_apply=True)
    monkeypatch.setattr(import_process, "LONG_FILE_ROWS", 0)
    assert import_process._work(importer, job.id, Event())
    compared = importer.read(job.id)
    assert (compared.phase, compared.done.added, compared.lease_holder) == (Phase.APPLYING, 0, "")
    assert importer.due() == job.id
    assert not import_process._work(importer, job.id, Event())
    assert importer.read(job.id).phase is Phase.APPLIED
    short = importer.receive(io.BytesIO(FILE), "b.csv", auto_apply=True)
    monkeypatch.setattr(import_process, "LONG_FILE_ROWS", 1)
    assert not import_process._work(importer, short.id, Event())
    assert importer.read(short.id).phase is Phase.APPLIED


def processes_that_end(monkeypatch: pytest.MonkeyPatch, *ends: int) -> list[str]:
    """Let processes end with these statuses; return the jobs that they are given, as they are."""
    statuses, told = list(ends), []

    class Given(io.BytesIO):
        def write(self, given: Any) -> int:
            told.append(json.loads(given)["job"])
            return len(given)

    class Process:
        pid = 1

        def __init__(self, command: list[str], **options: Any) -> None:
            self.returncode = statuses.pop(0)
            self.stdin = Given()

        def wait(self, seconds: float) -> int:
            return self.returncode

    monkeypatch.setattr(subprocess, "Popen", Process)
    return told


def test_processes_are_started_until_one_wants_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    restart = import_process.RESTART
    told = processes_that_end(monkeypatch, restart, restart, 1, 0)
    settings = Settings.from_env({"INSTANCE_FOLDER": str(tmp_path)})
    job = Importer(ModelStore(), jobs := JobsInMemory()).receive(io.BytesIO(FILE), "a.csv")
    import_process.run_process(settings, jobs, job.id, records_in(tmp_path))
    assert told == [job.id] * 3


@pytest.mark.parametrize(
    ("status", "is_stopped", "failures"),
    [
        (0, False, 0),
        (import_process.WAITS, False, 0),  # a store does not respond
        (1, False, 1),
        (import_process.OUT_OF_MEMORY, False, 1),
        (-signal.SIGKILL, False, 1),
        (-signal.SIGKILL, True, 0),  # since somebody stopped the import
    ],
)
def test_an_import_whose_process_ends_otherwise_than_by_itself_has_stopped(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    status: int,
    is_stopped: bool,
    failures: int,
) -> None:
    processes_that_end(monkeypatch, status)
    settings = Settings.from_env({"INSTANCE_FOLDER": str(tmp_path)})
    importer = Importer(ModelStore(), jobs := JobsInMemory())
    job = importer.receive(io.BytesIO(FILE), "a.csv", auto_apply=True)
    if is_stopped:
        importer.stop(job.id)
    import_process.run_process(settings, jobs, job.id, records := records_in(tmp_path))
    record = records.read(JobName.IMPORT)
    assert (record.runs, record.failures, record.is_running) == (1, failures, False)


def test_the_process_has_nothing_of_the_pages_in_memory() -> None:
    asked = "import app.import_process, app.storage.sql, sys; print(*sys.modules)"
    found = subprocess.run([sys.executable, "-c", asked], check=True, stdout=subprocess.PIPE)
    known = set(found.stdout.decode().split())
    assert "sqlalchemy" in known
    assert not known & {"flask", "werkzeug", "jinja2", "openpyxl", "boto3", "PIL"}


def test_an_application_that_nobody_asked_begins_no_thread(tmp_path: Path) -> None:
    watch: ImportScheduler = small_app(tmp_path).extensions["import_scheduler"]
    assert watch._pid != os.getpid()
