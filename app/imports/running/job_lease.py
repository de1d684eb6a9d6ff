"""The lease of a job: one worker at a time writes its state and renews the lease in it."""

import os
import secrets
import socket
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from threading import Event
from typing import Any

from app.contracts.import_jobs import Job, JobChanged, JobStore, StoredJob

# As long as the shared strings of a large workbook may take to read on a busy machine.
LIFE_SECONDS = 60.0
_RENEW_SECONDS = 4.0
_REPORT_SECONDS = 1.0
_MAX_ATTEMPTS = 5
_MAX_CHANGE_RETRIES = 20
_PROC_STAT = Path("/proc/self/stat")
_DIED_AGAIN = (
    "The {} stopped five times without progress. Read the log of the machine, then resume it."
)


class StopRequested(Exception):
    """A stop was requested; the unfinished step is repeated when the job is resumed."""


class LeaseLost(Exception):
    """Another worker has acquired the lease."""


def change(jobs: JobStore, job_id: str, make: Callable[[Job], Job]) -> Job:
    """Apply ``make`` to a job; after a concurrent change, to the new one. Raises JobNotFound."""
    for _ in range(_MAX_CHANGE_RETRIES):
        stored = jobs.read(job_id)
        updated = make(stored.job)
        if updated == stored.job:
            return updated
        try:
            jobs.write(updated, stored.revision)
        except JobChanged:
            continue
        return updated
    raise JobChanged(f"The import {job_id} was being changed by other processes. Try again.")


class JobLease:
    """A lease on a job, from ``acquire`` to ``release``; ``job`` is its current state."""

    def __init__(self, jobs: JobStore, stored: StoredJob, holder: str, stop: Event) -> None:
        self._jobs = jobs
        self._holder = holder
        self._stop = stop
        self._written = time.monotonic()
        self.job, self._revision = stored

    def update(self, **changes: Any) -> Job:
        """Change the job, and renew the lease. Raises LeaseLost."""
        until = time.time() + LIFE_SECONDS
        changes = {"lease_holder": self._holder, "lease_until": until, **changes}
        while True:
            updated = replace(self.job, **changes)
            try:
                self._revision = self._jobs.write(updated, self._revision)
            except JobChanged:
                self._reload()
                continue
            self.job = updated
            self._written = time.monotonic()
            return updated

    def checkpoint(self, **changes: Any) -> Job:
        """Save finished work and reset the attempts: the job got past any earlier crash."""
        return self.update(**{"attempts": 0, "error": "", **changes})

    def report(self, **changes: Any) -> Job:
        """Report progress; it is stored at most once a second and when the lease is released."""
        self.job = replace(self.job, **changes)
        if time.monotonic() - self._written > _REPORT_SECONDS:
            self.update()
        return self.job

    def renew(self) -> None:
        """Renew the lease if it is due. Raises StopRequested and LeaseLost."""
        if self._stop.is_set() or self.job.paused:
            raise StopRequested
        if time.monotonic() - self._written > _RENEW_SECONDS:
            self.update()
            if self.job.paused:
                raise StopRequested

    def release(self, error: str = "") -> None:
        """Let another worker acquire it at once; the job stays where it was checkpointed."""
        try:
            self.update(lease_holder="", lease_until=0.0, attempts=0, error=error or self.job.error)
        except LeaseLost:
            return

    def _reload(self) -> None:
        """Read the job again; while the lease is held, others may only set ``paused``."""
        stored = self._jobs.read(self.job.id)
        if stored.job.lease_holder != self._holder:
            raise LeaseLost
        self.job = replace(self.job, paused=stored.job.paused)
        self._revision = stored.revision


def acquire(jobs: JobStore, job_id: str, stop: Event) -> JobLease | None:
    """Acquire the lease of a job that needs work and that no worker holds; None otherwise."""
    stored = jobs.read(job_id)
    job = stored.job
    if not job.needs_work or is_leased(job):
        return None
    if job.attempts >= _MAX_ATTEMPTS:
        error = _DIED_AGAIN.format(job.noun)
        change(jobs, job_id, lambda job: replace(job, paused=True, error=error))
        return None
    holder = f"{_host()} {os.getpid()} {secrets.token_hex(4)}"
    until = time.time() + LIFE_SECONDS
    leased = replace(job, lease_holder=holder, lease_until=until, attempts=job.attempts + 1)
    try:
        revision = jobs.write(leased, stored.revision)
    except JobChanged:
        return None  # another was faster
    return JobLease(jobs, StoredJob(leased, revision), holder, stop)


def is_leased(job: Job) -> bool:
    """Return whether a live worker holds the lease; a process that died here does not count."""
    return (
        bool(job.lease_holder) and job.lease_until > time.time() and not _has_died(job.lease_holder)
    )


def is_held_by(job: Job, process: int) -> bool:
    """Return whether this process of this machine holds the lease."""
    return job.lease_holder.split()[:2] == [_host(), str(process)]


def _has_died(holder: str) -> bool:
    parts = holder.split()
    if len(parts) != 3 or parts[0] != _host() or not parts[1].isdecimal():
        return False
    process = parts[1]
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return _PROC_STAT.exists()
    return state in "ZX"


def _host() -> str:
    return "".join(socket.gethostname().split()) or "unnamed"
