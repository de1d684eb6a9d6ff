"""The lease of a job: one worker at a time writes its state, and says in it that it is alive."""

from __future__ import annotations

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

# As long as the table of texts of a large workbook may take to be read, on a busy machine.
LIFE_SECONDS = 60.0
_RENEW_SECONDS = 4.0
_REPORT_SECONDS = 1.0
_MOST_TRIES = 5
_MOST_ROUNDS = 20
_PROCESSES = Path("/proc/self/stat")
_DIED_AGAIN = (
    "The work on it ended five times without getting further. "
    "The log of the machine says why; then let it go on."
)


class StopRequested(Exception):
    """Somebody asked the work to stop; what was begun is done again when it goes on."""


class LeaseLost(Exception):
    """Another worker has taken over."""


def change(jobs: JobStore, job_id: str, make: Callable[[Job], Job]) -> Job:
    """Change a job whatever else changes it: ``make`` is asked again until nobody was faster."""
    for _ in range(_MOST_ROUNDS):
        stored = jobs.read(job_id)
        wanted = make(stored.job)
        if wanted == stored.job:
            return wanted
        try:
            jobs.write(wanted, stored.revision)
        except JobChanged:
            continue
        return wanted
    raise JobChanged(f"The import {job_id} was changed by others all the time.")


class JobLease:
    """Held from ``acquire`` to ``release``."""

    def __init__(self, jobs: JobStore, stored: StoredJob, who: str, stop: Event) -> None:
        self._jobs = jobs
        self._who = who
        self._stop = stop
        self._written = time.monotonic()
        self.job, self._revision = stored

    def update(self, **changes: Any) -> Job:
        """Change the job, and renew the lease. Raises LeaseLost."""
        changes = {"lease_holder": self._who, "lease_until": time.time() + LIFE_SECONDS, **changes}
        while True:
            wanted = replace(self.job, **changes)
            try:
                self._revision = self._jobs.write(wanted, self._revision)
            except JobChanged:
                self._read_again()
                continue
            self.job = wanted
            self._written = time.monotonic()
            return wanted

    def checkpoint(self, **changes: Any) -> Job:
        """Save a piece of work that is finished: whatever killed a worker before is behind us."""
        return self.update(**{"attempts": 0, "error": "", **changes})

    def report(self, **changes: Any) -> Job:
        """Report how far the work is: for others once a second, and when the lease is released."""
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

    def _read_again(self) -> None:
        """Take over what others wrote: they may ask to stop, and nothing else while we hold it."""
        stored = self._jobs.read(self.job.id)
        if stored.job.lease_holder != self._who:
            raise LeaseLost
        self.job = replace(self.job, paused=stored.job.paused)
        self._revision = stored.revision


def acquire(jobs: JobStore, job_id: str, stop: Event) -> JobLease | None:
    """Acquire the lease of a job that needs work and that no worker holds; None otherwise."""
    stored = jobs.read(job_id)
    job = stored.job
    if not job.needs_work or is_leased(job):
        return None
    if job.attempts >= _MOST_TRIES:
        change(jobs, job_id, lambda job: replace(job, paused=True, error=_DIED_AGAIN))
        return None
    who = f"{_host()} {os.getpid()} {secrets.token_hex(4)}"
    held_until = time.time() + LIFE_SECONDS
    held = replace(job, lease_holder=who, lease_until=held_until, attempts=job.attempts + 1)
    try:
        revision = jobs.write(held, stored.revision)
    except JobChanged:
        return None  # another was faster
    return JobLease(jobs, StoredJob(held, revision), who, stop)


def is_leased(job: Job) -> bool:
    """Whether a worker is at it; one that died on this machine is not waited for."""
    return (
        bool(job.lease_holder)
        and job.lease_until > time.time()
        and not _died_here(job.lease_holder)
    )


def _died_here(holder: str) -> bool:
    host, process, _ = holder.split()
    if host != _host():
        return False
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return _PROCESSES.exists()
    return state in "ZX"


def _host() -> str:
    return "".join(socket.gethostname().split()) or "unnamed"
