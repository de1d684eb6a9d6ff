"""Importer: all that can be asked of imports, by pages and by commands."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from dataclasses import replace
from threading import Event
from typing import BinaryIO, NamedTuple

from app.contracts import EmployeeStore
from app.contracts.import_jobs import ACTIVE_PHASES, Job, JobStore, LineCounts, Phase, new_job_id
from app.imports.errors import FileUnreadable, ImportNotPossible
from app.imports.planning.line_store import LineStore
from app.imports.planning.lines import Line
from app.imports.running import upload_store
from app.imports.running.job_lease import change, is_leased
from app.imports.running.rejected_rows import Cells, rejected_rows
from app.imports.running.worker import work
from app.model.errors import StorageUnavailable

MAX_SHOWN = 20
_LONGEST_NAME = 120


class RecentJobs(NamedTuple):
    """Some jobs; ``last`` is the id before which there are more, or empty."""

    jobs: list[Job]
    last: str


class Importer:
    """The imports of one directory. ``writers`` change so many people at the same time."""

    def __init__(self, store: EmployeeStore, jobs: JobStore, writers: int = 1) -> None:
        self._store = store
        self._jobs = jobs
        self._writers = writers

    def take_in(self, file: BinaryIO, name: str, *, go: bool = False) -> Job:
        """Keep a file, to be planned, and with ``go`` to be carried out then."""
        job = Job(
            id=new_job_id(),
            name=name[:_LONGEST_NAME] or "no name",
            created=time.time(),
            auto_apply=go,
        )
        self._jobs.create(job)
        try:
            received = upload_store.take_in(self._jobs, job.id, file)
        except BaseException:
            with contextlib.suppress(StorageUnavailable):
                self._jobs.delete(job.id)
            raise
        if not received.size:
            self._jobs.delete(job.id)
            raise FileUnreadable("The file is empty. Choose one with a row for each person.")

        def begin(job: Job) -> Job:
            return replace(
                job,
                phase=Phase.VALIDATING,
                file_parts=received.parts,
                size=received.size,
                digest=received.digest,
            )

        return change(self._jobs, job.id, begin)

    def read(self, job_id: str) -> Job:
        """A job as it is now. Raises JobNotFound."""
        return self._jobs.read(job_id).job

    def recent(self, before: str = "") -> RecentJobs:
        """Jobs of the last thirty days, the latest first, or those before the one with this id."""
        found = [stored.job for stored in self._jobs.recent(MAX_SHOWN + 1, before)]
        visible = found[:MAX_SHOWN]
        last = visible[-1].id if len(found) > MAX_SHOWN else ""
        return RecentJobs([job for job in visible if job.phase is not Phase.RECEIVING], last)

    def find(self, digest: str) -> Job | None:
        """A job that imports this very file and has not ended."""
        for job in self.recent().jobs:
            if (
                job.digest == digest
                and job.auto_apply
                and job.phase in (Phase.VALIDATING, Phase.APPLYING)
            ):
                return job
        return None

    def counts(self, job: Job) -> LineCounts:
        """How many lines of each outcome there are."""
        return LineStore(self._jobs, job.id).counts(job)

    def lines(self, job: Job, outcome: str, start: int, most: int) -> list[Line]:
        """Some of the lines with this outcome."""
        return LineStore(self._jobs, job.id).page(job, outcome, start, most)

    def rejected_rows(self, job: Job) -> Iterator[Cells]:
        """The refused lines as a table to be mended and imported again; see refused.py."""
        return rejected_rows(self._jobs, job)

    def go(self, job_id: str) -> Job:
        """Carry out what is planned, or go on with what was stopped. Raises ImportNotPossible."""

        def go(job: Job) -> Job:
            if job.phase is Phase.READY:
                return replace(job, phase=Phase.APPLYING, auto_apply=True, paused=False, error="")
            if job.phase in ACTIVE_PHASES:
                return replace(job, paused=False, attempts=0, error="")
            raise ImportNotPossible("This import is over, so there is nothing to go on with.")

        return change(self._jobs, job_id, go)

    def stop(self, job_id: str) -> Job:
        """Have the work stop, until it is told to go on. Raises ImportNotPossible."""

        def stop(job: Job) -> Job:
            if job.phase not in ACTIVE_PHASES:
                raise ImportNotPossible("Nothing is under way, so there is nothing to stop.")
            return replace(job, paused=True)

        return change(self._jobs, job_id, stop)

    def undo(self, job_id: str) -> Job:
        """Take back what was done. Raises ImportNotPossible."""

        def undo(job: Job) -> Job:
            if not may_undo(job):
                raise ImportNotPossible(_why_not_undone(job))
            return replace(job, phase=Phase.UNDOING, paused=False, error="", attempts=0)

        return change(self._jobs, job_id, undo)

    def forget(self, job_id: str) -> None:
        """Remove a job that changed nobody, with its file. Raises ImportNotPossible."""
        job = self.read(job_id)
        if not may_discard(job):
            raise ImportNotPossible("This import changed people, so it is kept for thirty days.")
        self._jobs.delete(job_id)

    def due(self) -> str | None:
        """The oldest job that wants work, unless one is being worked on."""
        jobs = [stored.job for stored in self._jobs.pending(MAX_SHOWN)]
        if any(is_leased(job) for job in jobs):
            return None
        return next((job.id for job in jobs), None)

    def work(self, job_id: str, stop: Event) -> Iterator[Job]:
        """Work on a job; see worker.work."""
        return work(self._store, self._jobs, job_id, stop, self._writers)


def may_undo(job: Job) -> bool:
    """Whether there is something to take back, and nobody is still doing it."""
    at_rest = job.phase is Phase.APPLIED or (job.phase is Phase.APPLYING and job.paused)
    return at_rest and not is_leased(job)


def _why_not_undone(job: Job) -> str:
    if job.phase is Phase.UNDONE:
        return "This import is undone already, so there is nothing to take back."
    if job.phase is Phase.UNDOING:
        onward = " It was stopped: go on with it." if job.paused else ""
        return f"This import is being undone already.{onward}"
    if job.phase in (Phase.APPLYING, Phase.APPLIED):
        return "This import is still being carried out. Stop it first, then undo it."
    return "This import changed nobody, so there is nothing to undo."


def may_discard(job: Job) -> bool:
    """Whether it changed nobody, and nobody works on it."""
    waits = job.phase in (Phase.READY, Phase.FAILED, Phase.RECEIVING)
    return (waits or (job.phase is Phase.VALIDATING and job.paused)) and not is_leased(job)
