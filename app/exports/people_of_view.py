"""Read the whole records of all people that match a query, one batch at a time."""

import math
from collections.abc import Iterator, Sequence

from app.contracts import MAX_BATCH, Query
from app.directory.service import Directory
from app.model.employee import Employee
from app.runtime import deadline

People = Sequence[Employee]


def people_of_view(
    directory: Directory, query: Query, seconds: float = math.inf
) -> Iterator[People]:
    """Yield the people that match the query, in the order of the list, in bounded memory.

    Without conditions it yields everyone in the store's own order. Each batch has a deadline of
    ``seconds``. Raises StorageUnavailable, perhaps after many batches.
    """
    if query.is_empty:
        return _everyone(directory, seconds)
    return _matching(directory, query, seconds)


def _everyone(directory: Directory, seconds: float) -> Iterator[People]:
    batches = directory.employees.iter_batches()
    while True:
        deadline.start(seconds)
        batch = next(batches, None)
        if batch is None:
            return
        yield batch.people


def _matching(directory: Directory, query: Query, seconds: float) -> Iterator[People]:
    cursor: str | None = None
    while True:
        deadline.start(seconds)
        page = directory.browse(query, cursor, MAX_BATCH)
        ids = [card.id for card in page.cards]
        employees = directory.employees.get_many(ids) if ids else {}
        yield [employees[key] for key in ids if key in employees]
        cursor = page.next
        if cursor is None:
            return
