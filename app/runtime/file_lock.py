"""Locks that processes of one machine take on open files (``flock``).

A lock is free again when the last process that holds the file open has closed it or was killed.
"""

import fcntl
from typing import IO


def try_lock(file: int | IO[bytes]) -> bool:
    """Lock an open file; False while another process holds the lock. Raises OSError."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def wait_for_lock(file: int | IO[bytes]) -> None:
    """Lock an open file, however long another process holds the lock. Raises OSError."""
    fcntl.flock(file, fcntl.LOCK_EX)
