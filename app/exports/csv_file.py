"""Write people and other rows as CSV: UTF-8 with a byte order mark, guarded against formulas."""

import codecs
import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice

from app.exports.columns import COLUMNS, Column, row_of
from app.exports.people_of_view import People
from app.text.formula_guard import guarded

_ROWS_PER_PIECE = 100


def csv_file(pages: Iterable[People], columns: tuple[Column, ...] = COLUMNS) -> Iterator[bytes]:
    """Yield the file, one piece per page of people."""
    yield codecs.BOM_UTF8 + _lines([[column.heading for column in columns]])
    for people in pages:
        if people:
            yield _lines(row_of(person, columns) for person in people)


def csv_of_rows(rows: Iterable[Sequence[str]]) -> Iterator[bytes]:
    """Yield a file of these rows, the first of which are the headings, 100 rows per piece."""
    source = iter(rows)
    yield codecs.BOM_UTF8 + _lines(islice(source, 1))
    for first in source:
        yield _lines(chain((first,), islice(source, _ROWS_PER_PIECE - 1)))


def _lines(rows: Iterable[Sequence[str]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text).writerows([guarded(cell) for cell in row] for row in rows)
    return text.getvalue().encode("utf-8", "replace")
