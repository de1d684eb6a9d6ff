"""The table of changes in the data lake: a row for each field of a change, in its day."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import boto3
import duckdb
import pytest
from flask import Flask
from moto import mock_aws

from app.history.changes import Author, Change, ChangeKind, Through, Via
from app.model.employee import Employee
from app.model.revision import revision_of
from tests.storage.aws.test_data_lake import GUIDE, LAKE, REGION, keys
from tests.support.small_app import small_app
from tests.support.viewers import OPERATOR

pytestmark = pytest.mark.slow
ADA = Employee(id="ada", full_name="Ada Alm", location="Lima", department="Sales")


@pytest.fixture
def s3() -> Iterator[Any]:
    with mock_aws():
        client = boto3.client("s3", region_name=REGION)
        place = {"LocationConstraint": REGION}
        client.create_bucket(Bucket="lake", CreateBucketConfiguration=place)
        yield client


@pytest.fixture
def app(tmp_path: Path) -> Flask:
    """A directory on SQLite with somebody who moved today, and changes of a month ago."""
    app = small_app(tmp_path / "app", AWS_DEFAULT_REGION=REGION)
    directory = app.extensions["directory"]
    stored = directory.add(OPERATOR, ADA, "add")
    moved = replace(stored, department="Finance", badges=("linux", "bug"))
    directory.update(OPERATOR, moved, revision_of(stored), "move")
    old = Change(
        employee_id="bo",
        moment="2026-10-02T10:00:00.000Z-0a0b",
        kind=ChangeKind.CHANGED,
        version=7,
        full_name="Bo Berg",
        was={"location": "Oslo"},
        now={"location": ""},
        author=Author("Ana Ruiz", "acct-1"),
        through=Through(Via.IMPORT, source="hr.csv", job="20261002-100000-0123abcd", row=12),
    )
    directory.history.restore_changes([old])
    return app


def exported(app: Flask, *options: str) -> str:
    runner = app.test_cli_runner()
    result = runner.invoke(args=["export", "--to", LAKE, *options])
    assert result.exit_code == 0, result.output
    return str(result.output)


def rows(s3: Any, folder: Path, query: str) -> list[tuple[Any, ...]]:
    """What DuckDB, in the place of Athena, answers of the files of changes."""
    for key in keys(s3):
        path = folder / key
        path.parent.mkdir(parents=True, exist_ok=True)
        s3.download_file("lake", key, str(path))
    lake = duckdb.connect()
    lake.execute("CREATE SCHEMA employee_directory")
    lake.execute(
        "CREATE VIEW employee_directory.people_changes AS SELECT * FROM "
        f"read_parquet('{folder}/hr/people_changes/*/*/*.parquet', hive_partitioning = true)"
    )
    return lake.execute(query).fetchall()


def test_the_changes_of_today_are_rows_of_their_fields(s3: Any, app: Flask, tmp_path: Path) -> None:
    assert re.search(r"Wrote 2 changes to s3://lake/hr/people_changes/day=", exported(app))
    query = (
        "SELECT version, kind, field, was, now, author, via FROM employee_directory.people_changes "
        "ORDER BY version, field"
    )
    assert rows(s3, tmp_path, query) == [
        (1, "added", "department", None, "Sales", OPERATOR.name, "page"),
        (1, "added", "full_name", None, "Ada Alm", OPERATOR.name, "page"),
        (1, "added", "location", None, "Lima", OPERATOR.name, "page"),
        (2, "changed", "badges", None, "linux, bug", OPERATOR.name, "page"),
        (2, "changed", "department", "Sales", "Finance", OPERATOR.name, "page"),
    ]


def test_the_query_of_the_documents_answers(s3: Any, app: Flask, tmp_path: Path) -> None:
    exported(app)
    lake_guide = GUIDE.split("## Data lake")[1]
    (query,) = (
        query
        for query in re.findall(r"```sql\n(.*?)```", lake_guide, re.DOTALL)
        if "people_changes" in query
    )
    ((moment, *told),) = rows(s3, tmp_path, query)
    assert abs(moment - datetime.now(UTC).replace(tzinfo=None)) < timedelta(hours=1)
    assert told == ["Ada Alm", "Sales", "Finance", OPERATOR.name, "page"]


def test_earlier_days_come_when_asked_for_and_a_run_replaces_its_days(
    s3: Any, app: Flask, tmp_path: Path
) -> None:
    exported(app)
    assert not [key for key in keys(s3) if "day=2026-10-02" in key]
    for _ in range(2):
        exported(app, "--changes-since", "2026-10-01")
    query = (
        "SELECT was, now, author, account_id, via, source, job, row FROM "
        "employee_directory.people_changes WHERE employee_id = 'bo'"
    )
    job = "20261002-100000-0123abcd"
    moved = ("Oslo", None, "Ana Ruiz", "acct-1", "import", "hr.csv", job, 12)
    assert rows(s3, tmp_path, query) == [moved]


def test_the_changes_of_a_lake_without_a_prefix_stay_in_its_bucket() -> None:
    from app.storage.aws.data_lake import changes_address

    assert changes_address("s3://lake") == "s3://lake/changes"
    assert changes_address("s3://lake/hr/people/") == "s3://lake/hr/people_changes"
