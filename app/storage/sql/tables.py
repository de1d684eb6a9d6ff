"""The tables, in portable SQL.

``person`` holds the records. ``entry`` is the index of all lists: an employee has one row in each
of their views (``name``, ``word``, ``location:lisbon``, ``badge:apple``), keyed by the sort key of
the page, so a page is a range scan of the primary key. ``facet`` counts the employees of each view
by exact spelling. ``gone`` holds the tombstones of deleted employees. Column names are those of
earlier releases; ``key`` is the name in Python.
"""

from typing import Any

from sqlalchemy import BigInteger, Column, Dialect, Index, Integer, MetaData, String, Table, Text
from sqlalchemy.types import TypeDecorator, TypeEngine

from app.model.employee import IN_CARDS
from app.model.fields import FIELDS, FIRST_RELEASE


class BytewiseText(TypeDecorator[str]):
    """A text type that compares UTF-8 bytes, short enough for an index in every database.

    MySQL and MariaDB ignore trailing spaces unless a collation says otherwise, each its own.
    """

    impl = String
    cache_ok = True

    def __init__(self, characters: int) -> None:
        super().__init__(characters)
        self.characters = characters

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Return the string type of a dialect with its bytewise collation."""
        collation = None  # the default of SQLite is bytewise
        if dialect.name == "postgresql":
            collation = "C"
        elif dialect.name == "mysql":
            collation = "utf8mb4_nopad_bin" if _is_mariadb(dialect) else "utf8mb4_0900_bin"
        return dialect.type_descriptor(String(self.characters, collation=collation))


class LongText(TypeDecorator[str]):
    """A text of up to 16 MB in MySQL and MariaDB, whose TEXT ends at 64 kB."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Return the text type of a dialect; MySQL chooses it by the length."""
        length = (1 << 24) - 1 if dialect.name == "mysql" else None
        return dialect.type_descriptor(Text(length))


def _is_mariadb(dialect: Dialect) -> bool:
    return bool(getattr(dialect, "is_mariadb", False))  # set after the first connection


# In InnoDB every table is clustered by its primary key; SQLite needs an option.
TABLE_OPTIONS: dict[str, Any] = {
    "mysql_engine": "InnoDB",
    "mysql_charset": "utf8mb4",
    "mysql_collate": "utf8mb4_bin",
}
KEYED_TABLE_OPTIONS: dict[str, Any] = {**TABLE_OPTIONS, "sqlite_with_rowid": False}


_MAX_ID_KEY, _MAX_VIEW, _MAX_SORT_KEY, _MAX_SPELLING, _MAX_ID = 64, 80, 290, 200, 2_048
# Case folding can make a line of 200 characters three times as long.
_MAX_EMAIL_KEY, _MAX_NUMBER_KEY = 600, 600

metadata = MetaData()

# The fields of an employee: those of cards, the others of the first release, and those that each
# later migration added.
_BY_DIGEST = [field.name for field in sorted(FIELDS, key=lambda field: field.digest)]
_NOT_IN_CARDS = [name for name in _BY_DIGEST[:FIRST_RELEASE] if name not in IN_CARDS]
_LATER = _BY_DIGEST[FIRST_RELEASE:]
_BEFORE_NUMBER_KEY, _BEFORE_ORIGINS, _BEFORE_HISTORY = 3, 5, 6

# Content columns may be NULL, so that rows which another program inserted can be read.
# ``sort_key``, ``words``, ``facets``, ``email_key`` and ``number_key`` store index entries; see
# index/entries.py.
people = Table(
    "person",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("tie", BytewiseText(_MAX_ID_KEY), key="id_key"),
    Column("version", Integer),
    Column("updated_at", String(32)),
    Column("write_id", String(100)),
    Column("id", BytewiseText(_MAX_ID), nullable=False),
    *(Column(name, Text) for name in IN_CARDS),
    Column("place", BytewiseText(_MAX_SORT_KEY), key="sort_key"),
    Column("words", Text),
    Column("listed", Text, key="facets"),
    *(Column(name, Text) for name in _NOT_IN_CARDS),
    Column("email_key", BytewiseText(_MAX_EMAIL_KEY)),
    *(Column(name, Text) for name in _LATER[:_BEFORE_NUMBER_KEY]),
    Column("number_key", BytewiseText(_MAX_NUMBER_KEY)),
    *(Column(name, Text) for name in _LATER[_BEFORE_NUMBER_KEY:_BEFORE_ORIGINS]),
    # Of ``words``, as far as a card does not tell them; see app/model/word_origins.py.
    Column("origins", Text),
    *(Column(name, Text) for name in _LATER[_BEFORE_ORIGINS:_BEFORE_HISTORY]),
    # The mark of the last recorded change; see app/history/difference.py.
    Column("history", Text),
    *(Column(name, Text) for name in _LATER[_BEFORE_HISTORY:]),
    Index("person_by_tie", "id_key", unique=True),
    Index("person_by_email", "email_key"),
    Index("person_by_number", "number_key"),
    **TABLE_OPTIONS,
)

entry = Table(
    "entry",
    metadata,
    Column("view", BytewiseText(_MAX_VIEW), primary_key=True),
    Column("at", BytewiseText(_MAX_SORT_KEY), primary_key=True),
    Column("number", Integer, nullable=False),
    # Length of the shortest prefix that no earlier word of the employee has; 0 outside ``word``.
    Column("lead", Integer, nullable=False, key="first_prefix_length"),
    # The character of ``at``, counted from 1, at which the sort key of the name view starts.
    Column("start", Integer, nullable=False, key="sort_key_start"),
    **KEYED_TABLE_OPTIONS,
)

facet = Table(
    "facet",
    metadata,
    Column("view", BytewiseText(_MAX_VIEW), primary_key=True),
    Column("spelling", BytewiseText(_MAX_SPELLING), primary_key=True),
    Column("people", BigInteger, nullable=False),
    **KEYED_TABLE_OPTIONS,
)

# How many stand below somebody in all, as a job has counted them.
report_counts = Table(
    "report_count",
    metadata,
    Column("tie", BytewiseText(_MAX_ID_KEY), primary_key=True, key="id_key"),
    Column("below", Integer, nullable=False),
    Column("counted_at", String(32), nullable=False),
    **KEYED_TABLE_OPTIONS,
)

# The state of that job, in one row.
report_counting = Table(
    "report_counting",
    metadata,
    Column("name", String(20), primary_key=True),
    Column("content", Text, nullable=False),
    **KEYED_TABLE_OPTIONS,
)

tombstones = Table(
    "gone",
    metadata,
    Column("tie", BytewiseText(_MAX_ID_KEY), primary_key=True, key="id_key"),
    Column("write_id", String(100), nullable=False),
    Column("deleted_at", String(32), nullable=False),
    Index("gone_by_time", "deleted_at"),
    **KEYED_TABLE_OPTIONS,
)
