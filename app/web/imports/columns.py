"""The columns of a file on its page: what each fills, and the form that changes it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from app.contracts.import_choices import Choices
from app.contracts.import_jobs import Job
from app.imports.actions import may_read_again
from app.imports.files.columns import CHOICES
from app.imports.running.column_mapping import MappedColumn

# Of a page; the fields of further columns are chosen with the command.
MAX_SELECTS = 200
_KEYS = frozenset({"id", "employee_number", "email"})
_IGNORE = ("", "Ignore this column")
OPTIONS = (_IGNORE, *CHOICES.items())


class ColumnRow(NamedTuple):
    """A column as the page shows it; ``name`` is that of its select, "" if it has none."""

    heading: str
    examples: str
    field: str
    label: str
    name: str
    style: str
    icon: str
    mark: str


class ColumnTable(NamedTuple):
    """The columns of a file, and a sentence about those that are ignored ("" if none is)."""

    rows: list[ColumnRow]
    ignored: str
    is_open: bool
    options: Sequence[tuple[str, str]] = OPTIONS


def column_table(job: Job, columns: Sequence[MappedColumn]) -> ColumnTable:
    """Return the columns of a job as its page shows them."""
    can_change = may_read_again(job)
    rows = [
        _row(column, f"column-{number}" if can_change and number < MAX_SELECTS else "")
        for number, column in enumerate(columns)
    ]
    ignored = _ignored_note(columns)
    return ColumnTable(rows, ignored, can_change and bool(ignored or job.error))


def choices_from(
    form: Mapping[str, str], columns: Sequence[MappedColumn], choices: Choices
) -> Choices:
    """Return the choices in a sent form; what it does not have stays as it is."""
    # What the headings say by themselves is no choice: it ranks the columns of a field.
    fields = dict(choices.columns)
    for number, column in enumerate(columns[:MAX_SELECTS]):
        field = form.get(f"column-{number}", column.field)
        if field != column.field and (not field or field in CHOICES):
            fields[column.heading] = field
    return replace(choices, columns=tuple(fields.items()), remember="remember" in form)


def _row(column: MappedColumn, name: str) -> ColumnRow:
    label = CHOICES.get(column.field, "Ignored")
    examples = ", ".join(column.examples)
    if not column.field:
        look = ("ignored", "exclamation-triangle-fill", "Ignored")
    elif column.field in _KEYS:
        look = ("key", "search", "Finds the person")
    else:
        look = ("read", "check-circle-fill", "Read")
    return ColumnRow(column.heading, examples, column.field, label, name, *look)


def _ignored_note(columns: Sequence[MappedColumn]) -> str:
    ignored = [column.heading for column in columns if not column.field]
    if not ignored:
        return ""
    verb = "column is" if len(columns) == 1 else "columns are" if len(ignored) > 1 else "columns is"
    return f"{len(ignored)} of {len(columns)} {verb} ignored: {', '.join(ignored[:20])}" + (
        f" and {len(ignored) - 20} more." if len(ignored) > 20 else "."
    )
