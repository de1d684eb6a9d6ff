"""The columns of a file on its page: what each fills, and the form that changes it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from app.contracts.import_choices import (
    MAX_ADDED_ROWS,
    TOO_MANY_COLUMNS,
    Choices,
    Pairs,
    has_too_many,
)
from app.contracts.import_jobs import Job
from app.imports.actions import may_read_again
from app.imports.choices import REQUIRED_DEFAULTS, default_value, missing_fields
from app.imports.errors import ImportNotPossible
from app.imports.files.columns import CHOICES
from app.imports.running.column_mapping import MappedColumn
from app.model import validation

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


class Default(NamedTuple):
    """A field that can be given once for all new people, as the page shows it."""

    name: str
    label: str
    value: str


class ColumnTable(NamedTuple):
    """The columns of a file, and what needs attention.

    ``ignored`` is a sentence about those that are not read, and ``missing`` one about a field that
    new people need and no column has; both may be "".
    """

    rows: list[ColumnRow]
    defaults: list[Default]
    ignored: str
    missing: str
    is_open: bool
    options: Sequence[tuple[str, str]] = OPTIONS


def column_table(job: Job, columns: Sequence[MappedColumn]) -> ColumnTable:
    """Return the columns of a job as its page shows them."""
    can_change = may_read_again(job)
    chosen = dict(job.choices.columns)
    rows = [
        _row(
            column,
            f"column-{number}" if can_change and number < MAX_SELECTS else "",
            is_chosen=column.heading in chosen,
        )
        for number, column in enumerate(columns)
    ]
    defaults = dict(job.choices.defaults)
    inputs = [
        Default(name, validation.LABELS[name], defaults.get(name, "")) for name in REQUIRED_DEFAULTS
    ]
    ignored, missing = _ignored_note(columns), _missing_note(missing_fields(job, columns))
    is_open = can_change and bool(ignored or missing or job.error)
    return ColumnTable(rows, inputs, ignored, missing, is_open)


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
    mapped = tuple(fields.items())
    if has_too_many(mapped):
        raise ImportNotPossible(TOO_MANY_COLUMNS)
    return replace(
        choices,
        columns=mapped,
        defaults=_defaults(form, choices),
        is_complete="is_complete" in form,
        mark_left=choices.mark_left and "is_complete" in form,
        remember="remember" in form,
    )


def _defaults(form: Mapping[str, str], choices: Choices) -> Pairs:
    defaults = dict(choices.defaults)
    for name in REQUIRED_DEFAULTS:
        if (text := form.get(f"default-{name}")) is not None:
            defaults.pop(name, None)
            if text.strip():
                defaults[name] = default_value(name, text)
    return tuple(defaults.items())


def _missing_note(names: Sequence[str]) -> str:
    if not names:
        return ""
    labels = [validation.LABELS[name].lower() for name in names]
    return f"No column has the {' or the '.join(labels)}, which new people need."


def chosen_rows(typed: Sequence[str], rows: Sequence[int]) -> tuple[int, ...]:
    """Return the numbers of these rows and of those that were chosen, at most MAX_ADDED_ROWS.

    Raises ImportNotPossible for more.
    """
    numbers = {int(text) for text in typed if text.isascii() and text.isdigit() and len(text) < 11}
    chosen = sorted(numbers | set(rows))
    if len(chosen) > MAX_ADDED_ROWS:
        raise ImportNotPossible(
            f"At most {MAX_ADDED_ROWS:,} possible duplicates can be chosen one by one. Add all of "
            "them, or correct the others in the file."
        )
    return tuple(chosen)


def _row(column: MappedColumn, name: str, *, is_chosen: bool) -> ColumnRow:
    label = CHOICES.get(column.field, "Ignored")
    examples = ", ".join(column.examples)
    if not column.field:
        look = ("ignored", "exclamation-triangle-fill", "Ignored")
    elif column.after:
        look = ("read", "check-circle-fill", f"Where {column.after} is empty")
    elif column.field in _KEYS:
        look = ("key", "search", "Finds the person")
    else:
        look = ("read", "check-circle-fill", "Chosen" if is_chosen else "Read")
    return ColumnRow(column.heading, examples, column.field, label, name, *look)


def _ignored_note(columns: Sequence[MappedColumn]) -> str:
    ignored = [column.heading for column in columns if not column.field]
    if not ignored:
        return ""
    verb = "column is" if len(columns) == 1 else "columns are" if len(ignored) > 1 else "columns is"
    return f"{len(ignored)} of {len(columns)} {verb} ignored: {', '.join(ignored[:20])}" + (
        f" and {len(ignored) - 20} more." if len(ignored) > 20 else "."
    )
