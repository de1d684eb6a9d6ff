"""A disk of a test's own: small, to be filled, or made read-only."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.support.needs import do_without, find


@contextmanager
def small_disk(folder: Path, megabytes: int = 32) -> Iterator[Path]:
    """Mount a disk of so many megabytes there, in memory; it is gone when the block ends."""
    purpose = "a disk of our own, to fill it"
    if os.geteuid() != 0:
        do_without("root", purpose)
    mount = find("mount", purpose)
    folder.mkdir(parents=True, exist_ok=True)
    command = [mount, "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(folder)]
    if subprocess.run(command, check=False, capture_output=True).returncode:
        do_without("the right to mount", purpose)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def fill(folder: Path, *, leave: int = 0) -> Path:
    """Fill the disk with a file but for so many bytes; remove the file to make room again."""
    filler = folder / "filler"
    with filler.open("wb", buffering=0) as file:
        with suppress(OSError):
            while True:
                file.write(bytes(65536))
        assert shutil.disk_usage(folder).free == 0
        file.truncate(max(0, file.tell() - leave))
    return filler


def make_read_only(folder: Path, *, read_only: bool = True) -> None:
    """Mount the disk read-only, or for writing again."""
    options = f"remount,{'ro' if read_only else 'rw'}"
    subprocess.run(["mount", "-o", options, str(folder)], check=True)
