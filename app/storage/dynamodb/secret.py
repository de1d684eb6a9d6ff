"""The secret that all machines on one table share: the first conditional write decides it."""

from __future__ import annotations

from app.storage.dynamodb.client.calls import Calls
from app.storage.dynamodb.client.failures import ConditionFailed
from app.storage.dynamodb.client.tables import Tables


def shared_secret(calls: Calls, tables: Tables, proposal: str) -> str:
    """The secret that is stored; the proposal if there was none."""
    if stored := _stored(calls, tables):
        return stored
    request = {
        "TableName": tables.index,
        "Item": {**tables.index_key("secret", "-"), "secret": {"S": proposal}},
        "ConditionExpression": "attribute_not_exists(#v)",
        "ExpressionAttributeNames": {"#v": "view"},
    }
    try:
        calls.write("PutItem", tables.index, request)
    except ConditionFailed:  # another machine was faster, or our own reply was lost
        return _stored(calls, tables) or proposal
    return proposal


def _stored(calls: Calls, tables: Tables) -> str:
    request = {
        "TableName": tables.index,
        "Key": tables.index_key("secret", "-"),
        "ConsistentRead": True,
    }
    item = calls.read("GetItem", tables.index, request).get("Item", {})
    secret: str = item.get("secret", {}).get("S", "")
    return secret
