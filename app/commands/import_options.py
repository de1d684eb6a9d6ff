"""The options of ``flask import`` that say how a file is read."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce, wraps
from typing import Any

import click

from app.contracts.import_choices import TOO_MANY_COLUMNS, Choices, Pairs, has_too_many
from app.imports.choices import DEFAULT_FIELDS, default_value, field_named
from app.imports.errors import ImportNotPossible

_Command = Callable[..., None]


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
        help="The file lists everyone: also show who is here and not in it. Removes nobody.",
    ),
    click.option(
        "--add-possible-duplicates",
        is_flag=True,
        help="Add people though somebody here, or in the file, may be the same.",
    ),
)


def choice_options(command: _Command) -> _Command:
    """Add the options to a command, which gets their values as ``choices``."""

    @wraps(command)
    def with_choices(
        columns: tuple[str, ...],
        defaults: tuple[str, ...],
        complete: bool,
        add_possible_duplicates: bool,
        **options: Any,
    ) -> None:
        mapped = tuple(map(_column, columns))
        if has_too_many(mapped):
            raise click.UsageError(TOO_MANY_COLUMNS)
        choices = Choices(
            columns=mapped,
            defaults=_defaults(defaults),
            is_complete=complete,
            add_duplicates=add_possible_duplicates,
            remember=bool(columns),
        )
        command(choices=choices, **options)

    return reduce(lambda decorated, option: option(decorated), reversed(_OPTIONS), with_choices)


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


def _checked(parse: Callable[..., str], *typed: str) -> str:
    try:
        return parse(*typed)
    except ImportNotPossible as error:
        raise click.UsageError(str(error)) from error
