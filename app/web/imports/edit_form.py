"""The form of a bulk edit: a field is kept, set or removed, a badge kept, added or removed.

The manager is one of those whom a name finds, as in the form of a person.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from app.contracts.bulk_edits import EDITED_FIELDS, EDITED_TEXTS, BulkEdit
from app.contracts.queries import MANAGER, Query
from app.imports.edits import EditProblem, edit_problems, may_be_empty
from app.model import validation
from app.model.employee import BADGE_KEYS

KEEP, SET, REMOVE, ADD = "keep", "set", "remove", "add"
_MAX_TYPED_CHARACTERS = 1_000
_FIND_OR_REMOVE = "Find somebody by name, or choose Nobody"
_ENTER_OR_REMOVE = "Enter a {}, or choose Remove"


@dataclass(frozen=True, slots=True)
class EditForm:
    """What was chosen: for each field what is done and the text typed, and for each badge.

    ``manager`` is the id of whoever was chosen.
    """

    done: Mapping[str, str] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)
    badges: Mapping[str, str] = field(default_factory=dict)
    manager: str = ""

    @property
    def sets_manager(self) -> bool:
        """Return whether everybody gets a manager."""
        return self.done[MANAGER] == SET

    def with_manager(self) -> EditForm:
        """Return the form when somebody looks for a manager, whom everybody is to get."""
        return replace(self, done={**self.done, MANAGER: SET})

    def edit_of(self, query: Query) -> BulkEdit:
        """Return the edit of everybody in the list of this query."""
        values = {
            name: self.texts[name] if self.done[name] == SET else ""
            for name in EDITED_TEXTS
            if self.done[name] != KEEP
        }
        if self.done[MANAGER] != KEEP:
            values[MANAGER] = self.manager if self.sets_manager else ""
        return BulkEdit(
            words=query.words,
            filters=query.filters,
            values=tuple(values.items()),
            added_badges=self._badges(ADD),
            removed_badges=self._badges(REMOVE),
        )

    def _badges(self, choice: str) -> tuple[str, ...]:
        return tuple(key for key in BADGE_KEYS if self.badges.get(key) == choice)

    def problems(self, query: Query, manager_problem: str = "") -> Iterator[EditProblem]:
        """Yield what is wrong with the input, in the order of the page.

        ``manager_problem`` is why the manager cannot be one.
        """
        for name in EDITED_TEXTS:
            if self.done[name] == SET and not self.texts[name] and may_be_empty(name):
                label = validation.LABELS[name].lower()
                yield EditProblem(name, _ENTER_OR_REMOVE.format(label))
        if self.sets_manager and (manager_problem or not self.manager):
            yield EditProblem(MANAGER, manager_problem or _FIND_OR_REMOVE)
        yield from edit_problems(self.edit_of(query))


def first_form(query: Query) -> EditForm:
    """Return the form before anything is chosen; of a list of one value, that is to be replaced."""
    renamed = query.only_text
    return EditForm(
        {name: SET if name == renamed else KEEP for name in EDITED_FIELDS},
        {name: query.values_of(name)[0] if name == renamed else "" for name in EDITED_TEXTS},
    )


def posted_form(form: Mapping[str, str]) -> EditForm:
    """Return the posted input; what is no choice keeps everything."""
    done = {}
    for name in EDITED_FIELDS:
        choices = (SET, REMOVE) if may_be_empty(name) else (SET,)
        chosen = form.get(f"{name}-do", KEEP)
        done[name] = chosen if chosen in choices else KEEP
    texts = {
        name: validation.clean(name, form.get(name, "")[:_MAX_TYPED_CHARACTERS])
        for name in EDITED_TEXTS
    }
    badges = {key: form.get(f"badge-{key}", KEEP) for key in BADGE_KEYS}
    return EditForm(done, texts, badges, form.get(MANAGER, ""))
