"""Texts of the pages of a bulk edit: whom it changes, and how far it is."""

from app.contracts.bulk_edits import BulkEdit
from app.contracts.import_jobs import Job, Phase
from app.contracts.queries import FILTERS, MANAGER
from app.model.employee import BADGES
from app.model.facets import FACET
from app.text import search_keys
from app.text.plurals import count_people
from app.text.sanitizing import visible
from app.web.forms.managers import manager_shown
from app.web.imports.outcomes import done_figures
from app.web.ui.dates import month
from app.web.ui.list_query import ListRequest

_BADGE_LABELS = {badge.key: badge.label for badge in BADGES}
_NOBODY = "This list shows no one, so there is nothing to change."
_NO_CHANGE = "Everyone in this list has these values already, so there is nothing to change."


def list_words(edit: BulkEdit) -> str:
    """Return the conditions of a list: ``Department: Sales or Legal · “ada”``; "" of everybody."""
    conditions = [
        f"{FACET[name].label}: {' or '.join(_shown(name, value) for value in values)}"
        for name in FILTERS
        if (values := edit.values_of(name))
    ]
    managers = map(manager_shown, edit.values_of(MANAGER))
    conditions += [f"Reports to: {visible(each)}" for each in managers]
    return " · ".join((*conditions, *([f"“{edit.words}”"] if edit.words else [])))


def list_address(edit: BulkEdit) -> str:
    """Return the address of the list."""
    return ListRequest(edit.query).address()


def _shown(name: str, value: str) -> str:
    if name == "badge":
        return _BADGE_LABELS.get(value, value)
    if name == "letter":
        return value.upper() if len(value) == 1 else value
    return month(value) if name == "joined" and search_keys.is_month(value) else value


def edit_sentence(job: Job) -> str:
    """Return the progress of an edit that is neither stopped nor waits."""
    if job.phase is Phase.VALIDATING:
        return f"Checked {of_all(job)} so far. Nothing has changed yet."
    if job.phase is Phase.APPLYING:
        return f"Edited {of_all(job)}."
    if job.phase is Phase.APPLIED:
        return f"Completed: {done_figures(job) or 'nothing changed'}."
    if job.total == 0:
        return _NOBODY
    if not job.planned.changed:
        return _NO_CHANGE
    return "Nothing has changed yet. Check what changes, then start it."


def of_all(job: Job) -> str:
    """Return how many people this phase has processed, of how many if that is known."""
    done, total = job.progress
    return f"{done:,} of {count_people(total)}" if job.total >= 0 else count_people(done)
