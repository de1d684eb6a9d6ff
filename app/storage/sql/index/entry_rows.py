"""Writes of the rows of ``entry``, in the transaction of the caller."""

from collections import Counter
from collections.abc import Iterable, Set

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from app.storage.sql.engines.raw_rows import delete_rows, insert_rows
from app.storage.sql.index import counters
from app.storage.sql.index.entries import EntryKey, EntryRow, IndexEntries
from app.storage.sql.tables import entry

_COLUMNS = tuple(entry.c.keys())
# So few rows cost less to delete before they are inserted than a savepoint.
_FEW_ROWS = 4


def update_entries(
    connection: Connection, number: int, old: IndexEntries, new: IndexEntries
) -> None:
    """Change the rows of ``entry`` and ``facet`` from the old entries to the new ones."""
    if new.sort_key and _are_in_same_views(old, new):
        _update_words(connection, number, old, new)
        return
    before, after = old.by_key(), new.by_key()
    rows = [(*key, number, *prefix) for key, prefix in after.items() if before.get(key) != prefix]
    _replace_entries(connection, before.keys() - after.keys(), rows)
    delta = Counter(new.counted_facets())
    delta.subtract(old.counted_facets())
    counters.apply_delta(connection, delta)


def _are_in_same_views(old: IndexEntries, new: IndexEntries) -> bool:
    return (old.sort_key, old.facets, old.has_left) == (new.sort_key, new.facets, new.has_left)


def _update_words(
    connection: Connection, number: int, old: IndexEntries, new: IndexEntries
) -> None:
    """Change the rows of words where all others stay."""
    before, after = old.prefix_lengths(), new.prefix_lengths()
    rows = [
        new.word_row(word, number, length)
        for word, length in after.items()
        if before.get(word) != length
    ]
    removed = {old.word_row(word, number, 0)[:2] for word in before.keys() - after.keys()}
    _replace_entries(connection, removed, rows)


def _replace_entries(connection: Connection, removed: Set[EntryKey], rows: list[EntryRow]) -> None:
    if len(rows) <= _FEW_ROWS:
        delete_entries(connection, removed | {row[:2] for row in rows})
        insert_rows(connection, entry, _COLUMNS, sorted(rows))
    else:
        delete_entries(connection, removed)
        put_entries(connection, rows)


def put_entries(connection: Connection, rows: Iterable[EntryRow]) -> None:
    """Insert rows into ``entry``; replace orphans that another program left."""
    ordered = sorted(rows)  # in the order of the primary key
    if not ordered:
        return
    try:
        with connection.begin_nested():
            insert_rows(connection, entry, _COLUMNS, ordered)
    except IntegrityError:
        delete_entries(connection, [row[:2] for row in ordered])
        insert_rows(connection, entry, _COLUMNS, ordered)


def delete_entries(connection: Connection, keys: Iterable[EntryKey]) -> None:
    """Delete rows of ``entry``."""
    delete_rows(connection, entry, ("view", "at"), sorted(keys))
