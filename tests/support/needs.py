"""What a test needs of this machine: it is there, or the test is skipped by name."""

import os
import shutil
import sys
from pathlib import Path
from typing import NoReturn

import pytest

SKIP_NOTHING = "DIRECTORY_TESTS_SKIP_NOTHING"

NAMES = {
    "initdb": "PostgreSQL",
    "java": "Java",
    "mariadb-install-db": "MariaDB",
    "mariadbd": "MariaDB",
    "node": "Node.js",
    "npm": "npm",
    "postgres": "PostgreSQL",
    "setpriv": "setpriv",
    "ssh-keygen": "ssh-keygen",
    "weed": "SeaweedFS",
    "buildah": "buildah",
    "chromium": "Chromium",
    "git": "git",
    "gunicorn": "gunicorn",
    "hadolint": "hadolint",
    "wrk": "wrk",
    "mmdebstrap": "mmdebstrap",
    "mount": "mount",
    "systemd-nspawn": "systemd-nspawn",
    "unshare": "unshare",
    "nsenter": "nsenter",
    "ip": "ip",
    "shellcheck": "shellcheck",
    "uv": "uv",
}
OTHER_SPELLINGS = {"chromium": ("chromium-browser", "google-chrome")}


def find(program: str, purpose: str) -> str:
    """The path of a program; without it the test is skipped by name."""
    found = look_for(program)
    if found is None:
        do_without(NAMES[program], purpose)
    return found


def do_without(missing: str, purpose: str) -> NoReturn:
    """Skip the test by name; fail it where nothing may be skipped."""
    sentence = f"needs {missing}: {purpose}"
    if os.environ.get(SKIP_NOTHING) == "1":
        pytest.fail(f"{sentence} ({SKIP_NOTHING}=1)", pytrace=False)
    pytest.skip(sentence)


def look_for(program: str) -> str | None:
    """A program on the PATH, or beside the Python that runs the tests, or where Debian hides it."""
    hidden = ["/usr/sbin", *map(str, sorted(Path("/usr/lib/postgresql").glob("*/bin"))[::-1])]
    path = os.environ.get("PATH", os.defpath)
    places = os.pathsep.join([str(Path(sys.prefix, "bin")), path, *hidden])
    spellings = (program, *OTHER_SPELLINGS.get(program, ()))
    return next(filter(None, (shutil.which(name, path=places) for name in spellings)), None)
