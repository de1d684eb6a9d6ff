"""Many rows are handed to the driver as they are, without SQLAlchemy's work on each value."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.engine import Dialect


def put_rows(
    connection: Connection, table: Table, columns: tuple[str, ...], rows: Sequence[tuple[Any, ...]]
) -> None:
    """Insert rows of these columns, which are named in the order of the table."""
    if not rows:
        return
    statement, by_place = _insert(connection.dialect, table, columns)
    values = rows if by_place else [dict(zip(columns, row, strict=True)) for row in rows]
    connection.exec_driver_sql(statement, values)


@lru_cache(maxsize=16)
def _insert(dialect: Dialect, table: Table, columns: tuple[str, ...]) -> tuple[str, bool]:
    """The statement for this driver, and whether it takes values by place or by name."""
    compiled = table.insert().compile(dialect=dialect, column_keys=columns)
    return str(compiled), bool(compiled.positional)
