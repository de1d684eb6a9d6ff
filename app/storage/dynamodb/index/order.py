"""The order of names in the index, stored beside it.

Writers learn of a change within MAX_AGE_SECONDS: the reindex that changes it waits for longer
before it looks at the first record, so that no writer puts one back into the order of before.
"""

from app.contracts.list_order import StoredOrder
from app.model.employee import Employee
from app.runtime.ttl import TtlValue
from app.storage.dynamodb.client.attributes import string_of
from app.storage.dynamodb.client.calls import Calls, Item
from app.storage.dynamodb.client.tables import Tables
from app.storage.dynamodb.index.rows import Projection, project_rows
from app.storage.dynamodb.index.views import NAME_VIEW

_KEY = Tables.index_key("order", "-")
MAX_AGE_SECONDS = 5.0


class IndexOrder:
    """The order of one index table, remembered for MAX_AGE_SECONDS."""

    def __init__(self, calls: Calls, tables: Tables) -> None:
        self._calls = calls
        self._tables = tables
        self._stored: TtlValue[StoredOrder] = TtlValue(MAX_AGE_SECONDS)

    def with_calls(self, calls: Calls) -> "IndexOrder":
        """Return the same order, read by other calls."""
        other = IndexOrder(calls, self._tables)
        other._stored = self._stored
        return other

    def project(self, employee: Employee) -> Projection:
        """Return the content that the index must have for this employee."""
        return project_rows(employee, self.get().written)

    def project_as_known(self, employee: Employee) -> Projection:
        """Return the same by the order as it was last read, however long ago."""
        return project_rows(employee, (self._stored.last or self.get()).written)

    def get(self, max_age_seconds: float | None = None) -> StoredOrder:
        """Return the order. Raises StorageUnavailable."""
        return self._stored.get(lambda _: self._read(), max_age_seconds)

    def put(self, order: StoredOrder) -> None:
        """Store the order; the caller holds the lease of tasks, or the directory is empty."""
        item: Item = {**_KEY, "by": {"S": order.written.value}}
        if order.is_mixed:
            item["mixed"] = {"S": "1"}
        request = {"TableName": self._tables.index, "Item": item}
        self._calls.write("PutItem", self._tables.index, request)
        self._stored.expire()

    def is_needless(self) -> bool:
        """Return whether there is nobody to put in order, neither a record nor an index row."""
        scan = {"TableName": self._tables.people, "Limit": 1, "ConsistentRead": True}
        query = {
            "TableName": self._tables.index,
            "KeyConditionExpression": "#v = :v",
            "ExpressionAttributeNames": {"#v": "view"},
            "ExpressionAttributeValues": {":v": {"S": NAME_VIEW}},
            "ConsistentRead": True,
            "Limit": 1,
        }
        return not (
            self._calls.read("Scan", self._tables.people, scan)["Items"]
            or self._calls.read("Query", self._tables.index, query)["Items"]
        )

    def _read(self) -> StoredOrder:
        request = {"TableName": self._tables.index, "Key": _KEY, "ConsistentRead": True}
        item = self._calls.read("GetItem", self._tables.index, request).get("Item") or {}
        return StoredOrder.parse(string_of(item, "by"), string_of(item, "mixed"))
