"""The manifest of an employee: the list of index rows, or a tombstone after a deletion.

Every write to the index is conditional on the ``rev`` of the manifest, which serialises all
writers: a save, a repair, a reindex. Keys use ``search_keys.id_sort_key``, since an id may be too
long for a key.
"""

import json
import time
from dataclasses import dataclass
from typing import Any

from app.storage.dynamodb.client.calls import Item
from app.storage.dynamodb.client.tables import Tables
from app.storage.dynamodb.index.rows import PROJECTION, Shape
from app.text import search_keys

MANIFEST_VIEW = "of#"
# A form that is sent again within this time does not restore a deleted employee.
TOMBSTONE_SECONDS = 31 * 24 * 3600


@dataclass(frozen=True, slots=True)
class Manifest:
    """The state of the index for one employee, as read; ``shape`` is None for a tombstone.

    ``rev`` is 0 if there is no manifest. ``deleted_by`` is the ``write_id`` of the deletion.
    """

    employee_id: str
    rev: int = 0
    shape: Shape | None = None
    deleted_by: str | None = None
    ttl: int = 0

    @property
    def is_tombstone(self) -> bool:
        """Whether it is a tombstone that has not expired; the service removes them late."""
        return self.deleted_by is not None and self.ttl > time.time()

    @property
    def is_newer(self) -> bool:
        """Whether a newer release wrote it, whose index rows must be left alone."""
        return self.shape is not None and self.shape.projection > PROJECTION

    def holds(self, digest: str) -> bool:
        """Return whether the index rows are those of the projection with this hash."""
        return self.shape is not None and self.shape.hash == digest

    @property
    def counted_facets(self) -> tuple[str, ...]:
        """The facets to which the employee adds one."""
        return self.shape.counted_facets if self.shape else ()


def manifest_key(employee_id: str) -> Item:
    """Return the primary key of the manifest of an employee."""
    return Tables.index_key(MANIFEST_VIEW + search_keys.id_sort_key(employee_id), "-")


def read_manifest(employee_id: str, item: Item | None) -> Manifest:
    """Return the manifest in an item of the index, or an empty one for None."""
    if item is None:
        return Manifest(employee_id)
    rev = int(item["rev"]["N"])
    if "gone" in item:
        ttl = int(item.get("ttl", {}).get("N", "0"))
        return Manifest(employee_id, rev, deleted_by=item["gone"]["S"], ttl=ttl)
    return Manifest(employee_id, rev, _unpack(item.get("m", {}).get("S", "")))


def put_manifest(table: str, previous: Manifest, shape: Shape | None, gone: str) -> dict[str, Any]:
    """Return the action that replaces the manifest, if it is still the previous one."""
    item: Item = {
        **manifest_key(previous.employee_id),
        "id": {"S": previous.employee_id},
        "rev": {"N": str(previous.rev + 1)},
    }
    if shape is None:
        item["gone"] = {"S": gone}
        item["ttl"] = {"N": str(int(time.time()) + TOMBSTONE_SECONDS)}
    else:
        item["m"] = {"S": json.dumps(shape, ensure_ascii=False, separators=(",", ":"))}
    return {"Put": {"TableName": table, "Item": item, **_unchanged(previous)}}


def check_manifest(table: str, manifest: Manifest) -> dict[str, Any]:
    """Return the action that fails unless the manifest is unchanged since it was read."""
    key = manifest_key(manifest.employee_id)
    return {"ConditionCheck": {"TableName": table, "Key": key, **_unchanged(manifest)}}


def _unchanged(manifest: Manifest) -> dict[str, Any]:
    if not manifest.rev:
        return {"ConditionExpression": "attribute_not_exists(rev)"}
    values = {":seen": {"N": str(manifest.rev)}}
    return {"ConditionExpression": "rev = :seen", "ExpressionAttributeValues": values}


def _unpack(packed: str) -> Shape | None:
    """Return the shape in a manifest; of a newer release, the part that this one knows."""
    try:
        projection, digest, name_key, words, views, facets = json.loads(packed)[:6]
        return Shape(projection, digest, name_key, tuple(words), tuple(views), tuple(facets))
    except (ValueError, TypeError):
        return None
