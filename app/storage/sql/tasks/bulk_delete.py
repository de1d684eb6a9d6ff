"""Employees are deleted, one or many, in one transaction."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection

from app.contracts import MAX_DELETE_BATCH, Deletion
from app.model.employee import Employee
from app.model.errors import DirectoryError, EditConflict, EmployeeDeleted, EmployeeNotFound
from app.model.revision import revision_of
from app.storage.sql import records
from app.storage.sql.engines.database import Database, retry_when_rolled_back
from app.text import search_keys


@retry_when_rolled_back
def delete_many(
    database: Database, deletions: Sequence[Deletion]
) -> list[Employee | DirectoryError]:
    """See EmployeeStore.delete_many."""
    if len(deletions) > MAX_DELETE_BATCH:
        raise ValueError(f"at most {MAX_DELETE_BATCH} deletions at once")
    with database.writing("delete") as connection:
        if len(deletions) > 1:
            database.grow_cache(connection)
        return _delete(connection, deletions)


def _delete(
    connection: Connection, deletions: Sequence[Deletion]
) -> list[Employee | DirectoryError]:
    ids = [each.employee_id for each in deletions]
    rows = records.rows_of(connection, ids, to_change=True)
    known = {employee_id: records.record_in(row) for employee_id, row in rows.items()}
    missing = [each for each in ids if each not in known]
    deleted_by = records.who_deleted(connection, missing) if missing else {}
    taken: list[records.Removal] = []
    outcomes: list[Employee | DirectoryError] = []
    for each in deletions:
        record, tie = known.get(each.employee_id), search_keys.id_sort_key(each.employee_id)
        outcome = _outcome(each, record, deleted_by.get(tie))
        outcomes.append(outcome)
        if record is not None and outcome is record.person:
            taken.append(records.Removal(known.pop(each.employee_id), each.write_id))
            deleted_by[tie] = each.write_id
    records.remove(connection, taken)
    return outcomes


def _outcome(
    deletion: Deletion, record: records.Record | None, deleted_by: str | None
) -> Employee | DirectoryError:
    """Who is deleted, or why nobody is."""
    employee_id, expected_revision, write_id = deletion
    if record is None:
        if deleted_by is None:
            return EmployeeNotFound(employee_id)
        if deleted_by != write_id:
            return EmployeeDeleted(employee_id)
        return Employee(id=employee_id, full_name="")
    if expected_revision not in (None, revision_of(record.person)):
        return EditConflict(record.person)
    return record.person
