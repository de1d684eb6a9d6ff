"""A server parses no file: a process of its own reads the rows with errors for a download."""

from __future__ import annotations

import errno
import io
import subprocess
from pathlib import Path

import pytest
from flask import Flask

from app import import_process
from app.contracts.bulk_edits import BulkEdit
from app.contracts.import_jobs import Job, Phase
from app.history.changes import Author
from app.imports.edits import begin_edit
from app.imports.importer import Importer
from app.imports.running import rejected_rows
from app.model.employee import Employee
from app.model.errors import StorageUnavailable
from tests.support.in_time import wait_until
from tests.support.small_app import small_app

pytestmark = pytest.mark.slow

FILE = b"Name,Title,Office,Mail\nAda,A,L,ada@example.com\n" + b"B\xc3\xb6,,,bo@\n" * 2_000


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Flask:
    app = small_app(tmp_path)
    monkeypatch.setattr(rejected_rows, "Table", None)  # nothing is parsed in this process
    return app


def imported(app: Flask) -> Job:
    importer: Importer = app.extensions["importer"]
    job = importer.receive(io.BytesIO(FILE), "a.csv", auto_apply=True)
    app.extensions["import_scheduler"].launch(job.id)
    return importer.read(job.id)


def test_the_rows_with_errors_are_read_by_another_process(app: Flask) -> None:
    job = imported(app)
    assert (job.done.added, job.done.rejected) == (1, 2_000)
    lines = app.test_client().get(f"/import/{job.id}/refused.csv").text.splitlines()
    assert lines[0].endswith("Row,What to do,Name,Title,Office,Mail")
    assert (len(lines), lines[1].startswith('3,"'), ",Bö,,,bo@" in lines[1]) == (2_001, True, True)


def test_an_edit_of_a_list_is_planned_applied_and_undone_by_other_processes(app: Flask) -> None:
    importer: Importer = app.extensions["importer"]
    launch = app.extensions["import_scheduler"].launch
    for _ in app.extensions["directory"].employees.add_many(
        Employee(id=f"p{n}", full_name=f"P {n}", department="Sales") for n in range(1_200)
    ):
        pass
    values, filters = (("department", "Revenue"),), (("department", "Sales"),)
    job = begin_edit(app.extensions["jobs"], BulkEdit(filters=filters, values=values), Author("A"))
    launch(job.id)
    planned = importer.read(job.id)
    assert (planned.phase, planned.planned.changed, planned.parts) == (Phase.READY, 1_200, 2)
    importer.resume(job.id)
    launch(job.id)
    assert importer.read(job.id).done.changed == 1_200
    importer.undo(job.id)
    launch(job.id)
    assert importer.read(job.id).undone.undone == 1_200


def test_a_download_that_is_closed_ends_the_process(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = imported(app)
    started: list[subprocess.Popen[bytes]] = []
    real = subprocess.Popen

    def start(*command: object, **options: object) -> subprocess.Popen[bytes]:
        started.append(real(*command, **options))  # type: ignore[call-overload]
        return started[-1]

    monkeypatch.setattr(import_process.subprocess, "Popen", start)
    rows = app.extensions["importer"].rejected_rows(job)
    assert next(rows)[:2] == ("Row", "What to do")
    rows.close()
    [process] = started
    wait_until(lambda: process.poll() is not None)


def test_a_process_that_reaches_its_limit_fails_the_download_and_not_the_server(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = imported(app)
    monkeypatch.setattr(import_process, "MAX_MEMORY_BYTES", 22 << 20)
    with pytest.raises(StorageUnavailable, match=f"status {import_process.OUT_OF_MEMORY}"):
        list(app.extensions["importer"].rejected_rows(job))
    assert app.test_client().get(f"/import/{job.id}/refused.csv").status_code == 503


@pytest.mark.parametrize(
    "error",
    [
        MemoryError(),
        OSError(errno.ENOMEM, "Cannot allocate memory"),
        SystemError("error return without exception set"),
        SystemError("<built-in function compile> returned NULL without setting an exception"),
        ImportError("_x.so: failed to map segment from shared object"),
    ],
    ids=repr,
)
def test_memory_that_runs_out_is_told_as_that_wherever_it_does(error: Exception) -> None:
    with pytest.raises(SystemExit) as ended, import_process._ExitStatus():
        raise error
    assert ended.value.code == import_process.OUT_OF_MEMORY


@pytest.mark.parametrize(
    "error", [ImportError("No module named 'x'"), OSError(errno.EPERM, "No"), SystemError("bad")]
)
def test_what_is_no_limit_is_told_as_it_is(error: Exception) -> None:
    with pytest.raises(type(error), match=str(error.args[-1])), import_process._ExitStatus():
        raise error
