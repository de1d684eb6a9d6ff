"""Importer: the operations on imports, for pages and commands."""

import contextlib
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from threading import Event
from typing import Any, BinaryIO, NamedTuple

from app.contracts import EmployeeStore
from app.contracts.import_choices import Choices
from app.contracts.import_jobs import ACTIVE_PHASES, Job, JobStore, Phase, new_job_id
from app.contracts.line_counts import LineCounts
from app.history.changes import Author
from app.imports.actions import (
    as_confirmed,
    as_received,
    as_uploaded,
    may_discard,
    may_read_again,
    may_undo,
    reading_refusal,
    undo_refusal,
)
from app.imports.errors import FileUnreadable, ImportNotPossible
from app.imports.planning.line_store import LineStore
from app.imports.planning.lines import Line
from app.imports.planning.row_photos import PhotoOptions
from app.imports.running import column_mapping, staged_photos, upload_store
from app.imports.running.column_mapping import MappedColumn
from app.imports.running.job_context import JobContext
from app.imports.running.job_lease import change, is_leased
from app.imports.running.rejected_rows import Cells, rejected_rows
from app.imports.running.worker import work
from app.model.errors import StorageUnavailable

JOBS_PER_PAGE = 20
_MAX_NAME_CHARACTERS = 120
_NO_CHOICES = Choices()
_NO_PHOTOS = PhotoOptions()
_NO_CONTEXT, _NOBODY = JobContext(), Author()
_AS_PLANNED: Mapping[str, Any] = {}


class RecentJobs(NamedTuple):
    """A page of jobs; ``last`` is the id to continue from, or "" at the end."""

    jobs: list[Job]
    last: str


# Yields the rejected rows of the job with this id.
ReadRejected = Callable[[str], Iterator[Cells]]


class Importer:
    """The imports of one directory. ``writers`` is the number of concurrent writes.

    ``read_rejected`` reads the rejected rows of a job in another process; a server parses no file.
    """

    def __init__(
        self,
        store: EmployeeStore,
        jobs: JobStore,
        writers: int = 1,
        read_rejected: ReadRejected | None = None,
        photos: PhotoOptions = _NO_PHOTOS,
        context: JobContext = _NO_CONTEXT,
    ) -> None:
        self._store = store
        self._jobs = jobs
        self._writers = writers
        self._read_rejected = read_rejected
        self._photos = photos
        self._context = context

    def receive(
        self,
        file: BinaryIO,
        name: str,
        *,
        auto_apply: bool = False,
        choices: Choices = _NO_CHOICES,
        author: Author = _NOBODY,
    ) -> Job:
        """Store an uploaded file to be validated, and with ``auto_apply`` to be applied then.

        Raises FileUnreadable for an empty file.
        """
        job = Job(
            id=new_job_id(),
            name=name[:_MAX_NAME_CHARACTERS] or "no name",
            created=time.time(),
            auto_apply=auto_apply,
            choices=choices,
            author=author,
        )
        self._jobs.create(job)
        try:
            upload = upload_store.store_upload(self._jobs, job.id, file)
        except BaseException:
            with contextlib.suppress(StorageUnavailable):
                self._jobs.delete(job.id)
            raise
        if not upload.size:
            self._jobs.delete(job.id)
            raise FileUnreadable("The file is empty. Choose a file with one row for each person.")

        return change(self._jobs, job.id, lambda job: as_uploaded(job, upload))

    def read(self, job_id: str) -> Job:
        """Return a job as it is now. Raises JobNotFound."""
        return self._jobs.read(job_id).job

    def recent(self, before: str = "") -> RecentJobs:
        """Return the newest jobs, or the next older than the one with this id, newest first."""
        jobs = [stored.job for stored in self._jobs.recent(JOBS_PER_PAGE + 1, before)]
        visible = jobs[:JOBS_PER_PAGE]
        last = visible[-1].id if len(jobs) > JOBS_PER_PAGE else ""
        return RecentJobs([job for job in visible if job.phase is not Phase.RECEIVING], last)

    def find_unfinished(self, digest: str) -> Job | None:
        """Return the unfinished import of a file with this digest, if any."""
        for job in self.recent().jobs:
            if (
                job.digest == digest
                and job.auto_apply
                and job.phase in (Phase.VALIDATING, Phase.APPLYING)
            ):
                return job
        return None

    def counts(self, job: Job) -> LineCounts:
        """Return the current counts of all outcomes."""
        return LineStore(self._jobs, job.id).counts(job)

    def lines(self, job: Job, outcome: str, start: int, most: int) -> list[Line]:
        """Return at most ``most`` lines with this outcome, from ``start`` on."""
        return LineStore(self._jobs, job.id).page(job, outcome, start, most)

    def all_lines(self, job: Job) -> Iterator[Line]:
        """Yield all lines in the order of the file, one part in memory at a time."""
        return LineStore(self._jobs, job.id).in_order(job)

    def absent(self, job: Job, start: int, most: int) -> list[Line]:
        """Return at most ``most`` people who are not in a complete list, from ``start`` on."""
        return LineStore(self._jobs, job.id).absent_page(job, start, most)

    def all_absent(self, job: Job) -> Iterator[Line]:
        """Yield all people who are not in a complete list, one part in memory at a time."""
        return LineStore(self._jobs, job.id).all_absent(job)

    def rejected_rows(self, job: Job) -> Iterator[Cells]:
        """Yield the rejected rows as a table to be corrected; see rejected_rows.py."""
        if self._read_rejected and job.file_parts:
            return self._read_rejected(job.id)
        return rejected_rows(self._jobs, job)

    def columns(self, job: Job) -> tuple[MappedColumn, ...]:
        """Return how the columns of a file are read; nothing before they are."""
        return column_mapping.load_mapping(self._jobs, job.id) if job.headings_key else ()

    def read_again(self, job_id: str, choices: Choices) -> Job:
        """Validate the file again with these choices.

        Raises ImportNotPossible when the import changed people already.
        """

        def begin(job: Job) -> Job:
            if not may_read_again(job):
                raise ImportNotPossible(reading_refusal(job))
            again = as_received(job, choices)
            column_mapping.remember(self._jobs, again)
            return again

        return change(self._jobs, job_id, begin)

    def resume(
        self, job_id: str, author: Author = _NOBODY, leaving: Mapping[str, Any] = _AS_PLANNED
    ) -> Job:
        """Apply a job that is READY, as ``author``, or continue one that was stopped.

        ``leaving`` has choices about who leaves, see as_confirmed. Raises ImportNotPossible when
        it has ended, and when it would mark more people as left than was confirmed.
        """

        def resume(job: Job) -> Job:
            if job.phase is Phase.READY:
                job = as_confirmed(job, author, leaving)
                column_mapping.remember(self._jobs, job)
                return job
            if job.phase in ACTIVE_PHASES:
                return replace(job, paused=False, attempts=0, error="")
            raise ImportNotPossible(f"This {job.noun} has ended, so it cannot be resumed.")

        return change(self._jobs, job_id, resume)

    def stop(self, job_id: str) -> Job:
        """Pause the job until it is resumed. Raises ImportNotPossible when it is not running."""

        def stop(job: Job) -> Job:
            if job.phase not in ACTIVE_PHASES:
                raise ImportNotPossible(
                    f"This {job.noun} is not running, so there is nothing to stop."
                )
            return replace(job, paused=True)

        return change(self._jobs, job_id, stop)

    def undo(self, job_id: str, author: Author = _NOBODY) -> Job:
        """Start to undo what was applied, as ``author``. Raises ImportNotPossible."""

        def undo(job: Job) -> Job:
            if not may_undo(job):
                raise ImportNotPossible(undo_refusal(job))
            undone = replace(job, undone_by=author, undo_began=time.time())
            return replace(undone, phase=Phase.UNDOING, paused=False, error="", attempts=0)

        return change(self._jobs, job_id, undo)

    def discard(self, job_id: str) -> None:
        """Delete a job that changed no employee, with its file. Raises ImportNotPossible."""
        job = self.read(job_id)
        if not may_discard(job):
            raise ImportNotPossible(
                f"This {job.noun} changed people, so it is kept for 30 days. Undo it to reverse it."
            )
        staged_photos.drop_planned(self._photos.store, self._jobs, job)
        self._jobs.delete(job_id)

    def photos_in_use(self) -> Iterator[str]:
        """Yield the keys of photos that imports need until they expire; see staged_photos.py."""
        return staged_photos.in_use(self._jobs)

    def waiting(self) -> list[str]:
        """Return the ids of the oldest jobs that need work; none while one is leased."""
        jobs = [stored.job for stored in self._jobs.pending(JOBS_PER_PAGE)]
        return [] if any(is_leased(job) for job in jobs) else [job.id for job in jobs]

    def due(self) -> str | None:
        """Return the id of the oldest job that needs work; None while another is leased."""
        return next(iter(self.waiting()), None)

    def work(self, job_id: str, stop: Event) -> Iterator[Job]:
        """Work on a job and yield its progress; see worker.work."""
        options = self._writers, self._photos, self._context
        return work(self._store, self._jobs, job_id, stop, *options)
