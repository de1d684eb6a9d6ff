"""The secret that all machines on one table share: the first conditional write wins."""

from app.storage.dynamodb.client.calls import Calls
from app.storage.dynamodb.client.failures import ConditionFailed
from app.storage.dynamodb.client.tables import Tables


def shared_secret(calls: Calls, tables: Tables, proposal: str) -> str:
    """Return the stored secret; store the proposal if there was none."""
    if stored := _read_secret(calls, tables):
        return stored
    request = {
        "TableName": tables.index,
        "Item": {**tables.index_key("secret", "-"), "secret": {"S": proposal}},
        "ConditionExpression": "attribute_not_exists(#v)",
        "ExpressionAttributeNames": {"#v": "view"},
    }
    try:
        calls.write("PutItem", tables.index, request)
    except ConditionFailed:  # another machine won, or the reply was lost
        return _read_secret(calls, tables) or proposal
    return proposal


def _read_secret(calls: Calls, tables: Tables) -> str:
    request = {
        "TableName": tables.index,
        "Key": tables.index_key("secret", "-"),
        "ConsistentRead": True,
    }
    item = calls.read("GetItem", tables.index, request).get("Item", {})
    secret: str = item.get("secret", {}).get("S", "")
    return secret
