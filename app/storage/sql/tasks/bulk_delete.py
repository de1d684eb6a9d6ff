"""Deletion of one or many employees in one transaction."""

from collections.abc import Sequence

from sqlalchemy import Connection

from app.contracts import MAX_DELETE_BATCH, Deletion
from app.model.employee import Employee
from app.model.errors import DirectoryError, EditConflict, EmployeeDeleted, EmployeeNotFound
from app.model.revision import revision_of
from app.storage.sql import records
from app.storage.sql.engines.database import Database, retry_when_rolled_back
from app.storage.sql.history.authors import AuthorNumbers, SignedWrite
from app.text import search_keys


def delete_many(
    database: Database, deletions: Sequence[Deletion], authors: AuthorNumbers
) -> list[Employee | DirectoryError]:
    """Implement EmployeeStore.delete_many."""
    if len(deletions) > MAX_DELETE_BATCH:
        raise ValueError(f"at most {MAX_DELETE_BATCH} deletions at once")
    signed = [authors.sign(deletion.write) for deletion in deletions]
    outcomes = _delete_all(database, deletions, signed)
    database.overwrite_deleted()
    return outcomes


@retry_when_rolled_back
def _delete_all(
    database: Database, deletions: Sequence[Deletion], signed: Sequence[SignedWrite]
) -> list[Employee | DirectoryError]:
    with database.writing("delete") as connection:
        if len(deletions) > 1:
            database.grow_cache(connection)
        return _delete(connection, deletions, signed)


def _delete(
    connection: Connection, deletions: Sequence[Deletion], signed: Sequence[SignedWrite]
) -> list[Employee | DirectoryError]:
    ids = [deletion.employee_id for deletion in deletions]
    rows = records.find_rows(connection, ids, to_change=True)
    known = {employee_id: records.record_from(row) for employee_id, row in rows.items()}
    missing = [employee_id for employee_id in ids if employee_id not in known]
    deleted_by = records.deletion_write_ids(connection, missing) if missing else {}
    removals: list[records.Removal] = []
    outcomes: list[Employee | DirectoryError] = []
    for deletion, signed_write in zip(deletions, signed, strict=True):
        employee_id = deletion.employee_id
        record, id_key = known.get(employee_id), search_keys.id_sort_key(employee_id)
        outcome = _outcome(deletion, record, deleted_by.get(id_key))
        outcomes.append(outcome)
        if record is not None and outcome is record.employee:
            removals.append(records.Removal(known.pop(employee_id), signed_write))
            deleted_by[id_key] = deletion.write.id
    records.remove(connection, removals)
    return outcomes


def _outcome(
    deletion: Deletion, record: records.Record | None, deleted_by: str | None
) -> Employee | DirectoryError:
    """Return the employee to delete, or the error that delete would raise."""
    employee_id, expected_revision, write = deletion
    if record is None:
        if deleted_by is None:
            return EmployeeNotFound(employee_id)
        if deleted_by != write.id:
            return EmployeeDeleted(employee_id)
        return Employee(id=employee_id, full_name="")
    if expected_revision not in (None, revision_of(record.employee)):
        return EditConflict(record.employee)
    return record.employee
