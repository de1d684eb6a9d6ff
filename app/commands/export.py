"""``flask export``: everyone, or a view, as a file, to standard output, or into a data lake."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import click

from app.commands.progress import ProgressLine, progress
from app.commands.running import explained, the_directory, the_settings
from app.commands.writing import print_file, write_file
from app.contracts import Query
from app.exports.formats import FORMATS
from app.exports.people_of_view import People, people_of_view
from app.model.employee import BADGE_KEYS
from app.model.errors import ExportRefused
from app.text.folding import one_line
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
@click.option("--location", default="", help="Only people at this location.")
@click.option("--department", default="", help="Only people in this department.")
@click.option("--title", default="", help="Only people with this job title.")
@click.option("--badge", default="", help="Only people with this badge, named by its key.")
@click.option(
    "--joined", default="", help="Only people with a start date in this month, like 2026-03."
)
@click.option(
    "--to", "lake", metavar="s3://BUCKET/PREFIX", help="Write Parquet files to this data lake."
)
@click.option(
    "--database",
    default="employee_directory",
    show_default=True,
    help="Glue database of the data lake.",
)
@click.option("--table", default="people", show_default=True, help="Table in that database.")
@explained
def export(
    file: str | None, ending: str | None, lake: str | None, database: str, table: str, **asked: str
) -> None:
    """Export people to FILE (.csv, .xlsx, .jsonl, .vcf; - is standard output) or a data lake."""
    query = _query(**asked)
    if lake is not None:
        if file is not None or not query.is_empty or ending is not None:
            raise click.UsageError(
                "A data lake gets everyone. Leave out the file, the filters and --as."
            )
        _into_lake(lake, database, table)
    elif file is not None:
        _into_file(file, ending or _ending_of(file), query)
    else:
        raise click.UsageError("Name a file to write, or a data lake with --to.")


def _into_file(file: str, ending: str, query: Query) -> None:
    with _counted(query) as count:
        pieces = FORMATS[ending].write(count)
        if file == _STANDARD_OUTPUT:
            print_file(pieces)
        else:
            write_file(Path(file), pieces)
    where = "" if file == _STANDARD_OUTPUT else f" to {file}"
    click.echo(f"Exported {count_people(count.people)}{where}.", err=True)


def _query(title: str, search: str, **asked: str) -> Query:
    cleaned = {name: one_line(text) for name, text in asked.items()}
    letter, badge, joined = cleaned["letter"].lower(), cleaned["badge"], cleaned["joined"]
    if letter and letter not in LETTERS:
        raise click.UsageError(
            f"{letter} is not a letter of the list. Use one from a to z, or other."
        )
    if badge and badge not in BADGE_KEYS:
        raise click.UsageError(f"{badge} is not a badge. Use one of {', '.join(BADGE_KEYS)}.")
    if joined and not is_month(joined):
        raise click.UsageError(f"{joined} is not a month. Write it as year-month, like 2026-03.")
    cleaned["letter"] = letter
    return Query(words=one_line(search), job_title=one_line(title), **cleaned)


def _ending_of(file: str) -> str:
    ending = Path(file).suffix.lower().removeprefix(".")
    if file == _STANDARD_OUTPUT:
        return "csv"
    if ending not in FORMATS:
        raise click.UsageError(f"{file} must end in {', '.join(f'.{each}' for each in FORMATS)}.")
    return ending


class _Count:
    """The pages as they go by, counted and told."""

    def __init__(self, pages: Iterable[People], line: ProgressLine) -> None:
        self._pages = pages
        self._line = line
        self.people = 0

    def __iter__(self) -> Iterator[People]:
        for people in self._pages:
            yield people
            self.people += len(people)
            self._line.tell(count_people(self.people))

    def end(self) -> None:
        """What is told next stands on a line of its own."""
        self._line.end()


@contextmanager
def _counted(query: Query) -> Iterator[_Count]:
    """The people of a view; how many they are is told on a line of its own."""
    with progress(err=True) as line:
        yield _Count(people_of_view(the_directory(), query), line)


def _into_lake(address: str, database: str, table: str) -> None:
    try:
        # Imported here: it is large, and need not be installed.
        from app.storage.aws.data_lake import open_data_lake
    except ModuleNotFoundError as error:
        raise ExportRefused(
            f"A data lake needs {error.name}, which is not installed. "
            "Install it with: pip install -r requirements-analytics.txt"
        ) from error
    lake = open_data_lake(address, database, table, the_settings().region)
    with _counted(Query()) as count:
        for sentence in lake.write(count, datetime.now(UTC).date()):
            count.end()
            click.echo(sentence)
