"""``flask import`` does what the pages do, in the foreground."""

from __future__ import annotations

import io
import os
import re
import signal
import threading
from dataclasses import replace
from pathlib import Path
from threading import Event, Thread

import openpyxl
import pytest
from click.testing import Result
from flask import Flask

from app.commands import imports, progress
from app.contracts.import_jobs import Phase
from app.web.current import current_directory
from tests.support.import_command import import_app, run
from tests.support.in_time import wait_until
from tests.support.small_app import small_app

HEAD = "Name,Title,Office,Mail\n"
GOOD = HEAD + "Ada,A,L,ada@example.com\nBo,B,L,bo@example.com\n"


@pytest.fixture
def app(tmp_path: Path) -> Flask:
    return import_app(tmp_path)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "people.csv"
    path.write_text(GOOD)
    return path


def total(app: Flask) -> int:
    with app.app_context():
        return current_directory().employees.facets().total


def id_in(result: Result) -> str:
    [found] = re.findall(r"flask import --\w+ (\S+)", result.output)
    return str(found)


def test_a_file_is_imported_twice_and_undone(app: Flask, file: Path) -> None:
    first = run(app, file)
    assert first.exit_code == 0, first.output
    assert "2 added, 0 changed, 0 unchanged, 0 with errors." in first.output
    again = run(app, file)
    assert "0 added, 0 changed, 2 unchanged, 0 with errors." in again.output
    undone = run(app, "--undo", id_in(first))
    assert undone.exit_code == 0, undone.output
    assert "2 undone, 0 not undone." in undone.output
    assert total(app) == 0


@pytest.mark.parametrize("option", ["--resume", "--go"])
def test_a_dry_run_changes_nobody_and_can_be_carried_out(
    app: Flask, file: Path, option: str
) -> None:
    planned = run(app, "--dry-run", file)
    assert planned.exit_code == 0, planned.output
    assert "Dry run: 2 added" in planned.output
    assert total(app) == 0
    assert run(app, option, id_in(planned)).exit_code == 0
    assert total(app) == 2


def test_a_file_with_nothing_to_carry_out_says_so(app: Flask, file: Path) -> None:
    run(app, file)
    known = run(app, "--dry-run", file)
    assert known.stdout.endswith("There is nothing to import.\n")
    file.write_text(HEAD)
    for options in (["--dry-run"], []):
        result = run(app, *options, file)
        assert result.exit_code == 0, result.output
        assert result.stdout.endswith("The file has headings but no rows.\n")


def test_refused_lines_are_told_with_status_1_and_the_others_are_done(
    app: Flask, file: Path
) -> None:
    file.write_text(GOOD + "Cy,,L,cy@\n")
    result = run(app, file)
    assert result.exit_code == 1
    assert "Row 4, Cy: Title: Enter a job title, such as Field Engineer" in result.output
    assert "Mail: Enter the part after the @, like name@example.com: “cy@”" in result.output
    assert total(app) == 2


def test_what_a_workbook_has_on_its_sheets_is_imported_or_named(app: Flask, file: Path) -> None:
    book = openpyxl.Workbook()
    for name, rows in {
        "North": [("Name", "Title", "Office"), ("Ada", "A", "L"), ("Cy", None, "L")],
        "South": [("Name", "Title", "Office"), ("Bo", "B", "L"), ("Di", None, "L")],
        "Prices": [("Thing", "Price"), ("Chair", 9)],
    }.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book["North"].row_dimensions[2].hidden = True
    book.save(file.with_suffix(".xlsx"))
    result = run(app, file.with_suffix(".xlsx"))
    assert "Row 3 of North, Cy: Title: Enter a job title" in result.output
    assert "Row 3 of South, Di: Title: Enter a job title" in result.output
    assert (
        "The sheet Prices was ignored, because its headings differ from those of North."
        in result.output
    )
    assert "Hidden in the workbook, but read: row 2 of North. To leave them out" in result.output
    assert total(app) == 2


def test_a_file_that_is_no_table_ends_with_one_sentence(app: Flask, file: Path) -> None:
    for content in (b"%PDF-1", b"", b"Colour\nred\n"):
        file.write_bytes(content)
        result = run(app, file)
        assert result.exit_code == 1
        assert "Error: " in result.output
        assert "Traceback" not in result.output


def test_stopped_it_goes_on_by_the_same_command(
    app: Flask, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    importer = app.extensions["importer"]
    with file.open("rb") as source:
        job = importer.receive(source, "people.csv", auto_apply=True)
    stopped = run(app, "--stop", job.id)
    assert stopped.stdout == f"The import {job.id} will stop within a few seconds.\n"
    result = run(app, file)
    assert result.stdout.startswith(f"Resuming the import {job.id} of this file.")
    assert "2 added" in result.output
    refused = run(app, "--stop", job.id)
    assert (refused.exit_code, "nothing to stop" in refused.output) == (1, True)


def test_ctrl_c_stops_it_and_the_same_command_goes_on(
    app: Flask, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    watch = app.extensions["import_scheduler"]
    real = watch.launch

    def interrupted(job_id: str) -> None:
        signal.raise_signal(signal.SIGINT)
        wait_until(lambda: app.extensions["importer"].read(job_id).paused)
        real(job_id)

    with monkeypatch.context() as patch:
        patch.setattr(watch, "launch", interrupted)
        stopped = run(app, file)
    assert stopped.exit_code == 1
    assert "Stopped.\nResume it with: flask import --resume " in stopped.output
    assert app.extensions["importer"].due() is None
    assert "2 added" in run(app, file).output


@pytest.mark.slow
def test_the_work_is_done_by_a_process_of_its_own(tmp_path: Path, file: Path) -> None:
    app = small_app(tmp_path)
    importer = app.extensions["importer"]
    seen = []
    real = importer.read
    importer.read = lambda job_id: seen.append(real(job_id)) or seen[-1]
    result = run(app, file)
    assert "2 added, 0 changed, 0 unchanged, 0 with errors." in result.output
    workers = {int(job.lease_holder.split()[1]) for job in seen if job.lease_holder}
    assert os.getpid() not in workers
    assert "2 added" not in run(app, "--undo", id_in(result)).output
    assert total(app) == 0


def test_how_far_it_is_is_told_while_it_is_worked_on(
    app: Flask, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imports, "_POLL_SECONDS", 0.01)
    monkeypatch.setattr(progress, "_LOG_INTERVAL_SECONDS", -1.0)
    importer, watch = app.extensions["importer"], app.extensions["import_scheduler"]
    real = watch.launch

    def slowly(job_id: str) -> None:
        stored = importer._jobs.read(job_id)
        told = replace(stored.job, phase=Phase.APPLYING, total=9, added_ahead=4, buffered=3)
        importer._jobs.write(told, stored.revision)
        asked = threading.Event()
        monkeypatch.setattr(importer, "read", lambda job_id: asked.set() or told)
        assert asked.wait(60)
        monkeypatch.undo()
        importer._jobs.write(stored.job, stored.revision + 1)
        real(job_id)

    monkeypatch.setattr(watch, "launch", slowly)
    result = run(app, file)
    assert "Importing: 4 of 9 rows, sorting 3 people\n" in result.output
    assert "2 added" in result.output


def test_work_that_waits_for_the_store_and_work_that_does_not_begin_end_with_one_sentence(
    app: Flask, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    importer, watch = app.extensions["importer"], app.extensions["import_scheduler"]

    def wait(job_id: str) -> None:
        stored = importer._jobs.read(job_id)
        importer._jobs.write(replace(stored.job, error="It waits."), stored.revision)

    with monkeypatch.context() as patch:
        patch.setattr(watch, "launch", wait)
        waiting = run(app, file)
        patch.setattr(watch, "launch", lambda job_id: None)
        absent = run(app, file)
    assert (waiting.exit_code, absent.exit_code) == (1, 1)
    assert waiting.stderr.endswith("Error: It waits.\n")
    assert "Error: The import did not start. See the messages above.\n" in absent.output
    assert "2 added" in run(app, file).output


def test_it_watches_a_server_that_was_faster(app: Flask, file: Path) -> None:
    importer = app.extensions["importer"]
    job = importer.receive(io.BytesIO(GOOD.encode()), "people.csv", auto_apply=True)
    server = importer.work(job.id, Event())
    next(server)
    thread = Thread(target=lambda: list(server))
    thread.start()
    result = run(app, file)
    thread.join()
    assert "2 added" in result.output
    assert total(app) == 2


def test_it_wants_one_thing_to_do(app: Flask, file: Path) -> None:
    for command in ((), (file, "--undo", "x")):
        assert run(app, *command).exit_code == 2
    assert "There is no import x" in run(app, "--undo", "x").output


@pytest.mark.parametrize("option", ["--rejects", "--refused"])
def test_refused_lines_are_written_into_a_file_to_be_mended(
    app: Flask, tmp_path: Path, option: str
) -> None:
    source, mend = tmp_path / "people.csv", tmp_path / "mend.csv"
    source.write_text(GOOD + "Cy,,L,cy@example.com\n")
    told = run(app, source, option, mend)
    assert told.exit_code == 1
    assert f"The rows with errors are in {mend}. Fix them there" in told.output
    head, line = mend.read_text("utf-8-sig").splitlines()
    assert head == "Row,What to do,Name,Title,Office,Mail"
    assert line.startswith('4,"Title: Enter a job title')
    mend.write_text(f"{head}\n4,,Cy,C,L,cy@example.com\n")
    other = tmp_path / "other.csv"
    assert run(app, mend, option, other).exit_code == 0
    assert not other.exists()
    assert total(app) == 3


def test_refused_lines_never_take_the_place_of_the_file(app: Flask, tmp_path: Path) -> None:
    source = tmp_path / "people.csv"
    source.write_text(GOOD + "Cy,,L,cy@example.com\n")
    told = run(app, source, "--rejects", f"{tmp_path}/./people.csv")
    assert told.exit_code == 2
    assert "is the file to import. Name another" in told.output
    assert total(app) == 0
    assert source.read_text().startswith(GOOD)
    assert "Use --rejects only with" in run(app, "--undo", "x", "--rejects", "y.csv").output


@pytest.mark.parametrize("option", ["--undo", "--resume", "--stop"])
def test_a_dry_run_of_what_is_no_file_is_refused_and_nothing_is_done(
    app: Flask, file: Path, option: str
) -> None:
    done = run(app, file)
    refused = run(app, "--dry-run", option, id_in(done))
    assert refused.exit_code == 2
    assert "Use --dry-run only with a file" in refused.output
    assert total(app) == 2


def test_what_comes_through_a_pipe_is_imported(app: Flask, file: Path, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    writer = Thread(target=(tmp_path / "pipe").write_bytes, args=(file.read_bytes(),))
    writer.start()
    done = run(app, tmp_path / "pipe")
    writer.join()
    assert "2 added, 0 changed" in done.output, done.output


def test_who_has_left_is_told_and_not_added(app: Flask, tmp_path: Path) -> None:
    file = tmp_path / "leavers.csv"
    file.write_text("Name,Title,Office,Status\nAda,A,L,Active\nBo,B,L,Terminated\n")
    for option in ("--dry-run", "--quiet"):
        result = run(app, option, file)
        assert result.exit_code == 0
        assert "1 added, 0 changed, 0 unchanged, 1 left before, 0 with errors." in result.output
        told = "Row 3, Bo: Status: Has left, and is not in the directory: “Terminated”"
        assert (told in result.output) == (option == "--dry-run")
