"""The tables, in SQL that every database speaks.

``person`` holds the records. ``entry`` is the order of every list: a person has one row in each
view that they belong to (``name``, ``word``, ``location:lisbon``, ``badge:apple``), at a place that
sorts as the page shows it, so a page is one walk along the primary key. ``facet`` counts the people
of each view by the exact spelling. ``gone`` remembers who was deleted.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Column, Dialect, Index, Integer, MetaData, String, Table, Text
from sqlalchemy.types import TypeDecorator, TypeEngine

from app.model.employee import Card
from app.model.fields import FIELDS, FIRST_RELEASE


class Ordered(TypeDecorator[str]):
    """A text that is compared as UTF-8 bytes, and short enough for an index everywhere.

    To MySQL and MariaDB ``a`` is the same as ``a `` unless told otherwise, each in its own words.
    """

    impl = String
    cache_ok = True

    def __init__(self, characters: int) -> None:
        super().__init__(characters)
        self.characters = characters

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        collation = None  # SQLite compares bytes unless told otherwise
        if dialect.name == "postgresql":
            collation = "C"
        elif dialect.name == "mysql":
            collation = "utf8mb4_nopad_bin" if _is_mariadb(dialect) else "utf8mb4_0900_bin"
        return dialect.type_descriptor(String(self.characters, collation=collation))


def _is_mariadb(dialect: Dialect) -> bool:
    return bool(getattr(dialect, "is_mariadb", False))  # known once it is connected


# How each database keeps a table. In MySQL the rows of a key lie beside it whatever it is told.
KEPT: dict[str, Any] = {
    "mysql_engine": "InnoDB",
    "mysql_charset": "utf8mb4",
    "mysql_collate": "utf8mb4_bin",
}
KEPT_BY_KEY: dict[str, Any] = {**KEPT, "sqlite_with_rowid": False}


TIE, VIEW, AT, SPELLING, ID = 64, 80, 290, 200, 2_048
# A line of 200 characters can grow by half and twice when its case is folded.
EMAIL_KEY = 600

metadata = MetaData()

# The fields of an employee: those of cards, the others of the first release, and those that each
# later migration added.
_BY_DIGEST = [field.name for field in sorted(FIELDS, key=lambda field: field.digest)]
_IN_CARDS = Card._fields[1:]
_NOT_IN_CARDS = [name for name in _BY_DIGEST[:FIRST_RELEASE] if name not in _IN_CARDS]
_LATER = _BY_DIGEST[FIRST_RELEASE:]

# What was typed may be NULL, so that a row which another program put in can be read.
# ``place``, ``words``, ``listed`` and ``email_key`` say how the person is listed; see listing.py.
people = Table(
    "person",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("tie", Ordered(TIE)),
    Column("version", Integer),
    Column("updated_at", String(32)),
    Column("write_id", String(100)),
    Column("id", Ordered(ID), nullable=False),
    *(Column(name, Text) for name in _IN_CARDS),
    Column("place", Ordered(AT)),
    Column("words", Text),
    Column("listed", Text),
    *(Column(name, Text) for name in _NOT_IN_CARDS),
    Column("email_key", Ordered(EMAIL_KEY)),
    *(Column(name, Text) for name in _LATER),
    Index("person_by_tie", "tie", unique=True),
    Index("person_by_email", "email_key"),
    **KEPT,
)

entry = Table(
    "entry",
    metadata,
    Column("view", Ordered(VIEW), primary_key=True),
    Column("at", Ordered(AT), primary_key=True),
    Column("number", Integer, nullable=False),
    # The shortest beginning of the word that finds this person here first; 0 outside ``word``.
    Column("lead", Integer, nullable=False),
    # The character of ``at``, from 1, with which the place among the names begins.
    Column("start", Integer, nullable=False),
    **KEPT_BY_KEY,
)

facet = Table(
    "facet",
    metadata,
    Column("view", Ordered(VIEW), primary_key=True),
    Column("spelling", Ordered(SPELLING), primary_key=True),
    Column("people", BigInteger, nullable=False),
    **KEPT_BY_KEY,
)

gone = Table(
    "gone",
    metadata,
    Column("tie", Ordered(TIE), primary_key=True),
    Column("write_id", String(100), nullable=False),
    Column("deleted_at", String(32), nullable=False),
    Index("gone_by_time", "deleted_at"),
    **KEPT_BY_KEY,
)
