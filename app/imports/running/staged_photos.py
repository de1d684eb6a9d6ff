"""The photos that a job stored for its rows: dropped when they are not needed any more.

Photos that records had before are kept, so that an undo can bring them back; ``in_use`` names
both, so that the sweep leaves them while the job exists.
"""

import logging
from collections.abc import Iterable, Iterator

from app.contracts import PhotoStore
from app.contracts.import_jobs import Job, JobNotFound, JobStore, Phase
from app.imports.planning.line_store import PLAN, LineStore
from app.imports.planning.lines import SKIPPED, Line
from app.model.errors import StorageUnavailable
from app.photos.keys import thumbnail_key

log = logging.getLogger(__name__)
_JOBS_PER_READ = 20


def drop(photos: PhotoStore | None, lines: Iterable[Line]) -> None:
    """Delete the new photos of lines that no record has; if that fails, leave them to the sweep."""
    new = [str(line.new["photo_key"]) for line in lines if line.has_new_photo]
    if photos is None or not new:
        return
    try:
        photos.delete(key for base in new for key in (base, thumbnail_key(base)))
    except StorageUnavailable as error:
        log.warning("photos of an import remain until the next sweep: %s", error)


def drop_undone(photos: PhotoStore | None, lines: Iterable[Line], results: Iterable[Line]) -> None:
    """Delete the new photos of the lines of a part that was undone, with these results."""
    skipped = {line.number for line in results if line.outcome == SKIPPED}
    drop(photos, (line for line in lines if line.number not in skipped))


def drop_planned(photos: PhotoStore | None, jobs: JobStore, job: Job) -> None:
    """Delete the photos of a job that changed nobody."""
    for lines in _parts(jobs, job):
        drop(photos, lines)


def in_use(jobs: JobStore) -> Iterator[str]:
    """Yield the keys of photos that jobs need for their preview, their work or their undo."""
    before = ""
    while stored := jobs.recent(_JOBS_PER_READ, before):
        for job in (each.job for each in stored):
            yield from _keys(jobs, job)
        before = stored[-1].job.id


def _keys(jobs: JobStore, job: Job) -> Iterator[str]:
    has_new = job.phase not in (Phase.UNDONE, Phase.FAILED)
    for lines in _parts(jobs, job):
        for line in lines:
            for values in (line.new, line.old) if has_new else (line.old,):
                if isinstance(key := values.get("photo_key"), str) and key:
                    yield key


def _parts(jobs: JobStore, job: Job) -> Iterator[list[Line]]:
    parts = LineStore(jobs, job.id)
    for number in range(job.parts if job.photos else 0):
        try:
            yield parts.get(PLAN, number)
        except JobNotFound:  # it expired meanwhile, or is damaged
            return
