"""What other programs wrote into records that a page has read: told and indexed after it.

A release that knows no leavers lists them again by its reindex, which changes no content.
"""

import logging

from app.history.difference import is_as_recorded
from app.model import leaving
from app.model.employee import Employee
from app.model.errors import StorageUnavailable
from app.storage.sql import records
from app.storage.sql.engines.database import Database, retry_when_rolled_back
from app.storage.sql.index import order
from app.storage.sql.index.entries import entries_of

log = logging.getLogger(__name__)

_MAX_PENDING = 100


class OutsideChanges:
    """The people whose records another program has changed, as far as they were read."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._pending: set[str] = set()

    @property
    def are_pending(self) -> bool:
        """Whether there is something to store."""
        return bool(self._pending)

    def notice(self, record: records.Record) -> Employee:
        """Return the employee in a record; remember what of them there is to store."""
        employee = record.employee
        is_right = is_as_recorded(employee) and not _is_wrongly_listed(record)
        if not is_right and len(self._pending) < _MAX_PENDING:
            self._pending.add(employee.id)
        return employee

    def store(self) -> None:
        """Store the changes; log a database that does not answer. They are noticed again then."""
        try:
            while self._pending:
                _store(self._database, self._pending.pop())
        except StorageUnavailable as error:
            log.warning("changes of another program wait: %s", error)


def _is_wrongly_listed(record: records.Record) -> bool:
    left_on = record.employee.left_on
    if not left_on or record.entries.has_left:
        return False
    return leaving.has_come(left_on, leaving.today())


@retry_when_rolled_back
def _store(database: Database, employee_id: str) -> None:
    with database.writing("outside") as connection:
        record = records.read(connection, employee_id, to_change=True)
        if record is not None:
            entries = entries_of(record.employee, order.written(connection))
            records.reindex_record(connection, record, entries, {})
            records.record_outside(connection, record)
