"""The data lake: Parquet by day in S3, in the Glue catalogue, as Athena would read it."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import boto3
import duckdb
import pytest
from botocore.client import BaseClient
from click.testing import Result
from moto import mock_aws

from app.model.employee import Employee
from app.model.errors import ExportRefused, StorageUnavailable
from app.model.fields import FIELDS, FIRST_RELEASE
from app.model.kinds import Kind
from tests.support.model_store import ModelStore
from tests.support.repository import ROOT
from tests.support.small_app import small_app, stores_of
from tests.support.small_directory import AMARA
from tests.support.stack.iam_policies import Policy, document

pytestmark = pytest.mark.slow
REGION = "us-west-2"
LAKE = "s3://lake/hr/people"
DAY, DAY_BEFORE = date(2026, 11, 23), date(2026, 11, 22)
GUIDE = (ROOT / "docs" / "import-and-export.md").read_text()


@pytest.fixture
def aws() -> Iterator[Any]:
    """S3 with the bucket ``lake``, and Glue."""
    with mock_aws():
        s3 = boto3.client("s3", region_name=REGION)
        s3.create_bucket(Bucket="lake", CreateBucketConfiguration={"LocationConstraint": REGION})
        yield s3


def write(
    people: list[Employee], day: date = DAY, address: str = LAKE, columns: Any = None
) -> list[str]:
    from app.storage.aws.data_lake import PEOPLE, open_data_lake

    lake = open_data_lake(address, "employee_directory", "people", REGION, columns or PEOPLE)
    pages = [people[start : start + 7] for start in range(0, len(people), 7)]
    return list(lake.write(pages, day))


def keys(s3: Any) -> list[str]:
    return [found["Key"] for found in s3.list_objects_v2(Bucket="lake").get("Contents", ())]


def partitions() -> dict[str, str]:
    """Where the catalogue says that each day is."""
    glue = boto3.client("glue", region_name=REGION)
    found = glue.get_partitions(DatabaseName="employee_directory", TableName="people")
    return {
        each["Values"][0]: each["StorageDescriptor"]["Location"] for each in found["Partitions"]
    }


def athena(s3: Any, folder: Path) -> duckdb.DuckDBPyConnection:
    """DuckDB in the place of Athena: it reads what lies where the catalogue says."""
    places = [place.removeprefix("s3://lake/") for place in partitions().values()]
    for key in keys(s3):
        if key.startswith(tuple(places)):
            path = folder / key
            path.parent.mkdir(parents=True, exist_ok=True)
            s3.download_file("lake", key, str(path))
    connection = duckdb.connect()
    connection.execute("CREATE SCHEMA employee_directory")
    connection.execute(
        "CREATE VIEW employee_directory.people AS SELECT * FROM "
        f"read_parquet('{folder}/hr/people/*/*/*.parquet', hive_partitioning = true)"
    )
    return connection


def many(count: int, first: int = 0) -> list[Employee]:
    return [
        Employee(
            id=f"{number:04}",
            full_name=f"Ada {number:04}",
            department="Sales" if number % 3 else "Engineering",
            location="Lima" if number % 2 else "Oslo",
            badges=("linux", "bug") if number % 2 else (),
        )
        for number in range(first, first + count)
    ]


def test_everyone_is_read_back_with_every_field(aws: Any, tmp_path: Path) -> None:
    moment = datetime(2026, 11, 23, 9, 30, 1, 250_000, tzinfo=UTC)
    amara = replace(
        AMARA,
        time_zone="Africa/Nairobi",
        mobile="+254 711 555 018",
        employee_number="E-10432",
        sort_as="Adeyemi-Lindqvist",
        manager="pat",
        desk="Riverside 4",
        working_hours="Mon to Thu",
        chat="amara",
        photo_key="employee_pic/a.jpg",
        left_on="2026-12-31",
        version=7,
        updated_at=moment,
    )
    odd = Employee(id="=1+1", full_name="Ólafur", start_date="yesterday")
    write([amara, odd])
    rows = athena(aws, tmp_path).execute("SELECT * FROM employee_directory.people ORDER BY id DESC")
    names = [column[0] for column in rows.description]
    first, second = (dict(zip(names, row, strict=True)) for row in rows.fetchall())
    assert first == {
        **{name: getattr(amara, name) for name in names if name != "day"},
        "start_date": date(2019, 2, 4),
        "left_on": date(2026, 12, 31),
        "badges": ["linux", "trophy"],
        "hidden": [],
        "updated_at": moment.replace(tzinfo=None),
        "day": DAY,
    }
    nulls = {name for name, value in second.items() if value is None}
    assert nulls == set(names) - {"id", "full_name", "badges", "hidden", "version", "day"}
    assert second["badges"] == second["hidden"] == []


def test_a_table_of_an_earlier_release_gets_the_columns_that_it_lacks(
    aws: Any, tmp_path: Path
) -> None:
    from app.storage.aws.lake_tables import PEOPLE, LakeTable

    added = [field for field in FIELDS if field.digest >= FIRST_RELEASE]
    later = [field.name for field in added]
    texts = [field.name for field in added if field.is_text and field.kind is not Kind.DATE]
    earlier = {name: kind for name, kind in PEOPLE.columns.items() if name not in later}
    table_before = LakeTable(earlier, lambda some: PEOPLE.frame(some)[list(earlier)], str)
    write([AMARA], columns=table_before)
    write([replace(AMARA, **dict.fromkeys(texts, "Some"))], DAY_BEFORE)
    glue = boto3.client("glue", region_name=REGION)
    table = glue.get_table(DatabaseName="employee_directory", Name="people")["Table"]
    columns = [each["Name"] for each in table["StorageDescriptor"]["Columns"]]
    assert columns == [*earlier, *later]
    files = f"read_parquet('{tmp_path}/hr/people/*/*/*.parquet', union_by_name = true)"
    found = athena(aws, tmp_path).execute(f"SELECT {', '.join(texts)} FROM {files} ORDER BY 1")
    assert found.fetchall() == [("Some",) * len(texts), (None,) * len(texts)]


def test_the_catalogue_knows_the_types_that_athena_reads(aws: Any) -> None:
    write([AMARA])
    glue = boto3.client("glue", region_name=REGION)
    table = glue.get_table(DatabaseName="employee_directory", Name="people")["Table"]
    types = {each["Name"]: each["Type"] for each in table["StorageDescriptor"]["Columns"]}
    assert (types["id"], types["start_date"]) == ("string", "date")
    assert (types["badges"], types["version"]) == ("array<string>", "bigint")
    assert types["updated_at"] == "timestamp"
    assert [(each["Name"], each["Type"]) for each in table["PartitionKeys"]] == [("day", "date")]
    assert table["StorageDescriptor"]["Location"] == f"{LAKE}/"
    assert table["Parameters"]["classification"] == "parquet"
    (where,) = partitions().values()
    assert re.fullmatch(rf"{LAKE}/day=2026-11-23/run-[0-9a-f]+/", where)


def test_many_people_are_several_files_of_one_shape(
    aws: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from app.storage.aws import data_lake

    monkeypatch.setattr(data_lake, "MAX_ROWS_PER_FILE", 40)
    people = many(100)
    people[5] = replace(AMARA, id="0005")  # columns of the other files hold nothing but NULL
    write(people)
    assert len(keys(aws)) == 3
    lake = athena(aws, tmp_path)
    assert lake.execute(
        "SELECT count(*), count(email) FROM employee_directory.people"
    ).fetchone() == (
        100,
        1,
    )


def test_the_same_day_again_is_replaced_and_other_days_stay(aws: Any, tmp_path: Path) -> None:
    write(many(50), DAY_BEFORE)
    write(many(30))
    (old,) = [key for key in keys(aws) if "day=2026-11-23" in key]
    said = write(many(20, first=100))
    assert said[-1] == "Removed 1 file from earlier runs of that day."
    assert old not in keys(aws)
    counts = athena(aws, tmp_path).execute(
        "SELECT day, count(*), min(id) FROM employee_directory.people GROUP BY day ORDER BY day"
    )
    assert counts.fetchall() == [(DAY_BEFORE, 50, "0000"), (DAY, 20, "0100")]


def test_a_store_that_fails_midway_leaves_the_day_as_it_was(
    aws: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from app.storage.aws import data_lake

    write(many(30))
    before, where = keys(aws), partitions()
    monkeypatch.setattr(data_lake, "MAX_ROWS_PER_FILE", 10)

    def failing() -> Iterator[list[Employee]]:
        yield many(25)
        raise StorageUnavailable("the database", "dynamodb:Scan")

    lake = data_lake.open_data_lake(LAKE, "employee_directory", "people", REGION)
    with pytest.raises(StorageUnavailable, match="the database"):
        list(lake.write(failing(), DAY))
    assert (keys(aws), partitions()) == (before, where)


_ACTIONS = {
    "PutObject": "s3:PutObject",
    "CreateMultipartUpload": "s3:PutObject",
    "UploadPart": "s3:PutObject",
    "CompleteMultipartUpload": "s3:PutObject",
    "AbortMultipartUpload": "s3:AbortMultipartUpload",
    "ListObjectsV2": "s3:ListBucket",
    "DeleteObjects": "s3:DeleteObject",
}


def test_the_policy_allows_what_is_asked_and_nothing_else(
    aws: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: set[str] = set()
    plain = BaseClient._make_api_call

    def listening(client: Any, name: str, arguments: Any) -> Any:
        asked.add(_ACTIONS.get(name) or f"{client.meta.service_model.service_name}:{name}")
        return plain(client, name, arguments)

    monkeypatch.setattr(BaseClient, "_make_api_call", listening)
    write(many(3))
    glue = boto3.client("glue", region_name=REGION)
    table = glue.get_table(DatabaseName="employee_directory", Name="people")["Table"]
    older = {name: table[name] for name in ("Name", "PartitionKeys", "StorageDescriptor")}
    older["StorageDescriptor"]["Columns"].pop()
    glue.update_table(DatabaseName="employee_directory", TableInput=older)
    asked.discard("glue:UpdateTable")
    write(many(3))
    policy = Policy(document("data-lake.json"))
    # A file of more than 5 MB goes up in parts, and those of a broken one are taken back.
    assert policy.allowed_actions() == asked | {"s3:AbortMultipartUpload"}


@pytest.mark.parametrize("first_registers", [False, True])
def test_two_runs_of_a_day_at_once_leave_the_later_one_whole(
    aws: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, first_registers: bool
) -> None:
    from app.storage.aws import data_lake

    lake = data_lake.open_data_lake(LAKE, "employee_directory", "people", REGION)
    write(many(5))
    said: list[str] = []

    def pages() -> Iterator[list[Employee]]:
        yield many(30)
        if not first_registers:
            said.extend(write(many(20, first=100)))  # another run, from its begin to its end

    steps = lake.write(pages(), DAY)
    mine = [next(steps)]  # the catalogue knows of it, and the older run is not removed yet
    if first_registers:
        said.extend(write(many(20, first=100)))
    mine.extend(steps)
    shown = athena(aws, tmp_path).execute("SELECT count(*) FROM employee_directory.people")
    assert shown.fetchall() == [(20,) if first_registers else (30,)]
    assert len([key for key in keys(aws) if "day=2026-11-23" in key]) == 1
    assert ("Another run wrote the day" in mine[1]) == first_registers
    assert "shows them" in said[1]


def test_what_no_column_can_hold_is_null(aws: Any, tmp_path: Path) -> None:
    odd = [
        replace(many(1)[0], id=str(number), updated_at=moment, version=version)
        for number, (moment, version) in enumerate(
            [
                (datetime(9999, 12, 31, 23, tzinfo=UTC), 2**70),
                (datetime(1, 1, 1, tzinfo=UTC), 1),
                (None, 0),
                (datetime(2026, 3, 4, 5, tzinfo=UTC), 2**63 - 1),
            ]
        )
    ]
    write(odd)
    found = athena(aws, tmp_path).execute(
        "SELECT updated_at, version FROM employee_directory.people ORDER BY id"
    )
    assert found.fetchall() == [
        (None, None), (None, 1), (None, 0), (datetime(2026, 3, 4, 5), 2**63 - 1),
    ]  # fmt: skip


def test_what_a_killed_run_left_goes_with_the_next(
    aws: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from app.storage.aws import data_lake

    aws.put_object(Bucket="lake", Key="hr/people/day=2026-11-23/run-1/part-1.parquet", Body=b"x")
    write(many(3))
    assert "hr/people/day=2026-11-23/run-1/part-1.parquet" in keys(aws), "it may still be written"
    monkeypatch.setattr(data_lake, "MAX_RUN_TIME", timedelta(hours=-1))
    aws.put_object(Bucket="lake", Key="hr/people/day=2026-11-23/run-0/part-1.parquet", Body=b"x")
    aws.put_object(Bucket="lake", Key="hr/people/day=2026-11-22/run-0/part-1.parquet", Body=b"x")
    aws.put_object(Bucket="lake", Key="hr/people-of-others/day=2026-11-23/a.parquet", Body=b"x")
    write(many(3))
    left = [key for key in keys(aws) if partitions()[str(DAY)].partition("lake/")[2] not in key]
    assert left == [
        "hr/people-of-others/day=2026-11-23/a.parquet",
        "hr/people/day=2026-11-22/run-0/part-1.parquet",
    ]


def test_the_queries_of_the_documents_answer(aws: Any, tmp_path: Path) -> None:
    write(many(6), DAY_BEFORE)
    write([*many(6), AMARA])
    queries = re.findall(r"```sql\n(.*?)```", GUIDE.split("## Data lake")[1], re.DOTALL)
    assert len(queries) == 4
    lake = athena(aws, tmp_path)
    of_people = [query for query in queries if "people_changes" not in query]
    departments, badges, new = (lake.execute(query).fetchall() for query in of_people)
    assert departments == [("Sales", 4), ("Engineering", 3)]
    assert badges == [
        ("Lima", "bug", 3),
        ("Lima", "linux", 3),
        ("Nairobi", "linux", 1),
        ("Nairobi", "trophy", 1),
    ]
    assert new == [(AMARA.full_name, "Principal Engineer", "Nairobi")]


def run(tmp_path: Path, *command: str, people: tuple[Employee, ...] = (AMARA,)) -> Result:
    store = ModelStore()
    list(store.add_many(people))
    app = small_app(tmp_path, stores_of(store, None, "Photos are off."), AWS_DEFAULT_REGION=REGION)
    return app.test_cli_runner().invoke(args=["export", *command])


def test_the_command_says_where_everyone_is(aws: Any, tmp_path: Path) -> None:
    days = {str(datetime.now(UTC).date())}
    result = run(tmp_path, "--to", f"{LAKE}/", "--database", "hr", "--table", "staff")
    days.add(str(datetime.now(UTC).date()))
    assert result.exit_code == 0, result.output
    assert re.search(rf"Wrote 1 person to {LAKE}/day=({'|'.join(days)})/run-", result.output)
    assert "The table hr.staff shows them for the day" in result.output
    assert len([key for key in keys(aws) if key.startswith("hr/people/")]) == 1


def test_an_empty_directory_is_a_day_with_nobody(aws: Any, tmp_path: Path) -> None:
    assert run(tmp_path, "--to", LAKE, people=()).exit_code == 0
    assert len(partitions()) == 1
    assert keys(aws) == []


def test_a_bucket_that_is_not_there_is_told_in_one_sentence(aws: Any, tmp_path: Path) -> None:
    result = run(tmp_path, "--to", "s3://nowhere/people")
    assert result.exit_code == 1
    assert result.stderr == (
        "Error: There is no bucket nowhere. Create it, or name another with --to.\n"
    )


@pytest.mark.parametrize("address", ["lake", "s3://", "https://lake/people", "s3://La_ke/x"])
def test_what_is_no_place_in_s3_is_refused(address: str) -> None:
    with pytest.raises(ExportRefused, match="is not an S3 address"):
        write([AMARA], address=address)


@pytest.mark.parametrize("name", ["", "people;", "People", "a-b"])
def test_what_athena_cannot_name_is_refused(name: str) -> None:
    from app.storage.aws.data_lake import open_data_lake

    for database, table in (("hr", name), (name, "people")):
        with pytest.raises(ExportRefused, match="is not a valid name in the Glue catalog"):
            open_data_lake(LAKE, database, table, REGION)


@pytest.mark.parametrize(
    "more", [["--search", "ada"], ["--badge", "bug"], ["--as", "csv"], ["people.csv"]]
)
def test_a_data_lake_gets_everyone(tmp_path: Path, more: list[str]) -> None:
    assert run(tmp_path, "--to", LAKE, *more).exit_code == 2


def test_without_the_library_the_command_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(sys.modules, "app.storage.aws.data_lake", raising=False)
    monkeypatch.setitem(sys.modules, "awswrangler", None)
    result = run(tmp_path, "--to", LAKE)
    assert result.exit_code == 1
    assert result.stderr == (
        "Error: A data lake needs awswrangler, which is not installed. "
        "Install it with: pip install -r requirements-analytics.txt\n"
    )
