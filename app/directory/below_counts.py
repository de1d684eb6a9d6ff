"""Count how many stand below each manager in all, in memory that grows with the managers alone."""

import heapq
from array import array
from collections.abc import Callable, Iterator
from datetime import datetime

from app.contracts.queries import MAX_BATCH
from app.contracts.reports import MAX_COUNTED_REPORTS, ReportCount
from app.runtime.compact_map import CompactMap

# Between so many people a caller may renew its lease, or stop.
_STEP = 2_000
# Yields the id and the manager of everybody who has one, again at each call.
ReadManagers = Callable[[], Iterator[tuple[str, str]]]


class BelowCounts:
    """How many report to each manager, and how many stand below them in all.

    A manager is a number: their place in ``ids``. Who reports to somebody who has left is below
    them, and below nobody above.
    """

    def __init__(self) -> None:
        self.ids: list[str] = []
        self.people = 0
        self._places = CompactMap()  # counted from 1
        self._direct = array("I")
        self._below = array("I")
        self._above = array("I")  # the place of the manager counted from 1, or 0

    @classmethod
    def of(cls, read: ReadManagers, step: Callable[[], None]) -> "BelowCounts":
        """Read everybody's manager twice, and count; call ``step`` now and then."""
        counts = cls()
        for number, (_, manager) in enumerate(read()):
            if not number % _STEP:
                step()
            counts._add(manager)
        if counts.ids:
            counts._above = array("I", bytes(4 * len(counts.ids)))
            for number, (employee_id, manager) in enumerate(read()):
                if not number % _STEP:
                    step()
                if place := counts._places.get(employee_id):
                    counts._above[place - 1] = counts._places.get(manager)
            counts._sum_up()
        return counts

    def _add(self, manager: str) -> None:
        self.people += 1
        place = self._places.get(manager)
        if not place:
            self.ids.append(manager)
            place = len(self.ids)
            self._places.add(manager, place)
            self._direct.append(0)
        self._direct[place - 1] += 1

    def _sum_up(self) -> None:
        """Add up from those who lead no manager to the top; then go round each circle once."""
        self._below = self._direct[:]
        waiting = array("I", bytes(4 * len(self.ids)))
        for above in self._above:
            if above:
                waiting[above - 1] += 1
        ready = array("I", (place for place, count in enumerate(waiting) if not count))
        while ready:
            place = ready.pop()
            if above := self._above[place]:
                self._below[above - 1] += self._below[place]
                waiting[above - 1] -= 1
                if not waiting[above - 1]:
                    ready.append(above - 1)
        for place, count in enumerate(waiting):
            if count:
                self._go_round(place, waiting)

    def _go_round(self, place: int, waiting: "array[int]") -> None:
        """Give everybody in a circle all who are below it, and the others in it."""
        circle = []
        while waiting[place]:
            waiting[place] = 0
            circle.append(place)
            place = self._above[place] - 1
        total = sum(self._below[each] for each in circle) - 1
        for each in circle:
            self._below[each] = total

    def batches(self, counted_at: datetime) -> Iterator[dict[str, ReportCount]]:
        """Yield the counts of all managers, MAX_BATCH at a time."""
        for start in range(0, len(self.ids), MAX_BATCH):
            places = range(start, min(start + MAX_BATCH, len(self.ids)))
            yield {
                self.ids[place]: ReportCount(
                    min(self._direct[place], MAX_COUNTED_REPORTS + 1),
                    self._below[place],
                    counted_at,
                )
                for place in places
            }

    def tops(self, most: int) -> dict[str, int]:
        """Return those with the most below and no manager, or one who is nobody: most first."""
        places = (place for place, above in enumerate(self._above) if not above)
        best = heapq.nlargest(most, places, key=self._below.__getitem__)
        return {self.ids[place]: self._below[place] for place in best}

    def largest(self, most: int) -> dict[str, int]:
        """Return those to whom the most report, with their numbers: most first, then by id."""

        def rank(place: int) -> tuple[int, str]:
            return -self._direct[place], self.ids[place]

        best = heapq.nsmallest(most, range(len(self.ids)), key=rank)
        return {self.ids[place]: self._direct[place] for place in best}
