"""Employees in an SQL database, through SQLAlchemy Core."""

from app.storage.sql.store import SqlStore, open_sql_store

__all__ = ["SqlStore", "open_sql_store"]
