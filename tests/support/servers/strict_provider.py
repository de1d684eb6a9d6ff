"""A strict OpenID provider, oidc-provider of the npm registry, and people who sign in at it."""

import fcntl
import html
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urljoin

import requests
import urllib3

from tests.support.needs import do_without, find
from tests.support.repository import ROOT
from tests.support.servers.server_process import HOST, ServerProcess, free_port

PURPOSE = "a strict OpenID provider"
CACHE = ROOT / ".cache" / "oidc-provider-9.13.3"
_SOURCES = Path(__file__).with_name("idp")


@contextmanager
def running_strict_provider(folder: Path, app_address: str) -> Iterator[dict[str, str]]:
    """The settings of a directory at this address, with a provider of its own."""
    node = find("node", PURPOSE)
    program = _fetch_provider()
    port = free_port()
    callbacks = (f"{app_address}/sign-in/back", f"{app_address}/sign-in/ended")
    server = ServerProcess(
        [node, str(program), str(port), *callbacks], folder=program.parent, log=folder / "idp.log"
    )
    issuer = f"http://{HOST}:{port}"
    try:
        server.wait_until(lambda: _answers(issuer))
        yield {
            "OIDC_ISSUER": issuer,
            "OIDC_CLIENT_ID": "directory",
            "OIDC_CLIENT_SECRET": "s3cr3t-of-the-client",
            "OIDC_LABEL": "Example",
            "PUBLIC_ADDRESS": app_address,
        }
    finally:
        server.stop(seconds=2)


def sign_in_by_script(browser: requests.Session, address: str, login: str) -> requests.Response:
    """Open an address that leads to the provider, and do what it asks for; return the last page."""
    page = browser.get(address, timeout=20)
    while form := re.search(r'<form[^>]*action="([^"]+)"', page.text):
        action = urljoin(page.url, html.unescape(form[1]))
        if "/interaction/" not in action:
            break
        prompt = "login" if 'name="login"' in page.text else "consent"
        typed = {"prompt": prompt, "login": login, "password": "any"}
        page = browser.post(action, data=typed, timeout=20)
    return page


def sign_out_at_provider(browser: requests.Session, issuer: str) -> None:
    """Sign out there: it tells the directory, since the browser has signed in to it."""
    page = browser.get(f"{issuer}/session/end", timeout=20)
    fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', page.text))
    ended = browser.post(f"{issuer}/session/end/confirm", data={**fields, "logout": "yes"},
                         timeout=20)  # fmt: skip
    assert ended.status_code == 200, ended.text


def _fetch_provider() -> Path:
    """The program beside its packages; these come from the npm registry once, as locked."""
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for source in _SOURCES.iterdir():
            shutil.copy(source, CACHE)
        if not (CACHE / "installed").exists():
            npm = find("npm", PURPOSE)
            options = ["--ignore-scripts", "--no-audit", "--no-fund", "--silent"]
            fetched = subprocess.run(
                [npm, "ci", *options], cwd=CACHE, capture_output=True, text=True, check=False
            )
            if fetched.returncode:
                do_without("the npm registry", f"{PURPOSE}: {fetched.stderr.strip()[-300:]}")
            (CACHE / "installed").touch()
    return CACHE / "idp.mjs"


def _answers(issuer: str) -> bool:
    address = f"{issuer}/.well-known/openid-configuration"
    try:
        return urllib3.request("GET", address, timeout=2, retries=False).status == 200
    except urllib3.exceptions.HTTPError:
        return False
