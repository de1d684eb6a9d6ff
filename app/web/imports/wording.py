"""Texts of the import pages: state, progress and results of an import."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import NamedTuple

from app.contracts.import_jobs import ACTIVE_PHASES, NO_ROWS, Job, Phase
from app.imports.running.job_lease import is_leased
from app.model import validation
from app.text.plurals import count_of, count_people
from app.web.imports import edit_wording
from app.web.imports.outcomes import done_figures, figures
from app.web.ui.clock import Clock
from app.web.ui.dates import moment


class ListedImport(NamedTuple):
    """An import as the list of imports shows it."""

    id: str
    name: str
    figures: str
    state: tuple[str, str, str]
    began: Clock


def began(job: Job) -> Clock:
    """Return the start time of an import."""
    then = datetime.fromtimestamp(job.created, UTC)
    return Clock(moment(then), then.isoformat(timespec="seconds"))


def listed(job: Job) -> ListedImport:
    """Return an import as the list of imports shows it."""
    return ListedImport(job.id, job.name, figures(job), state(job), began(job))


def is_at_work(job: Job) -> bool:
    """Return whether a worker applies the import, or will in a moment."""
    return job.phase in ACTIVE_PHASES and (not job.paused or is_leased(job))


def sentence(job: Job) -> str:
    """Return the progress of an import in one or two sentences."""
    of_all = edit_wording.of_all(job) if job.samples or job.edit.is_set else _rows_of_all(job)
    if job.phase is Phase.FAILED or is_waiting(job):
        return job.error
    if job.paused and job.phase in ACTIVE_PHASES:
        stopped = "Stopping" if is_leased(job) else "Stopped"
        return f"{stopped} after {of_all}."
    if job.edit.is_set and job.phase not in (Phase.UNDOING, Phase.UNDONE):
        return edit_wording.edit_sentence(job)
    return _SENTENCES[job.phase](job, of_all)


def _rows_of_all(job: Job) -> str:
    done, total = job.progress
    return f"{done:,} of {count_of(total, 'row', 'rows')}"


def _validating(job: Job, of_all: str) -> str:
    if job.samples:
        return f"Prepared {of_all}. Nobody is added yet."
    if job.total < 0:
        return "The file is being read."
    if job.compared:
        compared = f" Compared with {count_people(job.compared)} who are here."
        return f"Checked {of_all}.{compared} Nothing has changed yet."
    return f"Checked {of_all}. Nothing has changed yet."


def _ready(job: Job, of_all: str) -> str:
    if job.has_no_rows:
        return f"{NO_ROWS} There is nothing to import."
    if not has_work(job):
        return "There is nothing to import."
    return "Nothing has changed yet. Check the rows, then start the import."


def _applying(job: Job, of_all: str) -> str:
    if job.buffered and is_leased(job):
        return f"Imported {of_all}. Sorting {count_people(job.buffered)}."
    return f"{'Added' if job.samples else 'Imported'} {of_all}."


def _applied(job: Job, of_all: str) -> str:
    if job.has_no_rows:
        return f"{NO_ROWS} Nothing was changed."
    return f"Completed: {done_figures(job) or 'nothing'}."


def _undone(job: Job, of_all: str) -> str:
    skipped = job.undone.skipped
    note = f" Changed since, so not undone: {count_people(skipped)}." if skipped else ""
    subject = f"{job.noun.capitalize()} undone"
    if not job.added + job.done.updated:
        return f"{subject}. It had not changed anyone."
    return f"{subject}: {count_people(job.undone.undone)} {_how_undone(job)}.{note}"


def _how_undone(job: Job) -> str:
    if job.added and job.done.updated:
        return "removed or put back"
    return "removed" if job.added else "put back"


def what_is_emptied(job: Job) -> str:
    """Return whose values empty cells of the file clear; "" if they clear none."""
    if not job.emptied or job.edit.is_set:
        return ""
    counted = (
        f"{validation.LABELS.get(name, name)} of {count_people(number)}"
        for name, number in job.emptied
    )
    verb = "empties" if job.phase in (Phase.VALIDATING, Phase.READY) else "emptied"
    return f"This import {verb} {', '.join(counted)}: the cells are empty."


def what_undoing_does(job: Job) -> str:
    """Return what an undo will do, before it is confirmed."""
    added, changed = count_people(job.added), count_people(job.done.updated)
    delete = f"removes {added} added by the import"
    restore = f"restores the old values of {changed}"
    if not job.added + job.done.updated:
        return f"The {job.noun} has not changed anyone yet."
    if job.added and job.done.updated:
        return f"This {delete} and {restore}."
    return f"This {delete if job.added else restore}."


_SENTENCES = {
    Phase.RECEIVING: lambda job, of_all: "The file is being uploaded.",
    Phase.VALIDATING: _validating,
    Phase.READY: _ready,
    Phase.APPLYING: _applying,
    Phase.APPLIED: _applied,
    Phase.UNDOING: lambda job, of_all: f"Undone {of_all}.",
    Phase.UNDONE: _undone,
}
_STATES: Mapping[Phase, tuple[str, str, str]] = {
    Phase.RECEIVING: ("starting", "hourglass-split", "Uploading"),
    Phase.VALIDATING: ("starting", "hourglass-split", "Checking"),
    Phase.READY: ("warning", "exclamation-triangle-fill", "Ready for review"),
    Phase.APPLYING: ("warning", "lightning-fill", "In progress"),
    Phase.APPLIED: ("ok", "check-circle-fill", "Completed"),
    Phase.UNDOING: ("warning", "lightning-fill", "Undoing"),
    Phase.UNDONE: ("ok", "check-circle-fill", "Undone"),
    Phase.FAILED: ("failed", "x-octagon-fill", "Failed"),
}


def state(job: Job) -> tuple[str, str, str]:
    """Return CSS class, icon and label of the state of an import."""
    if job.paused and job.phase in ACTIVE_PHASES:
        return ("warning", "pause-fill", "Stopping" if is_leased(job) else "Stopped")
    if is_waiting(job):
        return ("starting", "hourglass-split", "Waiting")
    if job.phase in (Phase.READY, Phase.APPLIED) and job.planned.rejected == sum(job.planned) > 0:
        label = "No one was changed" if job.edit.is_set else "All rows have errors"
        return ("failed", "x-octagon-fill", label)
    if job.phase is Phase.READY and not has_work(job):
        return ("ok", "check-circle-fill", "Checked")
    return _STATES[job.phase]


def is_waiting(job: Job) -> bool:
    """Return whether the import waits; ``error`` says for what."""
    return job.phase in ACTIVE_PHASES and bool(job.error) and not is_leased(job)


def has_work(job: Job) -> bool:
    """Return whether the import has anything to apply."""
    return bool(people_of(job) or job.absent)


def people_of(job: Job) -> int:
    """Return the number of people that the rows would add, change, mark as left or restore."""
    return job.planned.added + job.planned.updated - len(job.contradicted)
