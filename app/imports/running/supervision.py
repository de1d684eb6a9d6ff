"""Watch the process of an import from outside: end it when it must end, and tell its job why.

The process stops by itself between two steps. What it does within a step, a long sort or a file
that keeps the parser busy, ends with it: every step can be repeated.
"""

import contextlib
import logging
import signal
import subprocess
import time
from collections.abc import Mapping
from dataclasses import replace

from app.contracts.import_jobs import Job, JobChanged, JobNotFound, JobStore, Phase
from app.imports.running.job_lease import LIFE_SECONDS, change, is_held_by
from app.model.errors import StorageUnavailable
from app.runtime import deadline
from app.text.plurals import count_of, count_people

log = logging.getLogger(__name__)

# Exit statuses of the process: another one shall continue; it reached a limit; a store was away.
RESTART, OUT_OF_MEMORY, OUT_OF_DISK, WAITS = 64, 65, 66, 67
_POLL_SECONDS = 0.5
_MAX_READ_SECONDS = 2.0
# From SIGTERM to SIGKILL. Someone who stops an import waits for both.
_GRACE_SECONDS = 1.0
# The lease is renewed every four seconds, also while a file is read.
STANDSTILL_SECONDS = LIFE_SECONDS + 30.0
# Repeating the work would end the same way.
_REASONS: Mapping[int, str] = {
    OUT_OF_MEMORY: "The import needed more memory than it may use.",
    OUT_OF_DISK: "The import needed more disk space than there is or than it may use.",
    -signal.SIGXCPU: "The import needed more processor time than it may use.",
}


def supervise(jobs: JobStore, job_id: str, process: subprocess.Popen[bytes]) -> int:
    """Wait until the process ends, and return its exit status.

    Ends it within _POLL_SECONDS + _GRACE_SECONDS after the job was paused or deleted by anyone, and
    when the job does not change for STANDSTILL_SECONDS. A job that is left leased is released, and
    given up if the process reached a limit; a process that was killed counts as an attempt.
    """
    seen, changed = None, time.monotonic()
    is_wanted = True
    while is_wanted and not _has_ended(process, _POLL_SECONDS):
        try:
            with deadline.within(_MAX_READ_SECONDS):
                job = jobs.read(job_id).job
        except JobNotFound:
            is_wanted = False
            continue
        except StorageUnavailable:
            continue  # the process notices it too, and decides
        if job != seen:
            seen, changed = job, time.monotonic()
        is_wanted = not job.paused and time.monotonic() - changed < STANDSTILL_SECONDS
    if not is_wanted:
        _end(process)
    status = process.returncode
    # What was not wanted is no attempt that failed, unless it stood still.
    was_stopped = not is_wanted and (seen is None or seen.paused)
    _conclude(jobs, job_id, process.pid, _REASONS.get(status, ""), was_stopped=was_stopped)
    return status


def is_stopped(jobs: JobStore, job_id: str) -> bool:
    """Return whether somebody has stopped or deleted the job; False while that is not known."""
    try:
        with deadline.within(_MAX_READ_SECONDS):
            job = jobs.read(job_id).job
    except JobNotFound:
        return True
    except StorageUnavailable:
        return False
    return job.paused and not job.error


def _has_ended(process: subprocess.Popen[bytes], seconds: float) -> bool:
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        return False
    return True


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    if not _has_ended(process, _GRACE_SECONDS):
        process.kill()
        process.wait()


def _conclude(jobs: JobStore, job_id: str, pid: int, reason: str, *, was_stopped: bool) -> None:
    """Release a job that the process left leased; give it up for a reason."""

    def release(job: Job) -> Job:
        is_held = is_held_by(job, pid)
        # A process may reach a limit before it has the lease, each time again.
        if not (is_held or (reason and job.needs_work and not job.lease_holder)):
            return job
        log.warning("the process %s left the import %s: %s", pid, job_id, reason or "it was ended")
        attempts = 0 if was_stopped else job.attempts
        released = replace(job, lease_holder="", lease_until=0.0, attempts=attempts)
        return _given_up(released, reason) if reason else released

    missing = contextlib.suppress(JobNotFound, JobChanged, StorageUnavailable)
    with missing, deadline.within(_MAX_READ_SECONDS):
        change(jobs, job_id, release)


def _given_up(job: Job, reason: str) -> Job:
    """Return the job as failed while nothing was written, otherwise as stopped."""
    done, total = job.progress
    if job.edit.is_set:
        rows = f"after {count_people(done)}"
    else:
        rows = f"after {done:,} of {count_of(total, 'row', 'rows')}"
    if job.phase is Phase.VALIDATING:
        where = "while the file was read" if job.total < 0 and job.file_parts else rows
        advice = "Narrow the list." if job.edit.is_set else "Divide the file."
        error = f"{reason} It was given up {where}, and nothing was changed. {advice}"
        return replace(job, phase=Phase.FAILED, error=error, ended=time.time())
    return replace(job, paused=True, error=f"{reason} It stopped {rows}. Resume it, or undo it.")
