"""The code that is measured: this checkout, or an earlier revision with packages of its own."""

from __future__ import annotations

import subprocess
import sys
import venv
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]


class Checkout(NamedTuple):
    """A folder with the application in it, and the Python that runs it."""

    folder: Path
    python: str


HERE = Checkout(ROOT, sys.executable)


def check_out(revision: str, folder: Path) -> Checkout:
    """Unpack a revision into a new folder and install what it and its `bench` require."""
    folder.mkdir(parents=True)
    archive = subprocess.run(
        ["git", "archive", revision], cwd=ROOT, check=True, stdout=subprocess.PIPE
    )
    subprocess.run(["tar", "-x"], cwd=folder, input=archive.stdout, check=True)
    venv.create(folder / ".venv", with_pip=True)
    python = str(folder / ".venv" / "bin" / "python")
    install = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*install, "-r", "requirements-dev.txt"], cwd=folder, check=True)
    return Checkout(folder, python)
