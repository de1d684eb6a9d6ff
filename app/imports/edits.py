"""Begin a bulk edit of everybody whom a list shows: an import without a file.

So it has the same preview, goes on after a kill, can be stopped, and is undone as a whole.
"""

import time
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import NamedTuple

from app.contracts.bulk_edits import EDITED_FIELDS, BulkEdit
from app.contracts.import_jobs import Job, JobStore, Phase, new_job_id
from app.contracts.queries import MANAGER
from app.history.changes import Author
from app.model import validation
from app.model.employee import BADGES

_MAX_NAME_CHARACTERS = 120
_MAX_NAMED = 40  # characters of a name of a manager
_BADGE_LABELS = {badge.key: badge.label for badge in BADGES}
_BOTH = "Choose whether everybody gets the badge {} or loses it"
_TOO_LONG = "The list has too many filters for this. Remove some of them"
_NOTHING = "Choose at least one thing to change"


class EditProblem(NamedTuple):
    """What is wrong with an edit, and how to mend it; ``field`` is "" for the edit as a whole."""

    field: str
    reason: str


def edit_problems(edit: BulkEdit) -> Iterator[EditProblem]:
    """Yield what is wrong with an edit whose values are cleaned; the rules are those of forms."""
    for name, value in edit.values:
        if reason := validation.problem(name, value):
            yield EditProblem(name, reason)
    for key in edit.added_badges:
        if key in edit.removed_badges:
            yield EditProblem("badges", _BOTH.format(_BADGE_LABELS[key]))
    if not edit.is_set:
        yield EditProblem("", _NOTHING)
    elif edit.is_too_long:
        yield EditProblem("", _TOO_LONG)


def begin_edit(
    jobs: JobStore,
    edit: BulkEdit,
    author: Author,
    names: Mapping[str, str] = MappingProxyType({}),
    *,
    auto_apply: bool = False,
) -> Job:
    """Store an edit without problems, to be planned in the background; return its job.

    ``names`` are those of managers, by id. With ``auto_apply`` it is applied as soon as it is
    planned.
    """
    job = Job(
        id=new_job_id(),
        name=describe(edit, names)[:_MAX_NAME_CHARACTERS],
        created=time.time(),
        phase=Phase.VALIDATING,
        edit=edit,
        auto_apply=auto_apply,
        author=author,
    )
    jobs.create(job)
    return job


def describe(edit: BulkEdit, names: Mapping[str, str] = MappingProxyType({})) -> str:
    """Return what changes, such as ``Department: Sales → Revenue``.

    ``names`` are those of managers, by id.
    """
    return ", ".join((*_texts(edit, names), *_badges(edit)))


def _texts(edit: BulkEdit, names: Mapping[str, str]) -> Iterator[str]:
    for name, value in edit.values:
        label, before = validation.LABELS[name], edit.values_of(name)
        none, told = "nothing", (value, *before)
        if name == MANAGER:
            none, told = "nobody", tuple(names.get(each, each)[:_MAX_NAMED] for each in told)
        known = f"{label}: {told[1]}" if len(before) == 1 else label
        yield f"{known} → {told[0] or none}"


def _badges(edit: BulkEdit) -> Iterator[str]:
    for sign, keys in (("+", edit.added_badges), ("−", edit.removed_badges)):
        yield from (f"{sign} {_BADGE_LABELS[key]}" for key in keys)


def may_be_empty(name: str) -> bool:
    """Return whether everybody may lose their value of a field."""
    return name in EDITED_FIELDS and name not in validation.REQUIRED
