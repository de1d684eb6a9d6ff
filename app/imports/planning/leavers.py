"""Tell from a row whether somebody has left or will: by a status, a last day, a closed account."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from app.imports.files.columns import Columns
from app.imports.files.headings import (
    ACCOUNT_CONTROL,
    BLOCKED,
    ENABLED,
    END_DATE,
    STATUS,
)
from app.imports.planning.dates import WRITE_ISO, DayOrder, parse_date
from app.imports.planning.lines import Problem, problem_at
from app.imports.planning.row_cells import split_remark
from app.imports.planning.status_words import (
    is_active,
    is_disabled_account,
    is_inactive,
    is_inactive_remark,
    is_off,
    is_on,
)

_CHECKS: Mapping[str, Callable[[str], bool]] = {
    STATUS: is_inactive,
    ENABLED: is_off,
    BLOCKED: is_on,
    ACCOUNT_CONTROL: is_disabled_account,
}
# Programs write an earlier day for no day, and a later one than this for no end.
_FIRST_YEAR = 1950
_MAX_DAYS_AHEAD = 2 * 365


class Departure(NamedTuple):
    """What a row says of leaving.

    ``cell`` says that somebody has left. Then ``day`` is their last one, "" if the row does not
    tell it, or ``problem`` says why it is not clear. Without a ``cell``, ``day`` is one to come, ""
    where the row has none, and None where it says nothing of it.
    """

    cell: Problem | None = None
    day: str | None = None
    problem: Problem | None = None


NO_DEPARTURE = Departure()


class LeaverCheck:
    """Checks the rows of one file against one day."""

    def __init__(self, columns: Columns, order: DayOrder, today: date) -> None:
        self._columns = columns
        self._order = order
        self._today = today.isoformat()
        self._horizon = (today + timedelta(days=_MAX_DAYS_AHEAD)).isoformat()
        positions = columns.positions
        self._checks = [
            (position, check)
            for name, check in _CHECKS.items()
            for position in positions.get(name, ())
        ]
        self._statuses = positions.get(STATUS, ())
        self._end_dates = positions.get(END_DATE, ())
        self._names = (*positions.get("full_name", ()), *columns.loose_names)

    def read(self, cells: Sequence[str], start_date: str = "") -> Departure:
        """Return what a row says of leaving.

        A last day counts from that day on; not beside a status that says active, nor where the
        person started again after it. Until then a status says nothing of leaving.
        """
        if cell := self._reason(cells, start_date):
            return self._departed(cells, cell)
        return Departure(day=self._day_to_come(cells, start_date))

    def _reason(self, cells: Sequence[str], start_date: str) -> Problem | None:
        """Return the cell that says that somebody has left, or None."""
        for position, check in self._checks:
            if (cell := cells[position]) and check(cell) and not self._is_early(position, cells):
                return self._problem(position, cell)
        for position in self._names:
            remark = split_remark(cells[position])[1]
            if remark and is_inactive_remark(remark):
                return self._problem(position, remark)
        if self._end_dates and not any(is_active(cells[position]) for position in self._statuses):
            return self._ended(cells, start_date)
        return None

    def _is_early(self, position: int, cells: Sequence[str]) -> bool:
        """Return whether a status speaks of a last day that is still to come."""
        return position in self._statuses and any(
            min(self._days(cells[each]), default="") > self._today for each in self._end_dates
        )

    def _ended(self, cells: Sequence[str], start_date: str) -> Problem | None:
        for position in self._end_dates:
            days = self._days(cells[position])
            if days and all(self._is_past(day) and day >= start_date for day in days):
                return self._problem(position, cells[position])
        return None

    def _is_past(self, day: str) -> bool:
        return f"{_FIRST_YEAR}" <= day <= self._today

    def _departed(self, cells: Sequence[str], cell: Problem) -> Departure:
        """Return the last day of somebody who has left, if the row tells it."""
        for position in self._end_dates:
            days = list(filter(self._is_past, self._days(cells[position])))
            if len(days) == 1:
                return Departure(cell, days[0])
            if days:
                reason = parse_date(cells[position], self._order)[1]
                return Departure(
                    cell, problem=self._problem(position, cells[position], reason or WRITE_ISO)
                )
        return Departure(cell, "")

    def _day_to_come(self, cells: Sequence[str], start_date: str) -> str | None:
        """Return the last day to come, "" if all cells of it say that there is none."""
        if not self._end_dates:
            return None
        for position in self._end_dates:
            if not cells[position].strip():
                continue
            days = self._days(cells[position])
            if len(days) != 1:
                return None
            if max(self._today, start_date) < days[0] <= self._horizon:
                return days[0]
        return ""

    def _days(self, cell: str) -> list[str]:
        """Return the day in a cell, or the two that it may mean; nothing if it is none."""
        text = cell.strip()
        if not text:
            return []
        orders = self._order, DayOrder(day_first=True), DayOrder(month_first=True)
        day, *others = (parse_date(text, order)[0] for order in orders)
        return [day] if day else list(filter(None, others))

    def _problem(self, position: int, cell: str, reason: str = "") -> Problem:
        return problem_at(self._columns.heading_at(position), reason, cell)
