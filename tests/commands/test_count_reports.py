"""``flask count-reports``, the process of a server, and what the health check says of both."""

from __future__ import annotations

import os
import signal
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask

from app import count_process
from app.contracts.checks import State
from app.diagnostics.counting import check_counting
from app.directory.counting import Counting
from app.metrics.jobs import JobName
from app.model.employee import Employee
from tests.support.small_app import small_app


@pytest.fixture
def app(tmp_path: Path) -> Flask:
    app = small_app(tmp_path)
    people = (
        Employee(id=f"p{number}", full_name=f"P {number}", manager=f"p{(number - 1) // 3}")
        for number in range(1, 300)
    )
    for _ in app.extensions["directory"].employees.add_many(
        [Employee(id="p0", full_name="P 0"), *people], keep_versions=True
    ):
        pass
    return app


def run(app: Flask, *arguments: str) -> tuple[int, str]:
    result = app.test_cli_runner().invoke(args=["count-reports", *arguments])
    return result.exit_code, result.output


def test_the_command_counts_at_once_or_if_due(app: Flask) -> None:
    told = "Counted who stands below 100 managers; 299 people have one.\n"
    assert run(app, "--if-due") == (0, told)
    lines = app.extensions["reporting_lines"]
    reports = lines._reports
    assert reports.count_reports(["p0"])["p0"].below == 299
    assert run(app, "--if-due")[1].startswith("Nothing to do")
    assert run(app)[1].startswith("Counted who stands below 100 managers")
    app.extensions["counting"].request()
    assert run(app, "--if-due")[1].startswith("Counted")


def test_the_command_tells_that_another_counts(app: Flask) -> None:
    counting: Counting = app.extensions["counting"]
    until = (datetime.now(UTC) + timedelta(seconds=30)).isoformat()
    reports = app.extensions["reporting_lines"]._reports
    text = f'{{"holder": "another", "held_until": "{until}"}}'
    assert reports.change_counting_state("", text)
    status, output = run(app)
    assert (status, "Another process counts the reports now" in output) == (1, True)
    assert counting.state().error == ""


def run_process(app: Flask) -> str:
    return count_process.run_process(app.extensions["settings"], app.extensions["job_records"])


@pytest.mark.slow
def test_the_process_of_a_server_counts(app: Flask) -> None:
    assert run_process(app) == ""
    assert app.extensions["counting"].state().managers == 100
    record = app.extensions["job_records"].read(JobName.COUNT)
    assert (record.runs, record.failures, record.is_running) == (1, 0, False)


@pytest.mark.slow
def test_a_killed_process_is_told_of(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    real = count_process.start_process

    def killed(*arguments: object, **options: object) -> object:
        process = real(*arguments, **options)  # type: ignore[arg-type]
        os.kill(process.pid, signal.SIGKILL)
        return process

    monkeypatch.setattr(count_process, "start_process", killed)
    assert "by the signal 9" in run_process(app)
    assert app.extensions["job_records"].read(JobName.COUNT).failures == 1


@pytest.mark.slow
def test_a_process_that_fails_says_so_itself(
    app: Flask, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    with app.extensions["directory"].employees.database.writing("break") as connection:
        connection.exec_driver_sql("DROP TABLE report_count")
    assert run_process(app) == ""
    assert app.extensions["job_records"].read(JobName.COUNT).failures == 1
    assert "could not be counted" in capfd.readouterr().out
    state = app.extensions["counting"].state()
    assert "report_count" in state.error
    assert not state.is_held(datetime.now(UTC))
    finding = check_counting(app.extensions["counting"])
    assert (finding.state, finding.fix_command) == (State.FAILED, "flask count-reports")


def test_the_health_check_tells_of_counts_that_nobody_made(app: Flask) -> None:
    counting: Counting = app.extensions["counting"]
    assert "will be counted" in check_counting(counting).message
    counting.run()
    assert check_counting(counting).state is State.OK
    reports = app.extensions["reporting_lines"]._reports
    for times, words in (
        ({"counted_at": 3}, "was last counted on"),
        ({"counted_at": 2, "requested_at": 1}, "nobody has counted again"),
    ):
        texts = {
            name: (datetime.now(UTC) - timedelta(days=days)).isoformat()
            for name, days in times.items()
        }
        stored = ", ".join(f'"{name}": "{text}"' for name, text in texts.items())
        reports.change_counting_state(reports.counting_state(), f'{{"managers": 1, {stored}}}')
        finding = check_counting(counting)
        assert (finding.state, words in finding.message) == (State.WARNING, True)


def test_sample_people_and_a_restored_backup_are_counted(app: Flask, tmp_path: Path) -> None:
    counting: Counting = app.extensions["counting"]
    invoke = app.test_cli_runner().invoke
    assert invoke(args=["backup", str(tmp_path / "backup")]).exit_code == 0
    assert not counting.state().is_requested()
    assert invoke(args=["sample-data", "--people", "3"]).exit_code == 0
    assert counting.state().is_requested()
    (tmp_path / "other").mkdir()
    other = small_app(tmp_path / "other")
    assert other.test_cli_runner().invoke(args=["restore", str(tmp_path / "backup")]).exit_code == 0
    assert other.extensions["counting"].state().is_requested()
