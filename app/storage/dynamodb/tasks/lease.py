"""Lease: a lock with an expiry, so that one task of a kind, such as reindex or import, runs.

It also stores the checkpoint of the task, from which the next task resumes after a kill.
"""

import json
import time
import uuid
from typing import Any

from app.model.errors import StorageUnavailable, TaskRunning
from app.runtime import strict_json
from app.storage.dynamodb.client.attributes import number_of, string_of
from app.storage.dynamodb.client.calls import SERVICE, Calls
from app.storage.dynamodb.client.failures import ConditionFailed
from app.storage.dynamodb.client.tables import Tables

LIFE_SECONDS = 15.0
RENEW_SECONDS = 4.0
_POLL_SECONDS = 0.5
# A lease that ends later than this was not written by any clock: it is free.
_MAX_AHEAD_SECONDS = 3600.0

Checkpoint = dict[str, Any]


class Lease:
    """A lease that one task holds from ``acquire`` or ``try_acquire`` until ``release``.

    A checkpoint is JSON that another program may have changed: the task checks what it reads.
    """

    def __init__(
        self, calls: Calls, tables: Tables, kind: str = "upkeep", task: str = "reindex or import"
    ) -> None:
        self._calls = calls
        self._table = tables.index
        self._key = tables.index_key(f"lease#{kind}", "-")
        self._task = task
        self._holder = str(uuid.uuid4())
        self._renewed_at = 0.0

    def acquire(self) -> Checkpoint:
        """Wait for the lease; return the checkpoint of a task that did not finish, or {}.

        The wait lasts until the lease of a killed task expires. Raises StorageUnavailable when the
        other task renews its lease.
        """
        first_until = None
        while (reached := self.try_acquire()) is None:
            until = self._held_until()
            first_until = first_until or until
            if until != first_until:
                reason = f"another {self._task} is running: wait until it ends"
                raise TaskRunning(SERVICE, "dynamodb:UpdateItem", self._table, reason)
            time.sleep(_POLL_SECONDS)
        return reached

    def try_acquire(self) -> Checkpoint | None:
        """Acquire the lease if it is free, and return the checkpoint; None if it is held."""
        try:
            return self._update(
                "attribute_not_exists(who) OR who = :who "
                "OR NOT (held_until BETWEEN :now AND :latest)"
            )
        except ConditionFailed:
            return None

    def seconds_until_free(self) -> float:
        """Return the seconds until the lease of another task expires, if it is not renewed."""
        return min(max(self._held_until() - time.time(), 0.0), LIFE_SECONDS)

    @property
    def needs_renewal(self) -> bool:
        """Whether the last renewal is more than RENEW_SECONDS ago."""
        return time.monotonic() - self._renewed_at > RENEW_SECONDS

    def renew(self) -> None:
        """Renew the lease if it is due. Raises StorageUnavailable when another task holds it."""
        if self.needs_renewal:
            self._extend()

    def verify(self) -> None:
        """Renew the lease now. Raises StorageUnavailable when another task holds it."""
        self._extend()

    def checkpoint(self, checkpoint: Checkpoint) -> None:
        """Store a checkpoint and renew the lease. Raises StorageUnavailable like ``verify``."""
        self._extend(checkpoint)

    def fence(self) -> dict[str, Any]:
        """Return the action that fails its transaction when another task holds the lease."""
        values = {":who": {"S": self._holder}}
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

    def _extend(self, checkpoint: Checkpoint | None = None) -> None:
        try:
            self._update("who = :who AND held_until > :never", checkpoint)
        except ConditionFailed as error:
            reason = f"another {self._task} has taken over"
            raise StorageUnavailable(SERVICE, "dynamodb:UpdateItem", self._table, reason) from error

    def _update(self, condition: str, checkpoint: Checkpoint | None = None) -> Checkpoint:
        now = time.time()
        values = {":who": {"S": self._holder}, ":until": {"N": f"{now + LIFE_SECONDS:.3f}"}}
        times = ((":now", now), (":latest", now + _MAX_AHEAD_SECONDS), (":never", 0))
        for name, number in times:
            if name in condition:
                values[name] = {"N": f"{number:.3f}"}
        expression = "SET who = :who, held_until = :until"
        if checkpoint is not None:
            expression += ", reached = :reached"
            values[":reached"] = {"S": json.dumps(checkpoint)}
        request = {
            "TableName": self._table,
            "Key": self._key,
            "UpdateExpression": expression,
            "ConditionExpression": condition,
            "ExpressionAttributeValues": values,
            "ReturnValues": "ALL_NEW",
        }
        item = self._calls.write("UpdateItem", self._table, request)["Attributes"]
        self._renewed_at = time.monotonic()
        return strict_json.parse_object(string_of(item, "reached"))

    def _end(self, operation: str, change: dict[str, Any]) -> None:
        values = {":who": {"S": self._holder}, **change.pop("ExpressionAttributeValues", {})}
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
            return  # another task holds it

    def _held_until(self) -> float:
        request = {"TableName": self._table, "Key": self._key, "ConsistentRead": True}
        item = self._calls.read("GetItem", self._table, request).get("Item", {})
        return number_of(item, "held_until", 0.0, strict_json.MAX_UNIX_TIME) or 0.0
