"""Move the direct reports of somebody who leaves to another manager: a bulk edit of their list.

So few as MOVED_AT_ONCE are moved while a page waits; more in the background, as every job. Both go
on after a kill, and are undone as a whole.
"""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from app.contracts.bulk_edits import BulkEdit
from app.contracts.import_choices import Pairs
from app.contracts.import_jobs import Job, JobChanged, JobNotFound, JobStore, Phase, new_job_id
from app.contracts.queries import MANAGER
from app.history.changes import Author

MOVED_AT_ONCE = 25
# So many jobs are looked through for the moves of one leaver: those of thirty days, as a rule.
_MAX_SEARCHED = 200
_JOBS_PER_READ = 20
_MAX_NAME_CHARACTERS = 120
_NEW = timedelta(days=1)


def move_of(leaver_id: str, manager_id: str, exceptions: Pairs = ()) -> BulkEdit:
    """Return the edit by which the reports of a leaver get another manager, "" for none."""
    return BulkEdit(
        filters=((MANAGER, leaver_id),),
        values=((MANAGER, manager_id),),
        leaver=leaver_id,
        exceptions=exceptions,
    )


def move_id(left_at: datetime | None, write_id: str) -> str:
    """Return the id of the move that belongs to a write: that of the leaver, at this time.

    The same write again has the same id, unless it is of another day.
    """
    now = datetime.now(UTC)
    if left_at is None or not now - _NEW < left_at <= now + _NEW:
        return new_job_id()
    return f"{left_at.astimezone(UTC):%Y%m%d-%H%M%S}-{write_id[:8]}"


def begin_move(jobs: JobStore, job_id: str, edit: BulkEdit, name: str, author: Author) -> Job:
    """Store the job of a move, to be done as soon as it is planned; return it, or the one begun."""
    job = Job(
        id=job_id,
        name=name[:_MAX_NAME_CHARACTERS],
        created=time.time(),
        phase=Phase.VALIDATING,
        edit=edit,
        auto_apply=True,
        author=author,
    )
    try:
        jobs.create(job)
    except JobChanged:
        return jobs.read(job_id).job
    return job


def find_move(jobs: JobStore, job_id: str) -> Job | None:
    """Return the move with this id, if it was begun."""
    try:
        job = jobs.read(job_id).job
    except JobNotFound:
        return None
    return job if job.edit.leaver else None


def moves_of(jobs: JobStore, leaver_id: str) -> Iterator[Job]:
    """Yield the moves of the reports of somebody that still hold, the latest first."""
    before = ""
    for _ in range(_MAX_SEARCHED // _JOBS_PER_READ):
        found = [stored.job for stored in jobs.recent(_JOBS_PER_READ, before)]
        for job in found:
            if job.edit.leaver == leaver_id and job.phase not in (Phase.UNDONE, Phase.FAILED):
                yield job
        if len(found) < _JOBS_PER_READ:
            return
        before = found[-1].id
