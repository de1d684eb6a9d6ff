"""People in the table ``employee`` of the course's app, in MySQL. Nothing is written to it."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from sqlalchemy import RowMapping, text

from app.employee import Employee, badges_from
from app.errors import SettingsError
from app.photo_keys import is_photo_key
from app.storage.sql.database import Database, read_url

BATCH = 1_000
# All columns, since tables of older lessons have fewer.
_NEXT = text("SELECT * FROM employee WHERE id > :after ORDER BY id LIMIT :most")


def course_people(database_url: str) -> Iterator[Employee]:
    """Everyone in the course's table, in the order of its numbers, read a batch at a time.

    The id is made of the number (``course-17``), so that reading again gives the same people.
    Raises SettingsError for an address that names no MySQL server, StorageUnavailable.
    """
    url = read_url(database_url)
    if url.get_backend_name() != "mysql":
        raise SettingsError(
            "DATABASE_URL names no MySQL server, where the course's table would be: set it, or "
            "DATABASE_HOST, DATABASE_USER, DATABASE_PASSWORD and DATABASE_DB_NAME."
        )
    return _people_in(Database(url))


def _people_in(database: Database) -> Iterator[Employee]:
    after = -1
    try:
        while True:
            with database.reading("read_course_table") as connection:
                rows = connection.execute(_NEXT, {"after": after, "most": BATCH}).mappings().all()
            if not rows:
                return
            yield from map(_person_in, rows)
            after = rows[-1]["id"]
    finally:
        database.close()


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
    return unicodedata.normalize("NFC", value).strip() if isinstance(value, str) else ""
