"""The secret that all machines on one table share: the first conditional write wins."""

from app.contracts.employees import usable_secret
from app.storage.dynamodb.client.attributes import string_of, unchanged_attribute
from app.storage.dynamodb.client.calls import Calls, Item
from app.storage.dynamodb.client.failures import ConditionFailed
from app.storage.dynamodb.client.tables import Tables


def shared_secret(calls: Calls, tables: Tables, proposal: str) -> str:
    """Return the stored secret; store the proposal if there was none, or one that is none."""
    stored = _read_item(calls, tables)
    if secret := usable_secret(string_of(stored, "secret")):
        return secret
    request = {
        "TableName": tables.index,
        "Item": {**tables.index_key("secret", "-"), "secret": {"S": proposal}},
        **unchanged_attribute("secret", stored.get("secret")),
    }
    try:
        calls.write("PutItem", tables.index, request)
    except ConditionFailed:  # another machine won, or the reply was lost
        return usable_secret(string_of(_read_item(calls, tables), "secret")) or proposal
    return proposal


def _read_item(calls: Calls, tables: Tables) -> Item:
    request = {
        "TableName": tables.index,
        "Key": tables.index_key("secret", "-"),
        "ConsistentRead": True,
    }
    item: Item = calls.read("GetItem", tables.index, request).get("Item", {})
    return item
