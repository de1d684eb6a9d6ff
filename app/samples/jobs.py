"""Load sample people in the background, as an import whose rows are made here.

Portraits are drawn and stored first, and nobody is added before all of them are: on the way the
directory has none of the people. Then they are added like those of a file, so that a process that
dies leaves a job that goes on, and everybody can be removed again by undoing it.
"""

import time
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from random import Random

from app.contracts import PhotoStore
from app.contracts.import_jobs import (
    Job,
    JobChanged,
    JobStore,
    Phase,
    new_job_id,
    shared_job_id,
)
from app.history.changes import Author
from app.model.employee import Employee
from app.samples.loading import with_portrait
from app.samples.people import samples

SAMPLE_PEOPLE = 60
SEED = 1
_NAME = "Sample people"
_MAX_PENDING = 20


def begin_samples(jobs: JobStore, author: Author) -> Job:
    """Return the job that loads the sample people: the unfinished one, or a new one of the author.

    Of two that are begun at the same moment, both callers keep one: they ask for the same id, or
    keep the older.
    """
    if (pending := find_samples(jobs)) is not None:
        return pending
    job = Job(
        id=shared_job_id(),
        name=_NAME,
        created=time.time(),
        phase=Phase.VALIDATING,
        auto_apply=True,
        total=SAMPLE_PEOPLE,
        samples=SAMPLE_PEOPLE,
        author=author,
    )
    try:
        jobs.create(job)
    except JobChanged:
        if (same := jobs.read(job.id).job).needs_work:
            return same
        job = replace(job, id=new_job_id())  # that one is done, and was undone
        jobs.create(job)
    oldest = find_samples(jobs) or job
    if oldest.id != job.id:
        jobs.delete(job.id)
    return oldest


def find_samples(jobs: JobStore) -> Job | None:
    """Return the oldest unfinished job that loads sample people, if any."""
    pending = (stored.job for stored in jobs.pending(_MAX_PENDING))
    return min((job for job in pending if job.samples), key=lambda job: job.id, default=None)


def people_of_job(
    photos: PhotoStore | None, job_id: str, start: int, end: int
) -> Iterator[Employee]:
    """Yield these of the sample people, those with a portrait after it is stored.

    The key of a portrait is the job's own, so that a repetition overwrites it.
    """
    for number, sample in enumerate(islice(samples(SEED), start, end), start):
        rng = Random(f"{SEED}/{number}")
        yield with_portrait(photos, sample, rng, f"{job_id} {number}")
