"""The load test: how long pages take while the CPU is busy, beside that without: make load-test.

Against a server of its own on this machine, or one of yours that is named. Traffic is bounded: four
connections for so many seconds, to the list and to /healthz, and nothing is changed but the load.
"""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

import urllib3

from app.machine.procfs import cpu_time
from bench.server import running
from tests.support.environment import isolated
from tests.support.servers.server_process import HOST

ROOT = Path(__file__).resolve().parents[1]
PAGES = ("/", "/healthz")
CONNECTIONS = 4
MOST_SECONDS = 60
_SCRIPT = """
done = function(summary, latency)
  io.write(string.format("%d %f %f %f %d\\n", summary.requests, summary.duration / 1e6,
    latency:percentile(50) / 1e3, latency:percentile(95) / 1e3,
    summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.timeout))
end
"""


class Measured(NamedTuple):
    """What wrk saw of one page."""

    rate: float
    p50_ms: float
    p95_ms: float
    failed: int


def main() -> None:
    arguments = _arguments()
    if not shutil.which("wrk"):
        sys.exit("The load test needs wrk: apt-get install wrk, or brew install wrk.")
    if arguments.at:
        _compare(arguments.at.rstrip("/"), arguments.seconds)
        return
    with _own_server(arguments.people) as url:
        _compare(url, arguments.seconds)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make load-test", description=__doc__)
    parser.add_argument("--at", default="", help="an address of your own; else a server is started")
    parser.add_argument("--seconds", type=int, default=10, help="for each page, 2 to 60")
    parser.add_argument("--people", type=int, default=300, help="sample people of a server started")
    arguments = parser.parse_args()
    if not 2 <= arguments.seconds <= MOST_SECONDS:
        parser.error(f"--seconds is from 2 to {MOST_SECONDS}")
    if arguments.at and urlsplit(arguments.at).scheme not in ("http", "https"):
        parser.error("--at is an address like http://127.0.0.1:5000")
    return arguments


@contextmanager
def _own_server(people: int) -> Iterator[str]:
    with tempfile.TemporaryDirectory() as folder:
        env: Mapping[str, str] = {"INSTANCE_FOLDER": folder}
        flask = [sys.executable, "-m", "flask", "sample-data", "--people", str(people)]
        subprocess.run(flask, cwd=ROOT, env=isolated(env), check=True, stdout=subprocess.DEVNULL)
        with running("application:application", env, Path(folder) / "log") as server:
            yield f"http://{HOST}:{server.port}"


def _compare(url: str, seconds: int) -> None:
    print(f"{url}: {CONNECTIONS} connections, {seconds} s a page")
    _round(url, seconds, "without load")
    console = Console(url)
    # A little longer than it takes: it is stopped at the end.
    console.start(min(600, seconds * len(PAGES) + 20))
    try:
        time.sleep(1)
        _round(url, seconds, "with load")
    finally:
        console.stop()


def _round(url: str, seconds: int, title: str) -> None:
    before = cpu_time()
    found = {page: _measure(url + page, seconds) for page in PAGES}
    after = cpu_time()
    busy = after.share_since(before) if before and after else None
    here = urlsplit(url).hostname in ("127.0.0.1", "localhost")
    print(f"{title}{f': CPU {busy:.0f} % busy' if here and busy is not None else ''}")
    for page, each in found.items():
        print(
            f"  {page:10} {each.rate:8.0f} requests/s   p50 {each.p50_ms:7.1f} ms   "
            f"p95 {each.p95_ms:7.1f} ms   {each.failed} failed"
        )


def _measure(address: str, seconds: int) -> Measured:
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        script.write(_SCRIPT)
        script.flush()
        command = [
            *("wrk", "--threads", "1", "--connections", str(CONNECTIONS)),
            *("--duration", f"{seconds}s", "--timeout", "10s", "--script", script.name, address),
        ]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    requests, passed, p50, p95, failed = map(float, done.stdout.splitlines()[-1].split())
    return Measured(requests / passed, p50, p95, int(failed))


class Console:
    """Starts and stops the load as a person does: by the forms of the console."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._client = urllib3.PoolManager(retries=False, timeout=30)

    def start(self, seconds: int) -> None:
        status = self._post(f"/info/stress_cpu/{seconds}")
        if status != 303:
            sys.exit(f"The load was not started: the console answered {status}.")

    def stop(self) -> None:
        self._post("/info/stress_stop")

    def _post(self, path: str) -> int:
        page = self._client.request("GET", f"{self._url}/info")
        token = re.search(r'name="csrf_token" value="([^"]+)"', page.data.decode())
        if token is None:
            sys.exit("The console has no form: is it switched off by STRESS=off?")
        headers = {"Cookie": page.headers.get("Set-Cookie", "").partition(";")[0]}
        if self._url.startswith("https:"):
            headers["Referer"] = self._url  # the token is believed only from the same site
        answer = self._client.request(
            "POST", self._url + path, fields={"csrf_token": token[1]}, headers=headers,
            redirect=False,
        )  # fmt: skip
        return answer.status


if __name__ == "__main__":
    main()
