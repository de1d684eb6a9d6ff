"""The course's MySQL table is read once, as odd as it is, and never written to."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.pool import NullPool

from app.contracts import Query
from app.history.changes import Write
from app.model.errors import SettingsError
from app.storage.sql import course_mysql
from app.storage.sql.course_mysql import course_people
from app.web.current import current_directory
from tests.support.servers.sql_server import PASSWORD, SqlServer
from tests.support.small_app import small_app
from tests.support.stores.dynamodb_binding import DynamoRoom
from tests.support.stores.people import everyone

# As the course's app makes it.
TABLE = """CREATE TABLE employee (
    id int NOT NULL AUTO_INCREMENT PRIMARY KEY, object_key nvarchar(80), full_name nvarchar(200)
    NOT NULL, location nvarchar(200) NOT NULL, job_title nvarchar(200) NOT NULL,
    badges nvarchar(200) NOT NULL)"""
ROWS = (
    ("employee_pic/1f.png", "José Núñez", "São Paulo", "Engineer", "apple,linux"),
    (None, " Ada Lovelace ", "", "", ""),
    ("../../etc/passwd", "王小明", "東京", "Sales", "['apple', 'bug']"),
    ("", "Jose\u0301", "Lisbon", "Clerk", "rocket, coffee,"),
)


@pytest.fixture
def course(mariadb: SqlServer) -> Iterator[str]:
    url = mariadb.make_database()
    engine = create_engine(url, poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(text(TABLE))
        for number, row in enumerate(ROWS, 1):
            values = dict(zip("abcde", row, strict=True), n=number * 10)
            connection.execute(text("INSERT INTO employee VALUES (:n, :a, :b, :c, :d, :e)"), values)
    yield url
    with engine.connect() as connection:
        kept = connection.execute(text("SELECT * FROM employee ORDER BY id")).all()
    assert [tuple(row[1:]) for row in kept] == list(ROWS)
    mariadb.drop_database(url)


def named_by_the_course(address: str) -> dict[str, str]:
    """The settings of this database, by the names that the course gives to them."""
    url = make_url(address)
    return {
        "DATABASE_HOST": f"{url.host}:{url.port}",
        "DATABASE_USER": str(url.username),
        "DATABASE_PASSWORD": PASSWORD,
        "DATABASE_DB_NAME": str(url.database),
    }


@pytest.fixture
def app(course: str, tmp_path: Path) -> Iterator[Flask]:
    """The directory beside the course's table, in the same database."""
    made = small_app(tmp_path, **named_by_the_course(course))
    yield made
    made.extensions["directory"].employees.close()


@pytest.fixture
def app_on_dynamodb(course: str, tmp_path: Path, dynamodb_local: str) -> Iterator[Flask]:
    """The directory on DynamoDB, with the course's table still named by the settings."""
    room = DynamoRoom(dynamodb_local)
    env = {
        "DYNAMO_MODE": "on",
        "DYNAMO_TABLE": room.people,
        "AWS_DEFAULT_REGION": "us-west-2",
        **named_by_the_course(course),
    }
    yield small_app(tmp_path, **env)
    room.close()


def run(app: Flask, *options: str) -> Result:
    return app.test_cli_runner().invoke(args=["import", "--from-course-mysql", *options])


def take_over(app: Flask) -> None:
    """The command, run twice: it adds the people of the course once."""
    for told in (
        "Added 4 people from the course's table.",
        "Added 0 people from the course's table. Already here: 4.",
    ):
        result = run(app)
        assert result.exit_code == 0, result.output
        assert told in result.output


def test_rows_are_read_in_batches_whatever_they_hold(
    course: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(course_mysql, "BATCH_SIZE", 2)
    jose, ada, ming, other = course_people(course)
    assert [each.id for each in (jose, ada, ming, other)] == [f"course-{n}0" for n in (1, 2, 3, 4)]
    assert (jose.photo_key, jose.badges) == ("employee_pic/1f.png", ("apple", "linux"))
    assert (ada.full_name, ada.photo_key, ada.badges) == ("Ada Lovelace", "", ())
    assert (ming.full_name, ming.photo_key, ming.badges) == ("王小明", "", ("apple", "bug"))
    assert (other.full_name, other.badges) == ("José", ("coffee", "rocket"))


def test_the_people_of_the_course_are_added_once_beside_their_table(app: Flask) -> None:
    told = "The course's table has 4 people. Already here: {}; to be added, unless "
    told += "they were deleted here: {}.\n"
    assert run(app, "--dry-run").stdout == told.format(0, 4)
    take_over(app)
    assert run(app, "--dry-run").stdout == told.format(4, 0)
    with app.app_context():
        store = current_directory().employees
        assert [each.full_name for each in everyone(store, Query(words="jose"))] == [
            "José",
            "José Núñez",
        ]
        assert store.facets().total == 4


def test_the_people_of_the_course_are_added_once_to_dynamodb(app_on_dynamodb: Flask) -> None:
    app = app_on_dynamodb
    assert "The course's table has 4 people." in run(app, "--dry-run").output
    with app.app_context():
        assert current_directory().employees.facets().total == 0
    take_over(app)
    with app.app_context():
        store = current_directory().employees
        stored = {each.id: each for each in everyone(store, Query())}
        found = [each.full_name for each in everyone(store, Query(words="jose"))]
        jose = store.get("course-10")
    assert stored.keys() == {f"course-{n}0" for n in (1, 2, 3, 4)}
    assert found == ["José", "José Núñez"]
    assert (jose.photo_key, jose.badges) == ("employee_pic/1f.png", ("apple", "linux"))


def test_who_was_changed_here_stays_so_when_the_table_is_read_again(app: Flask) -> None:
    run(app)
    with app.app_context():
        current_directory().employees.delete("course-10", None, Write("w"))
    assert "Added 0 people" in run(app).output
    with app.app_context():
        assert current_directory().employees.facets().total == 3


@pytest.mark.parametrize("url", ["sqlite:////srv/directory.db", "postgresql://u:hunter22@h/d"])
def test_an_address_that_is_no_mysql_server_says_what_to_set(url: str) -> None:
    with pytest.raises(SettingsError, match="DATABASE_HOST") as error:
        course_people(url)
    assert "hunter22" not in str(error.value)


@pytest.mark.parametrize(
    ("table", "told"),
    [("", "has no table employee"), ("CREATE TABLE employee (name text)", "has no column id")],
)
def test_a_database_without_the_course_s_table_says_so(
    mariadb: SqlServer, tmp_path: Path, table: str, told: str
) -> None:
    url = mariadb.make_database()
    if table:
        with create_engine(url, poolclass=NullPool).begin() as connection:
            connection.execute(text(table))
    app = small_app(tmp_path, DATABASE_URL=url)
    result = run(app)
    assert result.exit_code == 1
    assert told in result.output
    assert "did not respond" not in result.output
    app.extensions["directory"].employees.close()


def test_numbers_below_zero_and_columns_of_bytes_are_read(
    mariadb: SqlServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = mariadb.make_database()
    with create_engine(url, poolclass=NullPool).begin() as connection:
        connection.execute(text("CREATE TABLE employee (id int, full_name text, location blob)"))
        for number in (-7, -1, 0, 3):
            values = {"n": number, "place": "Łódź".encode()}
            connection.execute(text("INSERT INTO employee VALUES (:n, 'Ada', :place)"), values)
    monkeypatch.setattr(course_mysql, "BATCH_SIZE", 2)
    found = [(each.id, each.location) for each in course_people(url)]
    assert found == [(f"course-{number}", "Łódź") for number in (-7, -1, 0, 3)]
