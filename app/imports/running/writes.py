"""The writes of a job: each names who began it, its file or its edit, the job, and the row."""

from datetime import UTC, datetime

from app.contracts.import_jobs import Job
from app.contracts.queries import MANAGER
from app.history.changes import Through, Via, Write
from app.history.sentences import field_label
from app.imports.files.rows import MAX_SHEET_ROWS
from app.imports.planning.lines import Line

SAMPLE_PEOPLE = "sample people"
REPORTS_OF_A_LEAVER = "reports of a leaver"


class JobWrites:
    """The writes of one job; the same line is the same write, also after a kill."""

    def __init__(self, job: Job) -> None:
        self._job = job

    @property
    def addition(self) -> Write:
        """The write of many new people."""
        return Write("", self._job.author, through(self._job))

    def applying(self, line: Line) -> Write:
        """Return the write that applies a line."""
        name = f"import {self._job.id} {line.number}"
        return Write(name, self._job.author, through(self._job, _row_of(line, self._job)))

    def following(self, line: Line) -> Write:
        """Return the write that lets the person of a line report to a manager with another id."""
        name = f"import {self._job.id} {line.number} manager"
        return Write(name, self._job.author, through(self._job, _row_of(line, self._job)))

    def undoing(self, line: Line) -> Write:
        """Return the write that undoes a line."""
        name = f"undo {self._job.id} {line.number}"
        return Write(
            name, self._job.undone_by, through(self._job, _row_of(line, self._job), Via.UNDO)
        )


def through(job: Job, row: int = 0, via: Via | None = None) -> Through:
    """Return how the writes of a job come, unless they come by another way."""
    own = Via.BULK if job.edit.is_set else Via.IMPORT
    return Through(via or own, source=source_of(job), job=job.id, row=row)


def source_of(job: Job) -> str:
    """Return the name of the file of a job, or what a bulk edit changes.

    An edit of managers is told by its fields: its name has those of managers, which would stay in
    the histories of others when these are deleted permanently.
    """
    if job.edit.leaver:
        return REPORTS_OF_A_LEAVER
    if MANAGER in job.edit.fields:
        return ", ".join(field_label(name) for name in job.edit.fields)
    return SAMPLE_PEOPLE if job.samples else job.name


def last_day_of(job: Job) -> str:
    """Return the last day of those who are not in the file: the one chosen, or that of the start.

    It stays the same when the job goes on on another day.
    """
    if job.choices.last_day:
        return job.choices.last_day
    return datetime.fromtimestamp(job.began, UTC).date().isoformat()


def _row_of(line: Line, job: Job) -> int:
    """Return the number of a row in its sheet, 0 for who is in no row."""
    if job.edit.is_set:
        return 0
    number = max(line.number, 0)
    return (number - 1) % MAX_SHEET_ROWS + 1 if number and len(job.sheets) > 1 else number
