"""Explain the errors of a table that has another key than the directory needs."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Protocol, TypeVar, cast

from app.model.errors import StorageUnavailable
from app.storage.dynamodb.client.calls import SERVICE, Calls
from app.storage.dynamodb.client.failures import is_item_rejected
from app.storage.dynamodb.client.tables import INDEX_KEY, PEOPLE_KEY, Tables, describe, key_mismatch

Method = TypeVar("Method", bound=Callable[..., Any])


class _OnTables(Protocol):
    calls: Calls
    tables: Tables


def explaining_keys(method: Method) -> Method:
    """Raise, in place of a rejection by a table with another key, an error with advice.

    Tables are described after a rejection only, so that a call that works costs nothing more.
    """

    @wraps(method)
    def explained(store: _OnTables, *args: Any, **options: Any) -> Any:
        try:
            return method(store, *args, **options)
        except StorageUnavailable as error:
            advice = find_mismatch(store.calls, store.tables) if is_item_rejected(error) else ""
            if not advice:
                raise
            raise StorageUnavailable(
                SERVICE, error.action, error.resource, advice, advice=advice
            ) from error

    return cast(Method, explained)


def find_mismatch(calls: Calls, tables: Tables) -> str:
    """Explain in sentences which of the tables has the wrong key; "" if none is known to."""
    for name, key in ((tables.people, PEOPLE_KEY), (tables.index, INDEX_KEY)):
        try:
            description: dict[str, Any] | None = describe(calls, name)
        except StorageUnavailable:
            return ""
        if description is not None and (mismatch := key_mismatch(name, description, key)):
            return mismatch
    return ""
