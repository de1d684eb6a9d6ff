"""Whatever a setting is set to, the directory starts, and says what to write."""

from __future__ import annotations

import logging
import re
import traceback
from pathlib import Path

import pytest
from flask import Flask

from app import tell_of_settings
from app.model.errors import DirectoryError
from app.settings import Settings
from tests.support.small_app import app_for_people
from tests.support.stores.sql_binding import lay_empty_database

SECRET = "Hunter$2<x>'\"#"
# What each setting says: where nothing can be read or written, the status of / is 503.
TABLE = [
    ("DYNAMO_MODE", "onn", 503, "which is neither on nor off"),
    ("DYNAMO_MODE", "<on or off>", 503, "placeholder"),
    ("AWS_ENDPOINT_URL_DYNAMODB", "foo", 503, "not an address"),
    ("AWS_ENDPOINT_URL_DYNAMODB", '"http://localhost:8000"', 503, "without quotation marks"),
    ("AWS_ENDPOINT_URL_S3", "<address>", 200, "not an address"),
    ("DYNAMO_TABLE", "Employees table", 503, "no table can have"),
    ("DYNAMO_TABLE", "<your table>", 503, "placeholder"),
    ("TABLE_NAME", "${TABLE}", 503, "placeholder"),
    ("AWS_DEFAULT_REGION", "somewhere", 200, "not the name of a region"),
    ("AWS_REGION", "INSERT REGION HERE", 200, "placeholder"),
    ("DEFAULT_AWS_REGION", "somewhere", 200, "not the name of a region"),
    ("PHOTOS_BUCKET", "My Bucket!", 200, "no bucket can have"),
    ("PHOTOS_BUCKET", "employee-photo-bucket-<your initials>-001", 200, "placeholder"),
    ("PHOTOS_BUCKET", "INSERT PHOTOS BUCKET NAME HERE", 200, "placeholder"),
    ("PHOTOS_FOLDER", "<folder>", 200, "placeholder"),
    ("DATABASE_URL", f"mongo://ada:{SECRET}@db/people", 503, "the unsupported database"),
    ("DATABASE_URL", f"{SECRET}", 503, "not a valid address"),
    ("DATABASE_URL", f"mysql://ada:{SECRET}@db:port/people", 503, "not a valid address"),
    ("DATABASE_URL", f"mysql://ada:{SECRET}@db/people?foo=1", 503, "does not know: foo"),
    ("DATABASE_URL", "<address of the database>", 503, "placeholder"),
    ("DATABASE_URL", f"mysql://ada:{SECRET}@<host>/people", 503, "names no host or no database"),
    ("DATABASE_URL", "sqlite:///<file>", 503, "names no host or no database"),
    ("DATABASE_HOST", "<host>", 503, "placeholder"),
    ("DATABASE_HOST", "http://db/", 503, "not the name of a server"),
    ("DATABASE_USER", "<user>", 503, "placeholder"),
    ("DATABASE_PASSWORD", "<password>", 503, "placeholder"),
    ("DATABASE_DB_NAME", "{{ database }}", 503, "placeholder"),
    ("SECRET_KEY", "Hunter$2", 200, "can be guessed"),
    ("SECRET_KEY", "<your secret key of 32>", 200, "placeholder"),
    ("COMPANY_NAME", "<company>", 200, "placeholder"),
    ("CHAT_LINK", "example.com", 200, "makes no link"),
    ("PHOTO_MAX_MB", "ten", 200, "from 1 to 100"),
    ("HISTORY_DAYS", "forever", 200, "from 0 to 36500"),
    ("TRUSTED_PROXIES", "one", 200, "from 0 to 10"),
    ("ACCESS", "opne", 200, "open or read-only or sign-in"),
    ("ACCESS", "<open>", 200, "placeholder"),
    ("SETUP_CODE", "Hunter$2", 200, "nobody can guess"),
    ("SIGN_IN_HOURS", "12h", 200, "from 1 to 720"),
    ("EXPORTS", "none", 200, "colleagues or editors"),
    ("CONTACT", "people team", 200, "not an email address"),
    ("ALB_SIGN_IN", "on", 200, "not the ARN"),
    ("SIGN_IN_HEADER", "Cookie", 200, "cannot be used"),
    ("SIGN_IN_HEADER_FROM", "0.0.0.0/0", 200, "everybody"),
    ("PUBLIC_ADDRESS", "people", 200, "not an address"),
    ("OIDC_ISSUER", "http://idp.example", 200, "not encrypted"),
    ("OIDC_CLIENT_ID", "<id>", 200, "placeholder"),
    ("OIDC_CLIENT_SECRET", "<secret>", 200, "placeholder"),
    ("OIDC_LABEL", "<label>", 200, "placeholder"),
    ("OIDC_EMAIL_IS_PROVEN", "maybe", 200, "neither on nor off"),
    ("OIDC_GROUPS_CLAIM", "${CLAIM}", 200, "placeholder"),
    ("EDITOR_GROUPS", "<groups>", 200, "placeholder"),
    ("ADMIN_GROUPS", "<groups>", 200, "placeholder"),
    ("SORT_BY", "surname", 200, "given or family"),
    ("STRESS", "maybe", 200, "neither on nor off"),
    ("PHONE_REGION", "Israel", 200, "not the code of a country"),
    ("METRICS_TOKEN", "Hunter$2", 200, "can be guessed"),
    ("METRICS_FROM", "0.0.0.0/0", 200, "everybody"),
    ("METRICS_LOG", "maybe", 200, "neither on nor off"),
    ("SERVICE_NAME", "a\tb", 200, "letters, digits"),
    ("OTEL_EXPORTER_OTLP_ENDPOINT", "<address>", 200, "placeholder"),
    ("INSTANCE_FOLDER", "<folder>", 503, "placeholder"),
]  # fmt: skip
# A setting that is used with others only.
BESIDE = {
    "DYNAMO_TABLE": {"DYNAMO_MODE": "on", "AWS_DEFAULT_REGION": "us-west-2"},
    "AWS_ENDPOINT_URL_DYNAMODB": {"DYNAMO_MODE": "on", "AWS_DEFAULT_REGION": "us-west-2"},
    "AWS_ENDPOINT_URL_S3": {"PHOTOS_BUCKET": "faces", "AWS_DEFAULT_REGION": "us-west-2"},
    "PHOTOS_BUCKET": {"AWS_DEFAULT_REGION": "us-west-2"},
    "DATABASE_USER": {"DATABASE_HOST": "db", "DATABASE_DB_NAME": "staff"},
    "DATABASE_PASSWORD": {"DATABASE_HOST": "db", "DATABASE_USER": "u", "DATABASE_DB_NAME": "s"},
    "DATABASE_DB_NAME": {"DATABASE_HOST": "db", "DATABASE_USER": "u"},
    "DATABASE_HOST": {"DATABASE_USER": "u", "DATABASE_DB_NAME": "s"},
    "SIGN_IN_HEADER": {"SIGN_IN_HEADER_FROM": "10.0.0.5"},
    "SIGN_IN_HEADER_FROM": {"SIGN_IN_HEADER": "X-Remote-User"},
}


@pytest.fixture(autouse=True)
def _elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)  # where an instance folder that nobody named would be


def start(folder: Path, name: str, value: str) -> Flask:
    env = {"INSTANCE_FOLDER": str(folder / "instance"), **BESIDE.get(name, {}), name: value}
    database = folder / "instance" / "directory.db"
    database.parent.mkdir(exist_ok=True)
    lay_empty_database(database)
    return app_for_people(Settings.from_env(env))


def asked(app: Flask, path: str) -> tuple[int, str]:
    response = app.test_client().get(path, follow_redirects=True)
    return response.status_code, response.get_data(as_text=True)


def words_of(page: str) -> str:
    text = re.sub(r"<[^>]*>", "", page)
    for entity, character in (("&#39;", "'"), ("&#34;", '"'), ("&lt;", "<"), ("&gt;", ">")):
        text = text.replace(entity, character)
    return text


@pytest.mark.parametrize(("name", "value", "status", "sentence"), TABLE)
def test_whatever_a_setting_is_set_to_the_directory_starts_and_says_what_to_write(
    tmp_path, caplog, name, value, status, sentence
):
    with caplog.at_level(logging.INFO):
        app = start(tmp_path, name, value)
        tell_of_settings(app)
    settings: Settings = app.extensions["settings"]
    (problem,) = settings.wrong_values[:1]
    assert name in problem
    assert sentence in problem
    told = [record for record in caplog.records if record.getMessage() == f"a setting: {problem}"]
    assert len(told) == 1
    assert asked(app, "/healthz")[0] == 200
    answered, page = asked(app, "/")
    assert answered == status
    assert problem in words_of(page)
    readiness = asked(app, "/readyz")
    assert (readiness[0] == 200) == (status == 200)
    assert name in readiness[1]
    runner = app.test_cli_runner()
    doctor = runner.invoke(args=["doctor"])
    assert doctor.exit_code == 1
    assert problem in doctor.output
    setup = runner.invoke(args=["setup"])
    assert setup.exit_code == (0 if status == 200 else 1), setup.output
    assert problem in setup.output
    if "Hunter" in value:
        said = [page, readiness[1], doctor.output, setup.output, caplog.text, repr(settings)]
        assert "Hunter" not in "".join(said)


@pytest.mark.parametrize(
    ("name", "value"), [(name, value) for name, value, status, _ in TABLE if status == 503]
)
def test_where_nobody_knows_the_store_no_command_writes_to_another(tmp_path, name, value):
    app = start(tmp_path, name, value)
    runner = app.test_cli_runner()
    before = (tmp_path / "instance" / "directory.db").read_bytes()
    (tmp_path / "people.csv").write_text("Name,Location,Job title\nAda,Oslo,Clerk\n")
    commands = (
        ["import", str(tmp_path / "people.csv")],
        ["sample-data", "--people", "2"],
        ["reindex"],
        ["user", "add", "Ada", "ada@example.com"],
        ["restore", str(tmp_path)],
        ["thin-history"],
    )
    for command in commands:
        done = runner.invoke(args=command)
        assert done.exit_code != 0, command
        shown = "".join(traceback.format_exception(*done.exc_info)) if done.exc_info else ""
        assert done.exception is None or isinstance(done.exception, (SystemExit, DirectoryError))
        assert "Hunter" not in done.output + shown
    (database,) = tmp_path.rglob("*.db*")
    assert database.read_bytes() == before


def test_the_documentation_names_each_setting_of_the_table():
    text = (Path(__file__).parents[2] / "docs" / "administration.md").read_text()
    rows = re.findall(r"^\| ((?:`[A-Z_]+`(?:, )?)+) \|", text, re.MULTILINE)
    documented = set(re.findall(r"`([A-Z_]+)`", " ".join(rows)))
    assert documented <= {name for name, *_ in TABLE}, "a setting without a bad value here"
