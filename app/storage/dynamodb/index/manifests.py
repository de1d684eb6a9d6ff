"""The manifest of an employee: the list of index rows, or a tombstone after a deletion.

Every write to the index is conditional on the ``rev`` of the manifest, which serialises all
writers: a save, a repair, a reindex. Keys use ``search_keys.id_sort_key``, since an id may be too
long for a key.
"""

import json
import time
from dataclasses import dataclass
from typing import Any

from app.runtime import strict_json
from app.storage.dynamodb.client.attributes import (
    Attribute,
    integer_of,
    string_of,
    unchanged_attribute,
)
from app.storage.dynamodb.client.calls import Item
from app.storage.dynamodb.client.tables import Tables
from app.storage.dynamodb.index.rows import PROJECTION, Shape
from app.text import search_keys

MANIFEST_VIEW = "of#"
# A form that is sent again within this time does not restore a deleted employee.
TOMBSTONE_SECONDS = 31 * 24 * 3600
# Of keys in DynamoDB, in bytes, and so the most characters of a word or view.
_MAX_KEY_CHARACTERS = 1_024
_MAX_PROJECTION = 1_000_000
# More rows than anyone has, and as many as one transaction can replace.
_MAX_OTHER_ROWS = 49


@dataclass(frozen=True, slots=True)
class Manifest:
    """The state of the index for one employee, as read; ``shape`` is None for a tombstone.

    ``rev`` is 0 if there is no manifest, and ``stored_rev`` the attribute behind it, which may be
    anything. A shape that cannot be read is None too: the next save or repair writes all rows.
    ``deleted_by`` is the ``write_id`` of the deletion.
    """

    employee_id: str
    rev: int = 0
    shape: Shape | None = None
    deleted_by: str | None = None
    ttl: int = 0
    stored_rev: Attribute | None = None

    @property
    def is_tombstone(self) -> bool:
        """Whether it is a tombstone that has not expired; the service removes them late."""
        return self.deleted_by is not None and self.ttl > time.time()

    @property
    def is_unreadable(self) -> bool:
        """Whether there is a manifest, but neither rows nor a tombstone can be read from it."""
        return self.rev > 0 and self.shape is None and self.deleted_by is None

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
    stored_rev = item.get("rev")
    # Of an unreadable one the next is 2, on the condition that it is still there.
    rev = integer_of(item, "rev") or int(stored_rev is not None)
    if "gone" in item:
        ttl = integer_of(item, "ttl") or 0
        gone = string_of(item, "gone")
        return Manifest(employee_id, rev, deleted_by=gone, ttl=ttl, stored_rev=stored_rev)
    return Manifest(employee_id, rev, _unpack(string_of(item, "m")), stored_rev=stored_rev)


def manifest_id(item: Item) -> str:
    """Return the employee id of a manifest as read from the table; "" if its key is another's."""
    employee_id = string_of(item, "id")
    return employee_id if manifest_key(employee_id)["view"] == item["view"] else ""


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
    known = {"N": str(manifest.rev)} if manifest.rev else None
    return unchanged_attribute("rev", manifest.stored_rev or known)


def _unpack(packed: str) -> Shape | None:
    """Return the shape in a manifest; of a newer release, the part that this one knows."""
    try:
        projection, digest, name_key, *lists = strict_json.parse(packed)[:6]
        words, views, facets = (strict_json.strings(one, _MAX_KEY_CHARACTERS) for one in lists)
    except (ValueError, TypeError):
        return None
    version = strict_json.integer(projection, 1, _MAX_PROJECTION)
    names = strict_json.strings((digest, name_key), _MAX_KEY_CHARACTERS)
    if version is None or names is None or words is None or views is None or facets is None:
        return None
    is_possible = len(words) + len(views) <= _MAX_OTHER_ROWS and all((*words, *views))
    return Shape._make((version, *names, words, views, facets)) if is_possible else None
