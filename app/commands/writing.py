"""Files that commands write."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from app.model.errors import ExportRefused
from app.runtime.atomic_file import write_atomically


def write_file(path: Path, pieces: Iterable[bytes]) -> None:
    """The file appears whole, or stays as it was; a pipe or device is written into.

    Raises ExportRefused.
    """
    with _telling(str(path)):
        path = path.resolve()  # a link goes on to lead there
        if path.exists() and not path.is_file():
            with path.open("wb") as there:
                there.writelines(pieces)
        else:
            write_atomically(path, pieces)


def print_file(pieces: Iterable[bytes]) -> None:
    """Write to standard output. Raises ExportRefused."""
    with _telling("Standard output"):
        sys.stdout.buffer.writelines(pieces)
        sys.stdout.buffer.flush()


@contextmanager
def _telling(what: str) -> Iterator[None]:
    """What the operating system refuses is told as ours, but that nobody reads on."""
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        reason = error.strerror or str(error)
        raise ExportRefused(
            f"{what} could not be written ({reason}). Name another file."
        ) from error
