"""A lease: of the tasks of one kind, such as reindex and import, one runs at a time.

It also keeps how far the task has come, for the one that goes on when it was killed.
"""

from __future__ import annotations

import json
import time
import uuid
from typing import Any

from app.model.errors import StorageUnavailable
from app.storage.dynamodb.client.calls import SERVICE, Calls
from app.storage.dynamodb.client.failures import ConditionFailed
from app.storage.dynamodb.client.tables import Tables

LIFE_SECONDS = 15.0
RENEW_SECONDS = 4.0
_LOOK_AGAIN_SECONDS = 0.5

Checkpoint = dict[str, Any]


class Lease:
    """Held by one task from ``acquire`` or ``try_acquire`` to ``release``."""

    def __init__(
        self, calls: Calls, tables: Tables, kind: str = "upkeep", task: str = "reindex or import"
    ) -> None:
        self._calls = calls
        self._table = tables.index
        self._key = tables.index_key(f"lease#{kind}", "-")
        self._task = task
        self._who = str(uuid.uuid4())
        self._renewed = 0.0

    def acquire(self) -> Checkpoint:
        """Wait until the lease is free; return how far the last task came that did not end.

        A task that was killed is waited for until its lease runs out. Raises StorageUnavailable
        when the other task is alive.
        """
        first_seen = None
        while (reached := self.try_acquire()) is None:
            until = self._held_until()
            first_seen = first_seen or until
            if until != first_seen:
                reason = f"another {self._task} is running: wait until it ends"
                raise StorageUnavailable(SERVICE, "dynamodb:UpdateItem", self._table, reason)
            time.sleep(_LOOK_AGAIN_SECONDS)
        return reached

    def try_acquire(self) -> Checkpoint | None:
        """Take it if nobody else holds it: how far the last task came. None: it is held."""
        try:
            return self._hold("attribute_not_exists(who) OR who = :who OR held_until < :now")
        except ConditionFailed:
            return None

    def seconds_until_free(self) -> float:
        """When another's hold runs out, if it is not renewed."""
        return min(max(self._held_until() - time.time(), 0.0), LIFE_SECONDS)

    @property
    def needs_renewal(self) -> bool:
        return time.monotonic() - self._renewed > RENEW_SECONDS

    def renew(self) -> None:
        """Call it between pieces of work that take a second or so."""
        if self.needs_renewal:
            self._hold_still()

    def verify(self) -> None:
        """Raise StorageUnavailable where another task holds the lease by now."""
        self._hold_still()

    def checkpoint(self, checkpoint: Checkpoint) -> None:
        """Remember how far the task has come."""
        self._hold_still(checkpoint)

    def fence(self) -> dict[str, Any]:
        """The action that fails the transaction it is in when another task holds the lease."""
        values = {":who": {"S": self._who}}
        check = {"ConditionExpression": "who = :who", "ExpressionAttributeValues": values}
        return {"ConditionCheck": {"TableName": self._table, "Key": self._key, **check}}

    def release(self, *, finished: bool = False) -> None:
        """Let another task acquire it at once; the checkpoint stays unless the task finished."""
        if finished:
            self._end("DeleteItem", {})
            return
        self._end(
            "UpdateItem",
            {
                "UpdateExpression": "SET held_until = :never",
                "ExpressionAttributeValues": {":never": {"N": "0"}},
            },
        )

    def _hold_still(self, checkpoint: Checkpoint | None = None) -> None:
        try:
            self._hold("who = :who AND held_until > :never", checkpoint)
        except ConditionFailed as error:
            reason = f"another {self._task} has taken over"
            raise StorageUnavailable(SERVICE, "dynamodb:UpdateItem", self._table, reason) from error

    def _hold(self, condition: str, checkpoint: Checkpoint | None = None) -> Checkpoint:
        now = time.time()
        values = {":who": {"S": self._who}, ":until": {"N": f"{now + LIFE_SECONDS:.3f}"}}
        for name, number in ((":now", now), (":never", 0)):
            if name in condition:
                values[name] = {"N": f"{number:.3f}"}
        change = "SET who = :who, held_until = :until"
        if checkpoint is not None:
            change += ", reached = :reached"
            values[":reached"] = {"S": json.dumps(checkpoint)}
        request = {
            "TableName": self._table,
            "Key": self._key,
            "UpdateExpression": change,
            "ConditionExpression": condition,
            "ExpressionAttributeValues": values,
            "ReturnValues": "ALL_NEW",
        }
        held = self._calls.write("UpdateItem", self._table, request)["Attributes"]
        self._renewed = time.monotonic()
        reached: Checkpoint = json.loads(held.get("reached", {}).get("S", "{}"))
        return reached

    def _end(self, operation: str, change: dict[str, Any]) -> None:
        values = {":who": {"S": self._who}, **change.pop("ExpressionAttributeValues", {})}
        request = {
            "TableName": self._table,
            "Key": self._key,
            **change,
            "ConditionExpression": "who = :who",
            "ExpressionAttributeValues": values,
        }
        try:
            self._calls.write(operation, self._table, request)
        except ConditionFailed:
            return  # it was another's already

    def _held_until(self) -> float:
        request = {"TableName": self._table, "Key": self._key, "ConsistentRead": True}
        item = self._calls.read("GetItem", self._table, request).get("Item", {})
        return float(item.get("held_until", {}).get("N", "0"))
