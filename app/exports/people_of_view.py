"""Read the whole records of all people that match a query, one batch at a time."""

import math
from collections.abc import Iterator, Sequence

from app.access.viewer import Viewer
from app.contracts import MAX_BATCH, Query
from app.directory.people_below import PeopleBelow
from app.directory.service import Directory
from app.directory.sorting import Sort
from app.model.employee import Employee
from app.runtime import deadline

People = Sequence[Employee]


def people_of_view(
    directory: Directory,
    viewer: Viewer,
    query: Query,
    seconds: float = math.inf,
    sort: Sort | None = None,
) -> Iterator[People]:
    """Yield the people that match the query, in the order of the list, as the viewer sees them.

    With ``sort`` they come in that order if they are at most MAX_SORTED. Without conditions it
    yields everyone in the store's own order. Memory is bounded, and each batch has a deadline of
    ``seconds``. Raises NotAllowed, and StorageUnavailable, perhaps after many batches.
    """
    if sort is not None:
        deadline.start(seconds)
        if (ids := directory.sorted_ids(viewer, query, sort)) is not None:
            return _with_ids(directory, viewer, query, ids, seconds)
    if query.is_empty:
        return _everyone(directory, viewer, seconds)
    return _matching(directory, viewer, query, seconds)


def people_below(
    below: PeopleBelow,
    directory: Directory,
    viewer: Viewer,
    top: str,
    query: Query,
    seconds: float = math.inf,
) -> Iterator[People]:
    """Yield everyone below ``top`` who matches the query, like ``people_of_view``.

    They come in the order of the chart.
    """
    for ids in below.ids(viewer, top, query, seconds):
        yield _employees(directory, viewer, query, ids)


def _everyone(directory: Directory, viewer: Viewer, seconds: float) -> Iterator[People]:
    batches = directory.iter_batches(viewer)
    while True:
        deadline.start(seconds)
        people = next(batches, None)
        if people is None:
            return
        yield people


def _matching(
    directory: Directory, viewer: Viewer, query: Query, seconds: float
) -> Iterator[People]:
    cursor: str | None = None
    while True:
        deadline.start(seconds)
        page = directory.browse(viewer, query, cursor, MAX_BATCH)
        yield _employees(directory, viewer, query, [card.id for card in page.cards])
        cursor = page.next
        if cursor is None:
            return


def _with_ids(
    directory: Directory, viewer: Viewer, query: Query, ids: Sequence[str], seconds: float
) -> Iterator[People]:
    for start in range(0, max(len(ids), 1), MAX_BATCH):
        deadline.start(seconds)
        yield _employees(directory, viewer, query, ids[start : start + MAX_BATCH])


def _employees(directory: Directory, viewer: Viewer, query: Query, ids: Sequence[str]) -> People:
    employees = directory.get_many(viewer, ids, left=query.left)
    return [employees[key] for key in ids if key in employees]
