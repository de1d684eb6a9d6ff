"""Counts of many processes are exact, and outlive each of them."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable

import pytest

from app.runtime.process_counters import ProcessCounters


def forked(work: Callable[[], None]) -> int:
    pid = os.fork()
    if not pid:
        try:
            work()
        finally:
            os._exit(0)
    return pid


def counting(counters: ProcessCounters, times: int) -> Callable[[], None]:
    def work() -> None:
        for _ in range(times):
            counters.add({"asked": 1, "bytes": 7})

    return work


def test_no_count_of_several_processes_is_lost() -> None:
    counters = ProcessCounters(["asked", "bytes"])
    children = [forked(counting(counters, 5_000)) for _ in range(4)]
    counting(counters, 100)()
    for child in children:
        os.waitpid(child, 0)
    assert counters.totals() == {"asked": 20_100, "bytes": 140_700}


def test_no_count_of_several_threads_is_lost() -> None:
    counters = ProcessCounters(["asked", "bytes"])
    threads = [threading.Thread(target=counting(counters, 5_000)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert counters.totals()["asked"] == 20_000


def test_totals_never_fall_while_processes_end_and_begin_and_rows_are_used_again() -> None:
    counters = ProcessCounters(["asked", "bytes"])
    for number in range(1, 71):  # more than there are rows
        os.waitpid(forked(counting(counters, 10)), 0)
        assert counters.totals()["asked"] == 10 * number


def test_a_gauge_of_a_process_that_was_killed_is_not_counted() -> None:
    counters = ProcessCounters(["asked"], gauges=["running"])
    reader, writer = os.pipe()

    def run() -> None:
        counters.add({"asked": 1, "running": 1})
        os.write(writer, b"!")
        signal.pause()

    child = forked(run)
    os.read(reader, 1)
    assert counters.totals() == {"asked": 1, "running": 1}
    assert counters.processes() == [child]
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    assert counters.totals() == {"asked": 1, "running": 0}
    counters.add({"running": 1})  # the row of the child, with its count
    assert counters.totals() == {"asked": 1, "running": 1}
    assert counters.processes() == [os.getpid()]
    os.close(reader)
    os.close(writer)


def test_an_unknown_name_is_refused_and_nothing_counted_is_zero() -> None:
    counters = ProcessCounters(["asked"])
    assert counters.totals() == {"asked": 0}
    with pytest.raises(KeyError):
        counters.add({"other": 1})


def test_however_many_there_are_they_keep_one_file_open() -> None:
    counters = [ProcessCounters(["asked"])]
    before = len(os.listdir("/proc/self/fd"))
    counters += [ProcessCounters(["asked"]) for _ in range(50)]
    for each in counters:
        each.add({"asked": 1})
    assert len(os.listdir("/proc/self/fd")) == before
    assert {each.totals()["asked"] for each in counters} == {1}
