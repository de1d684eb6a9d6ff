"""Which actions the state of a job allows, and how it begins again."""

from collections.abc import Mapping
from dataclasses import replace
from time import time
from typing import Any

from app.contracts.import_choices import Choices
from app.contracts.import_jobs import Job, Phase
from app.contracts.line_counts import LineCounts
from app.history.changes import Author
from app.imports.errors import ImportNotPossible
from app.imports.running.job_lease import is_leased
from app.imports.running.share import share_refusal
from app.imports.running.upload_store import Upload

_NOT_EVERYONE = "Only a file that lists everyone shows who has left. Read it again as such a file."
_CHECKED_BEFORE = "This was checked by an earlier release. Read the file again, then mark who left."
_CONFIRM = "Nothing was changed. Check who leaves, and confirm the share to go on."


def may_undo(job: Job) -> bool:
    """Return whether the job was applied, at least in part, and no worker holds it."""
    at_rest = job.phase is Phase.APPLIED or (job.phase is Phase.APPLYING and job.paused)
    return at_rest and not is_leased(job)


def undo_refusal(job: Job) -> str:
    """Return why a job cannot be undone."""
    if job.phase is Phase.UNDONE:
        return f"This {job.noun} is already undone."
    if job.phase is Phase.UNDOING:
        hint = " It was stopped: resume it." if job.paused else ""
        return f"This {job.noun} is already being undone.{hint}"
    if job.phase in (Phase.APPLYING, Phase.APPLIED):
        return f"This {job.noun} is still in progress. Stop it first, then undo it."
    return f"This {job.noun} changed nobody, so there is nothing to undo."


def may_read_again(job: Job) -> bool:
    """Return whether the columns of the file are known and nobody was changed yet."""
    return bool(job.headings_key) and job.phase is not Phase.RECEIVING and may_discard(job)


def reading_refusal(job: Job) -> str:
    """Return why the file of a job cannot be read again."""
    if job.phase in (Phase.RECEIVING, Phase.VALIDATING):
        return "The file is still being read. Wait, or stop it, then choose its columns."
    if not job.headings_key:
        return "The columns of this file are not known. Discard this import, and import it again."
    return (
        "This import has begun, so its columns cannot change. Undo it, then import the file again."
    )


def may_discard(job: Job) -> bool:
    """Return whether the job changed no employee and no worker holds it."""
    waits = job.phase in (Phase.READY, Phase.FAILED, Phase.RECEIVING)
    return (waits or (job.phase is Phase.VALIDATING and job.paused)) and not is_leased(job)


def as_confirmed(job: Job, author: Author, leaving: Mapping[str, Any]) -> Job:
    """Return a job that was READY as one that is applied.

    ``leaving`` has those of its Choices about who leaves that are made now.

    Raises ImportNotPossible if it would mark more people as left than was confirmed, or those who
    are in no row of a file that does not list everyone.
    """
    job = replace(job, choices=replace(job.choices, **leaving))
    if job.choices.mark_left and not job.choices.is_complete:
        raise ImportNotPossible(_NOT_EVERYONE)
    if job.departing and not job.people:
        raise ImportNotPossible(_CHECKED_BEFORE)
    if refusal := share_refusal(job):
        raise ImportNotPossible(f"{refusal} {_CONFIRM}")
    begun = replace(job, author=author, auto_apply=True, began=time())
    return replace(begun, phase=Phase.APPLYING, paused=False, error="")


def as_uploaded(job: Job, upload: Upload) -> Job:
    """Return the job as one whose file is stored and is to be read."""
    return replace(
        job,
        phase=Phase.VALIDATING,
        file_parts=upload.parts,
        size=upload.size,
        digest=upload.digest,
    )


def as_received(job: Job, choices: Choices) -> Job:
    """Return the job as it was before its file was read."""
    return replace(
        job,
        phase=Phase.VALIDATING,
        choices=choices,
        paused=False,
        auto_apply=False,
        attempts=0,
        error="",
        total=-1,
        parts=0,
        planned=LineCounts(),
        photos=0,
        emptied=(),
        absent=0,
        absent_parts=0,
        absent_bookmark="",
        compared=0,
        people=0,
        contradicted=(),
        ended=0.0,
    )
