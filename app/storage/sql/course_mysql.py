"""The table ``employee`` of the course's app, in MySQL, which is only read."""

from collections.abc import Iterator
from typing import Any

from pymysql.constants import ER
from sqlalchemy import RowMapping, text
from sqlalchemy.exc import DBAPIError

from app.model.employee import Employee, badges_from
from app.model.errors import SettingsError, StorageUnavailable
from app.model.fields import FIELD, FIELDS
from app.model.stored_values import stored_text
from app.photos.keys import photo_key
from app.storage.sql.engines.database import Database, read_url

BATCH_SIZE = 1_000
# All columns, since the tables of older lessons have fewer.
_FIRST = text("SELECT * FROM employee ORDER BY id LIMIT :most")
_NEXT = text("SELECT * FROM employee WHERE id > :after ORDER BY id LIMIT :most")
_TEXTS = tuple(field.name for field in FIELDS if field.is_of_course and field.is_text)
_REASON_BY_CODE = {ER.NO_SUCH_TABLE: "no table employee", ER.BAD_FIELD_ERROR: "no column id"}


def course_people(database_url: str) -> Iterator[Employee]:
    """Yield the employees in the table of the course, in the order of its numbers, in batches.

    The id is made of the number (``course-17``), so that a second import finds the same employees.
    Raises SettingsError when the address is not one of a MySQL server, and StorageUnavailable.
    """
    url = read_url(database_url)
    if url.get_backend_name() != "mysql":
        raise SettingsError(
            "DATABASE_URL does not name the MySQL server of the course's table. Set it, or "
            "DATABASE_HOST, DATABASE_USER, DATABASE_PASSWORD and DATABASE_DB_NAME."
        )
    return _read_employees(Database(url))


def _read_employees(database: Database) -> Iterator[Employee]:
    statement, values = _FIRST, {"most": BATCH_SIZE}
    try:
        while True:
            try:
                with database.reading("read_course_table") as connection:
                    rows = connection.execute(statement, values).mappings().all()
            except StorageUnavailable as error:
                raise _explain(error, database.name) from error
            if not rows:
                return
            yield from map(_employee_from, rows)
            statement, values = _NEXT, {"most": BATCH_SIZE, "after": rows[-1]["id"]}
    finally:
        database.close()


def _explain(error: StorageUnavailable, name: str) -> Exception:
    """Return the error, or SettingsError if the database answers but is not that of the course."""
    cause = error.__cause__
    code = cause.orig.args[0] if isinstance(cause, DBAPIError) and cause.orig else 0
    if code not in _REASON_BY_CODE:
        return error
    return SettingsError(
        f"The database {name} has {_REASON_BY_CODE[code]}, so it is not the one that the "
        "course's app used. Set DATABASE_DB_NAME, or DATABASE_URL, to that one."
    )


def _employee_from(row: RowMapping) -> Employee:
    texts: dict[str, Any] = {name: _text(row, name) for name in _TEXTS}
    return Employee(
        id=f"course-{row['id']}",
        **texts,
        badges=badges_from(_text(row, "badges")),
        photo_key=photo_key(_text(row, FIELD["photo_key"].dynamodb_attribute)),
    )


def _text(row: RowMapping, column: str) -> str:
    return stored_text(row.get(column)).strip()
