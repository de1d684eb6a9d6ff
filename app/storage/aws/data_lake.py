"""The directory in a data lake: Parquet in S3 by day, in the Glue catalogue for Athena.

Needs requirements-analytics.txt. IAM: deploy/iam/data-lake.json.

A run writes its files into a folder of its own below the day's. Only when all are there is the
catalogue told that the day is in that folder, in one call; then the run that it named before is
removed, and what killed runs left. So a query sees a day whole, as it was or as it is, however many
runs of it there are at once: the last that told the catalogue stays.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from itertools import chain, islice
from typing import Any

import awswrangler as wr
import boto3
import pandas as pd  # type: ignore[import-untyped, unused-ignore]
from botocore.exceptions import BotoCoreError, ClientError

from app.model.employee import TEXT_FIELDS, Employee
from app.model.errors import ExportRefused, StorageUnavailable
from app.text.plurals import count_of, count_people

PEOPLE_A_FILE = 20_000
# No run takes so long: files of this age that the catalogue does not name are left ones.
LEFT_AFTER = timedelta(hours=12)
# What a timestamp of the table can hold, which is counted in nanoseconds.
_YEARS = range(1678, 2262)
_MOST_VERSION = 2**63 - 1
_COLUMNS = {
    "id": "string",
    **dict.fromkeys(TEXT_FIELDS, "string"),
    "start_date": "date",
    "badges": "array<string>",
    "photo_key": "string",
    "version": "bigint",
    "updated_at": "timestamp",
}
_PARTITIONS = {"day": "date"}
_ADDRESS = re.compile(r"s3://([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:/(.*?)/*)?", re.DOTALL)
_NAME = re.compile(r"[a-z0-9_]{1,255}")


def open_data_lake(address: str, database: str, table: str, region: str) -> DataLake:
    """The lake at ``s3://bucket/prefix``. Raises ExportRefused for what cannot be one."""
    found = _ADDRESS.fullmatch(address)
    if found is None:
        raise ExportRefused(f"{address} is no place in S3. Name one such as s3://my-lake/people.")
    for name in (database, table):
        if not _NAME.fullmatch(name):
            raise ExportRefused(
                f"{name!r} cannot be a name in the catalogue. "
                "Use small letters, digits and underscores."
            )
    return DataLake("/".join(filter(None, ("s3:/", *found.groups()))), database, table, region)


class DataLake:
    """A table of people in a data lake, a partition for each day."""

    def __init__(self, address: str, database: str, table: str, region: str) -> None:
        self._address = address
        self._database = database
        self._table = table
        self._session = boto3.Session(region_name=region or None)

    def write(self, pages: Iterable[Sequence[Employee]], day: date) -> Iterator[str]:
        """Write everyone as this day's partition, in the place of what it held; tell in sentences.

        In bounded memory. Raises StorageUnavailable, or ExportRefused where there is no such
        bucket; then the day is as it was.
        """
        of_day = f"{self._address}/day={day}"
        run = f"{of_day}/run-{secrets.token_hex(8)}"
        with self._telling():
            wr.s3.list_objects(f"{of_day}/", boto3_session=self._session)  # the bucket is there
            try:
                people = self._write_files(chain.from_iterable(pages), run)
                self._make_table()
            except BaseException:
                self._remove(run)
                raise
            # From here on the catalogue may know the new files, also when its reply is lost.
            before = self._register(day, run)
            yield f"Wrote {count_people(people)} to {run}/."
            if self._place_of(day) == f"{run}/":
                yield f"The table {self._database}.{self._table} shows them as the day {day}."
            else:
                yield f"Another run wrote the day {day} after this one, and the table shows that."
            removed = self._remove_earlier(of_day, run, before)
            if removed:
                yield f"Removed {count_of(removed, 'file', 'files')} of earlier runs of that day."

    def _write_files(self, people: Iterator[Employee], run: str) -> int:
        count = number = 0
        while some := list(islice(people, PEOPLE_A_FILE)):
            count, number = count + len(some), number + 1
            wr.s3.to_parquet(
                _frame(some),
                f"{run}/part-{number:05}.snappy.parquet",
                dtype=_COLUMNS,
                boto3_session=self._session,
            )
        return count

    def _make_table(self) -> None:
        """The table, if it is not there yet; columns that it lacks are added."""
        wr.catalog.create_database(self._database, exist_ok=True, boto3_session=self._session)
        wr.catalog.create_parquet_table(
            self._database,
            self._table,
            f"{self._address}/",
            _COLUMNS,
            partitions_types=_PARTITIONS,
            compression="snappy",
            mode="append",
            boto3_session=self._session,
        )

    def _register(self, day: date, run: str) -> str:
        """Tell the catalogue where the day is: at once for all who ask. Where it was, or ""."""
        glue = self._session.client("glue")
        where = {"DatabaseName": self._database, "TableName": self._table}
        described = glue.get_table(DatabaseName=self._database, Name=self._table)["Table"]
        partition: Any = {
            "Values": [str(day)],
            "StorageDescriptor": {**described["StorageDescriptor"], "Location": f"{run}/"},
        }
        try:
            glue.create_partition(**where, PartitionInput=partition)
            return ""
        except glue.exceptions.AlreadyExistsException:
            before = self._place_of(day)
            glue.update_partition(**where, PartitionValueList=[str(day)], PartitionInput=partition)
            return before

    def _place_of(self, day: date) -> str:
        """Where the catalogue says that the day is."""
        found = self._session.client("glue").get_partition(
            DatabaseName=self._database, TableName=self._table, PartitionValues=[str(day)]
        )
        return str(found["Partition"]["StorageDescriptor"]["Location"])

    def _remove_earlier(self, of_day: str, run: str, before: str) -> int:
        """Remove the run of the day that this one replaced, and what is left of killed ones."""
        files = wr.s3.list_objects(f"{of_day}/", boto3_session=self._session)
        left = wr.s3.list_objects(
            f"{of_day}/",
            last_modified_end=datetime.now(UTC) - LEFT_AFTER,
            boto3_session=self._session,
        )
        older = {file for file in files if before and file.startswith(before)} | set(left)
        older = {file for file in older if not file.startswith(f"{run}/")}
        wr.s3.delete_objects(sorted(older), use_threads=False, boto3_session=self._session)
        return len(older)

    def _remove(self, run: str) -> None:
        wr.s3.delete_objects(f"{run}/", use_threads=False, boto3_session=self._session)

    @contextmanager
    def _telling(self) -> Iterator[None]:
        """What AWS refuses is told as ours."""
        try:
            yield
        except ClientError as error:
            code = str(error.response.get("Error", {}).get("Code", "unknown error"))
            if code == "NoSuchBucket":
                bucket = self._address.split("/")[2]
                raise ExportRefused(
                    f"There is no bucket {bucket}. Make it, or name another with --to."
                ) from error
            raise StorageUnavailable(
                "the data lake", error.operation_name, self._address, code
            ) from error
        except BotoCoreError as error:
            raise StorageUnavailable(
                "the data lake", "", self._address, str(error).partition("\n")[0]
            ) from error


def _frame(people: Sequence[Employee]) -> Any:
    """A table of people; what a record does not hold, or no column can, is NULL."""
    frame = {name: [getattr(person, name) or None for person in people] for name in _COLUMNS}
    frame["start_date"] = [_day_in(person.start_date) for person in people]
    frame["badges"] = [list(person.badges) for person in people]
    versions = [each.version if each.version <= _MOST_VERSION else None for each in people]
    frame["version"] = pd.array(versions, dtype="Int64")
    frame["updated_at"] = pd.Series([_moment_of(each) for each in people], dtype="datetime64[ns]")
    return pd.DataFrame(frame)


def _moment_of(person: Employee) -> datetime | None:
    moment = person.updated_at
    if moment is None or moment.year not in _YEARS:
        return None
    return moment.astimezone(UTC).replace(tzinfo=None)


def _day_in(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
