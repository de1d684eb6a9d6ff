"""Read a table once before it is planned: its rows, the order of day and month, odd values."""

from collections.abc import Callable
from typing import Any

from app.imports.files.headings import END_DATE
from app.imports.files.table import Table
from app.imports.planning.dates import DayOrder
from app.imports.planning.status_notices import StatusNotices
from app.model.fields import DATE_FIELDS

_ROWS_PER_RENEWAL = 2_000


def survey(table: Table, renew_lease: Callable[[], None]) -> dict[str, Any]:
    """Return the fields of a Job that tell of its rows."""
    order, count = DayOrder(counts_from_1904=table.counts_from_1904), 0
    statuses = StatusNotices(table.columns)
    positions = table.columns.positions
    names = (*DATE_FIELDS, END_DATE)
    date_columns = [column for name in names for column in positions.get(name, ())]
    for count, row in enumerate(table.rows(), 1):
        for column in date_columns:
            order.learn(row.cells[column])
        statuses.read(row.cells)
        if count % _ROWS_PER_RENEWAL == 0:
            renew_lease()
    return {
        "total": count,
        "notices": (*table.notices(), *order.notices(), *statuses.sentences()),
        "day_first": order.day_first,
        "month_first": order.month_first,
        "year_first": order.year_first,
    }
