"""botocore's descriptions of the services, read once in a run instead of once in a session."""

import functools
from typing import Any

from botocore.loaders import JSONFileLoader


def read_once() -> None:
    """Half the time of a test on moto or DynamoDB Local went into reading the same JSON again."""
    read = JSONFileLoader.load_file

    @functools.cache
    def read_file(path: str) -> Any:
        return read(JSONFileLoader(), path)

    def load_file(_: JSONFileLoader, file_path: str) -> Any:
        return read_file(file_path)

    JSONFileLoader.load_file = load_file  # type: ignore[method-assign]
