"""A load: one at a time in a machine, watched and stopped by anyone, over in time whatever dies."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.machine import load_test
from app.machine.load_process import count_cores
from app.machine.load_test import Load, LoadAlreadyRunning, LoadFailed, LoadTest, parse_seconds
from app.machine.procfs import cpu_time
from app.runtime.runtime_dir import RuntimeDir
from tests.support.repository import ROOT

pytestmark = pytest.mark.slow

# Everything else on this machine goes before a load, so its end may be seen late.
PATIENCE = 60.0


class Machine:
    """A machine of a test's own: what is started on it ends with the test."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.stress = self.another_worker()

    def another_worker(self) -> LoadTest:
        return LoadTest(RuntimeDir(self.folder))

    @property
    def leader(self) -> int:
        return int(json.loads((self.folder / "run" / "load").read_text() or "{}").get("pid", 0))

    def processes(self) -> list[int]:
        """The living processes of the last load, and those that nobody has waited for."""
        leader = str(self.leader or "none")
        return [pid for pid in all_processes() if field_of(pid, 2) == leader]

    def burn(self, seconds: int) -> Load:
        """A load whose burners have all begun."""
        load = self.stress.start(seconds)
        ends = time.monotonic() + PATIENCE
        while len(self.processes()) < 1 + count_cores():
            assert time.monotonic() < ends
            time.sleep(0.01)
        return load

    def until_over(self) -> float:
        began = time.monotonic()
        while self.stress.running():
            assert time.monotonic() - began < PATIENCE
            time.sleep(0.02)
        return time.monotonic() - began

    def until_gone(self) -> None:
        ends = time.monotonic() + PATIENCE
        while self.processes():
            assert time.monotonic() < ends, self.processes()
            time.sleep(0.02)


def all_processes() -> list[int]:
    return [int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit()]


def field_of(pid: int, number: int) -> str:
    """A field of /proc/<pid>/stat after the name: 0 state, 2 group, 16 niceness."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[number]
    except OSError:
        return ""


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Machine]:
    monkeypatch.setattr("app.machine.load_test.shutil.which", lambda name: None)
    machine = Machine(tmp_path)
    yield machine
    if machine.stress.stop():
        machine.until_gone()


@pytest.mark.parametrize(
    "text",
    ["abc", "-1", "0", "1e3", "601", "99999999", "--help", "", " 5", "5 ", "1.5", "+5", "05", "٥",
     "5\n", "1_0", "0x5", "²"],
)  # fmt: skip
def test_what_is_no_whole_number_from_1_to_600_is_no_length(text: str) -> None:
    assert parse_seconds(text) is None


@pytest.mark.parametrize(("text", "seconds"), [("1", 1), ("60", 60), ("600", 600)])
def test_whole_numbers_from_1_to_600_are_lengths(text: str, seconds: int) -> None:
    assert parse_seconds(text) == seconds


@pytest.mark.parametrize("seconds", [0, -1, 601])
def test_no_other_length_is_started_by_any_caller(machine: Machine, seconds: int) -> None:
    with pytest.raises(ValueError, match="a load of"):
        machine.stress.start(seconds)
    assert machine.stress.running() is None


@pytest.mark.slow
def test_a_load_tells_how_long_it_runs_and_ends_by_itself_and_leaves_nothing(
    machine: Machine,
) -> None:
    load = machine.stress.start(2)
    assert (load.seconds, load.cores, load.program) == (2, count_cores(), "")
    assert 1 < load.left <= 2
    assert abs(load.until - load.since - 2) < 0.01
    assert machine.processes()
    machine.until_over()
    assert time.time() > load.until - 0.1, "it did not end before its time"
    machine.until_gone()


@pytest.mark.slow
def test_every_core_is_busy_at_the_lowest_priority(machine: Machine) -> None:
    machine.burn(10)
    time.sleep(0.3)
    before = cpu_time()
    time.sleep(1)
    after = cpu_time()
    assert before
    assert after
    assert (after.share_since(before) or 0) > 90
    burning = [pid for pid in machine.processes() if pid != machine.leader]
    assert len(burning) == count_cores()
    assert {field_of(pid, 16) for pid in burning} == {"19"}


def test_a_second_start_from_any_worker_is_told_until_when_and_starts_nothing(
    machine: Machine,
) -> None:
    first = machine.burn(30)
    before = sorted(machine.processes())
    with pytest.raises(LoadAlreadyRunning) as refused:
        machine.another_worker().start(5)
    assert abs(refused.value.load.until - first.until) < 0.5
    assert sorted(machine.processes()) == before


@pytest.mark.slow
def test_of_many_who_start_at_once_one_does(machine: Machine) -> None:
    refused = []

    def start() -> None:
        try:
            machine.another_worker().start(30)
        except LoadAlreadyRunning as error:
            refused.append(error)

    threads = [threading.Thread(target=start) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 5
    time.sleep(0.5)
    assert len(machine.processes()) == 1 + count_cores()


def test_a_look_at_the_lock_is_never_taken_for_a_load(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    looking = threading.Event()
    take = load_test.try_lock

    def take_slowly(lock: int) -> bool:
        taken = take(lock)
        if threading.current_thread().name == "looker":
            looking.set()
            time.sleep(0.5)
        return taken

    monkeypatch.setattr(load_test, "try_lock", take_slowly)
    looker = threading.Thread(target=machine.another_worker().running, name="looker")
    looker.start()
    looking.wait()
    assert machine.stress.start(30)
    looker.join()


@pytest.mark.slow
def test_any_worker_can_stop_it_and_another_can_begin(machine: Machine) -> None:
    machine.burn(600)
    assert machine.another_worker().stop()
    assert machine.stress.running() is None
    machine.until_gone()
    assert not machine.stress.stop(), "there was none"
    assert machine.stress.start(1)


@pytest.mark.slow
def test_it_ends_in_time_when_its_own_leader_is_killed(machine: Machine) -> None:
    machine.burn(3)
    os.kill(machine.leader, signal.SIGKILL)
    assert machine.stress.running(), "the burners burn on, and it is known"
    with pytest.raises(LoadAlreadyRunning):
        machine.stress.start(1)
    machine.until_over()
    machine.until_gone()


@pytest.mark.slow
def test_it_can_be_stopped_when_its_own_leader_is_killed(machine: Machine) -> None:
    machine.burn(600)
    os.kill(machine.leader, signal.SIGKILL)
    assert machine.stress.stop()
    machine.until_gone()


@pytest.mark.slow
def test_a_burner_whose_clock_is_not_looked_at_is_ended_by_the_kernel(
    machine: Machine, tmp_path: Path
) -> None:
    script = tmp_path / "stuck.py"
    source = (ROOT / "app" / "machine" / "load_process.py").read_text()
    script.write_text(
        source.replace("while time.monotonic() < ends:", "while True:").replace(
            "signal.setitimer(signal.ITIMER_REAL, seconds)", "pass"
        )
    )
    with (tmp_path / "state").open("w+") as state:
        command = [sys.executable, "-I", "-S", str(script), "1", str(state.fileno())]
        burning = subprocess.Popen(command, pass_fds=[state.fileno()], process_group=0)
        assert burning.wait(PATIENCE) == 0
    assert not [pid for pid in all_processes() if field_of(pid, 2) == str(burning.pid)]


@pytest.mark.slow
def test_it_ends_in_time_when_the_worker_that_started_it_is_killed(machine: Machine) -> None:
    worker = f"""
import os, signal
from pathlib import Path
from app.machine.load_test import LoadTest
from app.runtime.runtime_dir import RuntimeDir
LoadTest(RuntimeDir(Path({str(machine.folder)!r}))).start(3)
os.kill(os.getpid(), signal.SIGKILL)
"""
    environment = {**os.environ, "PATH": "/nowhere"}  # no stress there
    ended = subprocess.run([sys.executable, "-c", worker], cwd=ROOT, env=environment, check=False)
    assert ended.returncode == -signal.SIGKILL
    assert machine.stress.running()
    machine.until_over()
    machine.until_gone()


def test_the_program_stress_is_used_where_it_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "stress"
    program.write_text(f'#!/bin/sh\necho "$@" > {tmp_path}/asked\n/bin/sleep 30 &\nwait\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    machine = Machine(tmp_path)
    load = machine.stress.start(30)
    try:
        assert load.program == str(program)
        ends = time.monotonic() + PATIENCE
        while len(machine.processes()) < 3 and time.monotonic() < ends:
            time.sleep(0.02)
        assert (tmp_path / "asked").read_text().split() == [
            *("--quiet", "--cpu", str(count_cores()), "--timeout", "30")
        ]
    finally:
        assert machine.stress.stop()
    machine.until_gone()


def test_a_load_is_handed_no_setting_of_ours(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET_KEY", "wholly-unguessable-0815")
    machine.stress.start(5)
    assert b"unguessable" not in Path(f"/proc/{machine.leader}/environ").read_bytes()


def test_a_load_that_cannot_begin_says_why(
    machine: Machine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("app.machine.load_test._PROGRAM", tmp_path / "not-there.py")
    with pytest.raises(LoadFailed, match="its process did not start"):
        machine.stress.start(5)
    monkeypatch.undo()
    assert machine.stress.running() is None


def test_where_the_instance_folder_cannot_be_written_another_one_is_shared(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    instance = tmp_path / "file"
    instance.write_text("no folder")
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    first, second = RuntimeDir(instance / "x"), RuntimeDir(instance / "x")
    assert first.path("load") == second.path("load")
    assert first.path("load").parent.parent == tmp_path
    assert first.path("load").parent.stat().st_mode & 0o777 == 0o700


def test_a_folder_that_another_put_under_our_name_is_not_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    instance = tmp_path / "file"
    instance.write_text("no folder")
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    usual = RuntimeDir(instance).path("load").parent
    usual.chmod(0o777)
    with pytest.raises(PermissionError, match="is not ours"):
        RuntimeDir(instance).path("load")
    stress = LoadTest(RuntimeDir(instance))
    assert stress.running() is None
    with pytest.raises(LoadFailed):
        stress.start(1)
