"""A file that is written atomically appears whole or not at all."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.runtime.atomic_file import write_atomically


def broken() -> Iterator[bytes]:
    yield b"half"
    raise LookupError


def test_a_file_takes_the_place_of_the_one_before(tmp_path: Path) -> None:
    for pieces in ([b"a"], [b"b", b"c"], []):
        write_atomically(tmp_path / "file", pieces)
        assert (tmp_path / "file").read_bytes() == b"".join(pieces)
    assert os.listdir(tmp_path) == ["file"]


def test_a_file_that_cannot_be_finished_leaves_the_one_before(tmp_path: Path) -> None:
    write_atomically(tmp_path / "file", [b"before"])
    with pytest.raises(LookupError):
        write_atomically(tmp_path / "file", broken())
    with pytest.raises(LookupError):
        write_atomically(tmp_path / "other", broken())
    assert os.listdir(tmp_path) == ["file"]
    assert (tmp_path / "file").read_bytes() == b"before"


def test_a_file_that_must_be_new_leaves_another_as_it_is(tmp_path: Path) -> None:
    write_atomically(tmp_path / "file", [b"first"], replace=False)
    with pytest.raises(FileExistsError):
        write_atomically(tmp_path / "file", [b"second"], replace=False)
    assert os.listdir(tmp_path) == ["file"]
    assert (tmp_path / "file").read_bytes() == b"first"


def test_a_file_has_the_mode_that_is_asked_for(tmp_path: Path) -> None:
    write_atomically(tmp_path / "file", [b"secret"], mode=0o600)
    assert stat.S_IMODE((tmp_path / "file").stat().st_mode) == 0o600


def test_a_durable_file_is_synced_with_its_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[bool] = []

    def fsync(handle: int) -> None:
        synced.append(stat.S_ISDIR(os.fstat(handle).st_mode))

    monkeypatch.setattr(os, "fsync", fsync)
    write_atomically(tmp_path / "file", [b"x"], durable=False)
    assert synced == []
    write_atomically(tmp_path / "file", [b"x"])
    assert synced == [False, True]


@pytest.mark.parametrize("number", [errno.EINVAL, errno.EIO])
def test_a_folder_that_cannot_be_synced_costs_no_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    def fsync(handle: int) -> None:
        if stat.S_ISDIR(os.fstat(handle).st_mode):
            raise OSError(number, "no")

    monkeypatch.setattr(os, "fsync", fsync)
    if number == errno.EIO:  # the disk is broken
        with pytest.raises(OSError, match="no"):
            write_atomically(tmp_path / "file", [b"x"])
    else:
        write_atomically(tmp_path / "file", [b"x"])
    assert (tmp_path / "file").read_bytes() == b"x"
