"""The tables, in SQL that every database speaks.

``person`` holds the records. ``entry`` is the order of every list: a person has one row in each
view that they belong to (``name``, ``word``, ``location:lisbon``, ``badge:apple``), at a place that
sorts as the page shows it, so a page is one walk along the primary key. ``facet`` counts the people
of each view by the exact spelling. ``gone`` remembers who was deleted.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, MetaData, String, Table, Text
from sqlalchemy.types import TypeEngine


def ordered(characters: int) -> TypeEngine[str]:
    """A text that is compared as UTF-8 bytes, and short enough for an index everywhere."""
    return (
        String(characters)  # SQLite compares bytes unless told otherwise
        .with_variant(String(characters, collation="C"), "postgresql")
        .with_variant(String(characters, collation="utf8mb4_bin"), "mysql", "mariadb")
    )


TIE, VIEW, AT, SPELLING, ID = 64, 80, 290, 200, 2_048
# A line of 200 characters can grow by half and twice when its case is folded.
EMAIL_KEY = 600

metadata = MetaData()

# What was typed may be NULL, so that a row which another program put in can be read.
# ``place``, ``words``, ``listed`` and ``email_key`` say how the person is listed; see listing.py.
people = Table(
    "person",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("tie", ordered(TIE)),
    Column("version", Integer),
    Column("updated_at", String(32)),
    Column("write_id", String(100)),
    Column("id", ordered(ID), nullable=False),
    Column("full_name", Text),
    Column("job_title", Text),
    Column("location", Text),
    Column("department", Text),
    Column("email", Text),
    Column("phone", Text),
    Column("badges", Text),
    Column("photo_key", Text),
    Column("place", ordered(AT)),
    Column("words", Text),
    Column("listed", Text),
    Column("preferred_name", Text),
    Column("pronouns", Text),
    Column("start_date", Text),
    Column("about", Text),
    Column("email_key", ordered(EMAIL_KEY)),
    Index("person_by_tie", "tie", unique=True),
    Index("person_by_email", "email_key"),
)

entry = Table(
    "entry",
    metadata,
    Column("view", ordered(VIEW), primary_key=True),
    Column("at", ordered(AT), primary_key=True),
    Column("number", Integer, nullable=False),
    # The shortest beginning of the word that finds this person here first; 0 outside ``word``.
    Column("lead", Integer, nullable=False),
    # The character of ``at``, from 1, with which the place among the names begins.
    Column("start", Integer, nullable=False),
    sqlite_with_rowid=False,
)

facet = Table(
    "facet",
    metadata,
    Column("view", ordered(VIEW), primary_key=True),
    Column("spelling", ordered(SPELLING), primary_key=True),
    Column("people", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

gone = Table(
    "gone",
    metadata,
    Column("tie", ordered(TIE), primary_key=True),
    Column("write_id", String(100), nullable=False),
    Column("deleted_at", String(32), nullable=False),
    Index("gone_by_time", "deleted_at"),
    sqlite_with_rowid=False,
)
