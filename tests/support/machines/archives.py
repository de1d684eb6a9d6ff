"""The archive as deploy/build-archive makes it, and releases that differ from it in one thing."""

import fcntl
import hashlib
import io
import platform
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

from tests.support.needs import do_without
from tests.support.repository import ROOT

BUILD = ROOT / "deploy" / "build-archive"
CACHE = ROOT / ".cache" / "wheelhouse"
PROCESSOR = platform.machine()


def build(output: Path, *options: str) -> None:
    command = [sys.executable, str(BUILD), f"--output={output}", *options]
    subprocess.run(command, check=True, capture_output=True, text=True)


def with_wheelhouse(system: str, output: Path) -> None:
    """The archive that a machine without a network boots from; its wheels are fetched once."""
    lock = sha256_of(ROOT / "deploy" / f"requirements-{system}.lock")
    cached = CACHE / f"{system}-{PROCESSOR}-{lock[:16]}.zip"
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / "lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        if not cached.exists():
            try:
                build(cached, f"--wheelhouse={system}/{PROCESSOR}")
            except subprocess.CalledProcessError as error:
                do_without("PyPI", f"a real boot: {error.stderr.strip()[-300:]}")
    build(output, *carried_python(system, output.parent))
    with zipfile.ZipFile(cached) as wheels, zipfile.ZipFile(output, "a") as archive:
        for entry in wheels.infolist():
            if entry.filename.startswith("wheelhouse/"):
                archive.writestr(entry, wheels.read(entry))


def carried_python(system: str, folder: Path) -> list[str]:
    """For Amazon Linux 2, a stand-in for the standalone Python: one that leads to the machine's."""
    if system != "al2":
        return []
    tarball = folder / "python.tar.gz"
    with tarfile.open(tarball, "w:gz") as archive:
        link = tarfile.TarInfo("python/bin/python3.13")
        link.type, link.linkname = tarfile.SYMTYPE, "/usr/bin/python3"
        archive.addfile(link, io.BytesIO())
    return [f"--python=al2/{PROCESSOR}={tarball}"]


def vary(archive: Path, output: Path, changed: dict[str, str], wheels: bool = True) -> None:
    """The same release with these files in the place of its own."""
    with zipfile.ZipFile(archive) as old, zipfile.ZipFile(output, "w") as new:
        for entry in old.infolist():
            carried = wheels or not entry.filename.startswith("wheelhouse/")
            if carried and entry.filename not in changed:
                new.writestr(entry, old.read(entry))
        for name, text in changed.items():
            new.writestr(zipfile.ZipInfo(name), text)


def sha256_of(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()
