"""Divide a stream into batches of a limited size."""

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

T = TypeVar("T")


def by_size(
    items: Iterable[T], size_of: Callable[[T], int], max_size: int, max_items: int
) -> Iterator[list[T]]:
    """Yield batches of at most ``max_items`` and ``max_size``; a larger item is one by itself."""
    batch: list[T] = []
    size = 0
    for item in items:
        item_size = size_of(item)
        if len(batch) == max_items or (batch and size + item_size > max_size):
            yield batch
            batch, size = [], 0
        batch.append(item)
        size += item_size
    if batch:
        yield batch
