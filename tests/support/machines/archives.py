"""Archives as deploy/build-archive makes them, and releases that differ from them in one thing."""

import fcntl
import hashlib
import io
import platform
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

from tests.support.needs import do_without
from tests.support.repository import ROOT

BUILD = ROOT / "deploy" / "build-archive"
CACHE = ROOT / ".cache" / "wheelhouse"
COURSE, FIRST = "FlaskApp.zip", "first.zip"
PROCESSOR = platform.machine()


def build(output: Path, *options: str) -> None:
    command = [sys.executable, str(BUILD), f"--output={output}", *options]
    subprocess.run(command, check=True, capture_output=True, text=True)


def with_wheelhouse(system: str, output: Path) -> None:
    """The archive that a machine without a network boots from, and FlaskApp.zip beside it."""
    cached = fetched_once(system)
    build(output, *carried_python(system, output.parent))
    carry_the_wheels_of(cached / FIRST, output)
    carry_the_wheels_of(cached / COURSE, output.with_name(COURSE))


def fetched_once(system: str) -> Path:
    """The folder of both archives with their wheels, as they were when the locks last changed."""
    locks = [ROOT / "deploy" / f"requirements-{name}.lock" for name in (system, "course")]
    folder = CACHE / "-".join([system, PROCESSOR, *(sha256_of(lock)[:16] for lock in locks)])
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / "lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        if not folder.exists():
            making = CACHE / "making"
            shutil.rmtree(making, ignore_errors=True)
            try:
                build(making / FIRST, f"--wheelhouse={system}/{PROCESSOR}")
            except subprocess.CalledProcessError as error:
                do_without("PyPI", f"a real boot: {error.stderr.strip()[-300:]}")
            making.rename(folder)
    return folder


def carry_the_wheels_of(other: Path, archive: Path) -> None:
    """Add what one archive has that the other lacks for a machine without a network."""
    bare = archive.rename(archive.with_suffix(".bare"))
    with zipfile.ZipFile(other) as wheels:
        carried = {name: wheels.read(name) for name in wheels.namelist() if is_for_pip(name)}
    with zipfile.ZipFile(bare) as old, zipfile.ZipFile(archive, "w") as new:
        for entry in old.infolist():
            if entry.filename not in carried:
                new.writestr(entry, old.read(entry))
        for name, content in carried.items():
            new.writestr(zipfile.ZipInfo(name), content)
    bare.unlink()


def is_for_pip(name: str) -> bool:
    return (
        "wheelhouse/" in name or re.match("FlaskApp/(wheels/|requirements.txt)", name) is not None
    )


def unpack_wheels(archive: Path, folder: Path) -> None:
    """The wheels that an archive carries, side by side."""
    folder.mkdir()
    with zipfile.ZipFile(archive) as opened:
        for entry in opened.infolist():
            if entry.filename.endswith(".whl"):
                (folder / Path(entry.filename).name).write_bytes(opened.read(entry))


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
