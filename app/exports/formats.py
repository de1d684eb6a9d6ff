"""The files that people can be given as."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import NamedTuple

from app.exports.csv_file import csv_file
from app.exports.json_lines import json_lines_file
from app.exports.people_of_view import People
from app.exports.vcards import vcards_file
from app.exports.xlsx_file import xlsx_file


class Format(NamedTuple):
    """A kind of file: the word for people, its media type, and what writes it piece by piece."""

    words: str
    media_type: str
    write: Callable[[Iterable[People]], Iterator[bytes]]


FORMATS = {
    "csv": Format("CSV", "text/csv; charset=utf-8", csv_file),
    "xlsx": Format(
        "Excel workbook",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        xlsx_file,
    ),
    "jsonl": Format("JSON Lines", "application/jsonl; charset=utf-8", json_lines_file),
    "vcf": Format("Contacts (vCard)", "text/vcard; charset=utf-8", vcards_file),
}


def file_name(ending: str, moment: datetime) -> str:
    """What a browser calls the file: the day is in it."""
    return f"people-{moment:%Y-%m-%d}.{ending}"
