"""Reads of many employees: by id, by email address, by number, and all in batches."""

import re
from collections.abc import Callable, Collection, Iterator, Sequence

from sqlalchemy import BigInteger, Connection, RowMapping, Select, bindparam, select, union_all

from app.contracts import MAX_BATCH, MAX_NAMESAKES, Batch, Namesake, RecordCount
from app.contracts.cursors import SEPARATOR
from app.contracts.reports import RecordPage
from app.model.employee import Employee
from app.photos.keys import photo_key
from app.storage.sql.engines.database import Database
from app.storage.sql.index import order
from app.storage.sql.index.entries import NAMES
from app.storage.sql.index.statements import LAST
from app.storage.sql.records import find_indexed_rows, find_rows, is_storable
from app.storage.sql.rows import employee_from
from app.storage.sql.tables import entry, people
from app.text import search_keys
from app.text.person_names import sort_key

BATCH_SIZE = 1_000
_BEFORE_FIRST = -(2**63)
_NUMBER = re.compile(r"-?[0-9]{1,18}", re.ASCII)
_MAX_COUNTED = 100

_BY_EMAIL_KEYS = select(people.c.id, people.c.email).where(
    people.c.email_key.in_(bindparam("keys", expanding=True))
)
_BY_NUMBER_KEYS = select(people.c.id, people.c.employee_number).where(
    people.c.number_key.in_(bindparam("keys", expanding=True))
)
_NAMES_PER_STATEMENT = 20


def _by_name_key(number: int) -> Select[str, str]:
    """Return the statement that finds some employees with one name."""
    some = (
        select(people.c.id, people.c.full_name)
        .join(entry, entry.c.number == people.c.number)
        .where(
            entry.c.view == NAMES,
            entry.c.at > bindparam(f"key{number}"),
            entry.c.at < bindparam(f"end{number}"),
        )
        .order_by(entry.c.at)
        .limit(MAX_NAMESAKES)
    )
    found = some.subquery()
    return select(found.c.id, found.c.full_name)


_BY_NAME_KEYS = union_all(*map(_by_name_key, range(_NAMES_PER_STATEMENT)))
_NEXT = (
    select(people)
    .where(people.c.number > bindparam("after", type_=BigInteger))
    .order_by(people.c.number)
    .limit(bindparam("most"))
)

_PHOTO_KEYS = select(people.c.photo_key).where(people.c.photo_key != "")


def get_many(connection: Connection, employee_ids: Collection[str]) -> dict[str, Employee]:
    """Implement EmployeeStore.get_many."""
    if len(employee_ids) > MAX_BATCH:
        raise ValueError(f"at most {MAX_BATCH} ids at once")
    rows = find_rows(connection, employee_ids)
    return {employee_id: employee_from(row) for employee_id, row in rows.items()}


def find_by_email(connection: Connection, addresses: Collection[str]) -> dict[str, tuple[str, ...]]:
    """Implement EmployeeStore.find_by_email."""
    return _find_ids(connection, _BY_EMAIL_KEYS, search_keys.email_key, addresses)


def find_by_number(connection: Connection, numbers: Collection[str]) -> dict[str, tuple[str, ...]]:
    """Implement EmployeeStore.find_by_number."""
    return _find_ids(connection, _BY_NUMBER_KEYS, search_keys.number_key, numbers)


def _find_ids(
    connection: Connection,
    by_keys: Select[str, str],
    key_of: Callable[[str], str],
    texts: Collection[str],
) -> dict[str, tuple[str, ...]]:
    if len(texts) > MAX_BATCH:
        raise ValueError(f"at most {MAX_BATCH} at once")
    keys = {text: key_of(text) for text in texts}
    searched = {key for key in keys.values() if key and is_storable(key)}
    ids: dict[str, list[str]] = {}
    if searched:
        # The stored key may be stale after a write by another program, so the text is compared.
        for employee_id, text in connection.execute(by_keys, {"keys": sorted(searched)}):
            ids.setdefault(key_of(text or ""), []).append(employee_id)
    return {
        text: tuple(sorted(ids[key])) for text, key in keys.items() if key in searched & ids.keys()
    }


def find_by_name(connection: Connection, names: Collection[str]) -> dict[str, tuple[Namesake, ...]]:
    """Implement EmployeeStore.find_by_name: a range of the name view for each name."""
    if len(names) > MAX_BATCH:
        raise ValueError(f"at most {MAX_BATCH} names at once")
    sort_by = order.written(connection)
    keys = {name: sort_key(name, "", sort_by) for name in names if is_storable(name)}
    searched = list(dict.fromkeys(keys.values()))
    namesakes: dict[str, list[Namesake]] = {}
    for start in range(0, len(searched), _NAMES_PER_STATEMENT):
        chunk = searched[start : start + _NAMES_PER_STATEMENT]
        # The statement has always as many ranges, so that it is prepared once.
        padded = [*chunk, *chunk[:1] * (_NAMES_PER_STATEMENT - len(chunk))]
        values = {f"key{number}": f"{key}{SEPARATOR}" for number, key in enumerate(padded)}
        values |= {f"end{number}": f"{key}{SEPARATOR}{LAST}" for number, key in enumerate(padded)}
        for employee_id, full_name in connection.execute(_BY_NAME_KEYS, values):
            namesake = Namesake(employee_id, full_name or "")
            namesakes.setdefault(sort_key(namesake.full_name, "", sort_by), []).append(namesake)
    distinct = {key: tuple(sorted(set(each))) for key, each in namesakes.items()}
    return {name: distinct[key] for name, key in keys.items() if key in distinct}


def read_batches(database: Database, bookmark: str) -> Iterator[Batch]:
    """Implement EmployeeStore.iter_batches: in the order of numbers, one read per batch."""
    after = int(bookmark) if bookmark else _BEFORE_FIRST
    while True:
        with database.reading("read_batches") as connection:
            values = {"after": after, "most": BATCH_SIZE}
            rows = connection.execute(_NEXT, values).mappings().all()
            indexed = find_indexed_rows(
                connection, [row["id"] for row in rows if row["id_key"] is None]
            )
        if not rows:
            return
        after = rows[-1]["number"]
        yield Batch(_without_duplicates(rows, indexed), str(after))


def read_some(connection: Connection, bookmark: str, limit: int) -> RecordPage:
    """Implement ReportStore.read_records; a bookmark is a number."""
    after = int(bookmark) if _NUMBER.fullmatch(bookmark) else _BEFORE_FIRST
    rows = connection.execute(_NEXT, {"after": after, "most": limit}).mappings().all()
    indexed = find_indexed_rows(connection, [row["id"] for row in rows if row["id_key"] is None])
    records = tuple(
        (str(row["number"]), employee_from(row))
        for row in rows
        if row["id_key"] is not None or row["id"] not in indexed
    )
    return RecordPage(records, str(rows[-1]["number"]) if len(rows) == limit else "")


def _without_duplicates(
    rows: Sequence[RowMapping], indexed: Collection[str]
) -> tuple[Employee, ...]:
    """Return the employees in these rows, except unindexed rows whose id is taken."""
    return tuple(
        employee_from(row) for row in rows if row["id_key"] is not None or row["id"] not in indexed
    )


def count_records(connection: Connection) -> RecordCount:
    """Implement EmployeeStore.count_records."""
    numbers = connection.execute(select(people.c.number).limit(_MAX_COUNTED + 1)).all()
    return RecordCount(min(len(numbers), _MAX_COUNTED), is_exact=len(numbers) <= _MAX_COUNTED)


def photo_keys(database: Database) -> Iterator[str]:
    """Implement EmployeeStore.photo_keys."""
    with database.snapshot("photo_keys") as connection:
        keys = connection.execution_options(yield_per=BATCH_SIZE).execute(_PHOTO_KEYS).scalars()
        yield from filter(None, map(photo_key, keys))
