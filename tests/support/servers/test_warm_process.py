"""What the warm process forks is a process like any other, and nothing of its parent is in it."""

import json
import signal
import time
from pathlib import Path
from typing import Any

import pytest

from tests.support.environment import isolated
from tests.support.repository import ROOT
from tests.support.servers.warm_process import PythonProcess

LOOK_AROUND = """
import json, logging, os, random, sys, tempfile, threading
from pathlib import Path
import app.storage.dynamodb
print(json.dumps({
    "arguments": sys.argv,
    "environment": dict(os.environ),
    "folder": os.getcwd(),
    "open": sorted(int(each.name) for each in Path("/proc/self/fd").iterdir() if each.exists()),
    "threads": threading.active_count(),
    "handlers": len(logging.getLogger().handlers) + len(logging.getLogger("app").handlers),
    "spool": tempfile.gettempdir(),
    "luck": random.random(),
    "leads": os.getpgrp() == os.getpid(),
    "input": sys.stdin.read(),
    "here": sorted(globals()),
}))
"""


@pytest.fixture
def start(tmp_path):
    started = []

    def start(*arguments: str, **settings: str) -> PythonProcess:
        log = tmp_path / f"{len(started)}.log"
        started.append(PythonProcess(*arguments, log=log, settings=settings))
        return started[-1]

    yield start
    for each in started:
        each.kill()


def look_around(process: PythonProcess) -> dict[str, Any]:
    assert process.wait() == 0, process.log_text()
    found: dict[str, Any] = json.loads(process.log_text())
    return found


def test_nothing_of_the_parent_or_of_a_brother_is_in_it(start, monkeypatch, tmp_path):
    monkeypatch.setenv("DYNAMO_MODE", "on")
    brother = look_around(start("-c", LOOK_AROUND, "one", COLOUR="red"))
    found = look_around(start("-c", LOOK_AROUND, "two words", TMPDIR=str(tmp_path)))
    assert found["environment"] == isolated({"TMPDIR": str(tmp_path)})
    assert found["spool"] == str(tmp_path)
    assert found["arguments"] == ["-c", "two words"]
    assert found["folder"] == str(ROOT)
    assert found["open"] == [0, 1, 2]
    assert (found["threads"], found["handlers"]) == (1, 0)
    assert found["luck"] != brother["luck"]
    assert found["leads"]
    assert found["input"] == ""
    assert [name for name in found["here"] if not name.startswith("__")] == [
        *("Path", "app", "json", "logging", "os", "random", "sys", "tempfile", "threading"),
    ]


def test_what_takes_long_to_import_is_imported(start):
    needed = {"boto3", "alembic.op", "app.web.forms.fields", "app.commands.backup"}
    process = start("-c", f"import sys; print({needed} - {{*sys.modules}})")
    assert process.wait() == 0
    assert process.log_text() == "set()\n"


def test_it_dies_of_kill_9_in_the_middle_and_of_nothing_less_than_it_says(start):
    code = """
import atexit, signal, time
atexit.register(print, "the end")
signal.signal(signal.SIGTERM, lambda *_: print("asked", flush=True))
print("begun", flush=True)
while True:
    time.sleep(60)
"""
    process = start("-c", code)
    process.wait_until(lambda: "begun" in process.log_text())
    process.stop(seconds=0.5)
    assert not process.running
    assert process.wait() == -signal.SIGKILL
    assert process.log_text() == "begun\nasked\n"


def test_its_children_are_killed_with_it(start):
    code = "import os, time; print(os.fork(), flush=True); time.sleep(60)"
    process = start("-c", code)
    process.wait_until(lambda: process.log_text().count("\n") == 2)
    child = max(int(line) for line in process.log_text().split())
    process.kill()
    ends = time.monotonic() + 30
    while Path(f"/proc/{child}").exists() and " Z " not in Path(f"/proc/{child}/stat").read_text():
        assert time.monotonic() < ends
        time.sleep(0.02)


@pytest.mark.parametrize(
    ("code", "ends_with", "says"),
    [
        ("print('well')", 0, "well\n"),
        ("import atexit; atexit.register(print, 'last')", 0, "last\n"),
        ("import sys; sys.exit(7)", 7, ""),
        ("import sys; sys.exit('no table')", 1, "no table\n"),
        ("import os; os.kill(os.getpid(), 15)", -signal.SIGTERM, ""),
    ],
)
def test_it_ends_as_python_does(start, code, ends_with, says):
    process = start("-c", code)
    assert process.wait() == ends_with
    assert process.log_text() == says


def test_what_it_raises_is_told(start):
    process = start("-c", "raise ValueError('too many')")
    assert process.wait() == 1
    assert process.log_text().startswith("Traceback")
    assert process.log_text().endswith("ValueError: too many\n")


def test_a_module_runs_by_its_name(start):
    process = start("-m", "flask", "--version")
    assert process.wait() == 0, process.log_text()
    assert "Werkzeug" in process.log_text()
