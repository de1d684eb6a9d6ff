"""Many employees read at once: by id, by mail address, and everyone, a batch at a time."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from sqlalchemy import BigInteger, Connection, RowMapping, bindparam, select

from app.contracts import MAX_BATCH, Batch
from app.model.employee import Employee
from app.storage.sql.engines.database import Database
from app.storage.sql.records import can_be_stored, listed_rows, rows_of
from app.storage.sql.rows import employee_from
from app.storage.sql.tables import people
from app.text import search_keys

BATCH = 1_000
LOWEST = -(2**63)

_WITH_ADDRESSES = select(people.c.id, people.c.email).where(
    people.c.email_key.in_(bindparam("keys", expanding=True))
)
_NEXT = (
    select(people)
    .where(people.c.number > bindparam("after", type_=BigInteger))
    .order_by(people.c.number)
    .limit(bindparam("most"))
)


def get_many(connection: Connection, employee_ids: Collection[str]) -> dict[str, Employee]:
    """See EmployeeStore.get_many."""
    if len(employee_ids) > MAX_BATCH:
        raise ValueError(f"at most {MAX_BATCH} ids at once")
    rows = rows_of(connection, employee_ids)
    return {employee_id: employee_from(row) for employee_id, row in rows.items()}


def find_by_email(connection: Connection, addresses: Collection[str]) -> dict[str, tuple[str, ...]]:
    """See EmployeeStore.find_by_email."""
    if len(addresses) > MAX_BATCH:
        raise ValueError(f"at most {MAX_BATCH} addresses at once")
    keys = {each: search_keys.email_key(each) for each in addresses}
    wanted = {key for key in keys.values() if key and can_be_stored(key)}
    ids: dict[str, list[str]] = {}
    if wanted:
        # What another program has changed since is not what the key says.
        for employee_id, email in connection.execute(_WITH_ADDRESSES, {"keys": sorted(wanted)}):
            ids.setdefault(search_keys.email_key(email or ""), []).append(employee_id)
    return {
        each: tuple(sorted(ids[key])) for each, key in keys.items() if key in wanted & ids.keys()
    }


def everyone(database: Database, bookmark: str) -> Iterator[Batch]:
    """See EmployeeStore.each; in the order of the numbers, each batch a read of its own."""
    after = int(bookmark) if bookmark else LOWEST
    while True:
        with database.reading("everyone") as connection:
            values = {"after": after, "most": BATCH}
            rows = connection.execute(_NEXT, values).mappings().all()
            known = listed_rows(connection, [row["id"] for row in rows if row["tie"] is None])
        if not rows:
            return
        after = rows[-1]["number"]
        yield Batch(_once(rows, known), str(after))


def _once(rows: Sequence[RowMapping], known: Collection[str]) -> tuple[Employee, ...]:
    """The people in these rows, without what another program put in under an id that is taken."""
    return tuple(
        employee_from(row) for row in rows if row["tie"] is not None or row["id"] not in known
    )
