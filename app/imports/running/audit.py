"""The lines of the audit log about a job: what an import did, and that it was undone."""

from datetime import UTC, datetime

from app.contracts.history import AuditEntry, HistoryStore
from app.contracts.import_jobs import Job, Phase
from app.contracts.line_counts import LineCounts
from app.history.changes import Via
from app.history.difference import moment_of
from app.imports.running.writes import through

IMPORT, BULK, UNDO = "import", "bulk", "undo"


def note_work(history: HistoryStore | None, job: Job) -> None:
    """Write what a job that stops now did so far, if it did anything."""
    if job.phase is Phase.APPLYING:
        note_import(history, job)
    elif job.phase is Phase.UNDOING:
        note_undo(history, job)


def note_import(history: HistoryStore | None, job: Job) -> None:
    """Write what a job did so far. The line of the same start is replaced, also after a kill."""
    if history is None or not job.began:
        return
    done = job.done
    counts = {
        "added": job.added, "changed": done.changed, "left": done.left, "restored": done.restored,
        "rejected": done.rejected,
    }  # fmt: skip
    entry = AuditEntry(
        moment=_moment(job.began, job.id[-4:]),
        event=BULK if job.edit.is_set else IMPORT,
        fields=job.edit.fields,
        counts=_filled(counts),
        author=job.author,
        through=through(job),
    )
    history.note(entry)


def note_undo(history: HistoryStore | None, job: Job) -> None:
    """Write what the undo of a job did so far; the line of the same undo is replaced."""
    if history is None or not job.undo_began:
        return
    undone: LineCounts = job.undone
    entry = AuditEntry(
        moment=_moment(job.undo_began, f"z{job.id[-3:]}"),
        event=UNDO,
        counts=_filled({"undone": undone.undone, "skipped": undone.skipped}),
        author=job.undone_by,
        through=through(job, via=Via.UNDO),
    )
    history.note(entry)


def _filled(counts: dict[str, int]) -> tuple[tuple[str, int], ...]:
    return tuple((name, number) for name, number in counts.items() if number)


def _moment(began: float, mark: str) -> str:
    """Return the moment of the start, with a mark of the job.

    That of an undo is a later one: it may begin in the same millisecond.
    """
    return moment_of(datetime.fromtimestamp(began, UTC), mark)
