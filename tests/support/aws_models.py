"""What botocore finds out anew for each session, though it is always the same, found out once."""

import functools
from collections.abc import Callable
from inspect import CO_VARKEYWORDS
from types import FunctionType, MethodType
from typing import Any

from botocore import hooks
from botocore.compat import accepts_kwargs
from botocore.loaders import JSONFileLoader, Loader


def read_once() -> None:
    """Half the time of a test on moto or DynamoDB Local went into reading the same JSON again.

    A third of what remained went into the names of events, and what their handlers take.
    """
    read, list_services = JSONFileLoader.load_file, Loader.list_available_services

    @functools.cache
    def read_file(path: str) -> Any:
        return read(JSONFileLoader(), path)

    @functools.cache
    def services(kind: str, places: tuple[str, ...]) -> list[str]:
        return list_services(Loader(list(places), include_default_search_paths=False), kind)

    def available(loader: Loader, type_name: str) -> list[str]:
        return services(type_name, tuple(loader.search_paths))

    setattr(JSONFileLoader, "load_file", lambda _, path: read_file(path))  # noqa: B010
    setattr(Loader, "list_available_services", available)  # noqa: B010
    setattr(hooks.EventAliaser, "__init__", _begin_with_known_names)  # noqa: B010
    setattr(hooks, "accepts_kwargs", _takes_any_names)  # noqa: B010


def read_ahead(*services: str) -> None:
    """Read now what the first client of each service would read; it asks nobody anything."""
    import botocore.session  # with all that it takes: not for every run

    session = botocore.session.Session()
    for service in services:
        session.create_client(service, "us-west-2").close()  # type: ignore[call-overload]


_names: dict[str, str] = {}


def _begin_with_known_names(
    aliaser: Any, event_emitter: Any, event_aliases: dict[str, str] | None = None
) -> None:
    """As botocore's own, but all that have its usual aliases share what they found."""
    usual = event_aliases is None or event_aliases == hooks.EVENT_ALIASES
    aliaser._event_aliases = hooks.EVENT_ALIASES if event_aliases is None else event_aliases
    aliaser._alias_name_cache = _names if usual else {}
    aliaser._emitter = event_emitter


def _takes_any_names(handler: Callable[..., Any]) -> bool:
    """As `accepts_kwargs`, without a description of all that the function takes."""
    function = handler.__func__ if isinstance(handler, MethodType) else handler
    if isinstance(function, FunctionType):
        return bool(function.__code__.co_flags & CO_VARKEYWORDS)
    return bool(accepts_kwargs(handler))
