"""Batches of puts and deletes, each of which may be sent any number of times."""

from __future__ import annotations

import random
import time
from collections.abc import Iterable
from itertools import islice
from typing import Any

from app.storage.dynamodb.client.calls import Calls

MAX_BATCH_ACTIONS = 25


def write_batch(calls: Calls, table: str, actions: list[dict[str, Any]]) -> None:
    """Carry out at most 25 actions; what the service left is sent again, after a while."""
    left: dict[str, Any] = {table: actions}
    tries = 0
    while left:
        answer = calls.put_rows(table, {"RequestItems": left})
        left = answer.get("UnprocessedItems") or {}
        if left:
            tries += 1
            time.sleep(random.random() * min(2.0, 0.05 * 2**tries))


def write_batches(calls: Calls, table: str, actions: Iterable[dict[str, Any]]) -> None:
    """Carry out any number of actions."""
    waiting = iter(actions)
    while batch := list(islice(waiting, MAX_BATCH_ACTIONS)):
        write_batch(calls, table, batch)
