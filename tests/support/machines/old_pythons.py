"""The Pythons that Amazon Linux has as python3, with the pip that it has for each."""

import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from tests.support.machines.debian_root import MIRROR
from tests.support.needs import do_without, find
from tests.support.repository import ROOT

PURPOSE = "the Python of Amazon Linux"
VERSIONS = {"al2": "3.7", "al2023": "3.9"}
PIPS = {"al2": "20.2.2", "al2023": "21.3.1"}
CACHE = ROOT / ".cache" / "old-pythons"
LIBRARIES = Path("usr/lib", f"{os.uname().machine}-linux-gnu")
NOT_NEEDED = ("test", "idlelib", "tkinter", "ensurepip", "config-*", "site-packages", "*.a")
# Where this machine has none of its own: Debian 11 has 3.9, which then stands in for 3.7 too.
DEBIAN, DEBIAN_HAS = "bullseye", "3.9"
DEBIAN_PACKAGES = f"python{DEBIAN_HAS},python3-distutils"


def old_python(system: str) -> Path:
    """A folder to lay over a Debian root, after which its python3 is that of a system."""
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        own = python_of_this_machine(VERSIONS[system])
        made = CACHE / f"{system}-{own.name if own else DEBIAN}-pip-{PIPS[system]}"
        if not made.exists():
            making = CACHE / "making"
            shutil.rmtree(making, ignore_errors=True)
            packages = lay_out(own, making) if own else lay_out_debians(making)
            unpack_pip(PIPS[system], packages)
            making.rename(made)
    return made


def python_of_this_machine(version: str) -> Path | None:
    """The folder of one that pyenv has built here."""
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    found = sorted(pyenv.glob(f"versions/{version}.*/bin/python{version}"))
    return found[-1].parents[1] if found else None


def lay_out(built: Path, layer: Path) -> Path:
    """As if it had been built for /usr/local; the folder of its packages."""
    (python,) = (built / "bin").glob("python3.?")
    library = layer / "usr/local/lib" / python.name
    ignore = shutil.ignore_patterns(*NOT_NEEDED)
    shutil.copytree(built / "lib" / python.name, library, symlinks=True, ignore=ignore)
    put(python, layer / "usr/local/bin" / python.name)
    (layer / "usr/local/bin/python3").symlink_to(python.name)
    for shared in (built / "lib").glob("libpython3.*.so.*"):
        put(shared, layer / LIBRARIES / shared.name)
    return library / "site-packages"


def lay_out_debians(layer: Path) -> Path:
    """Debian 11's, which sees only its own packages; the folder of those."""
    with tempfile.TemporaryDirectory() as folder:
        debian = Path(folder, "debian")
        command = [
            *(find("mmdebstrap", PURPOSE), "--variant=extract", "--format=directory"),
            *(f"--include={DEBIAN_PACKAGES}", "--aptopt=Acquire::Languages none"),
            *(DEBIAN, str(debian), MIRROR),
        ]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            do_without("Debian's packages", f"{PURPOSE}: {done.stderr.strip()[-300:]}")
        name = f"python{DEBIAN_HAS}"
        put(debian / "usr/bin" / name, layer / "usr/bin" / name)
        shutil.copytree(debian / "usr/lib" / name, layer / "usr/lib" / name, symlinks=True)
        for library in ("libcrypto", "libffi", "libmpdec", "libssl"):
            for shared in (debian / LIBRARIES).glob(f"{library}.so.*"):
                put(shared, layer / LIBRARIES / shared.name)
    site = layer / "usr/lib" / name / "site.py"
    site.write_text(site.read_text().replace("/usr/lib/python3/dist-packages", "/nowhere"))
    (layer / "usr/local/bin").mkdir(parents=True)
    (layer / "usr/local/bin/python3").symlink_to(f"/usr/bin/{name}")
    return layer / "usr/local/lib" / name / "dist-packages"


def put(file: Path, place: Path) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy2(file, place, follow_symlinks=False)


def unpack_pip(version: str, packages: Path) -> None:
    """The wheel of a pip, which needs no more than to be unpacked."""
    packages.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        command = [
            sys.executable,
            "-m",
            "pip",
            "download",
            "--quiet",
            "--no-deps",
            f"pip=={version}",
        ]
        done = subprocess.run(
            [*command, f"--dest={folder}"], capture_output=True, text=True, check=False
        )
        if done.returncode:
            do_without("PyPI", f"{PURPOSE}: {done.stderr.strip()[-300:]}")
        (wheel,) = Path(folder).iterdir()
        with zipfile.ZipFile(wheel) as opened:
            opened.extractall(packages)
