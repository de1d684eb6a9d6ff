"""Imports in an SQL database: job states in the table ``job``, their parts in ``job_part``.

The choices of columns are parts of no job: they stay when jobs expire.
"""

import time
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    Index,
    Integer,
    LargeBinary,
    Select,
    String,
    Table,
    Text,
    delete,
    insert,
    select,
    update,
)

from app.contracts.import_jobs import DAYS_KEPT, Job, JobChanged, JobNotFound, StoredJob
from app.contracts.stored_jobs import job_from
from app.storage.sql.engines.database import Database
from app.storage.sql.tables import TABLE_OPTIONS, metadata

# MySQL chooses the type of the column by this length.
_MAX_PART_BYTES = 1 << 20
_DAY_SECONDS = 24 * 60 * 60
# In the column of job ids, of which none is such a word.
_COLUMNS = "columns"

jobs = Table(
    "job",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("revision", Integer, nullable=False),
    Column("created", BigInteger, nullable=False),
    Column("state", Text, nullable=False),
    Column("needs_work", Integer, nullable=False, server_default="0"),
    Index("job_by_want", "needs_work", "id"),
    **TABLE_OPTIONS,
)

parts = Table(
    "job_part",
    metadata,
    Column("job_id", String(40), primary_key=True),
    Column("kind", String(20), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("content", LargeBinary(_MAX_PART_BYTES), nullable=False),
    **TABLE_OPTIONS,
)


_STORED = select(jobs.c.state, jobs.c.revision)


class SqlJobs:
    """A JobStore in an SQL database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def create(self, job: Job) -> None:
        """Implement JobStore.create."""
        with self._database.writing("create_job") as connection:
            oldest = time.time() - DAYS_KEPT * _DAY_SECONDS
            for row in connection.execute(select(jobs.c.id).where(jobs.c.created < oldest)).all():
                _delete(connection, row.id)
            if connection.execute(select(jobs.c.id).where(jobs.c.id == job.id)).first():
                raise JobChanged(f"The import {job.id} was created by others.")
            connection.execute(
                insert(jobs).values(id=job.id, revision=1, created=int(job.created), **_state(job))
            )

    def read(self, job_id: str) -> StoredJob:
        """Implement JobStore.read."""
        with self._database.reading("read_job") as connection:
            return _read(connection, job_id)

    def write(self, job: Job, revision: int) -> int:
        """Implement JobStore.write."""
        with self._database.writing("write_job") as connection:
            # Read first, since rowcount may leave out a row that does not change.
            if _read(connection, job.id).revision != revision:
                raise JobChanged(f"The import {job.id} was changed by others.")
            changed = connection.execute(
                update(jobs)
                .where(jobs.c.id == job.id, jobs.c.revision == revision)
                .values(revision=revision + 1, **_state(job))
            )
            if changed.rowcount != 1:
                raise JobChanged(f"The import {job.id} was changed by others.")
            return revision + 1

    def recent(self, most: int, before: str = "") -> list[StoredJob]:
        """Implement JobStore.recent."""
        statement = _STORED.where(jobs.c.id < before) if before else _STORED
        return self._select(statement.order_by(jobs.c.id.desc()).limit(most))

    def pending(self, most: int) -> list[StoredJob]:
        """Implement JobStore.pending."""
        return self._select(_STORED.where(jobs.c.needs_work == 1).order_by(jobs.c.id).limit(most))

    def put_part(self, job_id: str, kind: str, number: int, content: bytes) -> None:
        """Implement JobStore.put_part."""
        key = {"job_id": job_id, "kind": kind, "number": number}
        with self._database.writing("put_part") as connection:
            connection.execute(delete(parts).where(*_is_part(job_id, kind, number)))
            connection.execute(insert(parts).values(**key, content=content))

    def get_part(self, job_id: str, kind: str, number: int) -> bytes:
        """Implement JobStore.get_part."""
        statement = select(parts.c.content).where(*_is_part(job_id, kind, number))
        with self._database.reading("get_part") as connection:
            content = connection.execute(statement).scalar()
        if not isinstance(content, bytes | memoryview):  # none, or of another program
            raise JobNotFound(job_id)
        return bytes(content)

    def delete(self, job_id: str) -> None:
        """Implement JobStore.delete."""
        with self._database.writing("delete_job") as connection:
            _delete(connection, job_id)

    def put_columns(self, headings_key: str, content: bytes) -> None:
        """Implement JobStore.put_columns."""
        self.put_part(_COLUMNS, headings_key, 0, content)

    def get_columns(self, headings_key: str) -> bytes:
        """Implement JobStore.get_columns."""
        try:
            return self.get_part(_COLUMNS, headings_key, 0)
        except JobNotFound:
            return b""

    def _select(self, statement: Select[tuple[str, int]]) -> list[StoredJob]:
        with self._database.reading("list_jobs") as connection:
            return [
                StoredJob(job, row.revision)
                for row in connection.execute(statement)
                if (job := job_from(row.state)) is not None
            ]


def _state(job: Job) -> dict[str, Any]:
    return {"state": job.as_text(), "needs_work": int(job.needs_work)}


def _is_part(job_id: str, kind: str, number: int) -> tuple[ColumnElement[bool], ...]:
    return (parts.c.job_id == job_id, parts.c.kind == kind, parts.c.number == number)


def _read(connection: Connection, job_id: str) -> StoredJob:
    row = connection.execute(_STORED.where(jobs.c.id == job_id)).one_or_none()
    job = None if row is None else job_from(row.state)
    if row is None or job is None:
        raise JobNotFound(job_id)
    return StoredJob(job, row.revision)


def _delete(connection: Connection, job_id: str) -> None:
    connection.execute(delete(parts).where(parts.c.job_id == job_id))
    connection.execute(delete(jobs).where(jobs.c.id == job_id))
