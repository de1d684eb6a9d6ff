"""``flask import`` marks people as left, asks before many leave, and names the operator."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest
from flask import Flask

from app.contracts import EmployeeStore
from app.contracts.history import AuditQuery, HistoryStore
from app.history.changes import Via, Write
from app.model import leaving
from app.model.employee import Employee
from tests.support.import_command import import_app, run

HEAD = "Id,Name,Title,Office\n"


@pytest.fixture
def app(tmp_path: Path) -> Flask:
    app = import_app(tmp_path)
    for number in range(10):
        name = f"Person {number}"
        person = Employee(id=f"p{number}", full_name=name, job_title="T", location="L")
        store_of(app).add(person, Write("w"))
    return app


def store_of(app: Flask) -> EmployeeStore:
    store: EmployeeStore = app.extensions["directory"].employees
    return store


def history_of(app: Flask) -> HistoryStore:
    history: HistoryStore = app.extensions["directory"].history
    return history


def listing(folder: Path, *numbers: int) -> Path:
    path = folder / "everyone.csv"
    rows = (f"p{number},Person {number},T,L\n" for number in numbers)
    path.write_text(HEAD + "".join(rows))
    return path


def left(app: Flask) -> dict[str, str]:
    people = (each for batch in store_of(app).iter_batches() for each in batch.people)
    return {each.id: each.left_on for each in people if each.left_on}


def test_who_is_missing_is_marked_as_left_and_back_after_the_undo(
    app: Flask, tmp_path: Path
) -> None:
    file = listing(tmp_path, *range(9))
    result = run(app, "--complete", "--mark-left", "--last-day", "2026-01-31", file)
    assert result.exit_code == 0, result.output
    assert "0 added, 0 changed, 1 left, 9 unchanged, 0 with errors, 0 not in the file." in (
        result.output
    )
    assert left(app) == {"p9": "2026-01-31"}
    [undo] = [line for line in result.output.splitlines() if "--undo" in line]
    assert run(app, "--undo", undo.split()[-1]).exit_code == 0
    assert left(app) == {}


def test_without_being_told_they_stay(app: Flask, tmp_path: Path) -> None:
    result = run(app, "--complete", listing(tmp_path, *range(9)))
    assert "9 unchanged, 0 with errors, 1 not in the file." in result.output
    assert left(app) == {}


def test_more_than_the_share_are_refused_and_told_how_to_go_on(app: Flask, tmp_path: Path) -> None:
    file = listing(tmp_path, *range(7), 11)
    result = run(app, "--complete", "--mark-left", file)
    assert result.exit_code == 1
    told = (
        "This would mark 3 of 10 people as left, 30 % of the directory and more than 10 %. "
        "Nothing was changed. Run it with: flask import --resume "
    )
    assert told in result.output
    assert "p11" not in store_of(app).get_many(["p11"])
    [line] = [line for line in result.output.splitlines() if "--resume" in line]
    job, *more = line.split("--resume ")[1].split()
    assert more == ["--max-left", "30%"]
    assert run(app, "--resume", job).exit_code == 1
    assert left(app) == {}
    assert run(app, "--resume", job, "--max-left", "30%").exit_code == 0
    assert left(app) == dict.fromkeys(("p7", "p8", "p9"), leaving.today())


def test_after_a_dry_run_they_are_marked_when_it_is_told(app: Flask, tmp_path: Path) -> None:
    result = run(app, "--complete", "--dry-run", listing(tmp_path, *range(9)))
    assert "There is nothing to import." in result.output
    [line] = [line for line in result.output.splitlines() if "--resume" in line]
    assert line.startswith("To mark those who are not in the file as left: flask import --resume ")
    result = run(app, *line.split("flask import ")[1].split())
    assert "1 left" in result.output
    assert left(app) == {"p9": leaving.today()}


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--mark-left"], "only with --complete"),
        (["--last-day", "2026-01-31"], "only with --complete"),
        (["--complete", "--last-day", "soon"], "Enter the date as year-month-day"),
        (["--max-left", "half"], "percentage from 0 to 100"),
        (["--max-left", "101%"], "percentage from 0 to 100"),
    ],
)
def test_options_that_cannot_be_meant_are_told(
    app: Flask, tmp_path: Path, options: list[str], told: str
) -> None:
    result = run(app, *options, listing(tmp_path, 1))
    assert result.exit_code == 2
    assert told in result.output


def test_the_dry_run_shows_who_leaves_and_who_comes_back(app: Flask, tmp_path: Path) -> None:
    store_of(app).add(Employee(id="old", full_name="Ola", left_on="2026-01-31"), Write("w"))
    file = tmp_path / "staff.csv"
    file.write_text("Id,Name,Status,Last day\np1,Person 1,Terminated,2026-02-28\nold,Ola,,\n")
    result = run(app, "--dry-run", file)
    assert (
        "Row 2, Person 1: left. Last day: nothing → 2026-02-28; Status: “Terminated”"
        in result.output
    )
    assert "Row 3, Ola: comes back. Last day: 2026-01-31 → nothing" in result.output
    assert "Dry run: 0 added, 0 changed, 1 left, 1 restored, 0 unchanged" in result.output
    assert "1 left, 1 restored" in run(app, "--quiet", file).output


def test_each_change_names_the_operator(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SUDO_USER", "marta")
    run(app, "--complete", "--mark-left", listing(tmp_path, *range(9), 11))
    operator = f"marta on {socket.gethostname()}"
    for employee_id in ("p9", "p11"):
        change, *_ = history_of(app).changes_of(employee_id).changes
        assert (change.author.name, change.through.via) == (operator, Via.IMPORT)
        assert change.through.source == "everyone.csv"
    [entry] = [each for each in history_of(app).audit(AuditQuery()).entries if each.through.job]
    assert (entry.event, entry.author.name) == ("import", operator)
    assert dict(entry.counts) == {"added": 1, "left": 1}
