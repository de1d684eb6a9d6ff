"""Texts of the import pages: progress, results, and the outcome of each row."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import NamedTuple

from app.contracts.import_jobs import ACTIVE_PHASES, NO_ROWS, Job, LineCounts, Phase
from app.imports.files.rows import row_label
from app.imports.planning.lines import (
    ADDED,
    CHANGED,
    REJECTED,
    SKIPPED,
    UNCHANGED,
    UNDONE,
    Line,
    Value,
)
from app.imports.running.job_lease import is_leased
from app.model import validation
from app.model.employee import BADGES
from app.text.plurals import count_of, count_people
from app.web.ui.clock import Clock
from app.web.ui.dates import moment

OUTCOME_WORDS: Mapping[str, str] = {
    REJECTED: "Rows with errors",
    CHANGED: "Changed",
    ADDED: "Added",
    UNCHANGED: "Unchanged",
    UNDONE: "Undone",
    SKIPPED: "Not undone",
}
PLANNED_WORDS: Mapping[str, str] = {
    REJECTED: "Rows with errors",
    CHANGED: "To be changed",
    ADDED: "To be added",
    UNCHANGED: "Unchanged",
}
# While some are done and others are not yet.
_UNDER_WAY_WORDS: Mapping[str, str] = {
    REJECTED: "Rows with errors",
    CHANGED: "Changes",
    ADDED: "New people",
    UNCHANGED: "Unchanged",
}
# In the order in which a sentence tells them.
_TOLD = (ADDED, CHANGED, UNCHANGED, REJECTED)
_WITH_ERRORS = {REJECTED: "with errors"}
_DONE_FIGURES = {outcome: OUTCOME_WORDS[outcome].lower() for outcome in _TOLD} | _WITH_ERRORS
_PLANNED_FIGURES = {outcome: PLANNED_WORDS[outcome].lower() for outcome in _TOLD} | _WITH_ERRORS
_UNDONE_FIGURES: Mapping[str, str] = {UNDONE: "undone", SKIPPED: "not undone"}
OUTCOME_ICONS: Mapping[str, str] = {
    REJECTED: "x-octagon-fill",
    CHANGED: "pencil",
    ADDED: "person-plus",
    UNCHANGED: "check-circle-fill",
    UNDONE: "check-circle-fill",
    SKIPPED: "exclamation-triangle-fill",
}
_BADGE_WORDS = {badge.key: badge.words for badge in BADGES}


class Tab(NamedTuple):
    """The rows of one outcome: their number, and the link to them."""

    outcome: str
    words: str
    icon: str
    number: int
    address: str


class Listed(NamedTuple):
    """An import in the list of imports."""

    id: str
    name: str
    figures: str
    state: tuple[str, str, str]
    began: Clock


class Detail(NamedTuple):
    """One detail of a row: field, old and new value."""

    label: str
    words: str
    before: str = ""


class LineShown(NamedTuple):
    """A row as the table shows it."""

    number: str
    name: str
    person: str
    details: tuple[Detail, ...]


def began(job: Job) -> Clock:
    """Return the start time of an import."""
    then = datetime.fromtimestamp(job.created, UTC)
    return Clock(moment(then), then.isoformat(timespec="seconds"))


def listed(job: Job) -> Listed:
    """Return an import as the list of imports shows it."""
    return Listed(job.id, job.name, figures(job), state(job), began(job))


def is_at_work(job: Job) -> bool:
    """Return whether a worker applies the import, or will in a moment."""
    return job.phase in ACTIVE_PHASES and (not job.paused or is_leased(job))


def figures(job: Job) -> str:
    """Return the number of rows by outcome, or expected outcome; "" if unknown."""
    if job.phase in (Phase.VALIDATING, Phase.READY):
        return _figures(job.planned, _PLANNED_FIGURES)
    if job.phase in (Phase.UNDOING, Phase.UNDONE):
        return _figures(job.undone, _UNDONE_FIGURES)
    return _figures(job.done, _DONE_FIGURES)


def _figures(counts: LineCounts, words: Mapping[str, str]) -> str:
    return ", ".join(
        f"{counts.of(outcome):,} {each}" for outcome, each in words.items() if counts.of(outcome)
    )


def sentence(job: Job) -> str:
    """Return the progress of an import in one or two sentences."""
    done, total = job.progress
    of_all = f"{done:,} of {count_of(total, 'row', 'rows')}"
    if job.phase is Phase.FAILED or is_waiting(job):
        return job.error
    if job.paused and job.phase in ACTIVE_PHASES:
        begun = "Stopping" if is_leased(job) else "Stopped"
        return f"{begun} after {of_all}."
    return _SENTENCES[job.phase](job, of_all)


def _planning(job: Job, of_all: str) -> str:
    if job.total < 0:
        return "The file is being read."
    return f"Checked {of_all}. Nothing has changed yet."


def _planned(job: Job, of_all: str) -> str:
    if job.has_no_rows:
        return f"{NO_ROWS} There is nothing to import."
    if not has_work(job):
        return "There is nothing to import."
    return "Nothing has changed yet. Check the rows, then start the import."


def _doing(job: Job, of_all: str) -> str:
    if job.buffered and is_leased(job):
        return f"Imported {of_all}. Sorting {count_people(job.buffered)}."
    return f"Imported {of_all}."


def _result(job: Job, of_all: str) -> str:
    if job.has_no_rows:
        return f"{NO_ROWS} Nothing was changed."
    return f"Completed: {_figures(job.done, _DONE_FIGURES) or 'nothing'}."


def _undone(job: Job, of_all: str) -> str:
    left = job.undone.skipped
    words = f" Changed since, so not undone: {count_people(left)}." if left else ""
    return f"Import undone: {count_people(job.undone.undone)} {_how_undone(job)}.{words}"


def _how_undone(job: Job) -> str:
    """What undoing does to the people of this import."""
    if job.added and job.done.changed:
        return "removed or restored"
    return "removed" if job.added else "restored"


def what_undoing_does(job: Job) -> str:
    """Return what an undo will do, before it is confirmed."""
    added, changed = count_people(job.added), count_people(job.done.changed)
    delete = f"removes the {added} that the import added"
    restore = f"restores the old values of {changed}"
    if job.added and job.done.changed:
        return f"This {delete} and {restore}."
    return f"This {delete if job.added else restore}."


_SENTENCES = {
    Phase.RECEIVING: lambda job, of_all: "The file is being uploaded.",
    Phase.VALIDATING: _planning,
    Phase.READY: _planned,
    Phase.APPLYING: _doing,
    Phase.APPLIED: _result,
    Phase.UNDOING: lambda job, of_all: f"Undone {of_all}.",
    Phase.UNDONE: _undone,
}
_STATES: Mapping[Phase, tuple[str, str, str]] = {
    Phase.RECEIVING: ("starting", "hourglass-split", "Uploading"),
    Phase.VALIDATING: ("starting", "hourglass-split", "Checking"),
    Phase.READY: ("look", "exclamation-triangle-fill", "Ready for review"),
    Phase.APPLYING: ("look", "lightning-fill", "In progress"),
    Phase.APPLIED: ("fine", "check-circle-fill", "Completed"),
    Phase.UNDOING: ("look", "lightning-fill", "Undoing"),
    Phase.UNDONE: ("fine", "check-circle-fill", "Undone"),
    Phase.FAILED: ("broken", "x-octagon-fill", "Failed"),
}


_TAB_WORDS: Mapping[Phase, Mapping[str, str]] = {
    Phase.VALIDATING: PLANNED_WORDS,
    Phase.READY: PLANNED_WORDS,
    Phase.APPLYING: _UNDER_WAY_WORDS,
}


def state(job: Job) -> tuple[str, str, str]:
    """Return CSS class, icon and label of the state of an import."""
    if job.paused and job.phase in ACTIVE_PHASES:
        return ("look", "pause-fill", "Stopping" if is_leased(job) else "Stopped")
    if is_waiting(job):
        return ("starting", "hourglass-split", "Waiting")
    if job.phase in (Phase.READY, Phase.APPLIED) and job.planned.rejected == sum(job.planned) > 0:
        return ("broken", "x-octagon-fill", "All rows have errors")
    if job.phase is Phase.READY and not has_work(job):
        return ("fine", "check-circle-fill", "Checked")
    return _STATES[job.phase]


def is_waiting(job: Job) -> bool:
    """Return whether the import waits for something that has to end first."""
    return job.phase in ACTIVE_PHASES and bool(job.error) and not is_leased(job)


def has_work(job: Job) -> bool:
    """Return whether the import has anything to apply."""
    return bool(people_of(job))


def people_of(job: Job) -> int:
    """Return the number of people that it would add or change."""
    return job.planned.added + job.planned.changed


def tabs(job: Job, counts: LineCounts, outcomes: tuple[str, ...]) -> list[Tab]:
    """Return the outcomes of an import, with the number of rows of each."""
    words = _TAB_WORDS.get(job.phase, OUTCOME_WORDS)
    return [
        Tab(
            outcome,
            words.get(outcome, OUTCOME_WORDS[outcome]),
            OUTCOME_ICONS[outcome],
            counts.of(outcome),
            f"/import/{job.id}?show={outcome}",
        )
        for outcome in outcomes
    ]


def visible(line: Line, job: Job) -> LineShown:
    """Return a row as the table shows it; a person who is not stored yet has no page."""
    there = line.outcome in (CHANGED, UNCHANGED, SKIPPED)
    there = there or (line.outcome == ADDED and job.phase is Phase.APPLIED)
    number = row_label(line.number, job.sheets)
    return LineShown(number, line.name, line.id if there else "", tuple(_details(line)))


def _details(line: Line) -> list[Detail]:
    if line.problems:
        return [Detail(each.column, _full_stop(each.reason), each.typed) for each in line.problems]
    return [
        Detail(label, _words(line.new[name]), _words(line.old.get(name, "")))
        for name, label in validation.LABELS.items()
        if name in line.new and (line.outcome == CHANGED or name != "full_name")
    ]


def _full_stop(words: str) -> str:
    return words if words.endswith(".") else f"{words}."


def _words(value: Value) -> str:
    if isinstance(value, str):
        return value if len(value) <= 200 else f"{value[:199]}…"
    return ", ".join(_BADGE_WORDS.get(key, key) for key in value)
