"""Bulk statements that pass values directly to the driver, without the cost of SQLAlchemy per row.

Columns are named by their keys in tables.py.
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import chain, islice
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.engine import Dialect

# Per statement: a third of the cost of single rows on SQLite, far less over a network.
# SQLite before 3.32 takes 999 at most.
_MAX_VALUES = 900
# Per call of the driver: more would live long enough for the garbage collector to traverse them.
_MAX_STATEMENTS = 20
_MAX_KEYS = 500
# A plain INSERT makes SQLite copy each changed page, to be able to undo the statement: half of
# the writes of a large import.
_INSERT = {"sqlite": "INSERT OR FAIL"}
# Rows per DELETE statement: many short ones are quick on SQLite, but not over a network.
_DELETED_PER_STATEMENT = {"sqlite": 1}


Constants = tuple[tuple[str, str], ...]


def insert_rows(
    connection: Connection,
    table: Table,
    columns: tuple[str, ...],
    rows: Iterable[tuple[Any, ...]],
    constants: Constants = (),
) -> None:
    """Insert rows of these columns. After an error some may be inserted: roll back then.

    ``constants`` are columns with one SQL literal for all rows: passing values one by one is a
    quarter of the cost of rows with few columns.
    """
    width = len(columns)
    max_rows = _MAX_VALUES // width
    remaining = chain.from_iterable(rows)
    while values := tuple(islice(remaining, _MAX_STATEMENTS * max_rows * width)):
        whole = len(values) - len(values) % (max_rows * width)
        for start, end, row_count in (0, whole, max_rows), (whole, len(values), 1):
            step = row_count * width
            if start < end:
                statement = _insert(connection.dialect, table, columns, constants, row_count)
                parameters = [values[first : first + step] for first in range(start, end, step)]
                connection.exec_driver_sql(statement, parameters)


def delete_rows(
    connection: Connection,
    table: Table,
    columns: tuple[str, ...],
    keys: Sequence[tuple[Any, ...]],
) -> None:
    """Delete the rows with these keys, in this order; the order of the index is fastest."""
    max_rows = _DELETED_PER_STATEMENT.get(connection.dialect.name, _MAX_KEYS // len(columns))
    whole = len(keys) - len(keys) % max_rows
    for start, end, row_count in (0, whole, max_rows), (whole, len(keys), len(keys) - whole):
        if start < end:
            statement = _delete(connection.dialect, table, columns, row_count)
            groups = (keys[first : first + row_count] for first in range(start, end, row_count))
            parameters = [tuple(chain.from_iterable(group)) for group in groups]
            connection.exec_driver_sql(statement, parameters)


def select_rows(
    connection: Connection, table: Table, columns: tuple[str, ...], keys: Sequence[str]
) -> Iterator[Any]:
    """Yield these columns of the rows whose first column is one of the keys, in no order."""
    for start in range(0, len(keys), _MAX_KEYS):
        batch = tuple(keys[start : start + _MAX_KEYS])
        statement = _select(connection.dialect, table, columns, len(batch))
        yield from connection.exec_driver_sql(statement, batch)


@lru_cache(maxsize=64)
def _insert(
    dialect: Dialect, table: Table, columns: tuple[str, ...], constants: Constants, rows: int
) -> str:
    names = ", ".join(_names(dialect, table, (*columns, *(column for column, _ in constants))))
    row = ", ".join((_placeholders(dialect, len(columns)), *(value for _, value in constants)))
    values = ", ".join([f"({row})"] * rows)
    into = f"{_INSERT.get(dialect.name, 'INSERT')} INTO {_name(dialect, table)}"
    return f"{into} ({names}) VALUES {values}"


@lru_cache(maxsize=64)
def _delete(dialect: Dialect, table: Table, columns: tuple[str, ...], rows: int) -> str:
    names = _names(dialect, table, columns)
    row = " AND ".join(f"{name} = {_placeholders(dialect, 1)}" for name in names)
    condition = " OR ".join([f"({row})"] * rows)
    return f"DELETE FROM {_name(dialect, table)} WHERE {condition}"  # noqa: S608  our own names


@lru_cache(maxsize=64)
def _select(dialect: Dialect, table: Table, columns: tuple[str, ...], keys: int) -> str:
    names = _names(dialect, table, columns)
    condition = f"{names[0]} IN ({_placeholders(dialect, keys)})"
    return f"SELECT {', '.join(names)} FROM {_name(dialect, table)} WHERE {condition}"  # noqa: S608  our own names


def _names(dialect: Dialect, table: Table, columns: Sequence[str]) -> list[str]:
    return [dialect.identifier_preparer.quote(table.c[column].name) for column in columns]


def _name(dialect: Dialect, table: Table) -> str:
    return dialect.identifier_preparer.quote(table.name)


def _placeholders(dialect: Dialect, number: int) -> str:
    return ", ".join(["?" if dialect.paramstyle == "qmark" else "%s"] * number)
