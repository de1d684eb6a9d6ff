"""How jobs went is kept on the machine, and told in the log at each end."""

from __future__ import annotations

import logging
import os
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app.metrics.following import FollowMonitor
from app.metrics.jobs import JobName, JobRecord, Jobs
from app.model.errors import StorageUnavailable, TaskRunning
from tests.metrics.test_emf import check
from tests.support.job_records import records_in


def told(caplog: pytest.LogCaptureFixture) -> list[dict[str, Any]]:
    """The metrics of each line so far, without what every line has."""
    lines = [record.directory for record in caplog.records if record.message == "metrics"]
    for line in lines:
        check(line)
    caplog.clear()
    return [
        {name: value for name, value in line.items() if name not in ("_aws", "Service")}
        for line in lines
    ]


@pytest.fixture
def jobs(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> Jobs:
    caplog.set_level(logging.INFO, logger="app")
    return records_in(tmp_path, in_log=True)


def test_a_run_that_ends_well_is_told_with_its_seconds(
    jobs: Jobs, caplog: pytest.LogCaptureFixture
) -> None:
    with jobs.run(JobName.REINDEX):
        running = jobs.read(JobName.REINDEX)
        assert running.is_running
        assert running.process == os.getpid()
    record = jobs.read(JobName.REINDEX)
    assert (record.runs, record.failures, record.is_running) == (1, 0, False)
    assert record.began_at <= record.ended_at == record.succeeded_at
    (line,) = told(caplog)
    assert line["ReindexFailures"] == 0
    assert line["ReindexSeconds"] >= 0


def test_an_error_is_a_failure_and_goes_on(jobs: Jobs, caplog: pytest.LogCaptureFixture) -> None:
    error = StorageUnavailable("the database", reason="away")
    with pytest.raises(StorageUnavailable), jobs.run(JobName.REINDEX):
        raise error
    record = jobs.read(JobName.REINDEX)
    assert (record.runs, record.failures, record.succeeded_at) == (1, 1, 0.0)
    assert told(caplog) == [{"ReindexFailures": 1}]


@pytest.mark.parametrize(
    "error", [KeyboardInterrupt(), SystemExit(0), TaskRunning("the database", reason="another")]
)
def test_what_stops_a_run_is_neither_a_failure_nor_a_success(
    jobs: Jobs, caplog: pytest.LogCaptureFixture, error: BaseException
) -> None:
    with pytest.raises(type(error)), jobs.run(JobName.REINDEX, no_failure=(TaskRunning,)):
        raise error
    record = jobs.read(JobName.REINDEX)
    assert (record.runs, record.failures, record.succeeded_at) == (1, 0, 0.0)
    assert told(caplog) == [{"ReindexFailures": 0}]


@pytest.mark.parametrize(
    ("name", "metric"),
    [
        (JobName.IMPORT, "ImportsStopped"),
        (JobName.COUNT, "CountFailures"),
        (JobName.SWEEP, "SweepFailures"),
        (JobName.FOLLOW, "FollowFailures"),
    ],
)
def test_each_job_tells_whether_it_failed(
    jobs: Jobs, caplog: pytest.LogCaptureFixture, name: JobName, metric: str
) -> None:
    with jobs.run(name) as outcome:
        outcome.failed = True
    with jobs.run(name):
        pass
    assert told(caplog) == [{metric: 1}, {metric: 0}]
    assert jobs.read(name).failures == 1


def test_a_job_whose_process_is_gone_does_not_run(jobs: Jobs) -> None:
    child = subprocess.Popen(["true"])
    child.wait()
    jobs.change(JobName.IMPORT, lambda record: replace(record, process=child.pid))
    assert not jobs.read(JobName.IMPORT).is_running


@pytest.mark.parametrize(
    "content", [b"", b"[]", b"\xff", b'{"runs": -1, "seconds": "x"}', b'{"runs": 1e400}']
)
def test_a_damaged_record_is_an_empty_one(jobs: Jobs, tmp_path: Path, content: bytes) -> None:
    jobs.change(JobName.COUNT, lambda record: record)
    (path,) = tmp_path.rglob("job.count.json")
    path.write_bytes(content)
    assert jobs.read(JobName.COUNT) == JobRecord()


def test_a_folder_that_cannot_be_written_is_no_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    jobs = records_in(tmp_path)

    def refuse(name: str) -> Path:
        raise PermissionError(name)

    monkeypatch.setattr(jobs._folder, "path", refuse)
    with jobs.run(JobName.COUNT):
        pass
    assert jobs.read(JobName.COUNT) == JobRecord()


def test_follow_tells_once_a_minute_how_far_it_is_behind(
    jobs: Jobs, caplog: pytest.LogCaptureFixture
) -> None:
    now = 1_796_000_000.0
    monitor = FollowMonitor(jobs, lambda: now)
    monitor.caught_up_to(now - 2)
    assert told(caplog) == [{"FollowFailures": 0, "FollowBehindSeconds": 2}]
    assert jobs.read(JobName.FOLLOW).caught_up_at == now - 2
    for _ in range(5):
        now += 11
        monitor.failed()
    assert told(caplog) == []
    now += 11
    monitor.failed()
    assert told(caplog) == [{"FollowFailures": 6, "FollowBehindSeconds": 68}]
    assert jobs.read(JobName.FOLLOW).failures == 6
    now += 1
    monitor.caught_up_to(now)
    monitor.close()
    assert told(caplog) == [{"FollowFailures": 0, "FollowBehindSeconds": 0}]


def test_a_machine_that_waits_for_another_tells_nothing(
    jobs: Jobs, caplog: pytest.LogCaptureFixture
) -> None:
    monitor = FollowMonitor(jobs)
    monitor.waits_for_another()
    monitor.close()
    assert told(caplog) == []
    assert jobs.read(JobName.FOLLOW).caught_up_at == 0
