"""Many rows are handed to the driver as they are, without SQLAlchemy's work on each value."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import chain
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.engine import Dialect

# In one statement: half the cost of one each on SQLite, far less than that over a network.
ROWS = 40


def put_rows(
    connection: Connection, table: Table, columns: tuple[str, ...], rows: Sequence[tuple[Any, ...]]
) -> None:
    """Insert rows of these columns."""
    whole = len(rows) - len(rows) % ROWS
    if whole:
        values = [tuple(chain(*rows[at : at + ROWS])) for at in range(0, whole, ROWS)]
        connection.exec_driver_sql(_insert(connection.dialect, table, columns, ROWS), values)
    if rows[whole:]:
        statement = _insert(connection.dialect, table, columns, 1)
        connection.exec_driver_sql(statement, list(rows[whole:]))


@lru_cache(maxsize=16)
def _insert(dialect: Dialect, table: Table, columns: tuple[str, ...], rows: int) -> str:
    quote = dialect.identifier_preparer.quote
    mark = "?" if dialect.paramstyle == "qmark" else "%s"
    names = ", ".join(map(quote, columns))
    row = f"({', '.join([mark] * len(columns))})"
    values = ", ".join([row] * rows)
    return f"INSERT INTO {quote(table.name)} ({names}) VALUES {values}"  # noqa: S608  our own names
