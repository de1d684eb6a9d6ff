"""What a write of ours leaves beside the record: its change, its entry, and what was before."""

from datetime import UTC, datetime

from sqlalchemy import Connection

from app.contracts.audit_entries import entry_of, erasure_entry
from app.history.changes import Change
from app.history.difference import last_moment, next_moment
from app.history.recording import change_of, marked, outside_change
from app.model.employee import Employee
from app.storage.sql.history import audit, authors, changes
from app.storage.sql.history.authors import SignedWrite
from app.text import search_keys

_NOBODY = 0


def record(
    connection: Connection, before: Employee | None, after: Employee, signed: SignedWrite
) -> Employee:
    """Store the change from ``before``, which is as recorded; return ``after`` with its mark."""
    last = "" if before is None else last_moment(before.history)
    change = change_of(before, after, signed.write, next_moment(last, datetime.now(UTC)))
    _insert(connection, change, signed.author)
    return marked(after, change)


def record_outside(connection: Connection, stored: Employee) -> Employee:
    """Store what another program wrote since the last change; return the employee as recorded."""
    change = outside_change(
        stored,
        lambda: changes.recorded_content(connection, stored.id),
        datetime.now(UTC),
    )
    if change is None:
        return stored
    _insert(connection, change, _NOBODY)
    return marked(stored, change)


def _insert(connection: Connection, change: Change, author: int) -> None:
    changes.insert(connection, [(change, author)])
    entry = entry_of(change)
    if entry is not None:
        audit.insert(connection, [(entry, author)])


def erase(connection: Connection, employee_ids: list[str]) -> None:
    """Delete the changes of these people, and what the audit log tells of them."""
    erase_id_keys(connection, [*map(search_keys.id_sort_key, employee_ids)])
    authors.erase_people(connection, employee_ids)


def erase_id_keys(connection: Connection, id_keys: list[str]) -> None:
    """Delete the changes of the people with these id keys, and their entries in the audit log."""
    changes.delete_of(connection, id_keys)
    audit.delete_of(connection, id_keys)


def record_erasures(connection: Connection, writes: list[SignedWrite]) -> None:
    """Leave an entry for each of these erasures that is no part of a job, without who it was."""
    moment = ""
    for write, author in writes:
        moment = next_moment(moment, datetime.now(UTC))
        entry = erasure_entry(write, moment)
        if entry is not None:
            audit.put(connection, entry, author)
