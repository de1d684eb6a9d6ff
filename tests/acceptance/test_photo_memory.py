"""A photo of 50 megapixels fits the memory that a worker is reckoned at.

Measured on the real server with the settings of a machine, several photos at once: each worker
stays below WORKER_MB, and one process at a time makes a large photo, below PHOTO_MB.
"""

from __future__ import annotations

import re
import runpy
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

import pytest
import urllib3
from PIL import Image

from app.photos.large import PHOTO_MB
from tests.support.acceptance.visitors import ADA, Ledger, OverHttp, Visitor
from tests.support.acceptance.worlds import Laptop
from tests.support.environment import isolated
from tests.support.pictures import file_of, giant_png
from tests.support.repository import ROOT
from tests.support.servers.server_process import HOST, ServerProcess, free_port

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="reads memory from /proc"),
]

SETTINGS = runpy.run_path(str(ROOT / "gunicorn.conf.py"))
WORKER_MB: int = SETTINGS["WORKER_MB"]
SIDES = (8165, 6123)  # just below 50 megapixels
WEBP_SIDES = (5000, 5000)


@lru_cache
def soft(sides: tuple[int, int]) -> Image.Image:
    """Soft shapes, which a file of some megabytes holds."""
    noise = Image.effect_noise((256, 256), 40)
    small = [Image.linear_gradient("L"), Image.radial_gradient("L"), noise]
    return Image.merge("RGB", small).resize(sides)


PHOTOS = {
    "JPEG": lambda: file_of(soft(SIDES), "JPEG", quality=70).read(),
    "progressive JPEG": lambda: file_of(
        soft(SIDES), "JPEG", quality=70, progressive=True, subsampling=0
    ).read(),
    "CMYK": lambda: file_of(soft(SIDES).convert("CMYK"), "JPEG", quality=60).read(),
    "progressive CMYK": lambda: file_of(
        soft(SIDES).convert("CMYK"), "JPEG", quality=50, progressive=True
    ).read(),
    "GIF": lambda: file_of(Image.linear_gradient("L").resize(SIDES), "GIF").read(),
    "PNG with transparency": lambda: giant_png(*SIDES, colours=6).read(),
    "PNG of 16 bits a colour": lambda: giant_png(*SIDES, bits=16, colours=2).read(),
    "PNG of 16 bits of grey": lambda: giant_png(*SIDES, bits=16, colours=0).read(),
    "WebP": lambda: file_of(soft(WEBP_SIDES), "WEBP", quality=60).read(),
}


class Memory(threading.Thread):
    """Watches the processes of a server: their peaks in MB, and how many made photos at once."""

    def __init__(self, master: int) -> None:
        super().__init__(daemon=True)
        self.workers = dict.fromkeys(children(master), 0.0)
        self.photo_peak = 0.0
        self.most_photos = 0
        self.photos_seen: set[int] = set()
        self._done = threading.Event()

    def run(self) -> None:
        while not self._done.wait(0.01):
            for pid in self.workers:
                self.workers[pid] = max(self.workers[pid], peak_mb(pid))
            photos = [pid for worker in self.workers for pid in children(worker) if is_photo(pid)]
            peaks = [peak for pid in photos if (peak := peak_mb(pid))]
            self.photos_seen |= set(photos)
            self.most_photos = max(self.most_photos, len(peaks))
            self.photo_peak = max([self.photo_peak, *peaks])

    def stop(self) -> None:
        self._done.set()
        self.join()


def children(pid: int) -> list[int]:
    found: set[int] = set()
    with suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            with suppress(OSError):
                found |= set(map(int, (task / "children").read_text().split()))
    return sorted(found)


def is_photo(pid: int) -> bool:
    """Whether this process makes a photo; a fork that is not yet so far does not."""
    with suppress(OSError):
        return b"app.photos" in Path(f"/proc/{pid}/cmdline").read_bytes()
    return False


def peak_mb(pid: int) -> float:
    """The most memory that a process ever had; 0 for one that has ended."""
    with suppress(OSError):
        found = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
        return int(found[1]) / 1024 if found else 0.0
    return 0.0


@pytest.fixture
def server(laptop: Laptop, tmp_path: Path) -> Iterator[tuple[str, int]]:
    """The address and the master of a server with a machine's settings and two workers."""
    port = free_port()
    process = ServerProcess(
        [
            *(sys.executable, "-m", "gunicorn", "--config", str(ROOT / "gunicorn.conf.py")),
            *("--bind", f"{HOST}:{port}", "application:application"),
        ],
        folder=ROOT,
        log=tmp_path / "server.log",
        environment=isolated({**laptop.environment, "WEB_CONCURRENCY": "2"}),
    )

    def answers() -> bool:
        with suppress(urllib3.exceptions.HTTPError):
            reply = urllib3.request("GET", f"http://{HOST}:{port}/", timeout=5, retries=False)
            return reply.status == 200 and len(children(process.pid)) == 2
        return False

    process.wait_until(answers)
    yield f"http://{HOST}:{port}", process.pid
    process.stop()


def upload(address: str, photo: bytes) -> int:
    """Save a person with this photo, again where the reader of photos is busy; the status."""
    visitor = Visitor(OverHttp(address), Ledger())
    for _ in range(40):
        form = visitor.form("/add").typed(**{**ADA, "full_name": "Ada"})
        answer = visitor.ask_to_save(form, photo=photo)
        if answer.status != 503:
            return answer.status
    return 503


def test_photos_of_50_megapixels_fit_the_memory_of_a_worker(
    server: tuple[str, int], laptop: Laptop
) -> None:
    address, master = server
    photos = [make() for make in PHOTOS.values()]
    assert max(map(len, photos)) < 10 * 2**20
    memory = Memory(master)
    assert len(memory.workers) == 2
    memory.start()
    with ThreadPoolExecutor(6) as threads:
        statuses = list(threads.map(lambda photo: upload(address, photo), photos))
    memory.stop()
    assert dict(zip(PHOTOS, statuses, strict=True)) == dict.fromkeys(PHOTOS, 303)
    assert len(laptop.photos()) == 2 * len(photos)
    assert max(memory.workers.values()) <= WORKER_MB, memory.workers
    assert len(memory.photos_seen) >= 6
    assert memory.most_photos == 1
    assert 100 < memory.photo_peak <= PHOTO_MB


@pytest.mark.parametrize(
    ("machine", "processors", "memory_mb", "workers"),
    [("t3.nano", 2, 460, 1), ("t3.micro", 2, 916, 2), ("t3.small", 2, 1_910, 2),
     ("c7i.2xlarge", 8, 15_800, 8), ("one core", 1, 4_000, 2)],
)  # fmt: skip
def test_the_workers_of_a_machine_fit_its_memory_with_a_large_photo(
    machine: str, processors: int, memory_mb: int, workers: int
) -> None:
    assert SETTINGS["workers_for"](processors, memory_mb) == workers
    if machine != "t3.nano":
        assert SETTINGS["RESERVED_MB"] + PHOTO_MB + workers * WORKER_MB <= memory_mb
