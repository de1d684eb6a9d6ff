"""A second OpenID provider, oidc-provider-mock of PyPI, in an environment of its own."""

import fcntl
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import urllib3

from tests.support.needs import do_without, find
from tests.support.repository import ROOT
from tests.support.servers.server_process import HOST, ServerProcess, free_port

PURPOSE = "a second OpenID provider"
CACHE = ROOT / ".cache" / "oidc-provider-mock-0.3.4"
_PINS = Path(__file__).with_suffix(".txt")
_ANA = {"sub": "ana", "name": "Ana Ruiz", "email": "ana@example.com", "email_verified": True}


@contextmanager
def running_quick_provider(folder: Path, app_address: str) -> Iterator[dict[str, str]]:
    """The settings of a directory at this address, with a provider that knows ana."""
    python = _environment()
    port = free_port()
    # -W ignore: it uses what Authlib has deprecated.
    command = [str(python), "-W", "ignore", "-m", "oidc_provider_mock", "-p", str(port)]
    options = ["--require-nonce", "true", "--user-claims", json.dumps(_ANA)]
    server = ServerProcess([*command, *options], folder=folder, log=folder / "quick.log")
    issuer = f"http://{HOST}:{port}"
    try:
        server.wait_until(lambda: _answers(issuer))
        yield {
            "OIDC_ISSUER": issuer,
            "OIDC_CLIENT_ID": "directory",
            "OIDC_CLIENT_SECRET": "s3cr3t-of-the-client",
            "OIDC_LABEL": "Quick",
            "PUBLIC_ADDRESS": app_address,
        }
    finally:
        server.stop(seconds=2)


def _environment() -> Path:
    """The Python of an environment with the provider; made once, with the pinned packages."""
    CACHE.mkdir(parents=True, exist_ok=True)
    python = CACHE / "environment" / "bin" / "python"
    with (CACHE / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (CACHE / "installed").exists():
            uv = find("uv", PURPOSE)
            made = [uv, "venv", "--quiet", "--clear", "--python", sys.executable,
                    str(CACHE / "environment")]  # fmt: skip
            _run(made)
            _run([uv, "pip", "install", "--quiet", "--python", str(python), "-r", str(_PINS)])
            (CACHE / "installed").touch()
    return python


def _run(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        do_without("PyPI", f"{PURPOSE}: {done.stderr.strip()[-300:]}")


def _answers(issuer: str) -> bool:
    address = f"{issuer}/.well-known/openid-configuration"
    try:
        return urllib3.request("GET", address, timeout=2, retries=False).status == 200
    except urllib3.exceptions.HTTPError:
        return False
