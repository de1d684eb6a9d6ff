"""Import jobs: the state of an import from its upload to its undo, and where it is stored."""

from __future__ import annotations

import json
import re
import secrets
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import NamedTuple, Protocol

from app.contracts.bulk_edits import BulkEdit
from app.contracts.import_choices import Choices
from app.contracts.job_names import STORED_AS
from app.contracts.line_counts import LineCounts
from app.history.changes import Author
from app.model.errors import DirectoryError

DAYS_KEPT = 30
JOB_ID = re.compile(r"[0-9]{8}-[0-9]{6}-[0-9a-f]{8}", re.ASCII)
NO_ROWS = "The file has headings but no rows."


class JobNotFound(DirectoryError):
    """No import has this id, or it expired after thirty days."""

    def __init__(self, job_id: str) -> None:
        super().__init__(
            f"There is no import {job_id[:40]}. Imports are kept for {DAYS_KEPT} days."
        )
        self.job_id = job_id


class JobUnreadable(JobNotFound):
    """A stored part of an import is damaged, so its rows are not known."""

    def __init__(self, job_id: str) -> None:
        super().__init__(job_id)
        self.args = (f"The stored rows of {job_id[:40]} are damaged. Import the file again.",)


class JobChanged(DirectoryError):
    """The stored job has another revision than the one that was read: read it again."""


class Phase(StrEnum):
    """The phase of a job. In READY, APPLIED, UNDONE and FAILED no worker is needed."""

    RECEIVING = "receiving"
    VALIDATING = "planning"
    READY = "planned"
    APPLYING = "doing"
    APPLIED = "done"
    UNDOING = "undoing"
    UNDONE = "undone"
    FAILED = "failed"


ACTIVE_PHASES = frozenset({Phase.VALIDATING, Phase.APPLYING, Phase.UNDOING})


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """The state of a job; its file and its rows are stored as parts.

    ``auto_apply`` applies it as soon as it is validated. ``lease_holder`` works on it until
    ``lease_until`` (Unix time) unless it renews the lease; ``attempts`` counts the holders that
    died since the last progress. ``error`` is a sentence: why it failed or what it waits for.
    ``sheets`` are those of a workbook that are read; ``notices`` are sentences about the file. Many
    parts are applied together: those before ``begun_parts`` may have been begun, ``added_ahead``
    additions of unfinished parts are stored already, and ``buffered`` were read and wait to be
    stored in order. ``headings_key`` is that of the headings, "" until they are read. ``emptied``
    are fields with the number of people whose value an empty cell clears. Of a complete list,
    ``absent`` people are not in the file, in ``absent_parts``; ``absent_bookmark`` and the number
    of people ``compared`` say how far it is. ``photos`` rows have a photo.
    Of ``samples`` sample people there is no file; 0 for an import. Nor is there one of an ``edit``
    of everybody whom a list shows; ``bookmark`` says how far the list was read. Of ``people`` in
    the directory, so many were listed at the check. ``contradicted`` are the rows of who has left
    by them, and is here by another. ``author`` began it, or applied it, at ``began``, and
    ``undone_by`` undid it at ``undo_began`` (Unix time); these are stable when it goes on after a
    kill. Of rows that it reads, some give people a manager, or none: ``sets_managers``.
    """

    id: str
    name: str
    created: float
    size: int = 0
    digest: str = ""
    phase: Phase = Phase.RECEIVING
    paused: bool = False
    auto_apply: bool = False
    lease_holder: str = ""
    lease_until: float = 0.0
    attempts: int = 0
    error: str = ""
    file_parts: int = 0
    source_description: str = ""
    choices: Choices = field(default_factory=Choices)
    headings_key: str = ""
    ignored_columns: tuple[str, ...] = ()
    sheets: tuple[str, ...] = ()
    ignored_sheets: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()
    day_first: bool = False
    month_first: bool = False
    year_first: bool = False
    total: int = -1
    parts: int = 0
    planned: LineCounts = field(default_factory=LineCounts)
    emptied: tuple[tuple[str, int], ...] = ()
    absent: int = 0
    absent_parts: int = 0
    absent_bookmark: str = ""
    photos: int = 0
    samples: int = 0
    edit: BulkEdit = field(default_factory=BulkEdit)
    bookmark: str = ""
    compared: int = 0
    people: int = 0
    contradicted: tuple[int, ...] = ()
    done_parts: int = 0
    done: LineCounts = field(default_factory=LineCounts)
    begun_parts: int = 0
    added_ahead: int = 0
    buffered: int = 0
    undone_parts: int = 0
    undone: LineCounts = field(default_factory=LineCounts)
    ended: float = 0.0
    author: Author = field(default_factory=Author)
    began: float = 0.0
    undone_by: Author = field(default_factory=Author)
    undo_began: float = 0.0
    sets_managers: bool = False

    @property
    def needs_work(self) -> bool:
        """Return whether a worker has something to do."""
        return self.phase in ACTIVE_PHASES and not self.paused

    @property
    def noun(self) -> str:
        """Return what the job is called in sentences."""
        return "edit" if self.edit.is_set else "import"

    @property
    def has_no_rows(self) -> bool:
        """Return whether the file was read and has no row below its headings."""
        return self.total == 0

    @property
    def progress(self) -> tuple[int, int]:
        """Return how many rows this phase has processed, of how many (0 if not known yet)."""
        if self.phase in (Phase.VALIDATING, Phase.READY):
            return sum(self.planned), max(self.total, 0)
        if self.phase in (Phase.UNDOING, Phase.UNDONE):
            touched = self.added + self.done.updated
            return min(sum(self.undone), touched), touched
        return sum(self.done) + self.added_ahead, max(self.total, 0) + self.departing

    @property
    def departing(self) -> int:
        """Return how many people are to be marked as left because the file does not have them."""
        return self.absent if self.choices.mark_left else 0

    @property
    def all_parts(self) -> int:
        """Return the number of parts to apply: of rows, then of those who are not in the file."""
        return self.parts + (self.absent_parts if self.choices.mark_left else 0)

    @property
    def added(self) -> int:
        """Return how many employees it added so far."""
        return self.done.added + self.added_ahead

    def as_text(self) -> str:
        """Serialise the job as JSON."""
        stored = {STORED_AS.get(name, name): value for name, value in asdict(self).items()}
        return json.dumps(stored, ensure_ascii=False, separators=(",", ":"))


def new_job_id() -> str:
    """Return a new id that sorts by time."""
    return f"{datetime.now(UTC):%Y%m%d-%H%M%S}-{secrets.token_hex(4)}"


def shared_job_id() -> str:
    """Return the id of a job that everyone who asks in these ten seconds shares."""
    return f"{datetime.now(UTC):%Y%m%d-%H%M%S}"[:-1] + "0-00000000"


class StoredJob(NamedTuple):
    """A job as read, and the revision on which the next write depends."""

    job: Job
    revision: int


class JobStore(Protocol):
    """A store of jobs, so that any machine can show them and continue them.

    Every method raises StorageUnavailable like the methods of an EmployeeStore. Jobs and their
    parts are deleted thirty days after they were created.
    """

    def create(self, job: Job) -> None:
        """Store a new job at revision 1; delete jobs that are older than thirty days.

        Raises JobChanged if there is a job with this id.
        """

    def read(self, job_id: str) -> StoredJob:
        """Return a job as it is now. Raises JobNotFound."""

    def write(self, job: Job, revision: int) -> int:
        """Replace the job with this revision; return its new revision.

        Raises JobChanged if it has another revision by now, and JobNotFound.
        """

    def recent(self, most: int, before: str = "") -> list[StoredJob]:
        """Return the jobs created last, or before the one with this id; the newest first."""

    def pending(self, most: int) -> list[StoredJob]:
        """Return the oldest jobs that need work, at a cost that other jobs do not increase."""

    def put_part(self, job_id: str, kind: str, number: int, content: bytes) -> None:
        """Store a part of at most 390 KB; replace one of the same kind and number."""

    def get_part(self, job_id: str, kind: str, number: int) -> bytes:
        """Return a part. Raises JobNotFound if there is none."""

    def delete(self, job_id: str) -> None:
        """Delete a job and all its parts; a missing one is no error."""

    def put_columns(self, headings_key: str, content: bytes) -> None:
        """Store how files with these headings are read; replace what is stored.

        ``content`` has at most 390 KB. It does not expire: a file may come once a year.
        """

    def get_columns(self, headings_key: str) -> bytes:
        """Return how files with these headings are read; empty if nobody chose it."""
