"""Heartbeats in the index table: one row per machine in the view ``fleet``, for ten minutes.

A heartbeat of less than 1 KB every five seconds is one write unit: about a third of a dollar a
month per machine. The write of a machine returns what others request of it, which saves a read.
"""

import time
from typing import Any

from app.contracts.heartbeats import FORGOTTEN_SECONDS, Heartbeat, heartbeat_from
from app.runtime import strict_json
from app.storage.dynamodb.client.attributes import number_of, string_of
from app.storage.dynamodb.client.calls import Calls, Item
from app.storage.dynamodb.client.failures import ConditionFailed
from app.storage.dynamodb.client.tables import Tables

_VIEW = "fleet"
_NAMES = {"#ttl": "ttl", "#stop": "asked_to_stop"}


class DynamoHeartbeats:
    """A HeartbeatStore in the index table of DynamoDB."""

    def __init__(self, calls: Calls, tables: Tables) -> None:
        self._calls = calls
        self._table = tables.index

    def put(self, heartbeat: Heartbeat) -> float | None:
        """Implement HeartbeatStore.put."""
        expires = int(heartbeat.at + FORGOTTEN_SECONDS)
        response = self._update(
            heartbeat.machine,
            {
                "UpdateExpression": "SET h = :h, #ttl = :ttl REMOVE #stop",
                "ExpressionAttributeNames": _NAMES,
                "ExpressionAttributeValues": {
                    ":h": {"S": heartbeat.as_text()},
                    ":ttl": {"N": str(expires)},
                },
                "ReturnValues": "ALL_OLD",
            },
        )
        before = response.get("Attributes", {})
        return number_of(before, "asked_to_stop", 0.0, strict_json.MAX_UNIX_TIME)

    def all(self) -> list[Heartbeat]:
        """Implement HeartbeatStore.all."""
        request: dict[str, Any] = {
            "TableName": self._table,
            "KeyConditionExpression": "#v = :v",
            "ExpressionAttributeNames": {"#v": "view"},
            "ExpressionAttributeValues": {":v": {"S": _VIEW}},
        }
        items: list[Item] = self._calls.read("Query", self._table, request)["Items"]
        heartbeats = (heartbeat_from(string_of(item, "h")) for item in items)
        # DynamoDB removes expired rows days late.
        oldest = time.time() - FORGOTTEN_SECONDS
        return [heartbeat for heartbeat in heartbeats if heartbeat and heartbeat.at > oldest]

    def request_stop(self, machine: str) -> bool:
        """Implement HeartbeatStore.request_stop."""
        try:
            self._update(
                machine,
                {
                    "UpdateExpression": "SET #stop = :now",
                    "ConditionExpression": "attribute_exists(h)",
                    "ExpressionAttributeNames": {"#stop": _NAMES["#stop"]},
                    "ExpressionAttributeValues": {":now": {"N": f"{time.time():.3f}"}},
                },
            )
        except ConditionFailed:
            return False
        return True

    def _update(self, machine: str, change: dict[str, Any]) -> dict[str, Any]:
        key = Tables.index_key(_VIEW, machine)
        request = {"TableName": self._table, "Key": key, **change}
        return self._calls.write("UpdateItem", self._table, request)
