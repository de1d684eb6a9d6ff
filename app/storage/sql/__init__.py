"""Employees, imports and accounts in an SQL database, by SQLAlchemy Core."""

from app.storage.sql.accounts.store import SqlAccounts
from app.storage.sql.history.store import SqlHistory
from app.storage.sql.jobs import SqlJobs
from app.storage.sql.store import SqlStore, open_sql_store

__all__ = ["SqlAccounts", "SqlHistory", "SqlJobs", "SqlStore", "open_sql_store"]
