"""How many rows there are to read, roughly: what the counters tell of views and filters."""

from math import prod

from app.storage.dynamodb.index.conditions import Conditions, Filter
from app.storage.dynamodb.index.counters import Counters

# Rows of a filter read first for each row of the page, if other filters must be met, too.
_SPARE_ROWS, _MAX_ROWS_PER_MATCH = 1.25, 20
# Of leavers and of a manager, where words are conditions like others.
_ROWS_WITH_WORDS = 4
# As the counters name all employees.
EVERYONE: Filter = ("*", ("",))


class Estimates:
    """Estimates by the counters, which are some seconds old."""

    def __init__(self, counters: Counters) -> None:
        self._counters = counters

    def people_with(self, chosen: Filter) -> int:
        """Return roughly how many rows the values of a filter have."""
        kind, tokens = chosen
        return sum(self._counters.people_with(kind, token) for token in tokens)

    def smallest_filter(self, conditions: Conditions) -> Filter | None:
        """Return the filter with the fewest rows; None if there is none, or none has a view.

        Only the view of a manager has those who report to them, however many they are.
        """
        if conditions.left:
            return None
        if of_manager := conditions.of_manager:
            return of_manager
        if len(conditions.filters) < 2:
            return conditions.filters[0] if conditions.filters else None
        return min(conditions.filters, key=self.people_with)

    def rows_per_match(self, conditions: Conditions, chosen: Filter | None) -> float:
        """Return about how many rows of a filter to read for each that meets the others.

        As if the filters were independent, and more, so that one call suffices for most pages.
        """
        others = [each for each in conditions.filters if each != chosen]
        if conditions.left or conditions.of_manager:
            return _ROWS_WITH_WORDS if conditions.words or others else 1
        if not others:
            return 1
        people = max(1, self.people_with(EVERYONE))
        share = prod(self.people_with(other) / people for other in others)
        return max(1, _SPARE_ROWS / max(share, _SPARE_ROWS / _MAX_ROWS_PER_MATCH))
