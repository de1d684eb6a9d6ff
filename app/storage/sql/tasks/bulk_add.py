"""Bulk add: sort new employees by name, then insert some thousand in each transaction."""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from itertools import chain, islice
from operator import attrgetter, itemgetter
from typing import Any, NamedTuple

from sqlalchemy import Connection, func, select
from sqlalchemy.exc import IntegrityError

from app.contracts.stored_history import through_text
from app.history.changes import Write
from app.history.difference import ORDER, digest_of_packed, next_moment, packed
from app.model.employee import Employee
from app.model.fields import TEXT_FIELDS
from app.photos.keys import photo_key
from app.storage.sql.engines.database import Database, retry_when_rolled_back
from app.storage.sql.engines.raw_rows import insert_rows, select_rows
from app.storage.sql.history import changes as history
from app.storage.sql.history.authors import AuthorNumbers, SignedWrite
from app.storage.sql.index import counters, entry_rows, order
from app.storage.sql.index.entries import (
    INDEX_COLUMNS,
    NAME_ORDER,
    WORDS,
    sort_key_of,
)
from app.storage.sql.rows import names_text, time_text
from app.storage.sql.tables import entry, people, tombstones
from app.storage.sql.tasks.external_sort import sort_windows
from app.storage.sql.tasks.new_entries import NewEntries, Note
from app.text import search_keys
from app.text.person_names import SortBy

# Large enough that index rows of many employees are in the same pages of the B-tree.
BATCH_SIZE = 5_000
# A server is slower, and concurrent saves wait until a batch ends.
SERVER_BATCH_SIZE = 500
_WRITE_ID = ""  # not written by a form
_NOW = ""  # replaced by the time of the insert
_texts_of = attrgetter(*TEXT_FIELDS)


# Of a row to insert: sort key, id key, badges and what is hidden, then columns of ``person``.
_BEFORE = ("sort_key", "id_key", "badges", "hidden")
_MEMBERS = (*_BEFORE, "id", *TEXT_FIELDS, "photo_key", "history", "version", "updated_at")
_named_tuple: Any = namedtuple  # mypy knows only members that are written out
_NewRow = _named_tuple("_NewRow", _MEMBERS)
_FIRST_COLUMN = len(_BEFORE)
_content_of = itemgetter(*map(_MEMBERS.index, ORDER))
_COLUMNS = (*_MEMBERS[_FIRST_COLUMN:], "id_key", "badges", "hidden", "write_id", *INDEX_COLUMNS)
_VIEW_COLUMNS = ("view", "at", "number")
_VIEW_CONSTANTS = tuple(
    zip(("first_prefix_length", "sort_key_start"), map(str, NAME_ORDER), strict=True)
)
_WORD_COLUMNS = ("at", "number", "first_prefix_length", "sort_key_start")
_WORD_CONSTANTS = (("view", f"'{WORDS}'"),)
_NEXT_NUMBER = select(func.coalesce(func.max(people.c.number), 0) + 1)

_WriteEntries = Callable[[Connection, NewEntries, Sequence[int]], None]


class _RowsExist(Exception):
    """Some of the rows to insert exist already."""


class Target(NamedTuple):
    """Where employees are added; ``note`` gets each new row."""

    database: Database
    note: Note
    authors: AuthorNumbers


def add_many(target: Target, employees: Iterable[Employee], write: Write | None) -> Iterator[int]:
    """Implement EmployeeStore.add_many; None keeps versions, and leaves no changes."""
    stored = 0
    database = target.database
    batch_size = SERVER_BATCH_SIZE if database.shared else BATCH_SIZE
    signed = None if write is None else target.authors.sign(write)
    with database.reading("add_many") as connection:
        sort_by = order.written(connection)
    for window in sort_windows(_new_rows(employees, sort_by, keep_versions=write is None)):
        while batch := list(map(_NewRow._make, islice(window, batch_size))):
            stored += _add_batch(target, batch, signed, sort_by)
            yield stored


def _new_rows(
    employees: Iterable[Employee], sort_by: SortBy, *, keep_versions: bool
) -> Iterator[tuple[Any, ...]]:
    """Yield the members of ``_NewRow`` for each employee."""
    for employee in employees:
        version: tuple[str, int, str | None] = ("", 1, _NOW)
        if keep_versions:
            moment = time_text(employee.updated_at) if employee.updated_at else None
            version = (employee.history, employee.version, moment)
        id_key = search_keys.id_sort_key(employee.id)
        key = sort_key_of(employee, sort_by)
        yield (key, id_key, employee.badges, employee.hidden, employee.id, *_texts_of(employee),
               photo_key(employee.photo_key), *version)  # fmt: skip


def _add_batch(
    target: Target, batch: list[Any], signed: SignedWrite | None, sort_by: SortBy
) -> int:
    """Insert the new rows of a batch; return how many. First assume that all are new."""
    for check_ids in False, True:
        with suppress(_RowsExist):
            return _add(target, batch, signed, sort_by, _write_entries, check_ids=check_ids)
    return _add(target, batch, signed, sort_by, _replace_entries, check_ids=True)


@retry_when_rolled_back
def _add(
    target: Target,
    batch: list[Any],
    signed: SignedWrite | None,
    sort_by: SortBy,
    write: _WriteEntries,
    *,
    check_ids: bool,
) -> int:
    """Insert the new rows of a batch, all or nothing. Raises _RowsExist when some exist."""
    database = target.database
    with database.writing("add_many") as connection:
        if (written := order.written(connection)) is not sort_by:  # changed since they were sorted
            batch = _in_order(batch, written)
        database.grow_cache(connection)
        new_rows = _without_existing(connection, batch, check_ids=check_ids)
        if not new_rows:
            return 0
        changes: list[Any] = []
        if signed is not None:
            new_rows = _with_changes(new_rows, signed, changes)
        entries = NewEntries(new_rows, target.note)
        insert = _insert_on_server if database.shared else _insert
        try:
            insert(connection, entries, write)
            history.insert_added(connection, changes)
        except IntegrityError as error:
            raise _RowsExist from error
        counters.apply_delta(connection, entries.counts())
    return len(new_rows)


def _without_existing(connection: Connection, batch: list[Any], *, check_ids: bool) -> list[Any]:
    id_keys = [row.id_key for row in batch]
    existing_keys = {
        id_key
        for table in ((people, tombstones) if check_ids else (tombstones,))
        for (id_key,) in select_rows(connection, table, ("id_key",), id_keys)
    }
    return [row for row in batch if row.id_key not in existing_keys]


def _with_changes(rows: list[Any], signed: SignedWrite, changes: list[Any]) -> list[Any]:
    """Return the rows with the marks of their changes, which are appended as rows to insert."""
    moment = next_moment("", datetime.now(UTC))
    through = through_text(signed.write.through)
    marked = []
    for row in rows:
        content = packed(list(_content_of(row)))
        marked.append(row._replace(history=f"{moment} {digest_of_packed(content)}"))
        employee_id = None if row.id == row.id_key else row.id
        changes.append((row.id_key, moment, employee_id, signed.author, through, content.decode()))
    return marked


def _in_order(rows: list[Any], sort_by: SortBy) -> list[Any]:
    keyed = [row._replace(sort_key=sort_key_of(row, sort_by)) for row in rows]
    return sorted(keyed, key=attrgetter("sort_key"))


def _insert(connection: Connection, entries: NewEntries, write: _WriteEntries) -> None:
    """Insert rows into ``entry`` and ``person``, with numbers that are assigned here."""
    first = connection.execute(_NEXT_NUMBER).scalar_one()
    numbers = range(first, first + len(entries.rows))
    write(connection, entries, numbers)
    # ``person`` last, since ids are random: when its cache is full, SQLite writes some pages to the
    # log twice, and recomputes the checksums of the log after the first of those.
    numbered = ((number, *row) for number, row in zip(numbers, _rows(entries), strict=True))
    insert_rows(connection, people, ("number", *_COLUMNS), numbered)


def _insert_on_server(connection: Connection, entries: NewEntries, write: _WriteEntries) -> None:
    """Insert rows into ``person``, where the server assigns numbers, and into ``entry``."""
    insert_rows(connection, people, _COLUMNS, _rows(entries))
    id_keys = [row.id_key for row in entries.rows]
    number_of: dict[str, int] = dict(select_rows(connection, people, ("id_key", "number"), id_keys))
    write(connection, entries, [number_of[id_key] for id_key in id_keys])


def _rows(entries: NewEntries) -> Iterator[tuple[Any, ...]]:
    """Yield the values of ``_COLUMNS``."""
    now = time_text(datetime.now(UTC))
    for row, index_entries in zip(entries.rows, entries.of_rows, strict=True):
        content = row[_FIRST_COLUMN:] if row.updated_at != _NOW else (*row[_FIRST_COLUMN:-1], now)
        yield (
            *content,
            row.id_key,
            names_text(row.badges),
            names_text(row.hidden),
            _WRITE_ID,
            *index_entries.values(),
        )


def _write_entries(connection: Connection, entries: NewEntries, numbers: Sequence[int]) -> None:
    """Insert rows into ``entry`` without a savepoint, which would copy each changed page."""
    rows = chain.from_iterable(entries.view_entries(numbers))
    words = chain.from_iterable(entries.word_entries(numbers))
    insert_rows(connection, entry, _VIEW_COLUMNS, rows, _VIEW_CONSTANTS)
    insert_rows(connection, entry, _WORD_COLUMNS, words, _WORD_CONSTANTS)


def _replace_entries(connection: Connection, entries: NewEntries, numbers: Sequence[int]) -> None:
    """Insert rows into ``entry``; replace orphans that another program left."""
    rows = ((*row, *NAME_ORDER) for rows in entries.view_entries(numbers) for row in rows)
    words = ((WORDS, *row) for rows in entries.word_entries(numbers) for row in rows)
    entry_rows.put_entries(connection, chain(rows, words))
