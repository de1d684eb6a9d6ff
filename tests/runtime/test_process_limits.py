"""Limits of the system end a process of ours, or raise in it, and nothing else."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.repository import ROOT

IMPORT = "import os, resource; from pathlib import Path; from app.runtime.process_limits import *\n"


def run(program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", IMPORT + program, *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_more_memory_than_allowed_is_an_error_in_python() -> None:
    ended = run("limit_memory(200 << 20)\nbytearray(100 << 20)\nbytearray(300 << 20)")
    assert ended.stderr.splitlines()[-1] == "MemoryError"


def test_a_file_does_not_grow_beyond_its_limit(tmp_path: Path) -> None:
    program = "import sys\nlimit_files(1 << 20)\nPath(sys.argv[1]).write_bytes(bytes(2 << 20))"
    ended = run(program, str(tmp_path / "file"))
    assert "[Errno 27] File too large" in ended.stderr
    assert (tmp_path / "file").stat().st_size == 1 << 20


def test_more_processor_time_than_allowed_ends_the_process() -> None:
    assert run("limit_processor(1)\nwhile True: pass").returncode == -signal.SIGXCPU


def test_the_limit_of_processor_time_is_lifted() -> None:
    program = (
        "limit_processor(1)\nlimit_processor(0)\nprint(resource.getrlimit(resource.RLIMIT_CPU))"
    )
    assert run(program).stdout == f"({resource_infinity()}, {resource_infinity()})\n"


def resource_infinity() -> int:
    import resource

    return resource.RLIM_INFINITY


def test_a_lower_limit_of_the_system_stays() -> None:
    program = (
        "resource.setrlimit(resource.RLIMIT_FSIZE, (5, 5))\nlimit_files(9)\n"
        "print(resource.getrlimit(resource.RLIMIT_FSIZE))"
    )
    assert run(program).stdout == "(5, 5)\n"


@pytest.mark.skipif(sys.platform != "linux", reason="The kernel's score is Linux's.")
def test_the_kernel_ends_it_before_the_server_and_writes_no_core() -> None:
    program = (
        "end_before_others()\nwrite_no_core()\n"
        "print(Path('/proc/self/oom_score_adj').read_text().strip(),"
        " resource.getrlimit(resource.RLIMIT_CORE)[0])"
    )
    assert run(program).stdout == "500 0\n"


@pytest.mark.skipif(sys.platform != "linux", reason="Only Linux tells of the end of a parent.")
def test_it_is_told_when_whoever_started_it_ends() -> None:
    child = (
        "import signal, sys, time; from app.runtime.process_limits import stop_with_parent\n"
        "signal.signal(signal.SIGTERM, lambda *_: (print('told', flush=True), sys.exit()))\n"
        "stop_with_parent(); print('ready', flush=True); time.sleep(60)"
    )
    program = (
        "import subprocess, sys\n"
        "child = subprocess.Popen([sys.executable, '-c', sys.argv[1]], stdout=subprocess.PIPE)\n"
        "child.stdout.readline(); os.dup2(child.stdout.fileno(), 0)\n"
        "print(child.pid, flush=True); os.fork() or os.execvp('cat', ['cat']); os._exit(0)"
    )
    assert run(program, child).stdout.splitlines()[1:] == ["told"]
