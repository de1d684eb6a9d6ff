"""A process that works on an import ends when it must, whatever it does, and its job is told."""

from __future__ import annotations

import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from app.contracts.import_jobs import Job, JobNotFound, Phase
from app.imports.actions import may_discard, may_undo
from app.imports.running import supervision
from app.imports.running.job_lease import _host
from app.imports.running.supervision import OUT_OF_MEMORY, supervise
from tests.support.import_desk import Desk
from tests.support.in_time import assert_ends_within

FILE = "Name,Title,Office\nAda,A,L\n"
MAX_STOP_SECONDS = 3.0


class Held:
    """A job that a process of this machine holds, which does not work on it."""

    def __init__(self, desk: Desk, command: list[str], **state: Any) -> None:
        self.desk = desk
        self.process = subprocess.Popen(command)
        self.job_id = desk.take_in(FILE).id
        holder = f"{_host()} {self.process.pid} x"
        self.change(lease_holder=holder, lease_until=time.time() + 60, attempts=1, **state)

    def change(self, **changes: Any) -> None:
        stored = self.desk.jobs.read(self.job_id)
        self.desk.jobs.write(replace(stored.job, **changes), stored.revision)

    @property
    def job(self) -> Job:
        return self.desk.importer.read(self.job_id)

    def supervise(self) -> int:
        return supervise(self.desk.jobs, self.job_id, self.process)

    def end(self) -> None:
        self.process.kill()
        self.process.wait()


@pytest.fixture
def idle(desk: Desk) -> Iterator[Held]:
    held = Held(desk, ["sleep", "60"])
    yield held
    held.end()


def exiting(desk: Desk, status: str, **state: Any) -> Held:
    return Held(desk, ["sh", "-c", status], **state)


def test_a_process_that_reacts_to_nothing_is_stopped_within_three_seconds(desk: Desk) -> None:
    def stop() -> None:
        held = Held(desk, ["sleep", "60"])
        held.process.send_signal(signal.SIGSTOP)  # it handles no signal but SIGKILL
        watching = threading.Thread(target=held.supervise)
        watching.start()
        time.sleep(0.2)
        desk.importer.stop(held.job_id)
        watching.join(60)
        assert held.process.returncode == -signal.SIGKILL
        job = held.job
        assert (job.paused, job.lease_holder, job.attempts) == (True, "", 0)
        assert (job.phase, job.error, may_discard(job)) == (Phase.VALIDATING, "", True)

    assert_ends_within(MAX_STOP_SECONDS, stop)


def test_a_process_whose_import_is_gone_is_ended(idle: Held) -> None:
    idle.desk.jobs.delete(idle.job_id)
    assert idle.supervise() == -signal.SIGTERM
    with pytest.raises(JobNotFound):
        idle.desk.importer.read(idle.job_id)


def test_a_process_that_stands_still_is_ended_and_that_counts_as_an_attempt(
    idle: Held, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervision, "STANDSTILL_SECONDS", 0.1)
    assert idle.supervise() == -signal.SIGTERM
    assert (idle.job.lease_holder, idle.job.attempts) == ("", 1)
    assert idle.desk.importer.due() == idle.job_id


def test_a_process_that_renews_its_lease_is_left_alone(
    idle: Held, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervision, "STANDSTILL_SECONDS", 0.5)
    monkeypatch.setattr(supervision, "_POLL_SECONDS", 0.01)
    watching = threading.Thread(target=idle.supervise)
    watching.start()
    for _ in range(10):
        time.sleep(0.1)
        idle.change(lease_until=idle.job.lease_until + 1)
    assert idle.process.poll() is None
    idle.process.kill()
    watching.join(60)


def test_a_process_that_others_killed_leaves_its_import_to_the_next(desk: Desk) -> None:
    held = exiting(desk, "kill -9 $$")
    assert held.supervise() == -signal.SIGKILL
    job = held.job
    assert (job.lease_holder, job.attempts, job.phase) == ("", 1, Phase.VALIDATING)
    assert desk.work(job).done.added == 1


@pytest.mark.parametrize(
    ("end", "words"),
    [(f"exit {OUT_OF_MEMORY}", "more memory"), ("kill -XCPU $$", "more processor time")],
)
def test_a_file_that_needs_too_much_is_given_up_and_can_be_discarded(
    desk: Desk, end: str, words: str
) -> None:
    held = exiting(desk, end)
    held.supervise()
    job = held.job
    assert (job.phase, job.needs_work, desk.importer.due()) == (Phase.FAILED, False, None)
    assert words in job.error
    assert "while the file was read, and nothing was changed" in job.error
    desk.importer.discard(job.id)
    assert desk.importer.recent().jobs == []


def test_how_far_it_was_checked_is_told(desk: Desk) -> None:
    held = exiting(desk, f"exit {OUT_OF_MEMORY}", total=9)
    held.supervise()
    assert "after 0 of 9 rows, and nothing was changed" in held.job.error


def test_it_is_given_up_also_before_it_was_begun(desk: Desk) -> None:
    held = exiting(desk, f"exit {OUT_OF_MEMORY}")
    held.change(lease_holder="", lease_until=0.0)
    held.supervise()
    assert held.job.phase is Phase.FAILED


def test_an_import_that_another_machine_took_over_is_left_to_it(desk: Desk) -> None:
    held = exiting(desk, f"exit {OUT_OF_MEMORY}")
    held.change(lease_holder="elsewhere 1 x")
    held.supervise()
    assert (held.job.phase, held.job.lease_holder) == (Phase.VALIDATING, "elsewhere 1 x")


def test_what_was_applied_until_then_can_be_resumed_or_undone(desk: Desk) -> None:
    held = exiting(desk, f"exit {OUT_OF_MEMORY}", phase=Phase.APPLYING, total=9)
    held.supervise()
    job = held.job
    assert (job.phase, job.paused, may_undo(job)) == (Phase.APPLYING, True, True)
    assert job.error.endswith("It stopped after 0 of 9 rows. Resume it, or undo it.")
