"""What a bulk edit changes: everybody whom a list shows, to the same values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from app.contracts.import_choices import Pairs
from app.contracts.queries import CONDITIONS, MANAGER, TEXT_FILTERS, Query
from app.model.employee import BADGE_KEYS, Employee, in_catalogue_order

# The fields that get one value for everybody; badges are added and removed one by one.
EDITED_TEXTS = TEXT_FILTERS
# Those that a job can write: all of them can also get a manager, by id.
EDITED_FIELDS = (*EDITED_TEXTS, MANAGER)
# Of the list and the values, in a job whose whole state has 64 KB in MySQL.
MAX_EDIT_BYTES = 16_000


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkEdit:
    """What changes for everybody whom a list shows; what changes nothing is no edit.

    ``words`` and ``filters`` are those of the list. ``values`` are fields with the value that
    everybody gets, "" for none. Everybody gets the ``added_badges`` and loses the
    ``removed_badges``; they keep all others.

    Where somebody leaves, and their reports get another manager, the list is that of the reports of
    this ``leaver``, an id. ``exceptions`` are ids of people in it, each with the manager that they
    get instead of that of the others.
    """

    words: str = ""
    filters: Pairs = ()
    values: Pairs = ()
    added_badges: tuple[str, ...] = ()
    removed_badges: tuple[str, ...] = ()
    leaver: str = ""
    exceptions: Pairs = ()

    @property
    def is_set(self) -> bool:
        """Return whether anything changes."""
        return bool(self.values or self.added_badges or self.removed_badges)

    @property
    def fields(self) -> tuple[str, ...]:
        """Return the names of the fields that change."""
        badges = ("badges",) if self.added_badges or self.removed_badges else ()
        return (*dict(self.values), *badges)

    @property
    def query(self) -> Query:
        """Return the query of the list. Raises ValueError for too many values of a filter."""
        values: dict[str, Any] = {name: self.values_of(name) for name in CONDITIONS}
        return Query(self.words, **values)

    def values_of(self, name: str) -> tuple[str, ...]:
        """Return the values of a filter of the list."""
        return tuple(value for each, value in self.filters if each == name)

    def value_for(self, name: str, value: str, employee_id: str) -> str:
        """Return the value of a field that this employee gets, where the others get ``value``."""
        return dict(self.exceptions).get(employee_id, value) if name == MANAGER else value

    def badges_of(self, employee: Employee) -> tuple[str, ...]:
        """Return the badges of the catalogue that an employee has afterwards."""
        removed = frozenset(self.removed_badges)
        kept = (key for key in employee.known_badges if key not in removed)
        return in_catalogue_order((*kept, *self.added_badges))

    @property
    def is_valid(self) -> bool:
        """Return whether a list can have these conditions, and an edit these fields and badges."""
        names_are_known = {name for name, _ in self.filters} <= set(CONDITIONS)
        badges = {*self.added_badges, *self.removed_badges}
        if not names_are_known or not badges <= set(BADGE_KEYS):
            return False
        if self.leaver and (self.words or self.filters != ((MANAGER, self.leaver),)):
            return False
        if self.exceptions and not self.leaver:
            return False
        try:
            _ = self.query
        except ValueError:
            return False
        return {name for name, _ in self.values} <= set(EDITED_FIELDS)

    @property
    def is_too_long(self) -> bool:
        """Return whether the list and the values are more than a job has room for."""
        pairs = (*self.filters, *self.values, *self.exceptions)
        texts = (self.words, self.leaver, *(text for pair in pairs for text in pair))
        return sum(len(text.encode("utf-8", "replace")) + 6 for text in texts) > MAX_EDIT_BYTES
