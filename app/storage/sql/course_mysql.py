"""People in the table ``employee`` of the course's app, in MySQL. Nothing is written to it."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from pymysql.constants import ER
from sqlalchemy import RowMapping, text
from sqlalchemy.exc import DBAPIError

from app.model.employee import Employee, badges_from
from app.model.errors import SettingsError, StorageUnavailable
from app.photos.keys import is_photo_key
from app.storage.sql.engines.database import Database, read_url

BATCH = 1_000
# All columns, since tables of older lessons have fewer.
_FIRST = text("SELECT * FROM employee ORDER BY id LIMIT :most")
_NEXT = text("SELECT * FROM employee WHERE id > :after ORDER BY id LIMIT :most")
_NOT_OF_THE_COURSE = {ER.NO_SUCH_TABLE: "no table employee", ER.BAD_FIELD_ERROR: "no column id"}


def course_people(database_url: str) -> Iterator[Employee]:
    """Everyone in the course's table, in the order of its numbers, read a batch at a time.

    The id is made of the number (``course-17``), so that reading again gives the same people.
    Raises SettingsError for an address that names no MySQL server, StorageUnavailable.
    """
    url = read_url(database_url)
    if url.get_backend_name() != "mysql":
        raise SettingsError(
            "DATABASE_URL does not name the MySQL server of the course's table. Set it, or "
            "DATABASE_HOST, DATABASE_USER, DATABASE_PASSWORD and DATABASE_DB_NAME."
        )
    return _people_in(Database(url))


def _people_in(database: Database) -> Iterator[Employee]:
    asked, values = _FIRST, {"most": BATCH}
    try:
        while True:
            try:
                with database.reading("read_course_table") as connection:
                    rows = connection.execute(asked, values).mappings().all()
            except StorageUnavailable as error:
                raise _told(error, database.name) from error
            if not rows:
                return
            yield from map(_person_in, rows)
            asked, values = _NEXT, {"most": BATCH, "after": rows[-1]["id"]}
    finally:
        database.close()


def _told(error: StorageUnavailable, name: str) -> Exception:
    """The error, or that the database did answer, and is not the course's."""
    raised = error.__cause__
    code = raised.orig.args[0] if isinstance(raised, DBAPIError) and raised.orig else 0
    if code not in _NOT_OF_THE_COURSE:
        return error
    return SettingsError(
        f"The database {name} has {_NOT_OF_THE_COURSE[code]}, so it is not the one that the "
        "course's app used. Set DATABASE_DB_NAME, or DATABASE_URL, to that one."
    )


def _person_in(row: RowMapping) -> Employee:
    photo_key = _text(row, "object_key")
    return Employee(
        id=f"course-{row['id']}",
        full_name=_text(row, "full_name"),
        location=_text(row, "location"),
        job_title=_text(row, "job_title"),
        badges=badges_from(_text(row, "badges")),
        photo_key=photo_key if is_photo_key(photo_key) else "",
    )


def _text(row: RowMapping, column: str) -> str:
    value = row.get(column)
    if isinstance(value, bytes):  # a column of bytes, made by hand
        value = value.decode("utf-8", "replace")
    return unicodedata.normalize("NFC", value).strip() if isinstance(value, str) else ""
