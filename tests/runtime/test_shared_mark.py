"""What a process tells those that are forked from it, and they it."""

from __future__ import annotations

import os
from collections.abc import Callable

from app.runtime.shared_mark import SharedCounts, SharedMark


def in_a_fork(work: Callable[[], None]) -> None:
    child = os.fork()
    if child == 0:
        work()
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0


def test_a_mark_that_a_forked_process_changes_is_changed_here() -> None:
    mark = SharedMark()
    before = mark.read()
    assert mark.read() == before
    in_a_fork(mark.change)
    assert mark.read() != before


def test_forked_processes_count_together() -> None:
    counts = SharedCounts(["a", "b"])
    counts.add("a")
    in_a_fork(lambda: counts.add("a"))
    in_a_fork(lambda: counts.add("b"))
    assert counts.all() == {"a": 2, "b": 1}
