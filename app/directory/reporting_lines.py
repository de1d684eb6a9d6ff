"""Who reports to whom, as a viewer sees it: the managers above, the reports, and how many."""

from collections.abc import Collection
from contextlib import suppress
from datetime import datetime
from itertools import pairwise
from typing import NamedTuple

from app.access.masks import mask_employee
from app.access.rights import Right, may, require
from app.access.viewer import Viewer
from app.contracts import PAGE_SIZE, Page, Query
from app.contracts.queries import MANAGER
from app.contracts.reports import Chain, ChainEnd, ReportCount, ReportStore
from app.directory.counting import Counting
from app.directory.service import Directory
from app.model import leaving
from app.model.employee import Employee
from app.model.errors import EmployeeNotFound


class Team(NamedTuple):
    """Somebody and how many report to them, exact when it was counted."""

    manager_id: str
    name: str
    direct: int


class LargestTeams(NamedTuple):
    """Those who lead the most, the most first, and when that was counted (UTC)."""

    teams: tuple[Team, ...] = ()
    counted_at: datetime | None = None


class ReportingLines:
    """The reporting lines of a directory.

    Who has left is nobody's manager for those who may not know of leavers: a line ends below them.
    """

    def __init__(
        self, directory: Directory, reports: ReportStore, counting: Counting | None = None
    ) -> None:
        self._directory = directory
        self._reports = reports
        self._counting = counting

    def chain(self, viewer: Viewer, employee_id: str) -> Chain:
        """Return the managers above somebody, the nearest first. Raises EmployeeNotFound."""
        return self.chain_of(viewer, self._directory.get(viewer, employee_id))

    def chain_of(self, viewer: Viewer, person: Employee) -> Chain:
        """Return the managers above somebody whom the viewer was just shown."""
        managers, end = self._reports.chain(person.id)
        today = leaving.today()
        if not may(viewer, Right.LEAVE):
            for number, manager in enumerate(managers):
                if leaving.has_left(manager, today):
                    managers, end = managers[:number], ChainEnd.NOBODY
                    break
        sight = self._directory.sight_of(viewer)
        seen = tuple(mask_employee(each, sight) for each in managers)
        for number, each in enumerate((person, *seen)):
            if not each.manager:  # the top, or they hide whom they report to
                return Chain(seen[:number])
        return Chain(seen, end)

    def manager_of(self, viewer: Viewer, employee: Employee) -> Employee | None:
        """Return the manager of somebody; None if they have none whom the viewer may know of."""
        if employee.manager:
            with suppress(EmployeeNotFound):
                return self._directory.get(viewer, employee.manager)
        return None

    def report_above(self, viewer: Viewer, manager_id: str, employee_id: str) -> Employee | None:
        """Return the direct report of a manager who is an employee, or stands above them.

        None if they do not stand below the manager. Raises EmployeeNotFound.
        """
        require(viewer, Right.EDIT_PEOPLE)
        line = (
            self._directory.get(viewer, employee_id),
            *self._reports.chain(employee_id).managers,
        )
        above = (one for one, manager in pairwise(line) if manager.id == manager_id)
        return next(above, None)

    def unknown_manager(self, employee: Employee) -> str:
        """Return the manager of a seen employee where it is the id of nobody at all, else "".

        Other programs write names and numbers there. The id of who has left is not told.
        """
        if not employee.manager or self._reports.chain(employee.id, 1).managers:
            return ""
        return employee.manager

    def reports(
        self, viewer: Viewer, employee_id: str, cursor: str | None = None, limit: int = PAGE_SIZE
    ) -> Page:
        """Return one page of those who report to somebody, in the order of lists."""
        return self._directory.browse(viewer, Query(manager=employee_id), cursor, limit)

    def count(self, viewer: Viewer, employee_ids: Collection[str]) -> dict[str, ReportCount]:
        """Return how many report to each of at most MAX_BATCH; see ReportStore.count_reports.

        What an earlier counting than the last found is left out: they lead others now.
        """
        require(viewer, Right.SEE_PEOPLE)
        counts = self._reports.count_reports(employee_ids)
        last = self._counting.seen_state().counted_at if self._counting and counts else None
        return {
            each: ReportCount(count.direct) if last and (count.counted_at or last) < last else count
            for each, count in counts.items()
        }

    def largest_teams(self, viewer: Viewer) -> LargestTeams:
        """Return who had the most direct reports when these were last counted: some of them.

        Nobody before the first counting, nor for a viewer who may not see managers.
        """
        require(viewer, Right.SEE_PEOPLE)
        if not self._counting or MANAGER in self._directory.sight_of(viewer).restricted:
            return LargestTeams()
        state = self._counting.seen_state()
        names = self.names(viewer, [key for key, _ in state.largest])
        teams = (Team(key, names[key], direct) for key, direct in state.largest if key in names)
        return LargestTeams(tuple(teams), state.counted_at)

    def names(self, viewer: Viewer, employee_ids: Collection[str]) -> dict[str, str]:
        """Return the full names of those of at most MAX_BATCH ids whom the viewer may know of."""
        require(viewer, Right.SEE_PEOPLE)
        found = self._directory.employees.get_many(employee_ids) if employee_ids else {}
        today, sees_leavers = leaving.today(), may(viewer, Right.LEAVE)
        return {
            key: one.full_name
            for key, one in found.items()
            if sees_leavers or not leaving.has_left(one, today)
        }
