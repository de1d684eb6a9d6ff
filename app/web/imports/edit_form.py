"""The form of a bulk edit: a field is kept, set or removed, a badge kept, added or removed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from app.contracts.bulk_edits import EDITED_TEXTS, BulkEdit
from app.contracts.queries import Query
from app.imports.edits import EditProblem, edit_problems, may_be_empty
from app.model import validation
from app.model.employee import BADGE_KEYS

KEEP, SET, REMOVE, ADD = "keep", "set", "remove", "add"
_MAX_TYPED_CHARACTERS = 1_000
_ENTER_OR_REMOVE = "Enter a {}, or choose Remove"


@dataclass(frozen=True, slots=True)
class EditForm:
    """What was chosen: for each field what is done and the text typed, and for each badge."""

    done: Mapping[str, str] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)
    badges: Mapping[str, str] = field(default_factory=dict)

    def edit_of(self, query: Query) -> BulkEdit:
        """Return the edit of everybody in the list of this query."""
        values = {
            name: self.texts[name] if self.done[name] == SET else ""
            for name in EDITED_TEXTS
            if self.done[name] != KEEP
        }
        return BulkEdit(
            words=query.words,
            filters=query.filters,
            values=tuple(values.items()),
            added_badges=self._badges(ADD),
            removed_badges=self._badges(REMOVE),
        )

    def _badges(self, choice: str) -> tuple[str, ...]:
        return tuple(key for key in BADGE_KEYS if self.badges.get(key) == choice)

    def problems(self, query: Query) -> Iterator[EditProblem]:
        """Yield what is wrong with the input, in the order of the page."""
        for name in EDITED_TEXTS:
            if self.done[name] == SET and not self.texts[name] and may_be_empty(name):
                label = validation.LABELS[name].lower()
                yield EditProblem(name, _ENTER_OR_REMOVE.format(label))
        yield from edit_problems(self.edit_of(query))


def first_form(query: Query) -> EditForm:
    """Return the form before anything is chosen; of a list of one value, that is to be replaced."""
    renamed = query.only_text
    return EditForm(
        {name: SET if name == renamed else KEEP for name in EDITED_TEXTS},
        {name: query.values_of(name)[0] if name == renamed else "" for name in EDITED_TEXTS},
    )


def posted_form(form: Mapping[str, str]) -> EditForm:
    """Return the posted input; what is no choice keeps everything."""
    done = {}
    for name in EDITED_TEXTS:
        choices = (SET, REMOVE) if may_be_empty(name) else (SET,)
        chosen = form.get(f"{name}-do", KEEP)
        done[name] = chosen if chosen in choices else KEEP
    texts = {
        name: validation.clean(name, form.get(name, "")[:_MAX_TYPED_CHARACTERS])
        for name in EDITED_TEXTS
    }
    badges = {key: form.get(f"badge-{key}", KEEP) for key in BADGE_KEYS}
    return EditForm(done, texts, badges)
