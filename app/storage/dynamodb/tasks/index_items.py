"""The scan of the whole index, and the kinds of items in it."""

from typing import Any

from app.storage.dynamodb.client.calls import Item
from app.storage.dynamodb.index.manifests import MANIFEST_VIEW, manifest_id
from app.storage.dynamodb.index.views import ROW_VIEWS

INDEX_SCAN: dict[str, Any] = {
    "Limit": 1_000,
    "ProjectionExpression": "#v, #a, c, id, rev, m, gone",
    "ExpressionAttributeNames": {"#v": "view", "#a": "at"},
}


def is_manifest(item: Item) -> bool:
    """Return whether it is the manifest of an employee."""
    return item["view"]["S"].startswith(MANIFEST_VIEW) and manifest_id(item) != ""


def is_nameless(item: Item) -> bool:
    """Return whether it is a manifest without a readable id."""
    return item["view"]["S"].startswith(MANIFEST_VIEW) and not manifest_id(item)


def is_row(item: Item) -> bool:
    """Return whether it lists an employee."""
    return item["view"]["S"].startswith(ROW_VIEWS) and "c" in item
