"""The schema of the Compose specification, as dclint of the npm registry carries it."""

import base64
import fcntl
import hashlib
import json
import subprocess
import tarfile
from typing import Any

from tests.support.needs import do_without, find
from tests.support.repository import ROOT

PURPOSE = "the Compose specification"
PACKAGE = "dclint@3.1.0"
TARBALL = "dclint-3.1.0.tgz"
SHA512 = "afTGdzRFUXK4yCpIiEW/LOR+9TOMEDhNldDp56VCWzn7JDmD451PcUi640GGlMHgbHKJ10rDBm4PtpcBbjqlXw=="
CACHE = ROOT / ".cache" / "dclint-3.1.0"


def compose_schema() -> dict[str, Any]:
    """The JSON schema; fetched from the npm registry once, into the cache folder."""
    CACHE.mkdir(parents=True, exist_ok=True)
    tarball = CACHE / TARBALL
    with (CACHE / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not tarball.exists():
            npm = find("npm", PURPOSE)
            command = [npm, "pack", PACKAGE, "--silent"]
            fetched = subprocess.run(
                command, cwd=CACHE, capture_output=True, text=True, check=False
            )
            if fetched.returncode:
                do_without("the npm registry", f"{PURPOSE}: {fetched.stderr.strip()[-300:]}")
    digest = base64.b64encode(hashlib.sha512(tarball.read_bytes()).digest()).decode()
    assert digest == SHA512, f"{TARBALL} is not the file that the npm registry names: {digest}"
    with tarfile.open(tarball) as archive:
        member = archive.extractfile("package/schemas/compose.schema.json")
        assert member is not None
        schema: dict[str, Any] = json.load(member)
    return schema
