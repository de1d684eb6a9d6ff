"""SqlReports: the ReportStore in an SQL database."""

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime

from app.contracts.reports import MAX_CHAIN, Chain, RecordPage, ReportCount, check_batch
from app.model.errors import EmployeeNotFound
from app.storage.sql import records
from app.storage.sql.engines.database import Database, retry_when_rolled_back
from app.storage.sql.index import counting, reporting
from app.storage.sql.tasks import bulk_read


class SqlReports:
    """A ReportStore in an SQL database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def chain(self, employee_id: str, limit: int = MAX_CHAIN) -> Chain:
        """Implement ReportStore.chain: a read for each manager, then one of all records."""
        with self._database.reading("chain") as connection:
            if records.read(connection, employee_id) is None:
                raise EmployeeNotFound(employee_id)
            above, end = reporting.managers_above(connection, employee_id, limit)
            found = bulk_read.get_many(connection, above)
        return Chain(tuple(found[each] for each in above if each in found), end)

    def count_reports(self, employee_ids: Collection[str]) -> dict[str, ReportCount]:
        """Implement ReportStore.count_reports."""
        check_batch(employee_ids)
        with self._database.reading("count_reports") as connection:
            return dict(reporting.count_reports(connection, employee_ids))

    def leading(self, employee_ids: Collection[str]) -> set[str]:
        """Implement ReportStore.leading in one query."""
        check_batch(employee_ids)
        with self._database.reading("leading") as connection:
            return reporting.leading(connection, employee_ids)

    @retry_when_rolled_back
    def store_counts(self, counts: Mapping[str, ReportCount]) -> None:
        """Implement ReportStore.store_counts."""
        check_batch(counts)
        with self._database.writing("store_counts") as connection:
            reporting.store_counts(connection, counts)

    @retry_when_rolled_back
    def forget_counts(self, before: datetime) -> None:
        """Implement ReportStore.forget_counts."""
        with self._database.writing("forget_counts") as connection:
            counting.forget_counts(connection, before)

    def iter_managers(self) -> Iterator[tuple[str, str]]:
        """Implement ReportStore.iter_managers: in the order of numbers, one read per batch."""
        return counting.iter_managers(self._database)

    def counting_state(self) -> str:
        """Implement ReportStore.counting_state."""
        with self._database.reading("counting_state") as connection:
            return counting.read_state(connection)

    @retry_when_rolled_back
    def change_counting_state(self, before: str, after: str) -> bool:
        """Implement ReportStore.change_counting_state."""
        with self._database.writing("change_counting_state") as connection:
            return counting.change_state(connection, before, after)

    def read_records(self, bookmark: str, limit: int) -> RecordPage:
        """Implement ReportStore.read_records; a bookmark is the last number."""
        with self._database.reading("read_records") as connection:
            return bulk_read.read_some(connection, bookmark, limit)
