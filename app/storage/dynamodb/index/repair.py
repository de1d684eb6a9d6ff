"""IndexRepair: the index rows of one employee are brought to what the record says."""

from __future__ import annotations

import logging
from typing import Any

from app.model.errors import StorageUnavailable
from app.storage.dynamodb.client.calls import SERVICE, Calls, Item
from app.storage.dynamodb.client.failures import ConditionFailed, is_about_the_item
from app.storage.dynamodb.client.tables import Tables
from app.storage.dynamodb.index.manifests import Manifest, check_manifest
from app.storage.dynamodb.index.rows import Key, Projection, project_rows
from app.storage.dynamodb.index.transactions import BATCH_READ, IndexWriter, Known
from app.storage.dynamodb.records import Expression, as_read, employee_from, index_hash

log = logging.getLogger(__name__)

# So often may others change a record under our hands before we say so.
MAX_ROUNDS = 12
_SWEPT_AT_ONCE = 90


class IndexRepair:
    """Mends what programs that know nothing of the index have left."""

    def __init__(self, calls: Calls, tables: Tables, transit: IndexWriter) -> None:
        self._calls = calls
        self._tables = tables
        self._transit = transit

    def heal(self, employee_id: str, *, force: bool = False) -> bool:
        """Make the index agree with the record, or its absence; whether anything was written.

        Touches no field that a person entered, nor the version. With ``force`` all rows are written
        anew. What a newer release has put into the index is left alone.
        """
        for _ in range(MAX_ROUNDS):
            known = self._transit.known(employee_id)
            try:
                return self._heal(employee_id, known, force)
            except ConditionFailed:
                continue
        raise busy(self._tables)

    def sweep(self, employee_id: str, keys: set[Key], fence: list[dict[str, Any]]) -> int:
        """Remove those of these index rows that the employee's manifest does not name.

        The manifest is read now, after the rows: a writer that comes between changes its ``rev``,
        and the condition on it fails. ``fence`` are further conditions.
        """
        for _ in range(MAX_ROUNDS):
            manifest = self._transit.manifests_of([employee_id])[employee_id]
            if manifest.is_newer:
                return 0
            named = manifest.shape.keys(employee_id) if manifest.shape else set()
            table = self._tables.index
            ghosts = self._still_there(keys - named)[:_SWEPT_AT_ONCE]
            if not ghosts:
                return 0
            actions = [*fence, check_manifest(table, manifest)]
            actions += [{"Delete": {"TableName": table, "Key": key}} for key in ghosts]
            try:
                self._transit.transact(actions)
            except ConditionFailed:
                continue
            return len(ghosts)
        raise busy(self._tables)

    def _still_there(self, keys: set[Key]) -> list[Item]:
        """The keys, as DynamoDB takes them, under which there is a row."""
        asked = [self._tables.index_key(view, at) for view, at in sorted(keys)]
        found = []
        for at in range(0, len(asked), BATCH_READ):
            some = {self._tables.index: asked[at : at + BATCH_READ]}
            found += self._transit.batch_get(some)[self._tables.index]
        return [{"view": item["view"], "at": item["at"]} for item in found]

    def _heal(self, employee_id: str, known: Known, force: bool) -> bool:
        manifest, item = known.manifest, known.item
        if manifest.is_newer:
            return False
        if item is None:
            if manifest.shape is None:
                return False
            self._transit.move(manifest, None, self._check_absent(employee_id))
            return True
        after = project_rows(employee_from(item))
        if index_hash(item) != after.hash and self._mend_and_note(manifest, item, after, force):
            return True
        if manifest.holds(after.hash) and not force:
            return False
        self._transit.move(manifest, after, self._check_as_read(item), rewrite=force)
        return True

    def _mend_and_note(
        self, manifest: Manifest, item: Item, after: Projection, force: bool
    ) -> bool:
        """Mend the index and note it in the record; False where the record is too full for it."""
        try:
            self._transit.move(manifest, after, self._note_hash(item, after), rewrite=force)
        except StorageUnavailable as error:
            if not is_about_the_item(error):
                raise
            log.warning(
                "the record %r is listed, but takes no note of it: %s", after.employee_id, error
            )
            return False
        return True

    def _check_absent(self, employee_id: str) -> dict[str, Any]:
        check = self._about(employee_id)
        return {"ConditionCheck": {**check, "ConditionExpression": "attribute_not_exists(id)"}}

    def _check_as_read(self, item: Item) -> dict[str, Any]:
        return {"ConditionCheck": {**self._about(item["id"]["S"]), **condition(as_read(item))}}

    def _note_hash(self, item: Item, after: Projection) -> dict[str, Any]:
        still = as_read(item)
        names = {**still.names, "#ix": "ix"}
        values = {**still.values, ":ix": {"S": after.hash}}
        expression = condition(Expression(still.text, names, values))
        update = {"UpdateExpression": "SET #ix = :ix", **expression}
        return {"Update": {**self._about(item["id"]["S"]), **update}}

    def _about(self, employee_id: str) -> dict[str, Any]:
        return {"TableName": self._tables.people, "Key": self._tables.person_key(employee_id)}


def condition(expression: Expression) -> dict[str, Any]:
    """An expression as the condition of an action."""
    parts: dict[str, Any] = {
        "ConditionExpression": expression.text,
        "ExpressionAttributeNames": expression.names,
    }
    if expression.values:
        parts["ExpressionAttributeValues"] = expression.values
    return parts


def busy(tables: Tables) -> StorageUnavailable:
    """Others changed the record every time that we tried."""
    return StorageUnavailable(
        SERVICE,
        "dynamodb:TransactWriteItems",
        tables.people,
        "others were changing the same record all the time",
    )
