"""The order of names in the index, stored beside it; every writer reads it in its transaction."""

from sqlalchemy import Column, Connection, String, Table, select

from app.contracts.list_order import ListOrder, StoredOrder
from app.storage.sql.engines.database import Database
from app.storage.sql.tables import KEYED_TABLE_OPTIONS, metadata, people
from app.text.person_names import SortBy

_ORDER, _MIXED = "order", "mixed"

index_state = Table(
    "index_state",
    metadata,
    Column("name", String(20), primary_key=True),
    Column("content", String(100), nullable=False),
    **KEYED_TABLE_OPTIONS,
)
_ALL = select(index_state.c.name, index_state.c.content)
_ANYONE = select(people.c.number).limit(1)


def read(connection: Connection) -> StoredOrder:
    """Return the order of the index."""
    rows = connection.execute(_ALL)
    state = {row.name: row.content for row in rows}
    return StoredOrder.parse(state.get(_ORDER), state.get(_MIXED))


def write(connection: Connection, order: StoredOrder) -> None:
    """Store the order of the index."""
    connection.execute(index_state.delete())
    rows = [{"name": _ORDER, "content": order.written.value}]
    if order.is_mixed:
        rows.append({"name": _MIXED, "content": "1"})
    connection.execute(index_state.insert(), rows)


def written(connection: Connection) -> SortBy:
    """Return the order in which rows are written."""
    return read(connection).written


def list_order(database: Database, wanted: SortBy) -> ListOrder:
    """Implement EmployeeStore.list_order."""
    with database.reading("list_order") as connection:
        return ListOrder(read(connection), wanted)


def adopt(database: Database, wanted: SortBy) -> list[str]:
    """Give an index of nobody this order; return the problem of any other index."""
    problem = list_order(database, wanted).problem
    if not problem:
        return []
    with database.writing("list_order") as connection:
        if connection.execute(_ANYONE).first() is not None:
            return [problem]
        write(connection, StoredOrder(wanted))
    return []
