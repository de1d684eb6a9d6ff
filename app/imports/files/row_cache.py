"""Rows that take long to be read, kept on disk when they are read for the first time."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Generator, Iterable
from weakref import finalize

from app.imports.files.rows import Row


class RowCache:
    """Gives the rows that it is given, and once it gave them all, gives them again from disk.

    ``is_whole`` says whether all of them are there.
    """

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile("w+", encoding="ascii")  # noqa: SIM115
        finalize(self, self._file.close)
        self.is_whole = False

    def keeping(self, rows: Iterable[Row]) -> Generator[Row]:
        """The same rows, while they are kept."""
        self._file.seek(0)
        self._file.truncate()
        for row in rows:
            self._file.write(f"{json.dumps(row)}\n")
            yield row
        self.is_whole = True

    def again(self) -> Generator[Row]:
        """The rows that were kept."""
        self._file.seek(0)
        for line in self._file:
            number, cells, problem, errors = json.loads(line)
            yield Row(number, tuple(cells), problem, tuple(errors))
