"""Saves: one employee added, changed or deleted, record and index in one transaction."""

import uuid
from dataclasses import replace
from typing import Any, NoReturn

from app.history.changes import Write
from app.model.employee import Employee
from app.model.errors import (
    EditConflict,
    EmployeeDeleted,
    EmployeeNotFound,
    ReportingLoop,
    StorageUnavailable,
)
from app.model.fields import CONTENT_FIELDS
from app.model.revision import revision_of
from app.storage.dynamodb.client.calls import Item
from app.storage.dynamodb.client.failures import ConditionFailed, rejecting_large_records
from app.storage.dynamodb.client.tables import Tables
from app.storage.dynamodb.history.writer import ChangeWriter
from app.storage.dynamodb.index.manifests import Manifest
from app.storage.dynamodb.index.order import IndexOrder
from app.storage.dynamodb.index.repair import MAX_ATTEMPTS, contention
from app.storage.dynamodb.index.transactions import IndexWriter
from app.storage.dynamodb.index.upkeep import IndexUpkeep
from app.storage.dynamodb.records.codec import (
    checked_id,
    employee_from,
    new_record,
    normalized,
    written_by,
)
from app.storage.dynamodb.records.conditions import unchanged, update_unchanged
from app.storage.dynamodb.records.expressions import marking, update_expression, updated
from app.storage.dynamodb.reports import DynamoReports
from app.storage.vocabulary_writer import VocabularyWriter


class Saves:
    """The writes of one employee, which are retried while others change the same record."""

    def __init__(
        self,
        tables: Tables,
        order: IndexOrder,
        writer: IndexWriter,
        upkeep: IndexUpkeep,
        vocabulary: VocabularyWriter,
        changes: ChangeWriter,
        reports: DynamoReports,
    ) -> None:
        self._tables = tables
        self._order = order
        self._writer = writer
        self._upkeep = upkeep
        self._vocabulary = vocabulary
        self._changes = changes
        self._reports = reports

    def add(self, employee: Employee, write: Write) -> Employee:
        """Implement EmployeeStore.add."""
        self._reports.refuse_loop(checked_id(employee.id), employee.manager)
        employee = replace(normalized(employee), version=1)
        projection = self._order.project(employee)
        recording = self._changes.of_addition(employee, write)
        item = new_record(employee, projection.hash, write.id, recording.mark)
        put = {
            "TableName": self._tables.people,
            "Item": item,
            "ConditionExpression": "attribute_not_exists(id)",
        }
        manifest = Manifest(employee.id)
        for _ in range(MAX_ATTEMPTS):
            try:
                with rejecting_large_records(employee.id):
                    self._writer.apply(manifest, projection, {"Put": put}, *recording.actions)
            except ConditionFailed:
                stored_item, manifest = self._writer.read_state(employee.id)
                if stored_item is not None:
                    existing = _existing(stored_item, employee, write.id)
                    return self._looked_at_again(stored_item, existing, write)
                # A manifest without a record: deleted by us or, if it has rows, by another program.
                if manifest.is_tombstone or manifest.shape is not None:
                    self._upkeep.heal_later(employee.id)
                    raise EmployeeDeleted(employee.id) from None
            else:
                added = employee_from(item)
                return self._vocabulary.collect(self._in_line(added, None, write))
        raise contention(self._tables)

    def update(self, employee: Employee, expected_revision: str, write: Write) -> Employee:
        """Implement EmployeeStore.update."""
        employee = normalized(employee)
        for _ in range(MAX_ATTEMPTS):
            item, manifest = self._writer.read_state(checked_id(employee.id))
            if item is None:
                raise _missing(manifest)
            stored = employee_from(item)
            if written_by(item) == write.id or stored.same_content(employee):
                return self._looked_at_again(item, stored, write)
            if revision_of(stored) != expected_revision:
                raise EditConflict(stored)
            if employee.manager != stored.manager:
                self._reports.refuse_loop(employee.id, employee.manager)
            employee = replace(employee, generation=stored.generation, version=stored.version + 1)
            try:
                with rejecting_large_records(employee.id):
                    written = self._write_update(item, manifest, stored, employee, write)
            except ConditionFailed:
                continue
            if written is not None:
                saved = self._in_line(employee_from(written), stored, write)
                return self._vocabulary.collect(saved)
        raise contention(self._tables)

    def _in_line(self, saved: Employee, before: Employee | None, write: Write) -> Employee:
        """Return what was saved, unless it has closed a loop with another save at the same time.

        Of two such saves the later one is bound to see the other, and perhaps both do: each that
        sees the loop takes back all it wrote, as a change of its own, and raises ReportingLoop.
        Where ``before`` is not known, or is nothing, it takes back the manager alone.
        """
        self._reports.hints.changed(before, saved)
        if saved.manager == (before.manager if before else ""):
            return saved
        try:
            self._reports.refuse_loop(saved.id, saved.manager)
        except ReportingLoop as loop:
            self._take_back_after(loop, saved, before, write)
        except StorageUnavailable as error:  # the same call again looks again
            raise error.after_write() from error
        return saved

    def _take_back_after(
        self, loop: ReportingLoop, saved: Employee, before: Employee | None, write: Write
    ) -> NoReturn:
        try:
            self._take_back(saved, saved, before or replace(saved, manager=""), write)
        except StorageUnavailable as error:
            raise error.after_write() from error
        if before:
            raise loop
        raise ReportingLoop(loop.employee_ids, replace(saved, manager="")) from None

    def _looked_at_again(self, item: Item, stored: Employee, write: Write) -> Employee:
        """Return what a call before stored, of which the reply, or the look after it, was lost."""
        is_ours = bool(write.id) and written_by(item) == write.id
        return self._in_line(stored, None, write) if is_ours else stored

    def _take_back(self, stored: Employee, saved: Employee, before: Employee, write: Write) -> None:
        """Give each field that still has what was saved what it had before."""
        ours = [name for name in CONTENT_FIELDS if getattr(stored, name) == getattr(saved, name)]
        was = {name: getattr(before, name) for name in ours}
        for values in (was, was | {"manager": ""}):
            undo = replace(write, id=uuid.uuid4().hex)
            try:
                self.update(replace(stored, **values), revision_of(stored), undo)
            except ReportingLoop:  # where they were before goes round by now, too
                continue
            except EditConflict as conflict:
                self._take_back(conflict.stored, saved, before, write)
            except EmployeeNotFound:  # deleted in the meantime: nothing is left to take back
                return
            return

    def _write_update(
        self, item: Item, manifest: Manifest, stored: Employee, employee: Employee, write: Write
    ) -> Item | None:
        """Write an update; None if a change of another program had to be told before it."""
        seen = self._changes.see(stored)
        if seen.outside is not None:
            found = self._changes.of_outside(stored, seen.outside)
            note = {**self._record_key(item), **update_unchanged(item, marking(found.mark))}
            self._writer.transact([{"Update": note}, *found.actions])
            return None
        recording = self._changes.of_update(stored, employee, write, seen.last_moment)
        projection = self._order.project(employee)
        update = update_expression(item, employee, projection.hash, write.id, recording.mark)
        action = {"Update": {**self._record_key(item), **update_unchanged(item, update)}}
        # The card does not tell the manager: the rows but that of the manager stay as they are.
        before = self._order.project(stored) if employee.manager != stored.manager else None
        self._writer.apply(manifest, projection, action, *recording.actions, before=before)
        return updated(item, update)

    def delete(self, employee_id: str, expected_revision: str | None, write: Write) -> Employee:
        """Implement EmployeeStore.delete."""
        for _ in range(MAX_ATTEMPTS):
            item, manifest = self._writer.read_state(checked_id(employee_id))
            if item is None:
                if manifest.is_tombstone and manifest.deleted_by == write.id:
                    return Employee(id=employee_id, full_name="")
                if manifest.shape is not None:
                    self._upkeep.heal_later(employee_id)
                raise _missing(manifest)
            stored = employee_from(item)
            if expected_revision is not None and revision_of(stored) != expected_revision:
                raise EditConflict(stored)
            action = {"Delete": {**self._record_key(item), **unchanged(item)}}
            more = self._changes.erase(employee_id, write)
            self._reports.hints.forget(employee_id)
            try:
                self._writer.apply(manifest, None, action, *more, deleted_by=write.id, rewrite=True)
            except ConditionFailed:
                continue
            self._reports.hints.changed(stored, None)
            return stored
        raise contention(self._tables)

    def _record_key(self, item: Item) -> dict[str, Any]:
        key = self._tables.person_key(item["id"]["S"])
        return {"TableName": self._tables.people, "Key": key}


def _existing(item: Item, employee: Employee, write_id: str) -> Employee:
    stored = employee_from(item)
    if written_by(item) == write_id or stored.same_content(employee):
        return stored
    raise EditConflict(stored)


def _missing(manifest: Manifest) -> EmployeeNotFound:
    if manifest.is_tombstone or manifest.shape is not None:
        return EmployeeDeleted(manifest.employee_id)
    return EmployeeNotFound(manifest.employee_id)
