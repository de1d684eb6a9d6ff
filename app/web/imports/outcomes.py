"""Labels, icons and numbers of the outcomes of an import's rows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from app.contracts.import_jobs import Job, LineCounts, Phase
from app.imports.planning.lines import ADDED, CHANGED, REJECTED, SKIPPED, UNCHANGED, UNDONE

_OUTCOME_WORDS: Mapping[str, str] = {
    REJECTED: "Rows with errors",
    CHANGED: "Changed",
    ADDED: "Added",
    UNCHANGED: "Unchanged",
    UNDONE: "Undone",
    SKIPPED: "Not undone",
}
_PLANNED_WORDS: Mapping[str, str] = {
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
_DONE_FIGURES = {outcome: _OUTCOME_WORDS[outcome].lower() for outcome in _TOLD} | _WITH_ERRORS
_PLANNED_FIGURES = {outcome: _PLANNED_WORDS[outcome].lower() for outcome in _TOLD} | _WITH_ERRORS
_UNDONE_FIGURES: Mapping[str, str] = {UNDONE: "undone", SKIPPED: "not undone"}
_OUTCOME_ICONS: Mapping[str, str] = {
    REJECTED: "x-octagon-fill",
    CHANGED: "pencil",
    ADDED: "person-plus",
    UNCHANGED: "check-circle-fill",
    UNDONE: "check-circle-fill",
    SKIPPED: "exclamation-triangle-fill",
}
_TAB_WORDS: Mapping[Phase, Mapping[str, str]] = {
    Phase.VALIDATING: _PLANNED_WORDS,
    Phase.READY: _PLANNED_WORDS,
    Phase.APPLYING: _UNDER_WAY_WORDS,
}


class Tab(NamedTuple):
    """The rows of one outcome: their number, and the link to them."""

    outcome: str
    words: str
    icon: str
    number: int
    address: str


def figures(job: Job) -> str:
    """Return the number of rows by outcome, or expected outcome; "" if unknown."""
    if job.phase in (Phase.VALIDATING, Phase.READY):
        return _figures(job.planned, _PLANNED_FIGURES)
    if job.phase in (Phase.UNDOING, Phase.UNDONE):
        return _figures(job.undone, _UNDONE_FIGURES)
    return done_figures(job)


def _figures(counts: LineCounts, words: Mapping[str, str]) -> str:
    return ", ".join(
        f"{counts.of(outcome):,} {each}" for outcome, each in words.items() if counts.of(outcome)
    )


def done_figures(job: Job) -> str:
    """Return the number of rows by outcome, as far as they are applied."""
    return _figures(job.done, _DONE_FIGURES)


def outcome_tabs(job: Job, counts: LineCounts, outcomes: tuple[str, ...]) -> list[Tab]:
    """Return the outcomes of an import, with the number of rows of each."""
    words = _TAB_WORDS.get(job.phase, _OUTCOME_WORDS)
    return [
        Tab(
            outcome,
            words.get(outcome, _OUTCOME_WORDS[outcome]),
            _OUTCOME_ICONS[outcome],
            counts.of(outcome),
            f"/import/{job.id}?show={outcome}",
        )
        for outcome in outcomes
    ]
