"""Labels, icons and numbers of the outcomes of an import's rows."""

from collections.abc import Mapping
from typing import NamedTuple

from app.contracts.import_jobs import Job, Phase
from app.contracts.line_counts import LineCounts
from app.imports.planning.lines import (
    ABSENT,
    ADDED,
    CHANGED,
    DUPLICATE,
    INACTIVE,
    LEFT,
    REJECTED,
    RESTORED,
    SKIPPED,
    UNCHANGED,
    UNDONE,
)
from app.text.plurals import count_of

_OUTCOME_LABELS: Mapping[str, str] = {
    REJECTED: "Rows with errors",
    CHANGED: "Changed",
    ADDED: "Added",
    UNCHANGED: "Unchanged",
    UNDONE: "Undone",
    SKIPPED: "Not undone",
    DUPLICATE: "Possible duplicates",
    INACTIVE: "Left before",
    ABSENT: "Not in this file",
    LEFT: "Marked as left",
    RESTORED: "Restored",
}
_PLANNED_LABELS: Mapping[str, str] = {
    REJECTED: "Rows with errors",
    CHANGED: "To be changed",
    ADDED: "To be added",
    LEFT: "To be marked as left",
    RESTORED: "Come back",
    UNCHANGED: "Unchanged",
}
# While only some of them are applied.
_IN_PROGRESS_LABELS: Mapping[str, str] = {
    REJECTED: "Rows with errors",
    CHANGED: "Changes",
    ADDED: "New people",
    LEFT: "Leavers",
    RESTORED: "Come back",
    UNCHANGED: "Unchanged",
}
# In the order of a sentence.
_COUNTED = (ADDED, CHANGED, LEFT, RESTORED, UNCHANGED, DUPLICATE, INACTIVE, REJECTED)
_WITH_ERRORS = {
    REJECTED: "with errors",
    DUPLICATE: "possible duplicates",
    INACTIVE: "left before",
}
_DONE_TEXTS = {outcome: _OUTCOME_LABELS[outcome].lower() for outcome in _COUNTED} | _WITH_ERRORS
_PLANNED_TEXTS = {
    outcome: _PLANNED_LABELS.get(outcome, "").lower() for outcome in _COUNTED
} | _WITH_ERRORS
# Of an edit, which has neither rows nor new people.
_EDIT_LABELS = {REJECTED: "Could not be changed"}
_EDIT_TEXTS = {CHANGED: "changed", UNCHANGED: "unchanged", REJECTED: "could not be changed"}
_SINGULAR = {DUPLICATE: "possible duplicate"}
_UNDONE_TEXTS: Mapping[str, str] = {UNDONE: "undone", SKIPPED: "not undone"}
_OUTCOME_ICONS: Mapping[str, str] = {
    REJECTED: "x-octagon-fill",
    CHANGED: "pencil",
    ADDED: "person-plus",
    UNCHANGED: "check-circle-fill",
    UNDONE: "check-circle-fill",
    SKIPPED: "exclamation-triangle-fill",
    DUPLICATE: "people",
    INACTIVE: "person-fill",
    LEFT: "box-arrow-right",
    RESTORED: "arrow-counterclockwise",
    ABSENT: "search",
}
# A tab of these is shown only if it has rows.
_UNUSUAL = frozenset({DUPLICATE, INACTIVE, ABSENT, LEFT, RESTORED})
_TAB_LABELS: Mapping[Phase, Mapping[str, str]] = {
    Phase.VALIDATING: _PLANNED_LABELS,
    Phase.READY: _PLANNED_LABELS,
    Phase.APPLYING: _IN_PROGRESS_LABELS,
}


class Tab(NamedTuple):
    """A tab with the rows of one outcome: their number, and the link to them."""

    outcome: str
    label: str
    icon: str
    number: int
    address: str


def figures(job: Job) -> str:
    """Return the number of rows by outcome, or expected outcome; "" if unknown."""
    if job.phase in (Phase.VALIDATING, Phase.READY):
        return _figures(job.planned, _PLANNED_TEXTS)
    if job.phase in (Phase.UNDOING, Phase.UNDONE):
        return _figures(job.undone, _UNDONE_TEXTS)
    return done_figures(job)


def _figures(counts: LineCounts, texts: Mapping[str, str]) -> str:
    return ", ".join(
        count_of(counts.of(outcome), _SINGULAR.get(outcome, text), text)
        for outcome, text in texts.items()
        if counts.of(outcome)
    )


def done_figures(job: Job) -> str:
    """Return the number of applied rows by outcome; "" if there are none."""
    return _figures(job.done, _EDIT_TEXTS if job.edit.is_set else _DONE_TEXTS)


def outcome_tabs(job: Job, counts: LineCounts, outcomes: tuple[str, ...]) -> list[Tab]:
    """Return the outcomes of an import, with the number of rows of each."""
    labels = dict(_TAB_LABELS.get(job.phase, _OUTCOME_LABELS))
    unusual = _UNUSUAL
    if job.edit.is_set:
        labels, unusual = labels | _EDIT_LABELS, _UNUSUAL | {ADDED, REJECTED}
    return [
        Tab(
            outcome,
            labels.get(outcome, _OUTCOME_LABELS[outcome]),
            _OUTCOME_ICONS[outcome],
            counts.of(outcome),
            f"/import/{job.id}?show={outcome}",
        )
        for outcome in outcomes
        if counts.of(outcome) or outcome not in unusual
    ]
