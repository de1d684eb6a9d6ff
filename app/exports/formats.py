"""The file formats of an export."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import NamedTuple

from app.exports.csv_file import csv_file
from app.exports.json_lines import json_lines_file
from app.exports.people_of_view import People
from app.exports.vcards import CardWriter
from app.exports.xlsx_file import xlsx_file


class Format(NamedTuple):
    """A file format: its label, its media type, and the function that writes it in pieces."""

    label: str
    media_type: str
    write: Callable[[Iterable[People], CardWriter], Iterator[bytes]]


FORMATS = {
    "csv": Format("CSV", "text/csv; charset=utf-8", lambda pages, _: csv_file(pages)),
    "xlsx": Format(
        "Excel workbook",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        lambda pages, _: xlsx_file(pages),
    ),
    "jsonl": Format(
        "JSON Lines", "application/jsonl; charset=utf-8", lambda pages, _: json_lines_file(pages)
    ),
    "vcf": Format(
        "Contacts (vCard)", "text/vcard; charset=utf-8", lambda pages, cards: cards.file(pages)
    ),
}


def file_name(ending: str, moment: datetime) -> str:
    """Return the file name of a download, with the date in it."""
    return f"people-{moment:%Y-%m-%d}.{ending}"
