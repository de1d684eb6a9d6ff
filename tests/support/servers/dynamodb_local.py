"""DynamoDB Local, AWS's own emulator, as the npm registry carries it."""

import base64
import fcntl
import hashlib
import shutil
import subprocess
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import urllib3

from tests.support.needs import do_without, find
from tests.support.repository import ROOT
from tests.support.servers.server_process import HOST, ServerProcess, free_port

PURPOSE = "DynamoDB Local"
PACKAGE = "amplify-dynamodb-simulator@2.9.30"
TARBALL = "amplify-dynamodb-simulator-2.9.30.tgz"
SHA512 = "xTeeRLvzEfqyd5lh3bH4c0kHvSHHmmhD5ZDsHFKAQ5g2Zl6JqlFdutaQhCLHzxEp6Ry1o7TB6niIoXuQAnSewQ=="
CACHE = ROOT / ".cache" / "dynamodb-local-2.9.30"


@contextmanager
def running_dynamodb_local(
    folder: Path, heap: str = "1g", *, measured: bool = False
) -> Iterator[str]:
    """The endpoint of a DynamoDB Local of our own, empty, in memory; stopped at the end.

    One that is not ``measured`` is compiled once, and not again for speed: so short a life does
    not earn that.
    """
    java = find("java", PURPOSE)
    emulator = fetch_emulator()
    port = free_port()
    options = [f"-Xmx{heap}", "-XX:+UseSerialGC", "-Djava.library.path=./DynamoDBLocal_lib"]
    if not measured:
        options.append("-XX:TieredStopAtLevel=1")
    server = ServerProcess(
        [java, *options, "-jar", "DynamoDBLocal.jar", "-inMemory", "-port", str(port)],
        folder=emulator,
        log=folder / "dynamodb-local.log",
    )
    try:
        server.wait_until(lambda: _answers(port))
        yield f"http://{HOST}:{port}"
    finally:
        server.stop(seconds=2)


def fetch_emulator() -> Path:
    """The unpacked emulator; fetched from the npm registry once, into the cache folder."""
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (CACHE / "package").is_dir():
            _unpack(_download())
    return CACHE / "package" / "emulator"


def _download() -> Path:
    npm = find("npm", PURPOSE)
    tarball = CACHE / TARBALL
    if not tarball.exists():
        command = [npm, "pack", PACKAGE, "--pack-destination", str(CACHE), "--silent"]
        fetched = subprocess.run(command, cwd=CACHE, capture_output=True, text=True, check=False)
        if fetched.returncode:
            do_without("the npm registry", f"{PURPOSE}: {fetched.stderr.strip()[-300:]}")
    return tarball


def _unpack(tarball: Path) -> None:
    digest = base64.b64encode(hashlib.sha512(tarball.read_bytes()).digest()).decode()
    if digest != SHA512:
        tarball.unlink()
        raise AssertionError(f"{TARBALL} is not the file that the npm registry names: {digest}")
    unpacking = CACHE / "unpacking"
    shutil.rmtree(unpacking, ignore_errors=True)
    with tarfile.open(tarball) as archive:
        # Python 3.11 has this filter from 3.11.4 on; the digest says what is in the archive.
        archive.extraction_filter = getattr(tarfile, "data_filter", None)
        archive.extractall(unpacking)
    (unpacking / "package").rename(CACHE / "package")
    unpacking.rmdir()
    tarball.unlink()


def _answers(port: int) -> bool:
    """It answers a request without a signature with 400, once it is there."""
    try:
        reply = urllib3.request("GET", f"http://{HOST}:{port}/", timeout=2, retries=False)
    except urllib3.exceptions.HTTPError:
        return False
    return reply.status == 400
