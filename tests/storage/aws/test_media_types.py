"""What an object is, by its first bytes: asked once, and never for long while S3 hangs."""

import threading

import pytest

from app.photos.headers import HEAD_BYTES
from app.storage.aws import media_types
from app.storage.aws.media_types import MediaTypes
from app.storage.aws.s3_client import S3Calls
from tests.support.pictures import picture

KEY = f"employee_pic/{'0a' * 16}.jpg"
OF_THE_COURSE = "employee_pic/0123456789abcdef.png"


class Objects(S3Calls):
    """Objects by key, and how often each was asked for; a failure is raised instead."""

    def __init__(self, **objects: bytes) -> None:
        super().__init__("photos", "us-west-2")
        self.objects = objects
        self.asked: list[str] = []
        self.fails = ""
        self.gate = threading.Event()
        self.gate.set()

    def probe(self, name: str = "head_bucket", **parameters: object) -> bytes:
        assert (name, parameters["Range"]) == ("get_object", f"bytes=0-{HEAD_BYTES - 1}")
        key = str(parameters["Key"])
        self.asked.append(key)
        self.gate.wait(30)
        if self.fails or key not in self.objects:
            raise self.unavailable("get_object", self.fails or "NoSuchKey")
        return self.objects[key][:HEAD_BYTES]


@pytest.fixture
def calls() -> Objects:
    return Objects(**{KEY: picture("PNG").read(), OF_THE_COURSE: b"<html>"})


def test_an_object_is_asked_for_once(calls: Objects) -> None:
    types = MediaTypes(calls)
    assert [types.of(KEY) for _ in range(3)] == ["image/png"] * 3
    assert calls.asked == [KEY]


def test_what_is_no_image_or_not_there_is_asked_again(calls: Objects) -> None:
    types = MediaTypes(calls)
    assert [types.of(OF_THE_COURSE), types.of("employee_pic/none.jpg")] == ["", ""]
    calls.objects[OF_THE_COURSE] = picture("GIF").read()
    assert types.of(OF_THE_COURSE) == "image/gif"


@pytest.mark.parametrize("code", ["NoSuchKey", "InvalidRange"])
def test_a_missing_or_empty_object_is_no_failure_of_s3(calls: Objects, code: str) -> None:
    types = MediaTypes(calls)
    calls.fails = code
    assert types.of(KEY) == ""
    calls.fails = ""
    assert types.of(KEY) == "image/png"


def test_a_failing_s3_is_left_alone_for_some_seconds(
    calls: Objects, monkeypatch: pytest.MonkeyPatch
) -> None:
    types = MediaTypes(calls)
    calls.fails = "read timeout"
    assert [types.of(KEY), types.of(KEY)] == ["image/jpeg"] * 2
    assert types.of(OF_THE_COURSE) == "image/png"
    assert calls.asked == [KEY]
    calls.fails = ""
    monkeypatch.setattr(types, "_paused_until", 0.0)
    assert types.of(KEY) == "image/png"


def test_few_threads_at_once_wait_for_s3(calls: Objects) -> None:
    types = MediaTypes(calls)
    calls.gate.clear()
    waiting = [
        threading.Thread(target=types.of, args=(f"employee_pic/{number}.jpg",))
        for number in range(media_types._MAX_CONCURRENT)
    ]
    for thread in waiting:
        thread.start()
    try:
        while len(calls.asked) < len(waiting):
            threading.Event().wait(0.01)
        assert types.of(KEY) == "image/jpeg"
        assert KEY not in calls.asked
    finally:
        calls.gate.set()
        for thread in waiting:
            thread.join()
    assert types.of(KEY) == "image/png"


def test_what_is_remembered_is_bounded(calls: Objects, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(media_types, "_MAX_REMEMBERED", 10)
    types = MediaTypes(calls)
    for number in range(30):
        calls.objects[f"employee_pic/{number}"] = calls.objects[KEY]
        types.of(f"employee_pic/{number}")
        assert len(types._known) <= 11
