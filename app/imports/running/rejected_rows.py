"""The refused lines of a job as a table of their own, to be mended and imported again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

from app.contracts.import_jobs import Job, JobStore
from app.imports.files.rows import row_label
from app.imports.files.table import Table
from app.imports.planning.line_store import LineStore
from app.imports.planning.lines import REJECTED, Line
from app.imports.running.upload_store import opened

# No field has such a heading, so an import leaves these two columns out.
HEADINGS = ("Line", "What to do")

Cells = tuple[str, ...]


def rejected_rows(jobs: JobStore, job: Job) -> Iterator[Cells]:
    """The headings of the file and the refused lines below, each with every cell that it had.

    Two columns stand before them: the line, and what to do about it. It costs what reading the file
    up to the last of them costs. Raises JobNotFound.
    """
    with opened(jobs, job) as file:
        table = Table(file)
        # A file that was made here before has both already.
        ours = len(HEADINGS) if table.headings[: len(HEADINGS)] == HEADINGS else 0
        yield (*HEADINGS, *table.headings[ours:])
        with closing(table.rows()) as rows:
            for line in LineStore(jobs, job.id).with_outcome(job, REJECTED):
                row = next(row for row in rows if row.number == line.number)
                yield row_label(line.number, table.sheets), what_to_do(line), *row.cells[ours:]


def what_to_do(line: Line) -> str:
    """All that is to be done about a line, in one cell."""
    return "; ".join(problem.words for problem in line.problems)
