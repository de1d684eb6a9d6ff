"""A cache on disk for rows that are slow to read."""

import json
import tempfile
from collections.abc import Generator, Iterable
from weakref import finalize

from app.imports.files.rows import Row


class RowCache:
    """A temporary file of rows, written on the first read and replayed on later ones.

    ``is_complete`` is set once every row was written.
    """

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile("w+", encoding="ascii")  # noqa: SIM115
        finalize(self, self._file.close)
        self.is_complete = False

    def record(self, rows: Iterable[Row]) -> Generator[Row]:
        """Yield the same rows, writing each to disk."""
        self._file.seek(0)
        self._file.truncate()
        for row in rows:
            self._file.write(f"{json.dumps(row)}\n")
            yield row
        self.is_complete = True

    def replay(self) -> Generator[Row]:
        """Yield the recorded rows."""
        self._file.seek(0)
        for line in self._file:
            number, cells, problem, errors = json.loads(line)
            yield Row(number, tuple(cells), problem, tuple(errors))
