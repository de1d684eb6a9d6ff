"""An import beside the bare SDK: the same rows written by boto3's BatchWriteItem, round by round.

``python -m bench.bare_sdk PEOPLE ROUNDS``, with AWS_ENDPOINT_URL_DYNAMODB in the environment: a
process of its own. Prints one line of JSON.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from itertools import count, islice
from typing import Any

import boto3
from botocore.config import Config

from app.samples.loading import sample_people
from app.settings import Settings
from app.storage.dynamodb import DynamoStore, open_dynamodb_store
from bench.results import SdkFigures

# As many as the import has writers, and as many rows as a batch may have.
THREADS = 4
_ROWS_AT_ONCE = 25
_numbers = count(1)

Row = tuple[str, dict[str, Any]]


class Tables:
    """Two empty tables as the directory makes them, dropped at the end."""

    def __init__(self, client: Any) -> None:
        table = f"Employees-sdk-{next(_numbers)}"
        settings = {"DYNAMO_MODE": "on", "DYNAMO_TABLE": table, "AWS_DEFAULT_REGION": "us-west-2"}
        self._client = client
        self.store: DynamoStore = open_dynamodb_store(Settings.from_env(settings))
        self.names = (table, f"{table}-index")

    def __enter__(self) -> Tables:
        self.store.set_up()
        return self

    def __exit__(self, *error: object) -> None:
        for name in self.names:
            self._client.update_table(TableName=name, DeletionProtectionEnabled=False)
            self._client.delete_table(TableName=name)

    def rows(self) -> list[Row]:
        """Every row of both: which of the two it is in, and the item."""
        pages = self._client.get_paginator("scan").paginate
        return [
            (kind, item)
            for kind, name in zip(("people", "index"), self.names, strict=True)
            for page in pages(TableName=name)
            for item in page["Items"]
        ]

    def put(self, client: Any, rows: list[Row]) -> None:
        """Write rows as a script would that knows only the SDK."""
        names = dict(zip(("people", "index"), self.names, strict=True))
        left: dict[str, list[Any]] = {}
        for kind, item in rows:
            left.setdefault(names[kind], []).append({"PutRequest": {"Item": item}})
        while left:
            left = client.batch_write_item(RequestItems=left)["UnprocessedItems"]


def compare(people: int, rounds: int) -> SdkFigures:
    """So many people imported by us and by the SDK, in turn."""
    client = boto3.client("dynamodb", config=Config(max_pool_connections=THREADS))
    rows: list[Row] = []
    ours, alone, together = [], [], []
    for _ in range(rounds):
        with Tables(client) as tables:
            ours.append(_seconds_of_import(tables.store, people))
            rows = rows or tables.rows()
        with Tables(client) as tables:
            alone.append(_seconds_of_puts(client, tables, rows, threads=1))
        with Tables(client) as tables:
            together.append(_seconds_of_puts(client, tables, rows, threads=THREADS))
    return SdkFigures(
        people=people,
        rows_per_person=len(rows) / people,
        ours_seconds=statistics.median(ours),
        one_thread_seconds=statistics.median(alone),
        more_threads=THREADS,
        more_threads_seconds=statistics.median(together),
        x_one_thread=_ratio(ours, alone),
        x_more_threads=_ratio(ours, together),
    )


def _seconds_of_import(store: DynamoStore, people: int) -> float:
    employees = list(sample_people(people))
    started = time.perf_counter()
    if max(store.add_many(employees)) != people:
        raise SystemExit("not everyone was imported")
    return time.perf_counter() - started


def _seconds_of_puts(client: Any, tables: Tables, rows: list[Row], *, threads: int) -> float:
    batches = list(_batches(rows))
    started = time.perf_counter()
    with ThreadPoolExecutor(threads) as writers:
        for _ in writers.map(lambda batch: tables.put(client, batch), batches):
            pass
    return time.perf_counter() - started


def _batches(rows: list[Row]) -> Iterator[list[Row]]:
    source = iter(rows)
    while batch := list(islice(source, _ROWS_AT_ONCE)):
        yield batch


def _ratio(ours: list[float], theirs: list[float]) -> float:
    return statistics.median(a / b for a, b in zip(ours, theirs, strict=True))


if __name__ == "__main__":
    print(json.dumps(asdict(compare(int(sys.argv[1]), int(sys.argv[2])))))
