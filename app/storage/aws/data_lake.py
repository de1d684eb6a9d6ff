"""The export into a data lake: Parquet in S3 by day, in the Glue catalogue for Athena.

Needs requirements-analytics.txt. IAM: deploy/iam/data-lake.json.

A run writes its files into its own folder below the day's. When all files are written, one call
points the day's partition in the catalogue at that folder; then the files of the previous run and
of killed runs are removed. So a query always sees a complete day, before or after the change, also
with concurrent runs: the last one to update the catalogue wins.
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
from botocore.exceptions import BotoCoreError, ClientError

from app.model.errors import ExportRefused, StorageUnavailable
from app.storage.aws.lake_tables import CHANGES, PEOPLE, LakeTable
from app.text.plurals import count_of

__all__ = ["CHANGES", "PEOPLE", "DataLake", "changes_address", "open_data_lake"]

MAX_ROWS_PER_FILE = 20_000
# No run takes longer: older files that the catalogue does not name are from killed runs.
MAX_RUN_TIME = timedelta(hours=12)
# Of "s3://bucket".
_BUCKET_SLASHES = 2
_PARTITIONS = {"day": "date"}
_S3_URL = re.compile(r"s3://([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:/(.*?)/*)?", re.DOTALL)
_NAME = re.compile(r"[a-z0-9_]{1,255}")


def open_data_lake(
    address: str, database: str, table: str, region: str, columns: LakeTable = PEOPLE
) -> DataLake:
    """Open a table of the lake at ``s3://bucket/prefix``, without any call.

    Raises ExportRefused when the address or a name is not valid.
    """
    match = _S3_URL.fullmatch(address)
    if match is None:
        raise ExportRefused(f"{address} is not an S3 address. Use one like s3://my-lake/people.")
    for name in (database, table):
        if not _NAME.fullmatch(name):
            raise ExportRefused(
                f"{name!r} is not a valid name in the Glue catalog. Use lowercase letters, "
                "digits and underscores."
            )
    place = "/".join(filter(None, ("s3:/", *match.groups())))
    return DataLake(place, database, table, region, columns)


def changes_address(address: str) -> str:
    """Return where the changes lie of the people at this address: beside them."""
    place = address.rstrip("/")
    return f"{place}_changes" if place.count("/") > _BUCKET_SLASHES else f"{place}/changes"


class DataLake:
    """A table in a data lake, with one partition per day."""

    def __init__(
        self, address: str, database: str, table: str, region: str, columns: LakeTable
    ) -> None:
        self._address = address
        self._database = database
        self._table = table
        self._layout = columns
        self._session = boto3.Session(region_name=region or None)

    def write(self, pages: Iterable[Sequence[Any]], day: date) -> Iterator[str]:
        """Replace the partition of ``day`` by these items, and yield what was done in sentences.

        Works in bounded memory. Raises StorageUnavailable, or ExportRefused when the bucket does
        not exist; the day is unchanged then.
        """
        day_folder = f"{self._address}/day={day}"
        run = f"{day_folder}/run-{secrets.token_hex(8)}"
        with self._translating_errors():
            # Fail early if there is no bucket.
            wr.s3.list_objects(f"{day_folder}/", boto3_session=self._session)
            try:
                count = self._write_files(chain.from_iterable(pages), run)
                self._create_table()
            except BaseException:
                self._remove_run(run)
                raise
            # From here on the catalogue may name the new files, also when its reply is lost.
            previous = self._register(day, run)
            yield f"Wrote {self._layout.count(count)} to {run}/."
            if self._location_of(day) == f"{run}/":
                yield f"The table {self._database}.{self._table} shows them for the day {day}."
            else:
                yield f"Another run wrote the day {day} later, so the table shows that run."
            removed = self._remove_earlier(day_folder, run, previous)
            if removed:
                yield f"Removed {count_of(removed, 'file', 'files')} from earlier runs of that day."

    def _write_files(self, items: Iterator[Any], run: str) -> int:
        count = number = 0
        while chunk := list(islice(items, MAX_ROWS_PER_FILE)):
            count, number = count + len(chunk), number + 1
            wr.s3.to_parquet(
                self._layout.frame(chunk),
                f"{run}/part-{number:05}.snappy.parquet",
                dtype=dict(self._layout.columns),
                boto3_session=self._session,
            )
        return count

    def _create_table(self) -> None:
        """Create the database and table if missing; add the columns that the table lacks."""
        wr.catalog.create_database(self._database, exist_ok=True, boto3_session=self._session)
        wr.catalog.create_parquet_table(
            self._database,
            self._table,
            f"{self._address}/",
            dict(self._layout.columns),
            partitions_types=_PARTITIONS,
            compression="snappy",
            mode="append",
            boto3_session=self._session,
        )

    def _register(self, day: date, run: str) -> str:
        """Point the partition of ``day`` at ``run``; return its previous location, or ""."""
        glue = self._session.client("glue")
        table = {"DatabaseName": self._database, "TableName": self._table}
        described = glue.get_table(DatabaseName=self._database, Name=self._table)["Table"]
        partition: Any = {
            "Values": [str(day)],
            "StorageDescriptor": {**described["StorageDescriptor"], "Location": f"{run}/"},
        }
        try:
            glue.create_partition(**table, PartitionInput=partition)
            return ""
        except glue.exceptions.AlreadyExistsException:
            previous = self._location_of(day)
            glue.update_partition(**table, PartitionValueList=[str(day)], PartitionInput=partition)
            return previous

    def _location_of(self, day: date) -> str:
        """Return the location of the partition of ``day`` in the catalogue."""
        response = self._session.client("glue").get_partition(
            DatabaseName=self._database, TableName=self._table, PartitionValues=[str(day)]
        )
        return str(response["Partition"]["StorageDescriptor"]["Location"])

    def _remove_earlier(self, day_folder: str, run: str, previous: str) -> int:
        """Remove the files of the run that was replaced and of killed runs; return how many."""
        files = wr.s3.list_objects(f"{day_folder}/", boto3_session=self._session)
        abandoned = wr.s3.list_objects(
            f"{day_folder}/",
            last_modified_end=datetime.now(UTC) - MAX_RUN_TIME,
            boto3_session=self._session,
        )
        obsolete = {file for file in files if previous and file.startswith(previous)}
        obsolete = {file for file in obsolete.union(abandoned) if not file.startswith(f"{run}/")}
        wr.s3.delete_objects(sorted(obsolete), use_threads=False, boto3_session=self._session)
        return len(obsolete)

    def _remove_run(self, run: str) -> None:
        wr.s3.delete_objects(f"{run}/", use_threads=False, boto3_session=self._session)

    @contextmanager
    def _translating_errors(self) -> Iterator[None]:
        """Raise ExportRefused or StorageUnavailable for the errors of AWS."""
        try:
            yield
        except ClientError as error:
            code = str(error.response.get("Error", {}).get("Code", "unknown error"))
            if code == "NoSuchBucket":
                bucket = self._address.split("/")[2]
                raise ExportRefused(
                    f"There is no bucket {bucket}. Create it, or name another with --to."
                ) from error
            raise StorageUnavailable(
                "the data lake", error.operation_name, self._address, code
            ) from error
        except BotoCoreError as error:
            raise StorageUnavailable(
                "the data lake", "", self._address, str(error).partition("\n")[0]
            ) from error
