"""Imports in the index table: their states in the view ``imports``, their parts beside it.

A job that wants work is named in a view of its own too, in the same transaction as its state.
The service removes them when their time is over. What sweeps and counts the index looks at the
views of people only, and so passes them by.
"""

from __future__ import annotations

import base64
import contextlib
import time
import uuid
from collections.abc import Iterator
from itertools import islice
from typing import Any

from app.contracts.import_jobs import DAYS_KEPT, Job, JobChanged, JobNotFound, StoredJob, job_from
from app.storage.dynamodb.client.batch_writes import write_batches
from app.storage.dynamodb.client.calls import Calls, Item
from app.storage.dynamodb.client.failures import ConditionFailed
from app.storage.dynamodb.client.pagination import rows_of
from app.storage.dynamodb.client.tables import Tables

_VIEW, _WANTING = "imports", "imports-wanting-work"
_DAY_SECONDS = 24 * 60 * 60


class DynamoJobs:
    """A JobStore; see app/contracts/import_jobs.py."""

    def __init__(self, calls: Calls, tables: Tables) -> None:
        self._calls = calls
        self._table = tables.index

    def create(self, job: Job) -> None:
        self._put_state(job, 1, {"ConditionExpression": "attribute_not_exists(revision)"})

    def read(self, job_id: str) -> StoredJob:
        return _stored(self._get(Tables.index_key(_VIEW, job_id), job_id))

    def write(self, job: Job, revision: int) -> int:
        condition = {
            "ConditionExpression": "revision = :read",
            "ExpressionAttributeValues": {":read": {"N": str(revision)}},
        }
        try:
            self._put_state(job, revision + 1, condition)
        except ConditionFailed:
            stored = self.read(job.id)
            if stored == StoredJob(job, revision + 1):
                return stored.revision  # it was written, and the reply was lost
            raise JobChanged(f"The import {job.id} was changed by others.") from None
        return revision + 1

    def recent(self, most: int, before: str = "") -> list[StoredJob]:
        return [_stored(item) for item in self._first(_VIEW, most, forward=False, after=before)]

    def pending(self, most: int) -> list[StoredJob]:
        found = []
        for item in self._first(_WANTING, most, forward=True):
            with contextlib.suppress(JobNotFound):  # its time was over
                found.append(self.read(item["at"]["S"]))
        return [stored for stored in found if stored.job.needs_work]

    def put_part(self, job_id: str, kind: str, number: int, content: bytes) -> None:
        item = {
            **_part_key(job_id, kind, number),
            "content": {"B": content},
            "ttl": {"N": _expiry()},
        }
        self._calls.write("PutItem", self._table, {"TableName": self._table, "Item": item})

    def get_part(self, job_id: str, kind: str, number: int) -> bytes:
        item = self._get(_part_key(job_id, kind, number), job_id)
        return base64.b64decode(item["content"]["B"])

    def delete(self, job_id: str) -> None:
        # The state goes last, so that a deletion that was cut short can be asked for again.
        self._delete(list(self._keys_of_parts(job_id)))
        self._delete([Tables.index_key(view, job_id) for view in (_WANTING, _VIEW)])

    def _first(self, view: str, most: int, *, forward: bool, after: str = "") -> list[Item]:
        request: dict[str, Any] = {"ScanIndexForward": forward, "Limit": most}
        if after:
            request["ExclusiveStartKey"] = Tables.index_key(view, after)
        return list(islice(rows_of(self._calls, self._table, view, request=request), most))

    def _keys_of_parts(self, job_id: str) -> Iterator[Item]:
        return rows_of(self._calls, self._table, _part_view(job_id), fields=["view", "at"])

    def _delete(self, keys: list[Item]) -> None:
        deletes = ({"DeleteRequest": {"Key": key}} for key in keys)
        write_batches(self._calls, self._table, deletes)

    def _get(self, key: Item, job_id: str) -> Item:
        request = {"TableName": self._table, "Key": key, "ConsistentRead": True}
        item: Item | None = self._calls.read("GetItem", self._table, request).get("Item")
        if item is None:
            raise JobNotFound(job_id)
        return item

    def _put_state(self, job: Job, revision: int, condition: dict[str, Any]) -> None:
        item = {
            **Tables.index_key(_VIEW, job.id),
            "state": {"S": job.as_text()},
            "revision": {"N": str(revision)},
            "ttl": {"N": _expiry()},
        }
        put = {"Put": {"TableName": self._table, "Item": item, **condition}}
        actions = [put, self._naming(job)]
        request = {"TransactItems": actions, "ClientRequestToken": str(uuid.uuid4())}
        self._calls.write("TransactWriteItems", self._table, request)

    def _naming(self, job: Job) -> dict[str, Any]:
        """Name the job among those that want work, or no longer."""
        key = Tables.index_key(_WANTING, job.id)
        if job.needs_work:
            return {"Put": {"TableName": self._table, "Item": {**key, "ttl": {"N": _expiry()}}}}
        return {"Delete": {"TableName": self._table, "Key": key}}


def _part_view(job_id: str) -> str:
    return f"import#{job_id}"


def _part_key(job_id: str, kind: str, number: int) -> Item:
    return Tables.index_key(_part_view(job_id), f"{kind}#{number:08}")


def _stored(item: Item) -> StoredJob:
    return StoredJob(job_from(item["state"]["S"]), int(item["revision"]["N"]))


def _expiry() -> str:
    return str(int(time.time()) + DAYS_KEPT * _DAY_SECONDS)
