"""People as CSV: UTF-8 with a mark that tells Excel so, safe against formulas."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterable, Iterator, Sequence

from app.exports.columns import HEADINGS, row_of
from app.exports.people_of_view import People
from app.spreadsheet_text import guarded


def csv_file(pages: Iterable[People]) -> Iterator[bytes]:
    """The file, a piece for each page of people."""
    yield codecs.BOM_UTF8 + _lines([HEADINGS])
    for people in pages:
        if people:
            yield _lines([guarded(text) for text in row_of(person)] for person in people)


def _lines(rows: Iterable[Sequence[str]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    return text.getvalue().encode("utf-8", "replace")
