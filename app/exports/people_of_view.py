"""Read the whole records of all people that match a query, one batch at a time."""

import math
from collections.abc import Iterator, Sequence

from app.contracts import MAX_BATCH, Query
from app.directory.service import Directory
from app.directory.sorting import Sort
from app.model.employee import Employee
from app.runtime import deadline

People = Sequence[Employee]


def people_of_view(
    directory: Directory, query: Query, seconds: float = math.inf, sort: Sort | None = None
) -> Iterator[People]:
    """Yield the people that match the query, in the order of the list, in bounded memory.

    With ``sort`` they come in that order if they are at most MAX_SORTED. Without conditions it
    yields everyone in the store's own order. Each batch has a deadline of ``seconds``. Raises
    StorageUnavailable, perhaps after many batches.
    """
    if sort is not None:
        deadline.start(seconds)
        if (ids := directory.sorted_ids(query, sort)) is not None:
            return _with_ids(directory, ids, seconds)
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
        yield _employees(directory, [card.id for card in page.cards])
        cursor = page.next
        if cursor is None:
            return


def _with_ids(directory: Directory, ids: Sequence[str], seconds: float) -> Iterator[People]:
    for start in range(0, max(len(ids), 1), MAX_BATCH):
        deadline.start(seconds)
        yield _employees(directory, ids[start : start + MAX_BATCH])


def _employees(directory: Directory, ids: Sequence[str]) -> People:
    employees = directory.employees.get_many(ids) if ids else {}
    return [employees[key] for key in ids if key in employees]
