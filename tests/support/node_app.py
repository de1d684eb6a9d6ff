"""The course's application in Node, as far as the table knows it: it scans, and puts whole items.

Its items hold ``id``, ``name``, ``email``, ``location`` and ``photo``, the key of an object of the
bucket. What it finds beside them in an item that it edits goes back with it.
"""

from typing import Any

Item = dict[str, Any]
ATTRIBUTES = ("name", "email", "location", "photo")


class NodeApp:
    """One running application, on the table that a client knows by this name."""

    def __init__(self, client: Any, table: str) -> None:
        self._client = client
        self._table = table

    def list(self) -> dict[str, dict[str, str]]:
        """Everyone, as its page shows them, by id."""
        pages = self._client.get_paginator("scan").paginate(
            TableName=self._table, ConsistentRead=True
        )
        return {item["id"]["S"]: _shown(item) for page in pages for item in page["Items"]}

    def save(self, employee_id: str, **fields: str) -> None:
        """Add or edit someone; an empty text takes an attribute out."""
        key = {"id": {"S": employee_id}}
        reply = self._client.get_item(TableName=self._table, Key=key, ConsistentRead=True)
        item = {**reply.get("Item", key), **{name: {"S": text} for name, text in fields.items()}}
        self.put({name: value for name, value in item.items() if value != {"S": ""}})

    def put(self, item: Item) -> None:
        """Put an item whole."""
        self._client.put_item(TableName=self._table, Item=item)

    def delete(self, employee_id: str) -> None:
        self._client.delete_item(TableName=self._table, Key={"id": {"S": employee_id}})


def of_node(employee_id: str, **fields: str) -> Item:
    """An item as the application makes it."""
    return {name: {"S": text} for name, text in {"id": employee_id, **fields}.items()}


def _shown(item: Item) -> dict[str, str]:
    return {name: item[name]["S"] for name in ATTRIBUTES if name in item}
