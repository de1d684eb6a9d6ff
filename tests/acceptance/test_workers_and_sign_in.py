"""Signing in to the real server with two workers, with nothing configured."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest
import requests

from tests.acceptance.test_photo_memory import children
from tests.support.in_time import wait_until
from tests.support.servers.live_app import LiveApp

pytestmark = pytest.mark.slow

PASSWORD = "blue otter 73 lamp"
MAX_MORE_MB = 120.0
MANY = 24  # requests, so that each of two workers gets some


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveApp]:
    folder = tmp_path_factory.mktemp("workers")
    settings = {"INSTANCE_FOLDER": str(folder / "instance"), "ACCESS": ""}
    app = LiveApp(settings, log=folder / "log", workers=2)
    app.start()
    yield app
    app.stop()


@pytest.fixture(scope="module")
def link(app: LiveApp) -> str:
    """The address of the setup link, as the log has it."""
    wait_until(lambda: "/setup/" in app.log.read_text())
    (link,) = re.findall(r"Open (/setup/\w+) ", app.log.read_text())
    return app.url + link


def form_of(browser: requests.Session, address: str) -> dict[str, str]:
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', browser.get(address).text)
    assert token
    return {"csrf_token": token[1]}


@pytest.fixture(scope="module")
def owner(app: LiveApp, link: str) -> requests.Session:
    browser = requests.Session()
    typed = {"name": "Ana", "email": "ana@example.com", "password": PASSWORD}
    answer = browser.post(link, {**form_of(browser, link), **typed}, allow_redirects=False)
    assert answer.status_code == 303
    return browser


def test_a_new_directory_is_read_and_not_changed_and_says_how_to_claim_it_once(
    app: LiveApp, link: str
) -> None:
    assert requests.get(app.url, timeout=30).status_code == 200
    assert requests.post(f"{app.url}/add", timeout=30).status_code in (400, 403)
    for address in ("/add", "/import", "/export.csv"):
        answer = requests.get(app.url + address, allow_redirects=False, timeout=30)
        assert answer.status_code == 303
        assert answer.headers["Location"].startswith("/sign-in")
    assert app.log.read_text().count("/setup/") == 1


def test_an_administrator_is_one_for_all_workers_and_nobody_after_the_sign_out(
    app: LiveApp, owner: requests.Session
) -> None:
    assert {owner.get(f"{app.url}/me").status_code for _ in range(MANY)} == {200}
    assert all("/sign-out" in owner.get(app.url).text for _ in range(MANY))
    copied = dict(owner.cookies)
    address = f"{app.url}/sign-out"
    owner.post(address, form_of(owner, address), allow_redirects=False)
    for _ in range(MANY):  # both workers knew the session for pages of the list
        assert "/sign-out" not in requests.get(app.url, cookies=copied, timeout=30).text
    answer = requests.get(f"{app.url}/me", cookies=copied, allow_redirects=False, timeout=30)
    assert answer.status_code == 303


def pss_mb(pids: list[int]) -> float:
    found = 0
    for pid in pids:
        with suppress(OSError):
            text = Path(f"/proc/{pid}/smaps_rollup").read_text()
            found += int(re.findall(r"^Pss:\s+(\d+)", text, re.MULTILINE)[0])
    return found / 1024


@pytest.mark.skipif(sys.platform != "linux", reason="reads memory from /proc")
def test_sixteen_passwords_at_once_take_little_memory_and_the_list_goes_on(
    app: LiveApp, owner: requests.Session
) -> None:
    browser = requests.Session()
    address = f"{app.url}/sign-in/password"
    form = form_of(browser, f"{app.url}/sign-in")
    pids = children(app.server.pid)
    before = pss_mb(pids)

    def attempt(number: int) -> int:
        typed = {"email": f"{number}@example.com", "password": PASSWORD}
        cookies = dict(browser.cookies)
        return requests.post(address, {**form, **typed}, cookies=cookies, timeout=60).status_code

    with ThreadPoolExecutor(17) as threads:
        attempts = [threads.submit(attempt, number) for number in range(16)]
        peak = watch(lambda: pss_mb(pids), until=lambda: all(each.done() for each in attempts))
        statuses = {each.result() for each in attempts}
    assert statuses <= {422, 503}, "wrong, or asked to come back"
    assert 422 in statuses
    assert peak - before < MAX_MORE_MB
    assert requests.get(app.url, timeout=30).status_code == 200


def watch(measure: Callable[[], float], until: Callable[[], bool]) -> float:
    peak = measure()
    while not until():
        peak = max(peak, measure())
    return peak
