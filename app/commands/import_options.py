"""The options of ``flask import`` that say how a file is read."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce, wraps
from typing import Any, TypeVar

import click

from app.contracts.import_choices import (
    MAX_LEFT_PERCENT,
    TOO_MANY_COLUMNS,
    Choices,
    Pairs,
    has_too_many,
)
from app.imports.choices import (
    DEFAULT_FIELDS,
    default_value,
    field_named,
    last_day_value,
    percent_value,
)
from app.imports.errors import ImportNotPossible

_Command = Callable[..., None]
_T = TypeVar("_T")


_OPTIONS = (
    click.option(
        "--map",
        "columns",
        multiple=True,
        metavar="HEADING=FIELD",
        help='Read a column as a field, or ignore it: --map "Cost Center=department". Repeatable.',
    ),
    click.option(
        "--set",
        "defaults",
        multiple=True,
        metavar="FIELD=VALUE",
        help="Give new people a value that their row does not have: --set location=Remote. "
        f"For {', '.join(DEFAULT_FIELDS)}. Repeatable.",
    ),
    click.option(
        "--complete",
        is_flag=True,
        help="The file lists everyone: also show who is here and not in it.",
    ),
    click.option(
        "--mark-left",
        is_flag=True,
        help="With --complete: mark those who are not in the file as left.",
    ),
    click.option(
        "--last-day", metavar="DAY", help="Their last day, like 2026-11-30; otherwise today."
    ),
    click.option(
        "--max-left",
        metavar="PERCENT",
        help="Mark at most this share of all people as left; otherwise nothing is imported.  "
        f"[default: {MAX_LEFT_PERCENT}%]",
    ),
    click.option(
        "--add-possible-duplicates",
        is_flag=True,
        help="Add people though somebody here, or in the file, may be the same.",
    ),
)


def choice_options(command: _Command) -> _Command:
    """Add the options to a command, which gets their values as ``choices`` and ``leaving``.

    ``leaving`` has those of the choices about who leaves that were given.
    """

    @wraps(command)
    def with_choices(
        columns: tuple[str, ...],
        defaults: tuple[str, ...],
        complete: bool,
        mark_left: bool,
        last_day: str | None,
        max_left: str | None,
        add_possible_duplicates: bool,
        **options: Any,
    ) -> None:
        mapped = tuple(map(_column, columns))
        if has_too_many(mapped):
            raise click.UsageError(TOO_MANY_COLUMNS)
        leaving = _leaving(last_day, max_left, mark_left=mark_left)
        choices = Choices(
            columns=mapped,
            defaults=_defaults(defaults),
            is_complete=complete,
            add_duplicates=add_possible_duplicates,
            remember=bool(columns),
        )
        command(choices=choices, leaving=leaving, **options)

    return reduce(lambda decorated, option: option(decorated), reversed(_OPTIONS), with_choices)


def _leaving(last_day: str | None, max_left: str | None, *, mark_left: bool) -> dict[str, Any]:
    """Return the options about who leaves that were given, as fields of Choices."""
    leaving: dict[str, Any] = {"mark_left": True} if mark_left else {}
    if last_day is not None:
        leaving["last_day"] = _checked(last_day_value, last_day)
    if max_left is not None:
        leaving["max_left"] = _checked(percent_value, max_left)
    return leaving


def _column(typed: str) -> tuple[str, str]:
    """Return the heading and the field; a heading may have equals signs itself."""
    heading, equals, name = typed.rpartition("=")
    if not equals or not heading.strip():
        raise click.UsageError(f"Write --map as HEADING=FIELD, not “{typed}”.")
    return heading, _checked(field_named, name)


def _defaults(typed: tuple[str, ...]) -> Pairs:
    values = {}
    for text in typed:
        name, equals, value = text.partition("=")
        if not equals:
            raise click.UsageError(f"Write --set as FIELD=VALUE, not “{text}”.")
        field = _checked(field_named, name)
        values[field] = _checked(default_value, field, value)
    return tuple(values.items())


def _checked(parse: Callable[..., _T], *typed: str) -> _T:
    try:
        return parse(*typed)
    except ImportNotPossible as error:
        raise click.UsageError(str(error)) from error
