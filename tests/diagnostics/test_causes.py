"""What follows from another failure is told apart from it, and a check that breaks says so."""

from __future__ import annotations

import logging
import re
import socket
from pathlib import Path

import pytest

from app.contracts.checks import Check, Finding, State, failed, ok, warning
from app.diagnostics import run_checks
from app.diagnostics.causes import NEEDS, tell_causes
from app.diagnostics.registry import port_check
from app.settings import Settings
from app.storage.aws.checks import check_connection, check_credentials
from tests.diagnostics.test_doctor import reply, stand_in_sts
from tests.support.aws_errors import dynamodb_error
from tests.support.page_reader import PageReader
from tests.support.servers.live_app import app_in_thread
from tests.support.small_app import small_app

pytestmark = pytest.mark.slow

EXPIRED = "Signature expired: 20261201T000000Z is now earlier than 20261201T004000Z"


def told(*pairs: tuple[str, Finding]) -> dict[str, Finding]:
    return dict(tell_causes(pairs))


def test_what_fails_since_the_clock_is_off_names_the_clock_and_no_other_fix() -> None:
    found = told(
        ("Clock", failed("900 seconds behind", "chronyc makestep")),
        ("Credentials", failed("not accepted", "a new role")),
        ("Table of people", failed("not accepted", "a policy")),
        ("Records", failed("no answer", "flask setup")),
        ("Disk space", failed("full", "df")),
    )
    for name in ("Credentials", "Table of people", "Records"):
        finding = found[name]
        assert (finding.follows_from, finding.fix_command) == ("Clock", ""), name
        assert finding.fix_hint == "This may follow from Clock: fix that first"
    assert found["Clock"].fix_command == "chronyc makestep"
    assert (found["Disk space"].follows_from, found["Disk space"].fix_command) == ("", "df")


def test_the_most_basic_failure_is_named_and_what_is_well_stays_well() -> None:
    found = told(
        ("Credentials", failed("none")),
        ("Table of people", failed("none")),
        ("Index", failed("none")),
        ("Connection to AWS", ok("there")),
        ("Secret key", ok("there")),
        ("Order of lists", warning("hm", "flask reindex")),
    )
    assert found["Index"].follows_from == "Credentials"
    assert found["Secret key"] == ok("there")
    assert found["Order of lists"] == warning("hm", "flask reindex")


def test_nothing_in_sql_follows_from_the_credentials_of_the_bucket() -> None:
    found = told(
        ("Credentials", failed("none")),
        ("Photo bucket", failed("none")),
        ("Records", failed("locked", "flask setup")),
    )
    assert found["Photo bucket"].follows_from == "Credentials"
    assert found["Records"] == failed("locked", "flask setup")


def test_causes_are_names_of_checks_and_come_before_what_they_cause(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for service in ("DYNAMODB", "S3", "STS"):
        monkeypatch.setenv(f"AWS_ENDPOINT_URL_{service}", "http://127.0.0.1:9")
    env = {"DYNAMO_MODE": "on", "PHOTOS_BUCKET": "faces", "AWS_DEFAULT_REGION": "us-west-2"}
    report = small_app(tmp_path, None, **env).extensions["doctor"].report()
    names = {name for name, _ in report.findings}
    assert set(NEEDS) - names == set()
    assert {need for needs in NEEDS.values() for need in needs} - names == set()
    first = report.findings[0]
    assert (first[0], first[1].follows_from) == ("Connection to AWS", "")
    followers = [
        bool(finding.follows_from) for _, finding in report.findings[: report.followers + 1]
    ]
    assert followers == sorted(followers)
    assert {finding.follows_from for _, finding in report.findings} == {"", "Connection to AWS"}


def test_a_check_that_breaks_is_told_as_that_and_logged(caplog: pytest.LogCaptureFixture) -> None:
    def broken() -> Finding:
        raise KeyError("Ada Lovelace")

    with caplog.at_level(logging.ERROR):
        report = run_checks([Check("a", broken), Check("b", lambda: ok("well"))])
    (name, finding), (_, other) = report.findings
    assert (name, finding.state, other.state) == ("a", State.FAILED, State.OK)
    assert "This check itself broke (KeyError)" in finding.message
    assert "Ada Lovelace" not in finding.message
    assert "journalctl" in finding.fix_command
    assert caplog.records[0].exc_info


def test_page_json_and_command_tell_what_follows(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    app = small_app(tmp_path, DATABASE_URL=f"sqlite:////{tmp_path}/file/x.db")
    answer = app.test_client().get("/doctor", headers={"Accept": "application/json"})
    after = {each["name"]: each["after"] for each in answer.json["checks"]}  # type: ignore[index]
    assert (after["Records"], after["Administrator"]) == ("", "Records")
    assert "This may follow from Records: fix that first" in PageReader(app).get("/doctor").text
    output = app.test_cli_runner().invoke(args=["doctor", "--port", "9"]).output
    assert "         This may follow from Records: fix that first.\n" in output
    assert re.search(r"^[0-9]+ failed \([1-9] may follow from another\), ", output, re.MULTILINE)


# The clock, the credentials and the way to AWS


@pytest.mark.parametrize(
    ("code", "message"),
    [("SignatureDoesNotMatch", EXPIRED), ("RequestExpired", "x"), ("RequestTimeTooSkewed", "x")],
)
def test_credentials_are_not_blamed_for_a_clock_that_is_off(
    fault_proxy, monkeypatch: pytest.MonkeyPatch, code: str, message: str
) -> None:
    error = f"<Error><Code>{code}</Code><Message>{message}</Message></Error>"
    stand_in_sts(fault_proxy, monkeypatch, reply(403, f"<ErrorResponse>{error}</ErrorResponse>"))
    found = check_credentials("us-west-2")
    assert (found.state, "its clock is off" in found.message) == (State.FAILED, True)
    assert "chronyc" in found.fix_command


def test_a_page_blames_the_clock_and_not_the_access_key(
    tmp_path: Path, fault_proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    proxy = fault_proxy("http://127.0.0.1:9")
    proxy.on("*").answer(dynamodb_error("InvalidSignatureException", message=EXPIRED))
    monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", proxy.endpoint)
    env = {"DYNAMO_MODE": "on", "AWS_DEFAULT_REGION": "us-west-2"}
    answer = small_app(tmp_path, None, **env).test_client().get("/readyz")
    assert answer.status_code == 503
    assert "the clock of this machine is off" in answer.json["database"]  # type: ignore[index]


def test_a_way_to_aws_that_is_none(fault_proxy, monkeypatch: pytest.MonkeyPatch) -> None:
    proxy = fault_proxy("http://127.0.0.1:9")
    proxy.on("*").answer(lambda request: reply(400, "no signature"))
    monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", proxy.endpoint)
    assert check_connection("us-west-2", "dynamodb").state is State.OK
    proxy.refuse()
    found = check_connection("us-west-2", "dynamodb")
    assert (found.state, "cannot be reached" in found.message) == (State.FAILED, True)
    assert "VPC endpoint" in found.fix_hint
    assert proxy.endpoint in found.fix_command


# The port


def port_of(check: Check) -> int:
    return int(check.run().message.partition("ort ")[2].partition(" ")[0].strip("."))


@pytest.mark.parametrize(
    ("unit", "override", "port"),
    [
        ("ListenStream=80\nBacklog=2048", "", 80),
        ("ListenStream=80", "[Socket]\nListenStream=\nListenStream=8443", 8443),
        ("ListenStream=0.0.0.0:8080", "", 8080),
        ("ListenStream=[::]:8081", "", 8081),
        ("ListenStream=/run/directory", "", 5000),
    ],
)
def test_the_port_of_the_service_is_the_one_that_systemd_holds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, unit: str, override: str, port: int
) -> None:
    monkeypatch.setattr("app.diagnostics.port._UNITS", tmp_path)
    (tmp_path / "employee-directory.socket").write_text(f"[Socket]\n{unit}\n")
    (tmp_path / "employee-directory.socket.d").mkdir()
    (tmp_path / "employee-directory.socket.d" / "override.conf").write_text(override)
    assert port_of(port_check(Settings.from_env({}))) == port


def test_without_a_service_the_port_is_flask_run_s(monkeypatch: pytest.MonkeyPatch) -> None:
    assert port_of(port_check(Settings.from_env({}))) == 5000
    monkeypatch.setenv("FLASK_RUN_PORT", "5051")
    assert port_of(port_check(Settings.from_env({}))) == 5051
    assert port_of(port_check(Settings.from_env({}), 5052)) == 5052


def test_a_page_over_a_unix_socket_takes_no_port_from_the_client(tmp_path: Path) -> None:
    app = small_app(tmp_path)
    with socket.socket(socket.AF_UNIX) as ours:
        answer = app.test_client().get(
            "/doctor",
            headers={"Accept": "application/json"},
            environ_overrides={"gunicorn.socket": ours, "SERVER_PORT": "4"},
        )
    found = {each["name"]: each["found"] for each in answer.json["checks"]}  # type: ignore[index]
    assert "port 5000" in found["Open port"]


def test_the_page_asks_the_port_that_it_was_asked_on(tmp_path: Path) -> None:
    import urllib3

    with app_in_thread(small_app(tmp_path)) as url:
        answer = urllib3.request("GET", f"{url}/doctor", headers={"Accept": "application/json"})
        found = {each["name"]: each["found"] for each in answer.json()["checks"]}
    assert found["Open port"].startswith(f"The directory responds on port {url.rpartition(':')[2]}")
