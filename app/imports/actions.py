"""Which actions the state of a job allows, and how it begins again."""

from dataclasses import replace

from app.contracts.import_choices import Choices
from app.contracts.import_jobs import Job, Phase
from app.contracts.line_counts import LineCounts
from app.imports.running.job_lease import is_leased


def may_undo(job: Job) -> bool:
    """Return whether the job was applied, at least in part, and no worker holds it."""
    at_rest = job.phase is Phase.APPLIED or (job.phase is Phase.APPLYING and job.paused)
    return at_rest and not is_leased(job)


def undo_refusal(job: Job) -> str:
    """Return why a job cannot be undone."""
    if job.phase is Phase.UNDONE:
        return "This import is already undone."
    if job.phase is Phase.UNDOING:
        hint = " It was stopped: resume it." if job.paused else ""
        return f"This import is already being undone.{hint}"
    if job.phase in (Phase.APPLYING, Phase.APPLIED):
        return "This import is still in progress. Stop it first, then undo it."
    return "This import changed nobody, so there is nothing to undo."


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
        ended=0.0,
    )
