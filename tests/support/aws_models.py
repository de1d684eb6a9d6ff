"""botocore's descriptions of the services, read once in a run instead of once in a session."""

import functools
from typing import Any

from botocore.loaders import JSONFileLoader, Loader


def read_once() -> None:
    """Half the time of a test on moto or DynamoDB Local went into reading the same JSON again."""
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
