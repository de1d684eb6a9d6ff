"""A photo that takes much memory is made in a process of its own, one at a time on a machine."""

from __future__ import annotations

import subprocess
import sys
import threading
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from app.model.errors import PhotoRejected, StorageUnavailable
from app.photos import large, processing
from app.photos.opening import decode_bytes
from app.runtime import deadline
from app.runtime.file_lock import try_lock
from tests.support.in_time import assert_ends_within, wait_until
from tests.support.pictures import giant_png, picture, webp_head

pytestmark = pytest.mark.slow


def large_png() -> bytes:
    return picture("PNG", 2600, 2000).read()


def progressive_jpeg() -> bytes:
    return picture("JPEG", 4000, 3000, progressive=True).read()


def test_a_large_photo_is_the_same_as_if_it_were_made_here(monkeypatch) -> None:
    apart = processing.make(BytesIO(large_png()))
    monkeypatch.setattr(processing, "MAX_DECODE_BYTES", 2**40)
    monkeypatch.setattr(large, "make", None)
    assert processing.make(BytesIO(large_png())) == apart
    assert Image.open(BytesIO(apart.portrait)).size == (800, 615)


@pytest.mark.parametrize(
    ("name", "data", "is_large"),
    [
        ("a photo of a camera", lambda: picture("JPEG", 6000, 4000).read(), False),
        ("a small progressive one", lambda: picture("JPEG", progressive=True).read(), False),
        ("a large progressive one", progressive_jpeg, True),
        ("a screenshot", lambda: picture("PNG", 1920, 1080).read(), False),
        ("a large PNG", large_png, True),
        ("a large one of one bit", lambda: giant_png(4000, 3000, bits=1, colours=0).read(), False),
        ("a small GIF", lambda: picture("GIF").read(), False),
        ("a WebP of a telephone", lambda: webp_head(b"VP8X", 4000, 3000).read(), True),
        ("a small WebP", lambda: picture("WebP").read(), False),
        ("no image", lambda: b"<html>", False),
        ("a WebP that is refused", lambda: webp_head(b"VP8X", 16_000, 16_000).read(), False),
    ],
)  # fmt: skip
def test_only_what_takes_much_memory_has_a_process(name, data, is_large) -> None:
    assert (decode_bytes(data()) > processing.MAX_DECODE_BYTES) == is_large


def test_damage_is_told_as_such(monkeypatch) -> None:
    with pytest.raises(PhotoRejected, match="damaged or incomplete"):
        processing.make(BytesIO(large_png()[:-2000]))


@pytest.mark.parametrize(
    "ending", ["import os; os.kill(os.getpid(), 9)", "raise SystemExit(1)", ""]
)
def test_a_process_that_was_killed_is_told_as_too_little_memory(monkeypatch, ending: str) -> None:
    monkeypatch.setattr(large, "_START", ending)
    with pytest.raises(PhotoRejected, match=r"needs more memory .* Make it smaller"):
        processing.make(BytesIO(large_png()))


def test_the_kernel_limits_its_memory(monkeypatch) -> None:
    """With a limit that is too small, the photo is refused and this process is not touched."""
    start = large._START.replace("large.main()", "large.PHOTO_MB = 40; large.main()")
    monkeypatch.setattr(large, "_START", start)
    with pytest.raises(PhotoRejected, match=r"more memory|damaged"):
        processing.make(BytesIO(giant_png(8000, 6000, colours=6).read()))


def test_it_is_the_first_to_be_killed_when_memory_runs_out() -> None:
    code = (
        "from pathlib import Path; from app.photos import large; large._limit(); "
        "import resource as r; print(Path('/proc/self/oom_score_adj').read_text().strip(), "
        "r.getrlimit(r.RLIMIT_DATA)[0])"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.split() == ["1000", str(large.PHOTO_MB * 2**20)]


def test_one_process_at_a_time_on_a_machine() -> None:
    """Another worker makes a large photo: this one waits, and then says that it is busy."""
    with Path(large.__file__).open("rb") as other:
        wait_until(lambda: try_lock(other))  # other tests make photos too

        def ask() -> None:
            with deadline.within(5.5), pytest.raises(StorageUnavailable, match="busy"):
                processing.make(BytesIO(large_png()))

        assert_ends_within(2, ask)
        processing.make(picture())  # a small photo waits for nobody
        waiting = threading.Thread(target=processing.make, args=(BytesIO(large_png()),))
        waiting.start()
        waiting.join(0.3)
        assert waiting.is_alive()
    waiting.join(30)
    assert not waiting.is_alive()


def test_a_process_that_hangs_is_ended_before_the_request(monkeypatch) -> None:
    monkeypatch.setattr(large, "_START", "import time; time.sleep(60)")

    def ask() -> None:
        with deadline.within(2), pytest.raises(StorageUnavailable, match="busy"):
            large.make(large_png(), 0)

    assert_ends_within(4, ask)
