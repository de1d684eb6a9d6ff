"""Imports in an SQL database: their states in the table ``job``, all else in ``job_part``."""

from __future__ import annotations

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

from app.contracts.import_jobs import DAYS_KEPT, Job, JobChanged, JobNotFound, StoredJob, job_from
from app.storage.sql.engines.database import Database
from app.storage.sql.tables import KEPT, metadata

# MySQL chooses a column that holds so much.
MAX_BYTES = 1 << 20
_DAY_SECONDS = 24 * 60 * 60

job = Table(
    "job",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("revision", Integer, nullable=False),
    Column("created", BigInteger, nullable=False),
    Column("state", Text, nullable=False),
    Column("needs_work", Integer, nullable=False, server_default="0"),
    Index("job_by_want", "needs_work", "id"),
    **KEPT,
)

job_part = Table(
    "job_part",
    metadata,
    Column("job_id", String(40), primary_key=True),
    Column("kind", String(20), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("content", LargeBinary(MAX_BYTES), nullable=False),
    **KEPT,
)


_STORED = select(job.c.state, job.c.revision)


class SqlJobs:
    """A JobStore; see app/contracts/import_jobs.py."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def create(self, wanted: Job) -> None:
        with self._database.writing("create_job") as connection:
            too_old = time.time() - DAYS_KEPT * _DAY_SECONDS
            for old in connection.execute(select(job.c.id).where(job.c.created < too_old)).all():
                _delete(connection, old.id)
            connection.execute(
                insert(job).values(
                    id=wanted.id, revision=1, created=int(wanted.created), **_state(wanted)
                )
            )

    def read(self, job_id: str) -> StoredJob:
        with self._database.reading("read_job") as connection:
            return _read(connection, job_id)

    def write(self, wanted: Job, revision: int) -> int:
        with self._database.writing("write_job") as connection:
            # Read first: a database may count a row that stays as it is as not changed.
            if _read(connection, wanted.id).revision != revision:
                raise JobChanged(f"The import {wanted.id} was changed by others.")
            changed = connection.execute(
                update(job)
                .where(job.c.id == wanted.id, job.c.revision == revision)
                .values(revision=revision + 1, **_state(wanted))
            )
            if changed.rowcount != 1:
                raise JobChanged(f"The import {wanted.id} was changed by others.")
            return revision + 1

    def recent(self, most: int, before: str = "") -> list[StoredJob]:
        wanted = _STORED.where(job.c.id < before) if before else _STORED
        return self._some(wanted.order_by(job.c.id.desc()).limit(most))

    def pending(self, most: int) -> list[StoredJob]:
        return self._some(_STORED.where(job.c.needs_work == 1).order_by(job.c.id).limit(most))

    def put_part(self, job_id: str, kind: str, number: int, content: bytes) -> None:
        key = {"job_id": job_id, "kind": kind, "number": number}
        with self._database.writing("put_part") as connection:
            connection.execute(delete(job_part).where(*_is(job_id, kind, number)))
            connection.execute(insert(job_part).values(**key, content=content))

    def get_part(self, job_id: str, kind: str, number: int) -> bytes:
        wanted = select(job_part.c.content).where(*_is(job_id, kind, number))
        with self._database.reading("get_part") as connection:
            content = connection.execute(wanted).scalar()
        if content is None:
            raise JobNotFound(job_id)
        return bytes(content)

    def delete(self, job_id: str) -> None:
        with self._database.writing("delete_job") as connection:
            _delete(connection, job_id)

    def _some(self, wanted: Select[tuple[str, int]]) -> list[StoredJob]:
        with self._database.reading("list_jobs") as connection:
            return [
                StoredJob(job_from(row.state), row.revision) for row in connection.execute(wanted)
            ]


def _state(wanted: Job) -> dict[str, Any]:
    return {"state": wanted.as_text(), "needs_work": int(wanted.needs_work)}


def _is(job_id: str, kind: str, number: int) -> tuple[ColumnElement[bool], ...]:
    return (job_part.c.job_id == job_id, job_part.c.kind == kind, job_part.c.number == number)


def _read(connection: Connection, job_id: str) -> StoredJob:
    wanted = select(job.c.state, job.c.revision).where(job.c.id == job_id)
    row = connection.execute(wanted).one_or_none()
    if row is None:
        raise JobNotFound(job_id)
    return StoredJob(job_from(row.state), row.revision)


def _delete(connection: Connection, job_id: str) -> None:
    connection.execute(delete(job_part).where(job_part.c.job_id == job_id))
    connection.execute(delete(job).where(job.c.id == job_id))
