"""A background thread: one in a process, one at work on a machine, and none without its owner."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from app.runtime import background
from app.runtime.background import BackgroundThread
from app.runtime.runtime_dir import RuntimeDir
from tests.support import background_threads
from tests.support.in_time import wait_until


class Counting(BackgroundThread):
    def __init__(self, folder: Path, pause_seconds: float = 0.01) -> None:
        super().__init__(folder.name, RuntimeDir(folder), pause_seconds)
        self.count = 0

    def run_once(self) -> bool:
        self.count += 1
        return True


def threads(folder: Path) -> int:
    return sum(thread.name == folder.name for thread in threading.enumerate())


def test_it_is_started_once_in_a_process(tmp_path: Path) -> None:
    counting = Counting(tmp_path)
    for _ in range(3):
        counting.begin()
    wait_until(lambda: counting.count > 2)
    assert threads(tmp_path) == 1


def test_none_is_started_in_a_process_that_stays_idle(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(background, "_idle", threading.Event())
    background.stay_idle()
    counting = Counting(tmp_path)
    counting.begin()
    counting.wake()
    assert threads(tmp_path) == 0


def test_it_ends_and_frees_its_lock_when_its_owner_is_gone(tmp_path: Path) -> None:
    owners = [Counting(tmp_path)]
    owners[0].begin()
    wait_until(lambda: owners[0].count)
    assert RuntimeDir(tmp_path).try_lock(tmp_path.name) is None
    owners.clear()
    wait_until(lambda: not threads(tmp_path))
    lock = RuntimeDir(tmp_path).try_lock(tmp_path.name)
    assert lock is not None
    lock.close()


def test_it_ends_in_the_middle_of_a_long_pause(tmp_path: Path) -> None:
    owners = [Counting(tmp_path, pause_seconds=3_600.0)]
    owners[0].begin()
    wait_until(lambda: owners[0].count)
    owners.clear()
    wait_until(lambda: not threads(tmp_path))


def test_without_the_lock_it_works_only_when_it_is_woken(tmp_path: Path) -> None:
    lock = RuntimeDir(tmp_path).try_lock(tmp_path.name)
    assert lock is not None
    counting = Counting(tmp_path, pause_seconds=60.0)
    with lock:
        for number in (1, 2):
            counting.wake()
            wait_until(lambda number=number: counting.count == number)  # type: ignore[misc]


class SetMeanwhile(threading.Event):
    """Another thread sets it just after it was looked at."""

    def is_set(self) -> bool:
        was_set = super().is_set()
        self.set()
        return was_set


def test_a_call_is_not_lost_that_comes_while_it_looks_for_one(tmp_path: Path) -> None:
    lock = RuntimeDir(tmp_path).try_lock(tmp_path.name)
    assert lock is not None
    counting = Counting(tmp_path)
    counting._woken = SetMeanwhile()
    with lock:
        counting.run_if_due(None)
        assert counting.count == 0
        counting.run_if_due(None)
        assert counting.count == 1


def test_another_process_starts_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    counting = Counting(tmp_path)
    counting.begin()
    wait_until(lambda: counting.count)
    monkeypatch.setattr(os, "getpid", lambda: -1)  # as in a child of this process
    counting.begin()
    assert threads(tmp_path) == 2


def test_no_test_leaves_one_to_the_next(tmp_path: Path) -> None:
    counting = Counting(tmp_path, pause_seconds=60.0)
    counting.begin()
    background_threads.end_all()
    assert threads(tmp_path) == 0
    lock = RuntimeDir(tmp_path).try_lock(tmp_path.name)
    assert lock is not None
    lock.close()


def test_two_side_by_side_do_not_wait_for_each_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(background_threads, "_PATIENCE_SECONDS", 10_000.0)
    both = [Counting(tmp_path, pause_seconds=60.0) for _ in range(2)]
    for counting in both:
        counting.begin()
    background_threads.end_all()
    assert threads(tmp_path) == 0
