"""Imports in the index table: job states in the view ``imports``, parts in one view per job.

A job that needs work also has a row in a second view, written in the transaction of its state. Time
to live removes them all; the choices of columns, in a view of their own, stay. Sweeps and counts of
the index read the views of employees only.
"""

import base64
import contextlib
import time
import uuid
from collections.abc import Iterator
from itertools import islice
from typing import Any

from app.contracts.import_jobs import DAYS_KEPT, Job, JobChanged, JobNotFound, StoredJob
from app.contracts.stored_jobs import job_from
from app.storage.dynamodb.client.attributes import integer_of, string_of
from app.storage.dynamodb.client.batch_writes import write_batches
from app.storage.dynamodb.client.calls import Calls, Item
from app.storage.dynamodb.client.failures import ConditionFailed
from app.storage.dynamodb.client.pagination import query_view
from app.storage.dynamodb.client.tables import Tables

_JOBS_VIEW, _PENDING_VIEW = "imports", "imports-wanting-work"
_COLUMNS_VIEW = "import-columns"
_DAY_SECONDS = 24 * 60 * 60


class DynamoJobs:
    """A JobStore in the index table of DynamoDB."""

    def __init__(self, calls: Calls, tables: Tables) -> None:
        self._calls = calls
        self._table = tables.index

    def create(self, job: Job) -> None:
        """Implement JobStore.create."""
        try:
            self._put_state(job, 1, {"ConditionExpression": "attribute_not_exists(revision)"})
        except ConditionFailed:
            raise JobChanged(f"The import {job.id} was created by others.") from None

    def read(self, job_id: str) -> StoredJob:
        """Implement JobStore.read."""
        stored = _stored_job(self._get(Tables.index_key(_JOBS_VIEW, job_id), job_id))
        if stored is None:
            raise JobNotFound(job_id)
        return stored

    def write(self, job: Job, revision: int) -> int:
        """Implement JobStore.write."""
        condition = {
            "ConditionExpression": "revision = :read",
            "ExpressionAttributeValues": {":read": {"N": str(revision)}},
        }
        try:
            self._put_state(job, revision + 1, condition)
        except ConditionFailed:
            stored = self.read(job.id)
            if stored == StoredJob(job, revision + 1):
                return stored.revision  # it was written, but the reply was lost
            raise JobChanged(f"The import {job.id} was changed by others.") from None
        return revision + 1

    def recent(self, most: int, before: str = "") -> list[StoredJob]:
        """Implement JobStore.recent."""
        items = self._read_first(_JOBS_VIEW, most, forward=False, after=before)
        return [stored for item in items if (stored := _stored_job(item)) is not None]

    def pending(self, most: int) -> list[StoredJob]:
        """Implement JobStore.pending."""
        jobs = []
        for item in self._read_first(_PENDING_VIEW, most, forward=True):
            with contextlib.suppress(JobNotFound):  # it has expired
                jobs.append(self.read(item["at"]["S"]))
        return [stored for stored in jobs if stored.job.needs_work]

    def put_part(self, job_id: str, kind: str, number: int, content: bytes) -> None:
        """Implement JobStore.put_part."""
        item = {
            **_part_key(job_id, kind, number),
            "content": {"B": content},
            "ttl": {"N": _expires()},
        }
        self._put(item)

    def get_part(self, job_id: str, kind: str, number: int) -> bytes:
        """Implement JobStore.get_part."""
        content = _content(self._get(_part_key(job_id, kind, number), job_id))
        if content is None:
            raise JobNotFound(job_id)
        return content

    def delete(self, job_id: str) -> None:
        """Implement JobStore.delete; the state goes last, so that it can be repeated."""
        self._delete(list(self._part_keys(job_id)))
        self._delete([Tables.index_key(view, job_id) for view in (_PENDING_VIEW, _JOBS_VIEW)])

    def put_columns(self, headings_key: str, content: bytes) -> None:
        """Implement JobStore.put_columns; without a time to live."""
        self._put({**Tables.index_key(_COLUMNS_VIEW, headings_key), "content": {"B": content}})

    def get_columns(self, headings_key: str) -> bytes:
        """Implement JobStore.get_columns."""
        try:
            item = self._get(Tables.index_key(_COLUMNS_VIEW, headings_key), "")
        except JobNotFound:
            return b""
        return _content(item) or b""

    def _read_first(self, view: str, most: int, *, forward: bool, after: str = "") -> list[Item]:
        request: dict[str, Any] = {"ScanIndexForward": forward, "Limit": most}
        if after:
            request["ExclusiveStartKey"] = Tables.index_key(view, after)
        return list(islice(query_view(self._calls, self._table, view, request=request), most))

    def _part_keys(self, job_id: str) -> Iterator[Item]:
        return query_view(self._calls, self._table, _part_view(job_id), fields=["view", "at"])

    def _put(self, item: Item) -> None:
        self._calls.write("PutItem", self._table, {"TableName": self._table, "Item": item})

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
            **Tables.index_key(_JOBS_VIEW, job.id),
            "state": {"S": job.as_text()},
            "revision": {"N": str(revision)},
            "ttl": {"N": _expires()},
        }
        put = {"Put": {"TableName": self._table, "Item": item, **condition}}
        actions = [put, self._pending_action(job)]
        request = {"TransactItems": actions, "ClientRequestToken": str(uuid.uuid4())}
        self._calls.write("TransactWriteItems", self._table, request)

    def _pending_action(self, job: Job) -> dict[str, Any]:
        """Return the action that adds the job to the pending view, or removes it."""
        key = Tables.index_key(_PENDING_VIEW, job.id)
        if job.needs_work:
            return {"Put": {"TableName": self._table, "Item": {**key, "ttl": {"N": _expires()}}}}
        return {"Delete": {"TableName": self._table, "Key": key}}


def _part_view(job_id: str) -> str:
    return f"import#{job_id}"


def _part_key(job_id: str, kind: str, number: int) -> Item:
    return Tables.index_key(_part_view(job_id), f"{kind}#{number:08}")


def _content(item: Item) -> bytes | None:
    content = item.get("content", {})
    return base64.b64decode(content["B"]) if "B" in content else None


def _stored_job(item: Item) -> StoredJob | None:
    job, revision = job_from(string_of(item, "state")), integer_of(item, "revision")
    return None if job is None or revision is None else StoredJob(job, revision)


def _expires() -> str:
    return str(int(time.time()) + DAYS_KEPT * _DAY_SECONDS)
