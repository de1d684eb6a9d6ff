"""Reads of a page: statements compiled once, and executed by the driver without SQLAlchemy.

On SQLite, SQLAlchemy takes longer for the execution and the rows of such a read than the database.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import DBAPIError


class _Compiled(NamedTuple):
    """The SQL, the names of its values in order (None: by name), and the values it has itself."""

    sql: str
    order: Sequence[str] | None
    own_values: Mapping[str, Any]


def read_rows(
    connection: Connection, statement: Select[Any], values: Mapping[str, Any]
) -> Sequence[Sequence[Any]]:
    """Return all rows as the driver has them, of a statement that is made once and then reused.

    Its columns and values must be of types that need no conversion. Raises DBAPIError.
    """
    sql, order, own_values = _compile(connection.dialect, statement)
    named = {**own_values, **values}
    cursor = connection.connection.cursor()
    try:
        cursor.execute(sql, named if order is None else [named[name] for name in order])
        return cursor.fetchall()
    except connection.dialect.loaded_dbapi.Error as error:
        if connection.dialect.is_disconnect(error, connection.connection.dbapi_connection, cursor):
            connection.invalidate(error)
        raise DBAPIError(sql, None, error, hide_parameters=True) from error
    finally:
        cursor.close()


@lru_cache(maxsize=512)
def _compile(dialect: Dialect, statement: Select[Any]) -> _Compiled:
    compiled: Any = statement.compile(dialect=dialect)
    own_values = {name: value for name, value in compiled.params.items() if value is not None}
    return _Compiled(str(compiled), compiled.positiontup, own_values)
