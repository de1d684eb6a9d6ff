"""Which changes of the table's stream were made by other programs, told without a read."""

from collections.abc import Iterable
from datetime import datetime

from app.history.difference import is_as_recorded
from app.storage.dynamodb.index.order import IndexOrder
from app.storage.dynamodb.records.codec import employee_from, index_hash
from app.storage.dynamodb.tasks.stream import Change

# A stream may round times to the minute, and the clocks of machines differ.
_MAX_CLOCK_SKEW_SECONDS = 120.0
_MAX_EXPECTED = 10_000


class ForeignChanges:
    """Tells them by the hash of the index rows and the time of the save, which our saves write."""

    def __init__(self, order: IndexOrder) -> None:
        self._order = order
        # The writes of our own repairs to records, which the stream returns.
        self._expected: set[tuple[str, str]] = set()

    def find(self, changes: Iterable[Change]) -> dict[str, str]:
        """Return the ids that other programs changed, with the hash that a repair will write."""
        hash_of = {}
        for change in changes:
            if change.image is None:
                hash_of[change.employee_id] = ""
                continue
            employee = employee_from(change.image)
            digest = self._order.project(employee).hash
            repaired = (change.employee_id, digest)
            if index_hash(change.image) != digest or not is_as_recorded(employee):
                hash_of[change.employee_id] = digest
            elif repaired in self._expected:
                self._expected.discard(repaired)
            # An old copy of a record that was put back has a matching hash, but an old time.
            elif not _is_same_time(employee.updated_at, change.at):
                hash_of[change.employee_id] = digest
        return hash_of

    def expect(self, repaired: Iterable[tuple[str, str]]) -> None:
        """Expect the writes of these repairs, by id and hash."""
        if len(self._expected) > _MAX_EXPECTED:
            self._expected.clear()
        self._expected |= set(repaired)


def _is_same_time(saved: datetime | None, at: float) -> bool:
    return saved is not None and abs(saved.timestamp() - at) <= _MAX_CLOCK_SKEW_SECONDS
