"""ministack, an emulator of AWS, in an environment of its own and on this machine only."""

import fcntl
import hashlib
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import urllib3

from tests.support.environment import isolated
from tests.support.needs import do_without, find
from tests.support.repository import ROOT
from tests.support.servers.server_process import HOST, ServerProcess, free_port

PURPOSE = "ministack, which creates and deletes the whole stack"
REQUIREMENTS = Path(__file__).with_name("ministack-requirements.txt")
CACHE = ROOT / ".cache" / "ministack"


@contextmanager
def running_ministack(folder: Path) -> Iterator[str]:
    """The endpoint of a ministack of our own, empty; stopped at the end."""
    program = _installed()
    port = free_port()
    server = ServerProcess(
        [str(program)],
        folder=folder,
        log=folder / "ministack.log",
        environment=isolated({"BIND_HOST": HOST, "GATEWAY_PORT": str(port)}),
    )
    try:
        server.wait_until(lambda: _answers(port))
        yield f"http://{HOST}:{port}"
    finally:
        server.stop(seconds=5)


def _installed() -> Path:
    """The program; installed once for each Python and each version of the requirements."""
    wanted = hashlib.sha256(f"{sys.version} {REQUIREMENTS.read_text()}".encode()).hexdigest()[:16]
    home = CACHE / wanted
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (home / "complete").exists():
            _install(home)
    return home / "bin" / "ministack"


def _install(home: Path) -> None:
    shutil.rmtree(home, ignore_errors=True)
    uv = find("uv", PURPOSE)
    subprocess.run([uv, "venv", "--quiet", "--python", sys.executable, str(home)], check=True)
    command = [uv, "pip", "install", "--quiet", "--python", str(home), "-r", str(REQUIREMENTS)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        shutil.rmtree(home)
        do_without("the Python package index", f"{PURPOSE}: {done.stderr.strip()[-300:]}")
    (home / "complete").touch()


def _answers(port: int) -> bool:
    url = f"http://{HOST}:{port}/_ministack/health"
    try:
        return urllib3.request("GET", url, timeout=2, retries=False).status == 200
    except urllib3.exceptions.HTTPError:
        return False
