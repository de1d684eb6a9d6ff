"""The audit: everything in the index is computed anew from the records and compared."""

from collections import Counter

from app.storage.dynamodb.client.tables import Tables
from app.storage.dynamodb.index.counters import Counters
from app.storage.dynamodb.index.manifests import MANIFEST_VIEW, manifest_key, read_manifest
from app.storage.dynamodb.index.rows import project_rows
from app.storage.dynamodb.index.views import ROW_VIEWS
from app.storage.dynamodb.records.codec import employee_from, index_hash
from tests.support.stores.dynamodb_binding import DynamoRoom


def audit(room: DynamoRoom) -> list[str]:
    """What is wrong with the index of this room, in sentences; none when all agrees."""
    records = room.items(room.people)
    index = room.items(room.index)
    sort_by = room.open_another().list_order().stored.written
    projections = [project_rows(employee_from(record), sort_by) for record in records]
    return [
        *_rows(projections, index),
        *_manifests(projections, index),
        *_hashes(records, projections),
        *_counts(room, projections),
    ]


def _rows(projections, index):
    wanted = {key: item for each in projections for key, item in each.items().items()}
    found = {
        (item["view"]["S"], item["at"]["S"]): item
        for item in index
        if item["view"]["S"].startswith(ROW_VIEWS)
    }
    for key in wanted.keys() - found.keys():
        yield f"missing row {key}"
    for key in found.keys() - wanted.keys():
        yield f"ghost row {key}"
    for key in wanted.keys() & found.keys():
        if wanted[key] != found[key]:
            yield f"stale row {key}"


def _manifests(projections, index):
    found = {
        item["view"]["S"]: item for item in index if item["view"]["S"].startswith(MANIFEST_VIEW)
    }
    for each in projections:
        item = found.pop(manifest_key(each.employee_id)["view"]["S"], None)
        if read_manifest(each.employee_id, item).shape != each.shape:
            yield f"the manifest of {each.employee_id} is not what the record says"
    for view, item in found.items():
        if "gone" not in item:
            yield f"the manifest {view} has no record"


def _hashes(records, projections):
    for record, projection in zip(records, projections, strict=True):
        if index_hash(record) != projection.hash:
            yield f"the record {record['id']['S']} has an old hash"


def _counts(room, projections):
    counted = Counter(facet for each in projections for facet in each.shape.counted_facets)
    stored = Counters(room.store.calls, Tables(room.people, room.index)).snapshot().counts
    wrong = {facet for facet in counted | stored if counted[facet] != stored[facet]}
    for facet in sorted(wrong):
        yield f"{facet!r} is counted {stored[facet]} times and there {counted[facet]} times"
