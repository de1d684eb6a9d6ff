"""Write the output files of commands."""

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from app.model.errors import ExportRefused
from app.runtime.atomic_file import write_atomically


def write_file(path: Path, pieces: Iterable[bytes]) -> None:
    """Write a file atomically; a pipe or device is written to directly.

    Raises ExportRefused.
    """
    with _translate_os_errors(str(path)):
        path = path.resolve()  # a symbolic link is kept
        if path.exists() and not path.is_file():
            with path.open("wb") as target:
                target.writelines(pieces)
        else:
            write_atomically(path, pieces)


def print_file(pieces: Iterable[bytes]) -> None:
    """Write to standard output. Raises ExportRefused."""
    with _translate_os_errors("Standard output"):
        sys.stdout.buffer.writelines(pieces)
        sys.stdout.buffer.flush()


@contextmanager
def _translate_os_errors(name: str) -> Iterator[None]:
    """Raise ExportRefused in place of OSError, except for a broken pipe."""
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        reason = error.strerror or str(error)
        raise ExportRefused(
            f"{name} could not be written ({reason}). Name another file."
        ) from error
