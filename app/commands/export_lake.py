"""The export of everyone, and of what changed, into a data lake."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from importlib import import_module
from itertools import islice
from pathlib import Path
from typing import Any

import click

from app.backups.changes import change_line, parse_change
from app.commands.progress import progress
from app.commands.running import current_directory, current_operator, current_settings
from app.contracts import Query
from app.contracts.history import HistoryStore
from app.exports.people_of_view import people_of_view
from app.history.changes import Change
from app.history.difference import time_of
from app.model.errors import ExportRefused
from app.text.plurals import count_of, count_people

_CHANGES_AT_ONCE = 1_000


def export_lake(address: str, database: str, table: str, since: date | None) -> None:
    """Write everyone into the partition of today, and changes into that of their day.

    ``since`` is the first day of the changes, yesterday if it is None. Raises ExportRefused, and
    StorageUnavailable.
    """
    lake, today = _lake_module(), datetime.now(UTC).date()
    region = current_settings().region
    people = lake.open_data_lake(address, database, table, region)
    everyone = people_of_view(current_directory(), current_operator(), Query())
    _write(people, everyone, today, count_people)
    if (history := current_directory().history) is not None:
        place, name = lake.changes_address(address), f"{table}_changes"
        changes = lake.open_data_lake(place, database, name, region, lake.CHANGES)
        _export_changes(history, changes, since or today - timedelta(days=1), today)


def _lake_module() -> Any:
    try:
        # Imported here: it is large and optional.
        return import_module("app.storage.aws.data_lake")
    except ModuleNotFoundError as error:
        raise ExportRefused(
            f"A data lake needs {error.name}, which is not installed. "
            "Install it with: pip install -r requirements-analytics.txt"
        ) from error


def _export_changes(history: HistoryStore, lake: Any, since: date, today: date) -> None:
    """Write the changes of each day since then; they are sorted into files by their days."""
    yesterday = today - timedelta(days=1)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        # These two also where nothing changed: then a former run of the day is replaced.
        days = {day for day in (yesterday, today) if day >= since}
        for day in sorted(days.union(_spool(history, folder, since))):
            _write(lake, _pages(folder / str(day)), day, _count_changes)


def _spool(history: HistoryStore, folder: Path, since: date) -> set[date]:
    """Write changes into a file for each day; return the days."""
    days: set[date] = set()
    for batch in history.iter_changes():
        lines: dict[date, list[bytes]] = {}
        for change in batch.changes:
            moment = time_of(change.moment)
            if moment is not None and moment.date() >= since:
                lines.setdefault(moment.date(), []).append(change_line(change))
        for day, some in lines.items():
            with (folder / str(day)).open("ab") as file:
                file.writelines(some)
        days.update(lines)
    return days


def _pages(path: Path) -> Iterator[list[Change]]:
    if path.exists():
        with path.open("rb") as lines:
            changes = map(parse_change, lines)
            while page := list(islice(changes, _CHANGES_AT_ONCE)):
                yield page


def _write(lake: Any, pages: Iterable[Any], day: date, count: Any) -> None:
    """Write a partition, with the count of its items as progress on standard error."""
    with progress(err=True) as line:
        for sentence in lake.write(_counted(pages, line, count), day):
            line.end()
            click.echo(sentence)


def _counted(pages: Iterable[Any], line: Any, count: Any) -> Iterator[Any]:
    items = 0
    for page in pages:
        yield page
        items += len(page)
        line.show(count(items))


def _count_changes(number: int) -> str:
    return count_of(number, "change", "changes")
