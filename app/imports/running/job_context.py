"""What a job touches beside people and photos: the audit log, and the accounts of who leaves."""

import logging
from collections.abc import Callable
from typing import NamedTuple

from app.access.viewer import Origin, Role, Viewer
from app.contracts.accounts import LastAdmin
from app.contracts.history import HistoryStore
from app.contracts.import_jobs import Job
from app.contracts.linked_accounts import LinkedAccounts
from app.contracts.queries import MANAGER
from app.history.changes import Author
from app.imports.planning.lines import Line

log = logging.getLogger(__name__)


def _count_nothing() -> None:
    return


class JobContext(NamedTuple):
    """The audit log and the accounts of a directory, None where there are none.

    ``request_count`` asks for a counting of reports; it never raises.
    """

    history: HistoryStore | None = None
    accounts: LinkedAccounts | None = None
    request_count: Callable[[], None] = _count_nothing

    def count_again(self, job: Job) -> None:
        """Ask for a counting of reports if a job has set managers."""
        if job.sets_managers or job.samples or MANAGER in job.edit.fields:
            self.request_count()


class JobAccounts:
    """The accounts of the people of one job; ``author`` is who applies or undoes it."""

    def __init__(self, accounts: LinkedAccounts | None, author: Author) -> None:
        self._accounts = accounts
        origin = Origin.SESSION if author.account_id else Origin.COMMAND
        self._viewer = Viewer(
            role=Role.EDITOR, origin=origin, account_id=author.account_id, name=author.name
        )

    def refusal(self, line: Line) -> str:
        """Return why the person of a line cannot leave, "" if they can."""
        if self._accounts is None or not line.new.get("left_on"):
            return ""
        try:
            self._accounts.check_leaving(line.id)
        except LastAdmin as error:
            return str(error)
        return ""

    def follow(self, line: Line, left_on: object) -> None:
        """Disable the account of who has this last day now, or enable that of who has none."""
        if self._accounts is None or "left_on" not in line.new:
            return
        try:
            if isinstance(left_on, str) and left_on:
                self._accounts.leave(line.id, left_on, by=self._viewer)
            else:
                self._accounts.come_back(line.id, by=self._viewer)
        except LastAdmin as error:  # another one was disabled meanwhile
            log.warning("an account stays: %s", error)
