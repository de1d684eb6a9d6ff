"""What a person types to decide how a file is read, checked: fields, and values for everyone."""

from collections.abc import Iterable
from dataclasses import replace

from app.contracts.import_choices import Choices
from app.contracts.import_jobs import Job
from app.imports.errors import ImportNotPossible
from app.imports.files.columns import CHOICES, field_of
from app.imports.running.column_mapping import MappedColumn
from app.model import validation
from app.text.folding import fold

# The fields that new people of one file may have in common.
DEFAULT_FIELDS = ("job_title", "department", "location", "time_zone")
REQUIRED_DEFAULTS = tuple(name for name in DEFAULT_FIELDS if name in validation.REQUIRED)
# What ignores a column in ``field_named``.
IGNORE = "ignore"


def field_named(name: str) -> str:
    """Return the field that a person names, or "" for ``ignore``.

    By its own name, its label or a known heading. Raises ImportNotPossible with all names.
    """
    folded = fold(name).strip()
    if folded in ("", IGNORE):
        return ""
    labels = {fold(label): field for field, label in CHOICES.items()}
    field = name.strip() if name.strip() in CHOICES else labels.get(folded) or field_of(name)
    if field not in CHOICES:
        known = ", ".join((*CHOICES, IGNORE))
        raise ImportNotPossible(f"There is no field {name.strip()[:60]}. The fields are: {known}.")
    return field


def was_read_with(job: Job, choices: Choices) -> bool:
    """Return whether a job has these choices, beside the columns that were remembered."""
    columns = {fold(heading): field for heading, field in job.choices.columns}
    same_columns = all(columns.get(fold(heading)) == field for heading, field in choices.columns)
    others = replace(job.choices, columns=choices.columns, remember=choices.remember)
    return same_columns and others == choices


def missing_fields(job: Job, columns: Iterable[MappedColumn]) -> tuple[str, ...]:
    """Return the fields that new people need and that neither a column nor a choice gives.

    Nothing for a file without columns, or of which no row is rejected.
    """
    filled = {column.field for column in columns}
    if not filled or not job.planned.rejected:
        return ()
    filled |= dict(job.choices.defaults).keys()
    return tuple(name for name in REQUIRED_DEFAULTS if name not in filled)


def last_day_value(text: str) -> str:
    """Return the last day that a person types, "" for none. Raises ImportNotPossible."""
    day = text.strip()
    if problem := validation.problem("left_on", day):
        raise ImportNotPossible(f"Last day: {problem}.")
    return day


def percent_value(text: str) -> int:
    """Return the share in a text such as ``30%``, from 0 to 100. Raises ImportNotPossible."""
    digits = text.strip().removesuffix("%").strip()
    if digits.isascii() and digits.isdigit() and len(digits) < 4 and int(digits) <= 100:
        return int(digits)
    raise ImportNotPossible("Enter the share as a percentage from 0 to 100, like 30%.")


def default_value(name: str, text: str) -> str:
    """Return the value of a field for every new person who has none.

    Raises ImportNotPossible with what is wrong with it, as a form would tell.
    """
    label = CHOICES.get(name, IGNORE)
    if name not in DEFAULT_FIELDS:
        known = ", ".join(DEFAULT_FIELDS)
        raise ImportNotPossible(
            f"{label} is not the same for all people of a file. These can be: {known}."
        )
    value = validation.clean(name, text)
    if reason := validation.problem(name, value):
        raise ImportNotPossible(f"{label}: {reason}.")
    return value
