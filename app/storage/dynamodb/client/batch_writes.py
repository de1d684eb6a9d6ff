"""BatchWriteItem: puts and deletes, each of which may be sent any number of times."""

import random
import time
from collections.abc import Iterable
from itertools import islice
from typing import Any

from app.storage.dynamodb.client.calls import Calls

MAX_BATCH_ACTIONS = 25


def write_batch(calls: Calls, table: str, actions: list[dict[str, Any]]) -> None:
    """Write at most 25 actions; send unprocessed items again after an exponential backoff."""
    unprocessed: dict[str, Any] = {table: actions}
    attempts = 0
    while unprocessed:
        response = calls.batch_write(table, {"RequestItems": unprocessed})
        unprocessed = response.get("UnprocessedItems") or {}
        if unprocessed:
            attempts += 1
            time.sleep(random.random() * min(2.0, 0.05 * 2**attempts))


def write_batches(calls: Calls, table: str, actions: Iterable[dict[str, Any]]) -> None:
    """Write any number of actions, in batches."""
    remaining = iter(actions)
    while batch := list(islice(remaining, MAX_BATCH_ACTIONS)):
        write_batch(calls, table, batch)
