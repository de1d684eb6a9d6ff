"""The manifest of an employee: which rows are in the index, or that the employee is gone.

Every write to the index is conditional on the manifest's ``rev``, which orders all writers: a save,
a heal, a reindex. Ids go through ``terms.id_sort_key``, since a key holds less than an id may.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import Any

from app.storage.dynamodb.client.calls import Item
from app.storage.dynamodb.client.tables import Tables
from app.storage.dynamodb.index.rows import PROJECTION, Shape
from app.text import search_keys

MANIFEST_VIEW = "of#"
# A form that is sent again within this time does not revive a deleted employee.
TOMBSTONE_SECONDS = 31 * 24 * 3600


@dataclass(frozen=True, slots=True)
class Manifest:
    """What the index holds of one employee, as read: ``shape`` is None for a tombstone.

    ``rev`` is 0 where there is no manifest. ``gone`` is the ``write_id`` of the deletion.
    """

    employee_id: str
    rev: int = 0
    shape: Shape | None = None
    gone: str | None = None
    ttl: int = 0

    @property
    def remembers_deletion(self) -> bool:
        """Whether it is a tombstone that still counts; the service removes them late."""
        return self.gone is not None and self.ttl > time.time()

    @property
    def is_newer(self) -> bool:
        """Whether a newer release wrote it: then its index rows are none of our business."""
        return self.shape is not None and self.shape.projection > PROJECTION

    def holds(self, digest: str) -> bool:
        """Whether the index rows are those of the projection with this hash."""
        return self.shape is not None and self.shape.hash == digest

    @property
    def counted_facets(self) -> tuple[str, ...]:
        return self.shape.counted_facets if self.shape else ()


def manifest_key(employee_id: str) -> Item:
    return Tables.index_key(MANIFEST_VIEW + search_keys.id_sort_key(employee_id), "-")


def read_manifest(employee_id: str, item: Item | None) -> Manifest:
    """The manifest in an item of the index (or in none)."""
    if item is None:
        return Manifest(employee_id)
    rev = int(item["rev"]["N"])
    if "gone" in item:
        ttl = int(item.get("ttl", {}).get("N", "0"))
        return Manifest(employee_id, rev, gone=item["gone"]["S"], ttl=ttl)
    return Manifest(employee_id, rev, _unpack(item.get("m", {}).get("S", "")))


def put_manifest(table: str, seen: Manifest, shape: Shape | None, gone: str) -> dict[str, Any]:
    """The action that puts the next manifest in place of the one that was seen."""
    item: Item = {
        **manifest_key(seen.employee_id),
        "id": {"S": seen.employee_id},
        "rev": {"N": str(seen.rev + 1)},
    }
    if shape is None:
        item["gone"] = {"S": gone}
        item["ttl"] = {"N": str(int(time.time()) + TOMBSTONE_SECONDS)}
    else:
        item["m"] = {"S": json.dumps(shape, ensure_ascii=False, separators=(",", ":"))}
    return {"Put": {"TableName": table, "Item": item, **_still(seen)}}


def check_manifest(table: str, seen: Manifest) -> dict[str, Any]:
    """The action that checks that the manifest is still the one that was seen."""
    key = manifest_key(seen.employee_id)
    return {"ConditionCheck": {"TableName": table, "Key": key, **_still(seen)}}


def _still(seen: Manifest) -> dict[str, Any]:
    if not seen.rev:
        return {"ConditionExpression": "attribute_not_exists(rev)"}
    values = {":seen": {"N": str(seen.rev)}}
    return {"ConditionExpression": "rev = :seen", "ExpressionAttributeValues": values}


def _unpack(packed: str) -> Shape | None:
    """The shape in a manifest; of a newer release's as much as we understand."""
    try:
        projection, digest, name_key, words, views, facets = json.loads(packed)[:6]
        return Shape(projection, digest, name_key, tuple(words), tuple(views), tuple(facets))
    except (ValueError, TypeError):
        return None
