"""What other programs wrote into records that a page has read: told and indexed after it."""

import logging
from typing import TypeVar

from app.history.difference import is_as_recorded
from app.model.employee import Employee
from app.model.errors import StorageUnavailable
from app.storage.sql import records
from app.storage.sql.engines.database import Database, retry_when_rolled_back
from app.storage.sql.index import order
from app.storage.sql.index.entries import entries_of

log = logging.getLogger(__name__)

_MAX_PENDING = 100
_Read = TypeVar("_Read", bound=Employee)


class OutsideChanges:
    """The people whose records another program has changed, as far as they were read."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._pending: set[str] = set()

    @property
    def are_pending(self) -> bool:
        """Whether there is something to store."""
        return bool(self._pending)

    def notice(self, employee: _Read) -> _Read:
        """Return an employee who was read; remember them if another program has changed them."""
        if not is_as_recorded(employee) and len(self._pending) < _MAX_PENDING:
            self._pending.add(employee.id)
        return employee

    def store(self) -> None:
        """Store the changes; log a database that does not answer. They are noticed again then."""
        try:
            while self._pending:
                _store(self._database, self._pending.pop())
        except StorageUnavailable as error:
            log.warning("changes of another program wait: %s", error)


@retry_when_rolled_back
def _store(database: Database, employee_id: str) -> None:
    with database.writing("outside") as connection:
        record = records.read(connection, employee_id, to_change=True)
        if record is not None:
            entries = entries_of(record.employee, order.written(connection))
            records.reindex_record(connection, record, entries, {})
            records.record_outside(connection, record)
