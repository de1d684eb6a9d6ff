"""Many values are handed to the driver as they are, without SQLAlchemy's work on each of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import chain, islice
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.engine import Dialect

# In one statement: a third of the cost of a row each on SQLite, far less over a network.
# SQLite before 3.32 takes 999 at most.
_VALUES = 900
# Handed over at once: more would stay long enough for the garbage collector to look through them.
_STATEMENTS = 20
_KEYS = 500
# Else SQLite copies each page that a statement changes, to be able to undo that statement alone:
# half of all that a large import writes.
_INSERT = {"sqlite": "INSERT OR FAIL"}
# In one statement that deletes: SQLite is quick with many short ones, a server is far away.
_TOGETHER = {"sqlite": 1}


Same = tuple[tuple[str, str], ...]


def put_rows(
    connection: Connection,
    table: Table,
    columns: tuple[str, ...],
    rows: Iterable[tuple[Any, ...]],
    same: Same = (),
) -> None:
    """Insert rows of these columns. Some may be in when one fails: undo the transaction then.

    ``same`` names columns that are the same in all rows, with the value as SQL writes it: a quarter
    of the cost of rows of few columns is to hand over their values one by one.
    """
    width = len(columns)
    many = _VALUES // width
    values = chain.from_iterable(rows)
    while some := tuple(islice(values, _STATEMENTS * many * width)):
        whole = len(some) - len(some) % (many * width)
        for start, end, together in (0, whole, many), (whole, len(some), 1):
            step = together * width
            if start < end:
                statement = _insert(connection.dialect, table, columns, same, together)
                given = [some[at : at + step] for at in range(start, end, step)]
                connection.exec_driver_sql(statement, given)


def drop_rows(
    connection: Connection,
    table: Table,
    columns: tuple[str, ...],
    keys: Sequence[tuple[Any, ...]],
) -> None:
    """Delete the rows with these keys, in this order: quickest is that of the tree."""
    many = _TOGETHER.get(connection.dialect.name, _KEYS // len(columns))
    whole = len(keys) - len(keys) % many
    for start, end, together in (0, whole, many), (whole, len(keys), len(keys) - whole):
        if start < end:
            statement = _delete(connection.dialect, table, columns, together)
            groups = (keys[at : at + together] for at in range(start, end, together))
            given = [tuple(chain.from_iterable(group)) for group in groups]
            connection.exec_driver_sql(statement, given)


def rows_with(
    connection: Connection, table: Table, columns: tuple[str, ...], keys: Sequence[str]
) -> Iterator[Any]:
    """Tuples of these columns, of the rows whose first is one of the keys; in no order."""
    for at in range(0, len(keys), _KEYS):
        some = tuple(keys[at : at + _KEYS])
        statement = _select(connection.dialect, table, columns, len(some))
        yield from connection.exec_driver_sql(statement, some)


@lru_cache(maxsize=16)
def _insert(dialect: Dialect, table: Table, columns: tuple[str, ...], same: Same, rows: int) -> str:
    named = (*columns, *(column for column, _ in same))
    names = ", ".join(map(dialect.identifier_preparer.quote, named))
    row = ", ".join((_marks(dialect, len(columns)), *(value for _, value in same)))
    values = ", ".join([f"({row})"] * rows)
    into = f"{_INSERT.get(dialect.name, 'INSERT')} INTO {_name(dialect, table)}"
    return f"{into} ({names}) VALUES {values}"


@lru_cache(maxsize=16)
def _delete(dialect: Dialect, table: Table, columns: tuple[str, ...], rows: int) -> str:
    names = map(dialect.identifier_preparer.quote, columns)
    row = " AND ".join(f"{name} = {_marks(dialect, 1)}" for name in names)
    asked = " OR ".join([f"({row})"] * rows)
    return f"DELETE FROM {_name(dialect, table)} WHERE {asked}"  # noqa: S608  our own names


@lru_cache(maxsize=16)
def _select(dialect: Dialect, table: Table, columns: tuple[str, ...], keys: int) -> str:
    names = list(map(dialect.identifier_preparer.quote, columns))
    asked = f"{names[0]} IN ({_marks(dialect, keys)})"
    return f"SELECT {', '.join(names)} FROM {_name(dialect, table)} WHERE {asked}"  # noqa: S608  our own names


def _name(dialect: Dialect, table: Table) -> str:
    return dialect.identifier_preparer.quote(table.name)


def _marks(dialect: Dialect, number: int) -> str:
    return ", ".join(["?" if dialect.paramstyle == "qmark" else "%s"] * number)
