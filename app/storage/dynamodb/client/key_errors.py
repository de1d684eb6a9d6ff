"""Explain the errors of a table that is missing or has another key than the directory needs."""

from collections.abc import Callable, Iterable, Iterator
from functools import wraps
from typing import Any, NamedTuple, Protocol, TypeVar, cast

from app.model.errors import StorageUnavailable
from app.storage.dynamodb.client.calls import SERVICE, Calls
from app.storage.dynamodb.client.failures import is_item_rejected, is_table_missing
from app.storage.dynamodb.client.tables import INDEX_KEY, PEOPLE_KEY, Tables, describe, key_mismatch

Method = TypeVar("Method", bound=Callable[..., Any])


class _OnTables(Protocol):
    calls: Calls
    tables: Tables


def explaining_keys(method: Method) -> Method:
    """Raise, in place of a rejection by a missing table or one with another key, advice.

    Tables are described after a rejection only, so that a call that works costs nothing more.
    """

    @wraps(method)
    def explained(store: _OnTables, *args: Any, **options: Any) -> Any:
        try:
            return method(store, *args, **options)
        except StorageUnavailable as error:
            may_explain = is_item_rejected(error) or is_table_missing(error)
            advice = _find_fault(store.calls, store.tables) if may_explain else ""
            if not advice:
                raise
            raise StorageUnavailable(
                SERVICE, error.action, error.resource, advice, advice=advice
            ) from error

    return cast(Method, explained)


def find_mismatch(calls: Calls, tables: Tables) -> str:
    """Explain in sentences which of the tables has the wrong key; "" if none is known to."""
    return _mismatch(_described(calls, tables))


def _find_fault(calls: Calls, tables: Tables) -> str:
    """Explain in sentences which table has the wrong key or is missing; "" if none is known to."""
    described = list(_described(calls, tables))
    is_missing = any(each.table is None for each in described)
    advice = "The database is not set up. Run flask setup." if is_missing else ""
    return _mismatch(described) or advice


class _Described(NamedTuple):
    name: str
    key: tuple[tuple[str, str], ...]
    table: dict[str, Any] | None


def _mismatch(described: Iterable[_Described]) -> str:
    found = (key_mismatch(name, table, key) for name, key, table in described if table is not None)
    return next(filter(None, found), "")


def _described(calls: Calls, tables: Tables) -> Iterator[_Described]:
    for name, key in ((tables.people, PEOPLE_KEY), (tables.index, INDEX_KEY)):
        try:
            yield _Described(name, key, describe(calls, name))
        except StorageUnavailable:  # one that may not be described is not known to be wrong
            return
