"""A walk down the reporting lines, depth first; see people_below.py."""

from __future__ import annotations

import time
from collections import deque
from dataclasses import dataclass, field
from typing import NamedTuple

from app.access.masks import mask_card
from app.contracts import EmployeeStore, Query
from app.contracts.cursors import SEPARATOR, Cursor, read_cursor
from app.contracts.reports import ReportStore
from app.contracts.walk_cursors import Level, Walk, fits
from app.directory.meeting import card_meets, needs_records, record_meets
from app.model.employee import Card
from app.runtime import read_budget
from app.text.search_keys import id_sort_key

# Read of a manager at first: what a page does not show was read in vain. Later reads are longer.
_FIRST_READ = 8
_LONGEST_READ = 32
# A step ends before a slow store would make its request fail, and goes on with the next one.
STEP_SECONDS = 2.0


class Below(NamedTuple):
    """Somebody who stands below, with the id of their manager."""

    card: Card
    manager: str


class _Met(NamedTuple):
    """Somebody in the view of their manager, at their order key."""

    card: Card
    key: str
    is_found: bool
    leads: bool


@dataclass(slots=True)
class _Reports:
    """The reports of one manager: those read, and not met yet, and the key of whom was met last."""

    manager: str
    after: str = ""
    waiting: deque[_Met] = field(default_factory=deque)
    is_read: bool = False


class Walker:
    """A walk in progress, for the sight of its query; its memory is that of the path."""

    def __init__(
        self, employees: EmployeeStore, reports: ReportStore, query: Query, walk: Walk
    ) -> None:
        self._employees = employees
        self._store = reports
        self._query = query
        self._path = [_Reports(*level) for level in walk.path]
        self.looked, self.found, self.is_cut = walk.looked, walk.found, walk.is_cut
        self._looked_before = walk.looked
        self._until, self._has_read = 0.0, False
        self.names: dict[str, str] = {}

    @property
    def has_ended(self) -> bool:
        """Return whether everybody below was met."""
        return not self._path

    def position(self) -> Walk:
        """Return where the walk is."""
        path = tuple(Level(each.manager, each.after) for each in self._path)
        return Walk(path, self.looked, self.found, self.is_cut)

    def step(self, enough: int, most: int) -> list[Below]:
        """Walk on until so many are found, or looked through, or the read budget is spent."""
        people: list[Below] = []
        self._until, self._has_read = time.monotonic() + STEP_SECONDS, False
        until = self.looked + most
        while len(people) < enough and self.looked < until and (met := self._next()):
            manager, person = met
            self.looked += 1
            if person.is_found:
                self.found += 1
                people.append(Below(mask_card(person.card, self._query.sight), manager))
        self._leave_exhausted()
        return people

    def _next(self) -> tuple[str, _Met] | None:
        """Return the next person and their manager; None at the end, or where nothing is left."""
        while self._path:
            reports = self._path[-1]
            if not reports.waiting and not reports.is_read:
                if not (size := self._allowed()):
                    return None
                self._read(reports, size)
            if not reports.waiting:
                if reports.is_read:
                    self._path.pop()
                continue
            person = reports.waiting.popleft()
            reports.after = person.key
            if person.card.id in {each.manager for each in self._path}:
                continue  # the line goes round
            if person.leads:
                self._descend(person.card)
            return reports.manager, person
        return None

    def _allowed(self) -> int:
        """Return how many may be read now; 0 where the step has to end."""
        if self._has_read and time.monotonic() > self._until:
            return 0
        self._has_read = True
        size = max(_FIRST_READ, self.looked - self._looked_before)
        return read_budget.allowed(min(size, _LONGEST_READ))

    def _descend(self, card: Card) -> None:
        path = [Level(each.manager, each.after) for each in self._path]
        if not fits([*path, Level(card.id)]):
            self.is_cut = True
            return
        self._path.append(_Reports(card.id))
        self.names[card.id] = card.full_name

    def _leave_exhausted(self) -> None:
        """Leave managers of whom all were met, so that a walk that is at its end says so."""
        while self._path and self._path[-1].is_read and not self._path[-1].waiting:
            self._path.pop()

    def _read(self, reports: _Reports, size: int) -> None:
        """Read the next reports of a manager, and who of them leads others."""
        query = Query(manager=reports.manager)
        cursor = Cursor(False, reports.after).to_text(query) if reports.after else None
        page = self._employees.browse(query, cursor, size)
        leading = self._store.leading([card.id for card in page.cards])
        found = self._meeting(page.cards, page.name_keys)
        for card, name_key in zip(page.cards, page.name_keys, strict=True):
            key = f"{name_key}{SEPARATOR}{id_sort_key(card.id)}"
            reports.waiting.append(_Met(card, key, card.id in found, card.id in leading))
        following = read_cursor(page.next, query)
        reports.is_read = following is None
        if following and not reports.waiting:  # rows that show nobody
            reports.after = following.key

    def _meeting(self, cards: tuple[Card, ...], name_keys: tuple[str, ...]) -> set[str]:
        query = self._query
        pairs = zip(cards, name_keys, strict=True)
        found = {card.id for card, name_key in pairs if card_meets(card, name_key, query)}
        if not found or not needs_records(query):
            return found
        read_budget.spend(len(found))  # a unit for a record
        records = self._employees.get_many(found)
        return {key for key, record in records.items() if record_meets(record, query)}
