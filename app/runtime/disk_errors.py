"""Errors that say that a disk is full, or that a limit of files was reached."""

import errno

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


def is_full(error: BaseException | None) -> bool:
    """Return whether the error is an OSError of a disk without room."""
    return isinstance(error, OSError) and error.errno in _FULL
