"""Files about imports: an empty template, and the rejected rows of an import."""

from collections.abc import Iterator
from itertools import chain
from pathlib import PurePath

from flask import Blueprint, Response, abort
from flask.typing import ResponseReturnValue

from app.exports.csv_file import csv_file, csv_of_rows
from app.exports.formats import FORMATS
from app.exports.xlsx_file import xlsx_file
from app.imports.running.absent import absent_rows
from app.imports.running.rejected_rows import Cells
from app.runtime import deadline
from app.web.current import current_importer
from app.web.http.streaming import send

# A large workbook is unpacked before its first row is read.
_MAX_ROW_SECONDS = 60.0
files = Blueprint("import_files", __name__, url_prefix="/import")


@files.get("/template.<any(csv, xlsx):ending>")
def template(ending: str) -> Response:
    """Return a file with the headings and no rows."""
    pieces = csv_file([]) if ending == "csv" else xlsx_file([])
    response = Response(b"".join(pieces), content_type=FORMATS[ending].media_type)
    response.headers.set("Content-Disposition", "attachment", filename=f"people.{ending}")
    return response


@files.get("/<job_id>/refused.csv")
def refused(job_id: str) -> ResponseReturnValue:
    """Stream the rejected rows with all their cells and what to fix, to be imported again."""
    importer = current_importer()
    job = importer.read(job_id)
    if not (job.file_parts and importer.counts(job).rejected):
        abort(404)

    def begin() -> Iterator[bytes]:
        rows = _in_time(importer.rejected_rows(job))
        headings = next(rows)
        return csv_of_rows(chain((headings,), rows))

    name = f"{PurePath(job.name).stem} - rows with errors.csv"
    return send(begin, FORMATS["csv"].media_type, name)


@files.get("/<job_id>/absent.csv")
def absent(job_id: str) -> ResponseReturnValue:
    """Stream who is here and not in a file that lists everyone."""
    importer = current_importer()
    job = importer.read(job_id)
    if not job.absent:
        abort(404)

    def begin() -> Iterator[bytes]:
        return csv_of_rows(_in_time(absent_rows(importer.all_absent(job))))

    return send(
        begin, FORMATS["csv"].media_type, f"{PurePath(job.name).stem} - not in the file.csv"
    )


def _in_time(rows: Iterator[Cells]) -> Iterator[Cells]:
    """Yield the rows, restarting the request deadline for each."""
    while True:
        deadline.start(_MAX_ROW_SECONDS)
        row = next(rows, None)
        if row is None:
            return
        yield row
