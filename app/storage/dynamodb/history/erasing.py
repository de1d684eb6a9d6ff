"""Erasure: everything that the changes and the audit log tell of one person is deleted."""

from collections.abc import Iterable
from itertools import islice

from app.storage.dynamodb.client.batch_writes import MAX_BATCH_ACTIONS, write_batches
from app.storage.dynamodb.client.calls import Calls, Item
from app.storage.dynamodb.client.pagination import query_range
from app.storage.dynamodb.client.tables import Tables
from app.storage.dynamodb.history.authors import AuthorNames
from app.storage.dynamodb.history.items import change_view, log_key, note_view


class Erasure:
    """The erasure of single people, which goes on where a killed one ended."""

    def __init__(self, calls: Calls, index: str, names: AuthorNames) -> None:
        self._names = names
        self._calls = calls
        self._index = index

    def erase(self, employee_id: str) -> None:
        """Delete the changes of a person, the entries about them, and their name as an author."""
        self._names.erase_person(employee_id)
        for view in (change_view(employee_id), note_view(employee_id)):
            rows = query_range(self._calls, self._index, view, fields=("at",))
            moments = (item["at"]["S"] for item in rows)
            # Entries first: they are found by the moments of the rows.
            while batch := list(islice(moments, MAX_BATCH_ACTIONS)):
                entries = [log_key(moment, employee_id) for moment in batch]
                changes = [Tables.index_key(view, moment) for moment in batch]
                for keys in (entries, changes):
                    delete_keys(self._calls, self._index, keys)


def delete_keys(calls: Calls, index: str, keys: Iterable[Item]) -> None:
    """Delete the items with these keys, in batches."""
    write_batches(calls, index, ({"DeleteRequest": {"Key": key}} for key in keys))
