"""``flask erase``: who left before a day, or who is named, permanently and only when told to."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask

from app.contracts.history import AuditQuery
from app.directory.leavers import Leavers
from app.directory.service import Directory
from app.history.changes import Author
from app.model.employee import Employee
from app.model.errors import EmployeeNotFound
from tests.support.small_app import small_app
from tests.support.viewers import OPERATOR

LEFT = {"ada": "2019-05-31", "bea": "2023-12-31", "cid": "2024-01-01", "dan": "2999-01-01"}


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Flask:
    app = small_app(tmp_path)
    leavers: Leavers = app.extensions["leavers"]
    for each in (*LEFT, "eve"):
        employee = Employee(id=each, full_name=each.title(), job_title="x", location="y")
        directory_of(app).add(OPERATOR, employee, each)
    monkeypatch.setattr("app.directory.leavers.check_last_day", lambda employee, day: None)
    for each, day in LEFT.items():
        leavers.mark_as_left(OPERATOR, each, day, "", f"left-{each}")
    return app


def directory_of(app: Flask) -> Directory:
    directory: Directory = app.extensions["directory"]
    return directory


def run(app: Flask, *arguments: str) -> Result:
    return app.test_cli_runner().invoke(args=["erase", *arguments])


def stored(app: Flask) -> list[str]:
    store = directory_of(app).employees
    return [each for each in (*LEFT, "eve") if store.get_many([each])]


def test_without_delete_it_only_says_who_would_go(app: Flask) -> None:
    result = run(app, "--left-before", "2024-01-01")
    assert result.exit_code == 0
    assert result.output.splitlines()[-3:] == [
        "Would delete Ada (ada), whose last day is 2019-05-31",
        "Would delete Bea (bea), whose last day is 2023-12-31",
        "Would delete 2 people. Nobody was deleted yet.",
    ]
    assert len(stored(app)) == 5


@pytest.mark.parametrize("option", ["--delete", "--really"])
def test_who_left_before_the_day_is_deleted(app: Flask, option: str) -> None:
    result = run(app, "--left-before", "2024-01-01", option)
    assert (result.exit_code, result.output.splitlines()[-1]) == (
        0,
        "Deleted 2 people permanently.",
    )
    assert stored(app) == ["cid", "dan", "eve"]
    assert run(app, "--left-before", "2024-01-01", option).output.endswith(
        "Deleted 0 people permanently.\n"
    )
    history = directory_of(app).history
    assert history
    assert list(history.changes_of("ada").changes) == []


def test_people_can_be_named(app: Flask) -> None:
    assert run(app, "eve", "dan", "--delete").exit_code == 0
    assert stored(app) == ["ada", "bea", "cid"]


def test_somebody_unknown_deletes_nobody(app: Flask) -> None:
    result = run(app, "eve", "nobody", "--delete")
    assert result.exit_code == 1
    assert "nobody" in result.output
    assert len(stored(app)) == 5


@pytest.mark.parametrize(
    "arguments", [(), ("--delete",), ("eve", "--left-before", "2024-01-01"), ("--left-before", "x")]
)
def test_it_must_be_clear_who_is_meant(app: Flask, arguments: tuple[str, ...]) -> None:
    assert run(app, *arguments).exit_code == 2
    assert len(stored(app)) == 5


def test_the_audit_log_says_that_a_command_did_it(app: Flask) -> None:
    run(app, "eve", "--delete")
    history = directory_of(app).history
    assert history
    [entry] = history.audit(AuditQuery(event="erased")).entries
    assert entry.through.source == "flask erase"
    assert entry.author != Author()


def test_a_missing_person_is_none(app: Flask) -> None:
    run(app, "eve", "--delete")
    with pytest.raises(EmployeeNotFound):
        directory_of(app).employees.get("eve")


def test_the_history_of_who_was_deleted_by_another_program_is_erased(
    app: Flask, tmp_path: Path
) -> None:
    with closing(sqlite3.connect(tmp_path / "directory.db")) as database, database:
        database.execute("DELETE FROM person WHERE id = 'eve'")
    history = directory_of(app).history
    assert history
    assert list(directory_of(app).employees.reindex())
    assert len(history.changes_of("eve").changes) == 1  # until somebody wants it gone
    assert "Would delete Eve (eve)" in run(app, "eve").output
    result = run(app, "eve", "--delete")
    assert (result.exit_code, result.output.splitlines()[-1]) == (
        0,
        "Deleted 1 person permanently.",
    )
    assert history.changes_of("eve").changes == ()
    assert [entry.event for entry in history.audit(AuditQuery()).entries].count("erased") == 1
    assert not any(entry.employee_id == "eve" for entry in history.audit(AuditQuery()).entries)
    assert run(app, "eve", "--delete").exit_code == 1
