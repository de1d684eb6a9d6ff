"""The columns and the rows of an import as lines of text."""

from collections.abc import Iterator, Sequence

from app.contracts.import_jobs import Job
from app.imports.files.columns import CHOICES
from app.imports.files.rows import row_label
from app.imports.planning.lines import (
    ADDED,
    CHANGED,
    DUPLICATE,
    LEFT,
    RESTORED,
    UNCHANGED,
    UPDATES,
    Line,
    Problem,
    Value,
)
from app.imports.planning.lines import LABELS as FIELD_LABELS
from app.imports.running.column_mapping import MappedColumn
from app.text.folding import LINE_CHARACTERS

LABELS = {
    ADDED: "added", CHANGED: "changed", UNCHANGED: "unchanged", DUPLICATE: "possible duplicate",
    LEFT: "left", RESTORED: "comes back",
}  # fmt: skip
_NOTHING = "nothing"


def describe_columns(columns: Sequence[MappedColumn]) -> Iterator[str]:
    """Yield a line for each column: its heading, its field and its first values."""
    fields = list(map(_field, columns))
    heading_width = max((len(column.heading) for column in columns), default=0)
    field_width = max(map(len, fields), default=0)
    for column, field in zip(columns, fields, strict=True):
        values = ", ".join(column.examples)
        yield f"{column.heading:{heading_width}}  {field:{field_width}}  {values}".rstrip()


def _field(column: MappedColumn) -> str:
    label = CHOICES.get(column.field, "ignored")
    return f"{label}, where {column.after} is empty" if column.after else label


def describe_line(line: Line, job: Job) -> str:
    """Return a row with its outcome, and what it does or why it does nothing."""
    label = LABELS.get(line.outcome, "")
    row = f"{line.name or 'no name'}:"
    if line.number > 0 and not job.edit.is_set:
        row = f"Row {row_label(line.number, job.sheets)}, {row}"
    details = "; ".join(_details(line, job))
    return " ".join(filter(None, (row, f"{label}." if label and details else label, details)))


def describe_absent(line: Line) -> str:
    """Return a person who is not in the file."""
    values = (str(line.new[name]) for name in ("job_title", "location") if line.new.get(name))
    return ", ".join((f"{line.name or 'no name'} ({line.id})", *values))


def _details(line: Line, job: Job) -> Iterator[str]:
    if line.outcome != LEFT and line.problems:
        yield from map(_problem, line.problems)
        return
    if line.outcome == DUPLICATE:
        yield f"Like {', '.join(_similar(line, job))}"
    yield from _values(line)
    if line.outcome == LEFT:
        yield from map(_problem, line.problems)
    if line.has_new_photo:
        yield "Photo: replaced" if line.old.get("photo_key") else "Photo: new"


def _problem(problem: Problem) -> str:
    return f"{problem.text}: “{problem.typed}”" if problem.typed else problem.text


def _values(line: Line) -> Iterator[str]:
    is_update = line.outcome in UPDATES
    for name, label in FIELD_LABELS.items():
        if name not in line.new or (name == "full_name" and not is_update):
            continue
        if is_update:
            yield f"{label}: {_text(line.old.get(name, ''))} → {_text(line.new[name])}"
        else:
            yield f"{label}: {_text(line.new[name])}"


def _similar(line: Line, job: Job) -> Iterator[str]:
    for each in line.resembles:
        if each.row:
            yield f"row {row_label(each.row, job.sheets)}"
        else:
            yield f"{each.name} ({each.id}), who is here"


def _text(value: Value) -> str:
    text = value if isinstance(value, str) else ", ".join(value)
    line = " ".join(text.split())
    return (line if len(line) <= LINE_CHARACTERS else f"{line[: LINE_CHARACTERS - 1]}…") or _NOTHING
