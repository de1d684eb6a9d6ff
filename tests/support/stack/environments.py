"""Programs from PyPI that pin other versions than the directory: each in its own environment."""

import fcntl
import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

from tests.support.needs import do_without, find
from tests.support.repository import ROOT


def installed(program: str, purpose: str) -> Path:
    """The program; installed once for each Python and each version of its requirements.

    They are in ``<program>-requirements.txt`` beside this file.
    """
    requirements = Path(__file__).with_name(f"{program}-requirements.txt")
    wanted = hashlib.sha256(f"{sys.version} {requirements.read_text()}".encode()).hexdigest()[:16]
    cache = ROOT / ".cache" / program
    home = cache / wanted
    cache.mkdir(parents=True, exist_ok=True)
    with (cache / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (home / "complete").exists():
            _install(home, requirements, purpose)
    return home / "bin" / program


def _install(home: Path, requirements: Path, purpose: str) -> None:
    shutil.rmtree(home, ignore_errors=True)
    uv = find("uv", purpose)
    subprocess.run([uv, "venv", "--quiet", "--python", sys.executable, str(home)], check=True)
    command = [uv, "pip", "install", "--quiet", "--python", str(home), "-r", str(requirements)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        shutil.rmtree(home)
        do_without("the Python package index", f"{purpose}: {done.stderr.strip()[-300:]}")
    (home / "complete").touch()
