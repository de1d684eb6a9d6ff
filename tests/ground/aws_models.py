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

    setattr(JSONFileLoader, "load_file", lambda _, path: read_file(path))  # noqa: B010
