"""The servers of the tests are real, and nothing of this machine's own settings reaches them."""

import os
import subprocess
import sys

import boto3
import pytest
import urllib3
from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool

from tests.support import needs
from tests.support.environment import isolated
from tests.support.in_time import wait_until
from tests.support.servers.live_app import app_in_thread
from tests.support.servers.server_process import ServerDidNotStart, ServerProcess
from tests.support.servers.sql_server import SqlServer

pytestmark = pytest.mark.slow


def test_dynamodb_local_answers(dynamodb_local):
    client = boto3.client("dynamodb", endpoint_url=dynamodb_local)
    assert "TableNames" in client.list_tables()
    client.close()


def test_the_s3_server_serves_by_presigned_link_and_nothing_without(s3_server):
    client = boto3.client("s3", endpoint_url=s3_server)
    location = {"LocationConstraint": "us-west-2"}
    client.create_bucket(Bucket="presigned", CreateBucketConfiguration=location)
    client.put_object(Bucket="presigned", Key="a.jpg", Body=b"photo", ContentType="image/jpeg")
    place = {"Bucket": "presigned", "Key": "a.jpg"}
    link = client.generate_presigned_url("get_object", Params=place, ExpiresIn=60)
    client.close()
    assert urllib3.request("GET", link).data == b"photo"
    assert urllib3.request("GET", link.partition("?")[0]).status == 403


@pytest.mark.parametrize("kind", ["mariadb", "postgresql"])
def test_an_sql_server_takes_its_own_password_and_sorts_as_we_do_not(request, kind):
    server: SqlServer = request.getfixturevalue(kind)
    url = server.make_database()
    with pytest.raises(OperationalError, match=r"(?i)password"):
        SqlServer(server.address.set(password="another")).run("SELECT 1")
    engine = create_engine(url, poolclass=NullPool)
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT 'a' < 'B'"))
    server.drop_database(url)
    with pytest.raises(OperationalError), engine.connect():
        pass


def test_chromium_shows_a_page_of_an_app_in_a_thread(chromium):
    def app(environ, start_response):
        start_response("200 OK", [("Content-Type", "text/html")])
        return [b"<title>Hello</title>"]

    with app_in_thread(app) as url, chromium.new_context() as context:
        page = context.new_page()
        page.goto(url)
        assert page.title() == "Hello"


def test_no_setting_and_no_account_of_this_machine_reaches_a_test(monkeypatch):
    monkeypatch.setenv("DYNAMO_MODE", "on")
    monkeypatch.setenv("AWS_PROFILE", "production")
    environment = isolated({"PHOTOS_BUCKET": "photos"})
    assert "DYNAMO_MODE" not in environment
    assert "AWS_PROFILE" not in environment
    assert environment["AWS_ACCESS_KEY_ID"] == "testing"
    assert environment["PHOTOS_BUCKET"] == "photos"
    assert os.environ["AWS_ACCESS_KEY_ID"] == "testing"


def test_what_is_missing_is_skipped_by_name(monkeypatch):
    monkeypatch.delenv(needs.SKIP_NOTHING, raising=False)
    monkeypatch.setattr(needs, "look_for", lambda program: None)
    with pytest.raises(pytest.skip.Exception, match="needs Java: DynamoDB Local"):
        needs.find("java", "DynamoDB Local")


def test_what_is_missing_fails_where_nothing_may_be_skipped(monkeypatch):
    monkeypatch.setenv(needs.SKIP_NOTHING, "1")
    monkeypatch.setattr(needs, "look_for", lambda program: None)
    with pytest.raises(pytest.fail.Exception, match="needs Java: DynamoDB Local"):
        needs.find("java", "DynamoDB Local")


def test_a_server_that_ends_at_once_says_why(tmp_path):
    complain = "import sys; sys.exit('the port is taken')"
    server = ServerProcess([sys.executable, "-c", complain], folder=tmp_path, log=tmp_path / "log")
    with pytest.raises(ServerDidNotStart, match="the port is taken"):
        server.wait_until(lambda: False)


def test_a_killed_server_takes_its_children_along(tmp_path):
    with_child = "import os, time; print(os.fork(), flush=True); time.sleep(60)"
    server = ServerProcess(
        [sys.executable, "-c", with_child], folder=tmp_path, log=tmp_path / "log"
    )
    server.wait_until(lambda: server.log_text().count("\n") == 2)
    child = max(int(line) for line in server.log_text().split())
    server.kill()
    wait_until(lambda: state_of(child) in ("", "Z"))


def state_of(process: int) -> str:
    """A letter of the process's state; nothing where there is no such process."""
    told = subprocess.run(["ps", "-o", "stat=", "-p", str(process)], capture_output=True, text=True)
    return told.stdout.strip()[:1]


def test_the_live_app_is_killed_and_starts_again_at_the_same_address(live_app, tmp_path):
    places = {"DATABASE_URL": f"sqlite:///{tmp_path}/directory.db", "PHOTOS_FOLDER": str(tmp_path)}
    app = live_app(places, workers=2)
    assert urllib3.request("GET", f"{app.url}/healthz").status == 200
    app.kill()
    with pytest.raises(urllib3.exceptions.HTTPError):
        urllib3.request("GET", f"{app.url}/healthz", retries=False)
    app.start()
    assert urllib3.request("GET", f"{app.url}/healthz").status == 200
