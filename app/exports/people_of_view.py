"""Everyone whom a view of the list shows, with their whole records, a page of work at a time."""

from __future__ import annotations

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
    """The people who meet the conditions, in the order of the list, in bounded memory.

    It costs what it gives; without any condition it gives everyone, in the store's own order. Each
    page of work has ``seconds`` of its own. Raises StorageUnavailable, perhaps after many pages.
    """
    if query.is_empty:
        return _everyone(directory, seconds)
    return _those_who_meet(directory, query, seconds)


def _everyone(directory: Directory, seconds: float) -> Iterator[People]:
    batches = directory.employees.iter_batches()
    while True:
        deadline.start(seconds)
        batch = next(batches, None)
        if batch is None:
            return
        yield batch.people


def _those_who_meet(directory: Directory, query: Query, seconds: float) -> Iterator[People]:
    cursor: str | None = None
    while True:
        deadline.start(seconds)
        page = directory.browse(query, cursor, MAX_BATCH)
        ids = [card.id for card in page.cards]
        found = directory.employees.get_many(ids) if ids else {}
        yield [found[each] for each in ids if each in found]
        cursor = page.next
        if cursor is None:
            return
