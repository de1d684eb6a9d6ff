"""A cache on disk for rows that are slow to read."""

import json
import tempfile
from collections.abc import Generator, Iterable
from weakref import finalize

from app.imports.errors import FileTooLarge
from app.imports.files.rows import Row

# Rows take less than the parts that they are read from, unless these name a long text again and
# again.
_MIN_BYTES = 128 << 20
_MAX_GROWTH = 3
_TOO_LARGE = (
    "This workbook repeats its texts too often. Save its sheets as CSV files and import those."
)


class RowCache:
    """A temporary file of rows, written on the first read and replayed on later ones.

    ``source_bytes`` is the size of what the rows are read from. ``is_complete`` is set once every
    row was written.
    """

    def __init__(self, source_bytes: int) -> None:
        self._max_bytes = _MIN_BYTES + _MAX_GROWTH * source_bytes
        self._file = tempfile.TemporaryFile("w+", encoding="ascii")  # noqa: SIM115
        finalize(self, self._file.close)
        self.is_complete = False

    def record(self, rows: Iterable[Row]) -> Generator[Row]:
        """Yield the same rows, writing each to disk. Raises FileTooLarge for too much."""
        self._file.seek(0)
        self._file.truncate()
        size = 0
        for row in rows:
            size += self._file.write(f"{json.dumps(row[:5])}\n")
            if size > self._max_bytes:
                raise FileTooLarge(_TOO_LARGE)
            yield row
        self.is_complete = True

    def replay(self) -> Generator[Row]:
        """Yield the recorded rows."""
        self._file.seek(0)
        for line in self._file:
            number, cells, problem, errors, is_hidden = json.loads(line)
            yield Row(number, tuple(cells), problem, tuple(errors), is_hidden)
