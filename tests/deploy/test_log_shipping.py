"""What goes to CloudWatch where LOG_GROUP is set: every line, as JSON, and no secret."""

import importlib.util
import json
import os
import subprocess
import sys
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.support.needs import do_without
from tests.support.repository import ROOT

DEPLOY = ROOT / "deploy"
PARTS = ("reporting", "load_settings", "logs")
LINK = "/setup/0123456789abcdef0123456789abcdef"
METRICS = {
    "_aws": {
        "Timestamp": 1796083200000,
        "CloudWatchMetrics": [
            {
                "Namespace": "EmployeeDirectory",
                "Dimensions": [["Service"]],
                "Metrics": [{"Name": "Requests", "Unit": "Count"}],
            }
        ],
    },
    "Service": "directory",
    "Requests": 12,
}
# What may be in a log, and what is shipped of it.
CASES = {
    f"To become one, open http://203.0.113.80{LINK}": (
        "To become one, open http://203.0.113.80/setup/(left-out)"
    ),
    f'{{"message": "open {LINK}"}}': '{"message": "open /setup/(left-out)"}',
    "GET /invite/aB3-x_9 twice /setup/my.own-code": (
        "GET /invite/(left-out) twice /setup/(left-out)"
    ),
    "Fetching https://b.s3.amazonaws.com/a.zip?X-Amz-Signature=ab12&X-Amz-Date=1 now": (
        "Fetching https://b.s3.amazonaws.com/a.zip?(left-out) now"
    ),
    "DATABASE_URL=postgresql://ada:l0ve%40@db.example/people": (
        "DATABASE_URL=postgresql://ada:(left-out)@db.example/people"
    ),
    "at 10:20 see https://example.com/setup and /setup": (
        "at 10:20 see https://example.com/setup and /setup"
    ),
    json.dumps(METRICS): json.dumps(METRICS),
}


def _program() -> ModuleType:
    loader = SourceFileLoader("ship_logs", str(DEPLOY / "ship-logs"))
    spec = importlib.util.spec_from_loader(loader.name, loader)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    return module


PROGRAM = _program()


@pytest.mark.parametrize("line", CASES)
def test_what_lets_somebody_in_is_left_out_of_both_logs(line: str) -> None:
    assert PROGRAM.without_secrets(line) == CASES[line]
    assert _shell("without_secrets", stdin=f"{line}\n") == f"{CASES[line]}\n"


@pytest.mark.parametrize("line", [json.dumps(METRICS), '{"time": "t", "message": "a \\" b"}'])
def test_a_line_of_the_program_goes_through_unchanged(line: str) -> None:
    assert PROGRAM.line_of({"MESSAGE": line, "__REALTIME_TIMESTAMP": "1"}) == line


@pytest.mark.parametrize(
    ("message", "text"),
    [
        ("Started Employee Directory.", "Started Employee Directory."),
        ("[1, 2]", "[1, 2]"),
        ('{"cut": "off', '{"cut": "off'),
        (list(b"caf\xe9 \x1b"), "caf� \x1b"),
        (["one", "two"], "one\ntwo"),
        ('{"a":\n1}', '{"a":\n1}'),
        (None, ""),
        (f"open {LINK}", "open /setup/(left-out)"),
    ],
)
def test_anything_else_becomes_one_object_with_its_time_and_unit(message: Any, text: str) -> None:
    entry = {"MESSAGE": message, "__REALTIME_TIMESTAMP": "1796083200123456", "UNIT": "a.service"}
    line = PROGRAM.line_of(entry)
    assert "\n" not in line
    assert json.loads(line) == {
        "time": "2026-12-01T00:00:00.123+00:00",
        "unit": "a.service",
        "message": text,
    }


class Journal:
    """A stand-in for journalctl that says these lines and ends."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "logs"
        self.folder.mkdir()
        self._bin = folder / "bin"
        self._bin.mkdir()
        self._told = folder / "told"
        self._asked = folder / "asked"

    def ship(self, *messages: str, status: int = 0, max_bytes: int = 5_000_000) -> int:
        entries = [
            json.dumps({"MESSAGE": message, "__CURSOR": f"s=1;i={message}"}) for message in messages
        ]
        self._told.write_text("".join(f"{entry}\n" for entry in entries))
        journalctl = self._bin / "journalctl"
        journalctl.write_text(
            f'#!/bin/sh\nprintf "%s\\n" "$@" >{self._asked}\ncat {self._told}\nexit {status}\n'
        )
        journalctl.chmod(0o755)
        code = (
            "import runpy, sys; from pathlib import Path\n"
            f"ship = runpy.run_path({str(DEPLOY / 'ship-logs')!r})\n"
            f"sys.exit(ship['follow'](Path({str(self.folder)!r}), {max_bytes}))"
        )
        environment = {"PATH": f"{self._bin}:{os.environ['PATH']}"}
        done = subprocess.run([sys.executable, "-c", code], env=environment, check=False)
        return done.returncode

    @property
    def asked(self) -> list[str]:
        return self._asked.read_text().splitlines()

    @property
    def files(self) -> list[Path]:
        return sorted(self.folder.glob("service-*.log"))

    def shipped(self) -> list[str]:
        lines = [line for file in self.files for line in file.read_text().splitlines()]
        return [json.loads(line)["message"] for line in lines]


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(tmp_path)


def test_it_follows_every_unit_from_the_first_line_on_and_goes_on_where_it_was(
    journal: Journal,
) -> None:
    journal.ship("one", "two")
    units = {path.name for path in (DEPLOY / "systemd").glob("*.service")}
    assert {f"--unit={unit}" for unit in units} <= set(journal.asked)
    assert {"--follow", "--no-tail", "--all", "--output=json"} <= set(journal.asked)
    assert not any(option.startswith("--after-cursor") for option in journal.asked)
    journal.ship("three")
    assert "--after-cursor=s=1;i=two" in journal.asked
    assert journal.shipped() == ["one", "two", "three"]
    assert len(journal.files) == 1


def test_a_place_that_the_journal_does_not_know_is_forgotten(journal: Journal) -> None:
    journal.ship("one")
    assert journal.ship(status=1) == 1
    journal.ship("two")
    assert not any(option.startswith("--after-cursor") for option in journal.asked)


def test_two_files_are_kept_each_with_a_name_of_its_own_for_the_agent(journal: Journal) -> None:
    for number in range(9):
        journal.ship(*(f"{number}-{line}" for line in range(9)), max_bytes=1000)
    assert len(journal.files) == 2
    assert all(file.stat().st_size < 2000 for file in journal.files)
    assert all(file.stat().st_mode & 0o777 == 0o640 for file in journal.files)
    shipped = journal.shipped()
    assert (
        shipped == [f"{number}-{line}" for number in range(9) for line in range(9)][-len(shipped) :]
    )


def test_a_line_that_a_full_disk_cut_off_spoils_no_other(journal: Journal) -> None:
    journal.ship("one")
    (file,) = journal.files
    with file.open("a") as cut:
        cut.write('{"time": "20')
    journal.ship("two")
    *_, cut_off, last = file.read_text().splitlines()
    assert cut_off == '{"time": "20'
    assert json.loads(last)["message"] == "two"


def _shell(step: str, stdin: str = "", **environment: str) -> str:
    """What a step of deploy/install/logs.sh says."""
    parts = "".join(f". {DEPLOY}/install/{part}.sh;" for part in PARTS)
    prepared = f"set -Eeuo pipefail; OWNER=root CONFIG=${{CONFIG:-/nowhere}}; {parts} {step}"
    done = subprocess.run(
        ["bash", "-c", prepared],
        input=stdin,
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": os.environ["PATH"]} | environment,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


class Installation:
    """``ship_logs`` in a folder, with stand-ins for what belongs to the machine."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.bootstrap_log = folder / "bootstrap.log"
        self.copy = folder / "shipped" / "bootstrap.log"
        self.config = folder / "cloudwatch-agent.json"
        self.bootstrap_log.write_text("")
        (folder / "agent").write_text('#!/bin/sh\necho "agent $*"\n')
        (folder / "agent").chmod(0o755)

    def ship(self, settings: str = "LOG_GROUP='/people/directory'\n", more: str = "") -> str:
        (self.folder / "env").write_text(settings)
        step = f"""
            AGENT={self.folder}/agent SHIPPED={self.folder}/shipped
            make_folder_of_logs() {{ mkdir -p "$SHIPPED"; }}
            systemctl() {{ echo "systemctl $*"; }}
            {more}
            ship_logs
        """
        return _shell(step, CONFIG=str(self.folder), BOOTSTRAP_LOG=str(self.bootstrap_log))


@pytest.fixture
def installation(tmp_path: Path) -> Installation:
    if os.geteuid() != 0:
        do_without("root", "an installation")
    return Installation(tmp_path)


def test_without_a_log_group_nothing_is_done(installation: Installation) -> None:
    assert installation.ship("STRESS='off'\n") == ""
    assert not installation.config.exists()


def test_the_agent_is_told_of_both_logs_in_streams_of_the_machine(
    installation: Installation,
) -> None:
    said = installation.ship()
    assert f"agent -a fetch-config -m ec2 -s -c file:{installation.config}" in said
    assert "systemctl restart employee-directory-logs.service" in said
    config = json.loads(installation.config.read_text())
    assert config["agent"] == {"run_as_user": "cwagent"}
    service, bootstrap = config["logs"]["logs_collected"]["files"]["collect_list"]
    assert service["log_group_name"] == bootstrap["log_group_name"] == "/people/directory"
    assert service["log_stream_name"] == "{instance_id}/service"
    assert bootstrap["log_stream_name"] == "{instance_id}/bootstrap"
    assert bootstrap["file_path"] == str(installation.copy)


@pytest.mark.parametrize(
    "line", ['LOG_GROUP="/people"', "LOG_GROUP=/people", "LOG_GROUP = /people"]
)
def test_a_line_that_a_hand_has_written_is_read_as_the_service_reads_it(
    installation: Installation, line: str
) -> None:
    assert "The log goes to the log group /people." in installation.ship(f"{line}\n")


@pytest.mark.parametrize("group", ["people of ours", 'x", "y', "$(id)"])
def test_what_is_no_name_of_a_log_group_is_said(installation: Installation, group: str) -> None:
    said = installation.ship(f"LOG_GROUP='{group}'\n")
    assert f"LOG_GROUP={group} is no name of a log group" in said
    assert not installation.config.exists()


@pytest.mark.parametrize(
    "failing",
    ["AGENT=/nowhere; provide_agent() { return 1; }", "make_folder_of_logs() { false; }"],
)
def test_what_fails_is_said_and_the_installation_goes_on(
    installation: Installation, failing: str
) -> None:
    said = installation.ship(more=failing)
    assert "The log does not go to CloudWatch: see above for why." in said


def test_the_log_of_the_installation_is_copied_line_by_line_without_the_link(
    installation: Installation,
) -> None:
    installation.bootstrap_log.write_text(f"one\nopen {LINK}\nhalf a li")
    installation.ship()
    assert installation.copy.read_text() == "one\nopen /setup/(left-out)\n"
    installation.bootstrap_log.write_text(f"one\nopen {LINK}\nhalf a line\nlast\n")
    installation.ship()
    assert installation.copy.read_text() == "one\nopen /setup/(left-out)\nhalf a line\nlast\n"
    assert installation.copy.stat().st_mode & 0o777 == 0o640


def test_a_log_group_that_is_taken_away_stops_the_shipping(installation: Installation) -> None:
    installation.ship()
    said = installation.ship("STRESS='off'\n")
    assert "systemctl stop employee-directory-logs.service amazon-cloudwatch-agent.service" in said
    assert not installation.config.exists()
    assert installation.ship("STRESS='off'\n") == ""


def test_a_first_installation_that_stops_before_it_has_settings_ships_why(
    installation: Installation,
) -> None:
    folder = installation.folder / "etc"
    said = installation.ship(more=f"LOG_GROUP=/people CONFIG={folder} AGENT_CONFIG={folder}/agent")
    assert "The log goes to the log group /people." in said
    assert json.loads((folder / "agent").read_text())["agent"]


def test_an_installation_that_stops_ships_why(installation: Installation) -> None:
    stopped = "(stop 'It did not answer.') || true; ship_logs() { :; }"
    said = installation.ship(more=stopped)
    assert "NOT INSTALLED. It did not answer." in said
    assert "agent -a fetch-config" in said
