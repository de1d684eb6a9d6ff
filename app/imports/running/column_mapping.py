"""Which field each column of a file fills: as its headings say, or as somebody chose.

What was chosen for some headings is remembered for the next file that has the same ones.
"""

import hashlib
import json
from collections.abc import Iterable, Sequence
from contextlib import closing
from itertools import islice
from typing import Any, NamedTuple

from app.contracts.import_choices import TOO_MANY_COLUMNS, Pairs, has_too_many
from app.contracts.import_jobs import Job, JobNotFound, JobStore
from app.imports.errors import FileUnreadable
from app.imports.files.columns import CHOICES, Columns, clean_heading
from app.imports.files.headings import FIRST_NAME, LAST_NAME
from app.imports.files.rows import Row
from app.imports.files.table import Table
from app.runtime import strict_json
from app.text.folding import fold

MAX_EXAMPLE_ROWS = 100
_MAX_EXAMPLES = 3
_MAX_EXAMPLE_CHARACTERS = 40
_MAX_CHARACTERS = 200
_MAX_LISTED_CHARACTERS = 1_000
# The columns that precede those of the file in its rows with errors.
REJECTED_HEADINGS = ("Row", "What to do")
_KIND = "columns"
# What a column of SQL holds.
_KEY_DIGITS = 20


class MappedColumn(NamedTuple):
    """A heading, the field that its columns fill ("" if they are ignored), and their first values.

    They are read where the cell of the column ``after`` is empty; "" for the first of a field.
    Columns with the same heading are one.
    """

    heading: str
    field: str
    examples: tuple[str, ...] = ()
    after: str = ""


def headings_key(headings: Sequence[str]) -> str:
    """Return the key of the headings of a file, equal for the same ones in the same order.

    Those of the rows with errors of a file are the same as those of the file.
    """
    if tuple(headings[: len(REJECTED_HEADINGS)]) == REJECTED_HEADINGS:
        headings = headings[len(REJECTED_HEADINGS) :]
    text = "\x1f".join(fold(clean_heading(heading)) for heading in headings)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:_KEY_DIGITS]


def mapped_columns(
    headings: Sequence[str], columns: Columns, rows: Iterable[Row]
) -> tuple[MappedColumn, ...]:
    """Return the columns that have a heading, with the first values in these rows."""
    fields: dict[str, str] = {}
    examples: dict[str, dict[str, None]] = {}
    for position, heading in enumerate(headings):
        if name := clean_heading(heading):
            field = columns.fields_by_column[position]
            fields[name] = fields.get(name) or field
            examples.setdefault(name, {})
    for row in rows:
        for heading, cell in zip(headings, row.cells, strict=False):
            values = examples.get(clean_heading(heading))
            if values is not None and len(values) < _MAX_EXAMPLES and (text := _example(cell)):
                values.setdefault(text)
    return tuple(
        MappedColumn(name, field, tuple(examples[name]), _column_before(name, field, columns))
        for name, field in fields.items()
    )


def _column_before(heading: str, field: str, columns: Columns) -> str:
    """Return the heading of the column whose empty cells this one fills; "" if there is none."""
    is_part = field in (FIRST_NAME, LAST_NAME) and "full_name" in columns.positions
    first = columns.heading_of("full_name" if is_part else field) if field else ""
    return "" if first == heading else first


def keep_columns(jobs: JobStore, job_id: str, table: Table) -> dict[str, Any]:
    """Store how the columns of a table are read; return the fields of its Job that tell of them."""
    with closing(table.rows()) as rows:
        first = list(islice(rows, MAX_EXAMPLE_ROWS))
    columns = mapped_columns(table.headings, table.columns, first)
    store_mapping(jobs, job_id, columns)
    return {
        "source_description": table.source_description,
        "ignored_columns": tuple(column.heading for column in columns if not column.field)[:100],
        "sheets": table.sheets,
        "ignored_sheets": table.ignored_sheets[:100],
    }


def store_mapping(jobs: JobStore, job_id: str, columns: Sequence[MappedColumn]) -> None:
    """Store how the columns of a job's file are read."""
    content = json.dumps(columns, ensure_ascii=False, separators=(",", ":"))
    jobs.put_part(job_id, _KIND, 0, content.encode("utf-8", "replace"))


def load_mapping(jobs: JobStore, job_id: str) -> tuple[MappedColumn, ...]:
    """Return how the columns of a job's file are read; nothing for a job of an older release."""
    try:
        stored = _parse(jobs.get_part(job_id, _KIND, 0))
    except JobNotFound:
        return ()
    return tuple(filter(None, map(_mapped_column, stored)))


def remember(jobs: JobStore, job: Job) -> None:
    """Remember the columns of a job for the next file with the same headings, if it says so."""
    if job.choices.remember and job.choices.columns and job.headings_key:
        content = json.dumps(job.choices.columns, ensure_ascii=False, separators=(",", ":"))
        jobs.put_columns(job.headings_key, content.encode("utf-8", "replace"))


def choose_columns(jobs: JobStore, headings: Sequence[str], chosen: Pairs) -> Pairs:
    """Return the fields of these headings: the remembered ones, and over them the chosen ones.

    Raises FileUnreadable for a chosen heading that the file does not have.
    """
    stored = (
        strict_json.strings(pair, _MAX_CHARACTERS)
        for pair in _parse(jobs.get_columns(headings_key(headings)))
    )
    known = {fold(name): name for name in map(clean_heading, headings) if name}
    pairs = {
        known[fold(pair[0])]: pair[1]
        for pair in stored
        if pair is not None and len(pair) == 2 and fold(pair[0]) in known and _is_field(pair[1])
    }
    for heading, field in chosen:
        name = known.get(fold(clean_heading(heading)))
        if name is None:
            listed = ", ".join(known.values())[:_MAX_LISTED_CHARACTERS]
            raise FileUnreadable(
                f"The file has no column {clean_heading(heading)}. Its columns are: {listed}."
            )
        pairs[name] = field
    columns = tuple(pairs.items())
    if has_too_many(columns):
        raise FileUnreadable(TOO_MANY_COLUMNS)
    return columns


def _parse(content: bytes) -> list[object]:
    try:
        stored = strict_json.parse(content)
    except ValueError:
        return []
    return stored if isinstance(stored, list) else []


def _mapped_column(stored: object) -> MappedColumn | None:
    if not isinstance(stored, list) or len(stored) != len(MappedColumn._fields):
        return None
    heading, field, after = (
        strict_json.string(stored[position], _MAX_CHARACTERS) for position in (0, 1, 3)
    )
    examples = strict_json.strings(stored[2], _MAX_CHARACTERS)
    if heading is None or field is None or examples is None or not _is_field(field):
        return None
    return MappedColumn(heading, field, examples, after or "")


def _is_field(name: str) -> bool:
    return not name or name in CHOICES


def _example(cell: str) -> str:
    text = " ".join(cell.split())
    is_short = len(text) <= _MAX_EXAMPLE_CHARACTERS
    return text if is_short else f"{text[: _MAX_EXAMPLE_CHARACTERS - 1]}…"
