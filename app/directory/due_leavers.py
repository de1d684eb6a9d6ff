"""Those whose last day has come while nobody wrote their record, and who are still in lists."""

import logging
import math
import time
from collections.abc import Callable

from app.contracts import EmployeeStore, Facets
from app.model import leaving
from app.model.errors import StorageUnavailable

log = logging.getLogger(__name__)

# After a failure; and after nobody was found whom the counts tell of, which a reindex corrects.
_RETRY_SECONDS, _NOBODY_SECONDS = 30.0, 300.0


class DueLeavers:
    """Takes them out of lists as soon as the counts tell of them: at the first request of the day.

    So many at once as a page can wait for (MAX_LEAVERS_AT_ONCE), the others with the next counts.
    """

    def __init__(
        self, employees: EmployeeStore, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._employees = employees
        self._clock = clock
        self._next_at = -math.inf

    def carry_out(self, facets: Facets) -> bool:
        """Take out those of whom these counts tell; return whether they changed. Never fails."""
        today = leaving.today()
        if not facets.days_due(today) or self._clock() < self._next_at:
            return False
        try:
            people = self._employees.carry_out_leaving(today)
        except StorageUnavailable as error:
            log.warning("whose last day has come could not be taken out of lists: %s", error)
            self._next_at = self._clock() + _RETRY_SECONDS
            return False
        if not people:
            self._next_at = self._clock() + _NOBODY_SECONDS
            return False
        log.info("taken out of lists, since their last day has come: %s", people)
        return True
