"""Passwords: which are accepted, and their hashes, at most two of which are made at a time."""

import threading
import time
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from app.accounts.errors import PasswordsBusy, ValueRejected
from app.runtime.file_lock import try_lock
from app.runtime.runtime_dir import RuntimeDir
from app.text.common_passwords import is_common

MIN_CHARACTERS = 12
MAX_CHARACTERS = 128
HASHES_AT_ONCE = 2  # each takes 32 MiB for a fifth of a second
WAIT_SECONDS = 2.0
# Hashes of a process with those that wait for one: half of its threads answer other requests.
MOST_AT_ONCE = 4
_LOOK_EVERY_SECONDS = 0.02
_METHOD = "scrypt:32768:8:1"


class Passwords:
    """Makes and checks hashes; waits WAIT_SECONDS for others, then raises PasswordsBusy.

    It does so at once where MOST_AT_ONCE are made or waited for: guesses must not stop all pages.
    The processes that share ``folder`` make HASHES_AT_ONCE together: a small machine with several
    workers has memory for no more.
    """

    def __init__(
        self, folder: RuntimeDir | None = None, wait_seconds: float = WAIT_SECONDS
    ) -> None:
        self._folder = folder
        self._wait_seconds = wait_seconds
        self._slots = threading.BoundedSemaphore(HASHES_AT_ONCE)
        self._places = threading.BoundedSemaphore(MOST_AT_ONCE)

    @contextmanager
    def place(self) -> Iterator[None]:
        """Be one of those who make a hash or wait for it. Raises PasswordsBusy at once."""
        if not self._places.acquire(blocking=False):
            raise PasswordsBusy
        try:
            yield
        finally:
            self._places.release()

    def hash(self, password: str) -> str:
        """Return the hash of a new password. Raises PasswordsBusy."""
        # Imported here: whoever does not use passwords does not need it.
        from werkzeug.security import generate_password_hash

        with self.place(), self._slot():
            return generate_password_hash(_normal(password), _METHOD)

    def matches(self, password_hash: str, password: str) -> bool:
        """Return whether it is the password of this hash, at the same cost without a hash.

        Call it with a ``place``. Raises PasswordsBusy.
        """
        from werkzeug.security import check_password_hash

        with self._slot():
            is_right = check_password_hash(
                password_hash or _hash_of_nobody(), _normal(password)[:MAX_CHARACTERS]
            )
        return is_right and bool(password_hash)

    @contextmanager
    def _slot(self) -> Iterator[None]:
        ends_at = time.monotonic() + self._wait_seconds
        if not self._slots.acquire(timeout=self._wait_seconds):
            raise PasswordsBusy
        try:
            with self._slot_of_machine(ends_at):
                yield
        finally:
            self._slots.release()

    @contextmanager
    def _slot_of_machine(self, ends_at: float) -> Iterator[None]:
        """Hold one of the files that stand for the slots; do without where none can be made."""
        try:
            names = [f"password.{number}" for number in range(HASHES_AT_ONCE)]
            paths = [self._folder.path(name) for name in names] if self._folder else []
            files = [path.open("ab") for path in paths]
        except OSError:
            files = []
        try:
            while files and not any(try_lock(file) for file in files):
                if time.monotonic() >= ends_at:
                    raise PasswordsBusy
                time.sleep(_LOOK_EVERY_SECONDS)
            yield
        finally:
            for file in files:
                file.close()


def require_good(password: str, *personal: str) -> None:
    """Raise ValueRejected unless somebody may choose this password.

    ``personal`` are their email and name, which others try first.
    """
    if len(password) < MIN_CHARACTERS:
        raise ValueRejected(
            "password", f"Must be {MIN_CHARACTERS} characters or more, such as four random words."
        )
    if len(_normal(password)) > MAX_CHARACTERS or len(password) > MAX_CHARACTERS:
        raise ValueRejected("password", f"Must be {MAX_CHARACTERS} characters or fewer.")
    own = {text.casefold().strip() for text in personal}
    if is_common(password) or password.casefold().strip() in own:
        raise ValueRejected(
            "password", "This password is easy to guess. Choose another, such as four random words."
        )


def _normal(password: str) -> str:
    """Return a password as every keyboard sends it: accents may be typed in two ways."""
    return unicodedata.normalize("NFKC", password)


@cache
def _hash_of_nobody() -> str:
    """Return a hash of the same cost as others, which no password has."""
    return f"{_METHOD}$directory-of-nobody${'0' * 128}"
