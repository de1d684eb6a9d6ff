"""Define ``flask export``: write people to a file, standard output or a data lake."""

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import click

from app.commands.export_lake import export_lake
from app.commands.progress import ProgressLine, progress
from app.commands.running import (
    current_below,
    current_directory,
    current_operator,
    current_settings,
    report_errors,
)
from app.commands.writing import print_file, write_file
from app.contracts import Query
from app.contracts.queries import MAX_FILTER_VALUES
from app.exports.card_photos import read_photo
from app.exports.formats import FORMATS
from app.exports.people_of_view import People, people_below, people_of_view
from app.exports.vcards import CardWriter
from app.model.employee import BADGE_KEYS
from app.model.errors import EmployeeNotFound
from app.model.facets import FACET
from app.text.folding import one_line
from app.text.id_paths import id_path
from app.text.plurals import count_people
from app.text.search_keys import LETTERS, is_month

_STANDARD_OUTPUT = "-"


@click.command("export")
@click.argument("file", required=False)
@click.option(
    "--as",
    "ending",
    type=click.Choice(list(FORMATS)),
    help="File type for standard output; csv by default.",
)
@click.option("--search", default="", help="Only people found by this search.")
@click.option("--letter", default="", help="Only people under this letter: a to z, or other.")
@click.option("--location", multiple=True, help="Only people at this location; repeatable.")
@click.option("--department", multiple=True, help="Only people in this department; repeatable.")
@click.option("--title", multiple=True, help="Only people with this job title; repeatable.")
@click.option(
    "--badge", multiple=True, help="Only people with this badge, named by its key; repeatable."
)
@click.option(
    "--joined",
    multiple=True,
    help="Only people with a start date in this month, like 2026-03; repeatable.",
)
@click.option("--manager", default="", metavar="ID", help="Only who report to this person.")
@click.option("--under", default="", metavar="ID", help="Only who stand below this person.")
@click.option(
    "--to", "lake", metavar="s3://BUCKET/PREFIX", help="Write Parquet files to this data lake."
)
@click.option(
    "--database",
    default="employee_directory",
    show_default=True,
    help="Glue database of the data lake.",
)
@click.option(
    "--site",
    metavar="https://...",
    help="Address of the directory, for the links to pages in contacts.",
)
@click.option("--table", default="people", show_default=True, help="Table in that database.")
@click.option(
    "--changes-since",
    type=click.DateTime(["%Y-%m-%d"]),
    help="First day of the changes beside that table; yesterday unless told.",
)
@report_errors
def export(
    file: str | None,
    ending: str | None,
    lake: str | None,
    database: str,
    table: str,
    changes_since: datetime | None,
    site: str | None,
    search: str,
    letter: str,
    title: tuple[str, ...],
    manager: str,
    under: str,
    **filters: tuple[str, ...],
) -> None:
    """Export people to FILE (.csv, .xlsx, .jsonl, .vcf; - is standard output) or a data lake."""
    query = _parse_query(search, letter, {**filters, "job_title": title}, manager)
    if lake is not None:
        if file is not None or not query.is_empty or under or ending is not None:
            raise click.UsageError(
                "A data lake gets everyone. Leave out the file, the filters and --as."
            )
        export_lake(lake, database, table, changes_since.date() if changes_since else None)
    elif file is not None:
        _check_ids(manager, under)
        _export_file(file, ending or _format_of(file), query, site, under)
    else:
        raise click.UsageError("Name a file to write, or a data lake with --to.")


def _check_ids(*ids: str) -> None:
    for employee_id in filter(None, ids):
        try:
            current_directory().get(current_operator(), employee_id)
        except EmployeeNotFound:
            raise click.UsageError(
                f"Nobody has the id {employee_id}. The address of a person's page ends with theirs."
            ) from None


def _export_file(file: str, ending: str, query: Query, site: str | None, under: str) -> None:
    with _count_pages(query, under) as counted:
        pieces = FORMATS[ending].write(counted, _card_writer(site))
        if file == _STANDARD_OUTPUT:
            print_file(pieces)
        else:
            write_file(Path(file), pieces)
    where = "" if file == _STANDARD_OUTPUT else f" to {file}"
    click.echo(f"Exported {count_people(counted.people)}{where}.", err=True)


def _card_writer(site: str | None) -> CardWriter:
    """Return a writer of cards, with the addresses of pages if that of the site is given."""

    def page_of(employee_id: str) -> str:
        return f"{site.rstrip('/')}/employee{id_path(employee_id)}" if site else ""

    if site and not re.fullmatch(r"https?://[^\s/]+/?", site):
        raise click.UsageError(f"{site} is no address of a site. Write it like https://people.com.")
    read = partial(read_photo, current_directory().photos)
    return CardWriter(current_settings().company_name, page_of, read)


def _parse_query(
    search: str, letter: str, filters: Mapping[str, Iterable[str]], manager: str
) -> Query:
    """Return the query of the options. Raises click.UsageError."""
    cleaned: dict[str, Any] = {name: tuple(map(one_line, texts)) for name, texts in filters.items()}
    letter = one_line(letter).lower()
    if letter and letter not in LETTERS:
        raise click.UsageError(
            f"{letter} is not a letter of the list. Use one from a to z, or other."
        )
    for badge in filter(None, cleaned["badge"]):
        if badge not in BADGE_KEYS:
            raise click.UsageError(f"{badge} is not a badge. Use one of {', '.join(BADGE_KEYS)}.")
    for month in filter(None, cleaned["joined"]):
        if not is_month(month):
            raise click.UsageError(f"{month} is not a month. Write it as year-month, like 2026-03.")
    for name, values in cleaned.items():
        if len(values) > MAX_FILTER_VALUES:
            raise click.UsageError(
                f"There are {len(values)} {FACET[name].plural}. Name at most {MAX_FILTER_VALUES}."
            )
    return Query(one_line(search), letter, **cleaned, manager=manager)


def _format_of(file: str) -> str:
    ending = Path(file).suffix.lower().removeprefix(".")
    if file == _STANDARD_OUTPUT:
        return "csv"
    if ending not in FORMATS:
        raise click.UsageError(f"{file} must end in {', '.join(f'.{each}' for each in FORMATS)}.")
    return ending


class _CountedPages:
    """The pages of a query, counted and shown as progress while they are read."""

    def __init__(self, pages: Iterable[People], line: ProgressLine) -> None:
        self._pages = pages
        self._line = line
        self.people = 0

    def __iter__(self) -> Iterator[People]:
        for people in self._pages:
            yield people
            self.people += len(people)
            self._line.show(count_people(self.people))

    def end(self) -> None:
        """End the progress line, so that other output has its own line."""
        self._line.end()


@contextmanager
def _count_pages(query: Query, under: str) -> Iterator[_CountedPages]:
    """Return the people of a query, with their count as progress on standard error."""
    directory, operator = current_directory(), current_operator()
    with progress(err=True) as line:
        if under:
            pages = people_below(current_below(), directory, operator, under, query)
        else:
            pages = people_of_view(directory, operator, query)
        yield _CountedPages(pages, line)
