"""BatchGetItem: items by their keys, strongly consistent unless told otherwise."""

import random
import time
from typing import Any

from app.model.errors import StorageUnavailable
from app.storage.dynamodb.client.calls import SERVICE, Calls, Item

# Limit of BatchGetItem.
MAX_BATCH_KEYS = 100
_MAX_EMPTY_RESPONSES = 8


def batch_get(
    calls: Calls, keys: dict[str, list[Item]], *, eventually: str = ""
) -> dict[str, list[Item]]:
    """Read at most MAX_BATCH_KEYS items of some tables by their keys; retry unprocessed keys.

    Those of the table ``eventually`` may be about a second old, at half the cost.
    """
    items: dict[str, list[Item]] = {table: [] for table in keys}
    unprocessed: dict[str, Any] = {
        table: {"Keys": ids, "ConsistentRead": table != eventually}
        for table, ids in keys.items()
        if ids
    }
    empty_responses = 0
    while unprocessed:
        resource, request = ", ".join(unprocessed), {"RequestItems": unprocessed}
        response = calls.read("BatchGetItem", resource, request)
        for table, page in response["Responses"].items():
            items[table] += page
        unprocessed = response.get("UnprocessedKeys") or {}
        empty_responses = 0 if any(response["Responses"].values()) else empty_responses + 1
        if unprocessed and empty_responses:
            _back_off(", ".join(unprocessed), empty_responses)
    return items


def _back_off(resource: str, empty_responses: int) -> None:
    """Wait after a response without items. Raises StorageUnavailable after too many."""
    if empty_responses > _MAX_EMPTY_RESPONSES:
        reason = "too many requests (throttled)"
        raise StorageUnavailable(SERVICE, "dynamodb:BatchGetItem", resource, reason)
    time.sleep(random.random() * min(0.5, 0.02 * 2**empty_responses))
