"""The keys that sign sessions and forms: configured, or generated once and stored."""

import secrets
from contextlib import suppress
from pathlib import Path

from app.contracts import EmployeeStore
from app.model.errors import StorageUnavailable
from app.runtime.atomic_file import write_atomically
from app.settings import Settings

_FILE_NAME = "secret_key"


class SecretKeys:
    """The keys of this directory, newest first, loaded on first use.

    ``SECRET_KEY`` takes precedence. Otherwise all machines on one DynamoDB table or database server
    share a key stored there by the first of them, and a directory on a laptop keeps one in its
    instance folder, readable by its owner only.
    """

    def __init__(self, settings: Settings, employees: EmployeeStore) -> None:
        self._keys = settings.secret_keys
        self._problem = settings.secret_key_problem
        self._folder = settings.instance_folder
        self._employees = employees

    def get(self) -> tuple[str, ...]:
        """Return the keys. Raises StorageUnavailable if the store of the key does not answer."""
        if self._problem:
            raise StorageUnavailable("the key", reason=self._problem, advice=self._problem)
        if not self._keys:
            # Without a lock: threads may load it at the same time, and all get the same key.
            shared = self._employees.shared_secret(secrets.token_hex(32))
            self._keys = (shared or _key_in_file(self._folder / _FILE_NAME),)
        return self._keys


def _key_in_file(path: Path) -> str:
    """Return the key in this file, which is made at once if it is missing."""
    try:
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            new_key = secrets.token_hex(32).encode()
            with suppress(FileExistsError):  # another process was faster
                write_atomically(path, [new_key], mode=0o600, replace=False)
        key = path.read_text().strip()
    except OSError as error:
        raise StorageUnavailable(
            "the instance folder", "write", str(path), error.strerror or str(error)
        ) from error
    if len(key) < 32:
        raise StorageUnavailable(
            "the instance folder", "read", str(path), "the key in it is too short: remove the file"
        )
    return key
