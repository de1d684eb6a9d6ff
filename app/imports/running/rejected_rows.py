"""The rejected rows of a job as a table to be corrected and imported again."""

from collections.abc import Iterator
from contextlib import closing

from app.contracts.import_jobs import Job, JobStore
from app.imports.files.photo_archive import PhotoArchive, is_photo_archive
from app.imports.files.rows import row_label
from app.imports.files.table import Table
from app.imports.planning.line_store import LineStore
from app.imports.planning.lines import REJECTED, Line
from app.imports.running.column_mapping import REJECTED_HEADINGS
from app.imports.running.upload_store import open_upload

# No field has these headings, so an import ignores the two columns.
HEADINGS = REJECTED_HEADINGS
_OLD_HEADINGS = ("Line", "What to do")

Cells = tuple[str, ...]


def rejected_rows(jobs: JobStore, job: Job) -> Iterator[Cells]:
    """Yield the headings of the file, then the rejected rows with all their cells.

    Two columns precede them: the row number and what to do. Reads the file up to the last rejected
    row. Where the file was removed (see erasing.py), only these two are known. Raises JobNotFound.
    """
    if not job.file_parts:
        yield HEADINGS
        for line in LineStore(jobs, job.id).with_outcome(job, REJECTED):
            yield str(line.number), what_to_do(line)
        return
    with open_upload(jobs, job) as file:
        table = PhotoArchive(file) if is_photo_archive(file) else Table(file)
        # A file of rejected rows that was imported again has both columns already.
        first = table.headings[: len(HEADINGS)]
        skip = len(HEADINGS) if first in (HEADINGS, _OLD_HEADINGS) else 0
        yield (*HEADINGS, *table.headings[skip:])
        with closing(table.rows()) as rows:
            for line in LineStore(jobs, job.id).with_outcome(job, REJECTED):
                row = next(row for row in rows if row.number == line.number)
                yield row_label(line.number, table.sheets), what_to_do(line), *row.cells[skip:]


def what_to_do(line: Line) -> str:
    """Join what to do about all problems of a line."""
    return "; ".join(problem.text for problem in line.problems)
