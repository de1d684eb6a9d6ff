"""Employees in an SQL database, by SQLAlchemy Core."""

from app.storage.sql.jobs import SqlJobs
from app.storage.sql.store import SqlStore, open_sql_store

__all__ = ["SqlJobs", "SqlStore", "open_sql_store"]
