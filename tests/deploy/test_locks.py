"""Each system's lock is what requirements.txt resolves to there: wheels, for both processors."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.machines.archives import ROOT
from tests.support.needs import do_without, find

pytestmark = pytest.mark.slow

LOCKS = ("requirements-al2023.lock", "requirements-al2.lock", "uv.lock", "requirements-course.lock")
NEWEST_FOR_AL2 = {
    "pillow": "12.2.0",
    "psycopg": "3.2.13",
    "psycopg-binary": "3.2.13",
    "rapidfuzz": "3.13.0",
}
Lock = dict[str, tuple[str, set[str]]]


def read(path: Path) -> Lock:
    """Each package's version and hashes."""
    found: Lock = {}
    for entry in path.read_text().replace("\\\n", " ").splitlines():
        if requirement := re.match(r"([a-z0-9-]+)==(\S+)(?: ; (.+?))?\s+--hash", entry):
            hashes = set(re.findall(r"sha256:[0-9a-f]{64}", entry))
            found[requirement[1]] = (requirement[2], hashes)
    return found


@pytest.fixture(scope="module")
def resolved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    find("uv", "the lock files")
    folder = tmp_path_factory.mktemp("locks")
    command = [str(ROOT / "deploy" / "lock-requirements"), str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode and re.search("Failed to fetch|error sending request", done.stderr):
        do_without("PyPI", f"the lock files: {done.stderr.strip()[-300:]}")
    assert done.returncode == 0, done.stderr
    return folder


@pytest.mark.slow
@pytest.mark.parametrize("name", LOCKS)
def test_the_lock_that_is_committed_is_what_resolves_on_both_processors(resolved, name):
    committed, now = read(ROOT / "deploy" / name), read(resolved / name)
    versions = {package: version for package, (version, _) in committed.items()}
    assert versions == {package: version for package, (version, _) in now.items()}, "run make locks"
    # A project may add a wheel to a version later; what is locked must still be there.
    assert all(hashes <= now[package][1] for package, (_, hashes) in committed.items())


@pytest.mark.parametrize("system", ["al2023", "al2"])
def test_the_lock_pins_what_requirements_txt_pins(system):
    pinned = {
        name.lower(): version
        for name, version in re.findall(
            r"^([A-Za-z0-9-]+)(?:\[[a-z]+\])?==(\S+)",
            (ROOT / "requirements.txt").read_text(),
            re.MULTILINE,
        )
    }
    if system == "al2":
        pinned |= NEWEST_FOR_AL2
    locked = read(ROOT / "deploy" / f"requirements-{system}.lock")
    assert {package: version for package, (version, _) in locked.items()} == pinned
    assert all(hashes for _, hashes in locked.values())


@pytest.mark.parametrize("python", ["3.7", "3.8", "3.9"])
@pytest.mark.parametrize("processor", ["aarch64", "x86_64"])
def test_what_the_courses_script_installs_has_wheels_for_each_old_python(python, processor):
    lock = ROOT / "deploy" / "requirements-course.lock"
    command = [
        *(find("uv", "the lock files"), "pip", "compile", "--quiet", str(lock), "--no-config"),
        f"--python={sys.executable}",  # else it looks for one on all of the machine
        *("--only-binary=:all:", f"--python-version={python}", "--no-header", "--no-annotate"),
        f"--python-platform={processor}-manylinux_2_17",
    ]
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode and re.search("Failed to fetch|error sending request", done.stderr):
        do_without("PyPI", f"the lock files: {done.stderr.strip()[-300:]}")
    assert done.returncode == 0, done.stderr
    pins = {name: version for name, (version, _) in read(lock).items()}
    assert {tuple(line.split("==")) for line in done.stdout.split()} <= set(pins.items())
