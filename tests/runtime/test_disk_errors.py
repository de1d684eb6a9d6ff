"""Which errors say that a disk is full."""

import errno

import pytest

from app.runtime import disk_errors


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EFBIG])
def test_a_disk_without_room_is_full(number: int) -> None:
    assert disk_errors.is_full(OSError(number, "no room"))


@pytest.mark.parametrize("error", [None, OSError(errno.EACCES, "no"), OSError(), ValueError()])
def test_nothing_else_is(error: Exception | None) -> None:
    assert not disk_errors.is_full(error)
