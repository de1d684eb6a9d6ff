"""How jobs went on this machine: kept in a file for /metrics, and told in the log at their ends."""

from __future__ import annotations

import contextlib
import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from enum import StrEnum

from app.metrics.emf import MetricsLog
from app.metrics.names import Metric
from app.runtime import strict_json
from app.runtime.atomic_file import write_atomically
from app.runtime.file_lock import wait_for_lock
from app.runtime.processes import is_alive
from app.runtime.runtime_dir import RuntimeDir


class JobName(StrEnum):
    """A job that is measured."""

    FOLLOW = "follow"
    REINDEX = "reindex"
    IMPORT = "import"
    COUNT = "count"
    SWEEP = "sweep"


# What is told of a job at its end: 1 or 0 by whether it failed, and how long it took.
_FAILURES = {
    JobName.FOLLOW: Metric.FOLLOW_FAILURES,
    JobName.REINDEX: Metric.REINDEX_FAILURES,
    JobName.IMPORT: Metric.IMPORTS_STOPPED,
    JobName.COUNT: Metric.COUNT_FAILURES,
    JobName.SWEEP: Metric.SWEEP_FAILURES,
}
_SECONDS = {JobName.REINDEX: Metric.REINDEX_SECONDS}


@dataclass(frozen=True, slots=True, kw_only=True)
class JobRecord:
    """How the runs of a job on this machine went; times are Unix times, 0 is never.

    ``process`` is the one that runs it, 0 if none does. Of follow, ``caught_up_at`` is the time up
    to which changes are in the index, 0 while another machine follows.
    """

    runs: int = 0
    failures: int = 0
    began_at: float = 0.0
    ended_at: float = 0.0
    succeeded_at: float = 0.0
    seconds: float = 0.0
    process: int = 0
    caught_up_at: float = 0.0

    @property
    def is_running(self) -> bool:
        """Return whether its process lives."""
        return bool(self.process) and is_alive(self.process)


class Outcome:
    """How a run ends: well, unless somebody sets ``failed``."""

    failed = False


class Jobs:
    """The records of the jobs of this machine, in a folder that all its processes share."""

    def __init__(self, folder: RuntimeDir, log: MetricsLog) -> None:
        self._folder = folder
        self.log = log

    def read(self, name: JobName) -> JobRecord:
        """Return the record of a job; an empty one if it never ran, or the file is damaged."""
        try:
            stored = strict_json.parse_object(self._folder.path(_file_of(name)).read_bytes())
        except OSError:
            return JobRecord()
        fields = {
            field: strict_json.integer(stored.get(field), 0, strict_json.MAX_INTEGER) or 0
            for field in ("runs", "failures", "process")
        }
        times = {
            field: strict_json.number(stored.get(field), 0.0, strict_json.MAX_UNIX_TIME) or 0.0
            for field in ("began_at", "ended_at", "succeeded_at", "seconds", "caught_up_at")
        }
        return JobRecord(
            runs=fields["runs"], failures=fields["failures"], process=fields["process"], **times
        )

    @contextmanager
    def run(self, name: JobName, no_failure: tuple[type[Exception], ...] = ()) -> Iterator[Outcome]:
        """Record a run, and tell of its end in the log.

        An error is a failure, unless it is one of ``no_failure``; nor is a signal that stops it.
        """
        outcome, began, is_whole = Outcome(), time.time(), False
        self.change(name, lambda record: replace(record, began_at=began, process=os.getpid()))
        try:
            yield outcome
            is_whole = not outcome.failed
        except Exception as error:
            outcome.failed = not isinstance(error, no_failure)
            raise
        finally:
            self._end(name, began, failed=outcome.failed, is_whole=is_whole)

    def change(self, name: JobName, change: Callable[[JobRecord], JobRecord]) -> None:
        """Change a record, one process at a time; a folder that cannot be written is no error."""
        path = self._folder.path
        with contextlib.suppress(OSError), path("jobs.lock").open("ab") as lock:
            wait_for_lock(lock)
            content = json.dumps(asdict(change(self.read(name)))).encode()
            write_atomically(path(_file_of(name)), [content], durable=False)

    def _end(self, name: JobName, began: float, *, failed: bool, is_whole: bool) -> None:
        now = time.time()
        seconds = max(0.0, now - began)

        def end(record: JobRecord) -> JobRecord:
            return replace(
                record,
                runs=record.runs + 1,
                failures=record.failures + failed,
                ended_at=now,
                succeeded_at=now if is_whole else record.succeeded_at,
                seconds=seconds,
                process=0,
                caught_up_at=0.0,
            )

        self.change(name, end)
        values: dict[Metric, float] = {}
        if name in _FAILURES:
            values[_FAILURES[name]] = int(failed)
        if name in _SECONDS and is_whole:
            values[_SECONDS[name]] = round(seconds, 3)
        self.log.write(values)


def _file_of(name: JobName) -> str:
    return f"job.{name.value}.json"
