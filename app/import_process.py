"""Read files and import them in processes of their own, at a low priority, so that pages stay fast.

The scheduler or the command starts it with its own settings. After validating a long file the
process ends and another applies the plan: this frees the memory that validation needed.
"""

import errno
import json
import logging
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from threading import Event
from typing import IO, cast

from app.accounts.linked_accounts import open_linked_accounts
from app.contracts.import_jobs import Job, JobStore, Phase
from app.directory.counting import Counting
from app.imports.importer import Importer, ReadRejected
from app.imports.planning.row_photos import PhotoOptions
from app.imports.running.job_context import JobContext
from app.imports.running.rejected_rows import Cells
from app.imports.running.supervision import (
    OUT_OF_DISK,
    OUT_OF_MEMORY,
    RESTART,
    WAITS,
    is_stopped,
    supervise,
)
from app.metrics.jobs import JobName, Jobs
from app.model.errors import StorageUnavailable
from app.runtime import disk_errors
from app.runtime.child_process import read_options, start_process
from app.runtime.gc_tuning import tune
from app.runtime.json_log import log_as_json
from app.runtime.process_limits import (
    end_before_others,
    limit_files,
    limit_memory,
    limit_processor,
    stop_with_parent,
    write_no_core,
)
from app.samples.jobs import people_of_job
from app.settings import Settings
from app.settings.for_processes import as_options, from_options
from app.storage import Stores, open_stores

log = logging.getLogger(__name__)

_NICENESS = 10
# Rows from which a new process for the second phase is worth its start.
LONG_FILE_ROWS = 20_000
# A workbook of a million people (105 MB) needs 245 MB; each person more 100 bytes.
MAX_MEMORY_BYTES = 512 << 20
_SPARE_MEMORY_BYTES = 4 << 20
_LARGE_FILE_BYTES, _MEMORY_PER_BYTE = 100 << 20, 4
# Of a temporary file, and of a local database, which grows with the people.
_MAX_FILE_BYTES, _MAX_LOCAL_FILE_BYTES = 8 << 30, 64 << 30
# To validate a workbook of 9 MB takes 26 s.
_MIN_CPU_SECONDS, _CPU_SECONDS_PER_MEGABYTE = 600, 60
_MAX_STOP_SECONDS = 5
# DynamoDB takes concurrent writes; an SQL database serializes them.
_WRITERS_ON_DYNAMODB = 4


def open_importer(
    settings: Settings, stores: Stores, read_rejected: ReadRejected | None = None
) -> Importer:
    """Return the importer for these stores; see Importer for ``read_rejected``."""
    writers = _WRITERS_ON_DYNAMODB if settings.dynamo_mode else 1
    samples = partial(people_of_job, stores.photos)
    photos = PhotoOptions(stores.photos, settings.photo_max_mb << 20, samples)
    counting = Counting(stores.reports, stores.employees)
    accounts = open_linked_accounts(stores.accounts)
    context = JobContext(stores.history, accounts, counting.request)
    return Importer(stores.employees, stores.jobs, writers, read_rejected, photos, context)


def run_process(settings: Settings, jobs: JobStore, job_id: str, records: Jobs) -> None:
    """Run the process until it ends, and its successor if it asks for one.

    The process is watched meanwhile: see supervision.py. It has failed if it ended otherwise than
    by itself, and nobody had stopped the import.
    """
    with records.run(JobName.IMPORT) as outcome:
        status = RESTART
        while status == RESTART:
            status = supervise(jobs, job_id, _start("main", settings, job_id))
        outcome.failed = status not in (0, WAITS) and not is_stopped(jobs, job_id)


def read_rejected_rows(settings: Settings, job_id: str) -> Iterator[Cells]:
    """Yield the rejected rows of a job; a process of its own reads the file, within its limits.

    A caller that stops early must close the generator, which ends the process. Raises
    StorageUnavailable if the process fails.
    """
    with _start("print_rejected_rows", settings, job_id, stdout=subprocess.PIPE) as process:
        try:
            for line in cast(IO[bytes], process.stdout):
                yield tuple(json.loads(line))
        except GeneratorExit:
            process.kill()
            raise
        if process.wait():
            reason = f"it ended with status {process.returncode}"
            raise StorageUnavailable("the process that reads the file", reason=reason)


def _start(
    program: str, settings: Settings, job_id: str, stdout: int | None = None
) -> subprocess.Popen[bytes]:
    others = {"job": job_id, "max_memory": MAX_MEMORY_BYTES}
    options = {**others, "settings": as_options(settings)}
    return start_process("import_process", program, options, stdout)


def main() -> None:
    """Read the settings from standard input and work on the job.

    Exits with RESTART when another process shall continue, with WAITS when a store does not
    respond, and with OUT_OF_MEMORY or OUT_OF_DISK when a limit is reached.
    """
    terminated, stop = Event(), Event()

    def on_signal(*_: object) -> None:
        terminated.set()
        stop.set()
        # Whoever stopped it may be gone: end also within a step that takes long.
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.alarm(_MAX_STOP_SECONDS)

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, on_signal)
    with _ExitStatus():
        stop_with_parent()
        importer, job = _begin()
        if job.phase is Phase.VALIDATING and job.file_parts:
            _limit_reading(job)
        is_validated = _work(importer, job.id, stop)
    if is_validated and not terminated.is_set():
        raise SystemExit(RESTART)


def print_rejected_rows() -> None:
    """Read the settings from standard input and print the rejected rows of the job as JSON."""
    with _ExitStatus():
        importer, job = _begin()
        _limit_reading(job)
        for cells in importer.rejected_rows(job):
            sys.stdout.write(f"{json.dumps(cells)}\n")


def _begin() -> tuple[Importer, Job]:
    """Read the settings and the job, and set the limits of the system.

    Those of the reader are far below them.
    """
    options = read_options()
    job_id, max_memory = options["job"], options["max_memory"]
    settings = from_options(options["settings"])
    os.nice(_NICENESS)
    end_before_others()
    write_no_core()
    limit_memory(max_memory)
    limit_files(_MAX_FILE_BYTES if _has_server(settings) else _MAX_LOCAL_FILE_BYTES)
    log_as_json()
    importer = open_importer(settings, open_stores(settings))
    tune()
    job = importer.read(job_id)
    limit_memory(max_memory + max(job.size - _LARGE_FILE_BYTES, 0) * _MEMORY_PER_BYTE)
    return importer, job


def _limit_reading(job: Job) -> None:
    limit_processor(_MIN_CPU_SECONDS + (job.size >> 20) * _CPU_SECONDS_PER_MEGABYTE)


class _ExitStatus:
    """Exits with the status that tells the limit that was reached, or why the job waits."""

    def __enter__(self) -> None:
        # Given up first when memory runs out, since it takes memory to tell of that.
        self._spare: bytearray | None = bytearray(_SPARE_MEMORY_BYTES)

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        self._spare = None
        if isinstance(error, StorageUnavailable):
            log.warning("the import is waiting: %s", error)
            raise SystemExit(WAITS) from error
        if isinstance(error, Exception) and _is_out_of_memory(error):
            raise SystemExit(OUT_OF_MEMORY) from None
        if isinstance(error, OSError) and disk_errors.is_full(error):
            raise SystemExit(OUT_OF_DISK) from error


def _is_out_of_memory(error: Exception) -> bool:
    """Return whether memory ran out: of Python, of the system, or while a library was loaded.

    C code that runs out of it may lose its error, which Python then tells of as a SystemError.
    """
    if isinstance(error, OSError):
        return error.errno == errno.ENOMEM  # as when a folder of modules is listed
    is_lost = isinstance(error, SystemError) and "without" in str(error)
    return isinstance(error, MemoryError) or is_lost or "failed to map segment" in str(error)


def _has_server(settings: Settings) -> bool:
    """Return whether the records are elsewhere, so that only temporary files are written here."""
    return settings.dynamo_mode or not settings.database_url.startswith("sqlite")


def _work(importer: Importer, job_id: str, stop: Event) -> bool:
    """Work until nothing is left or a long file is validated; return whether the latter."""
    is_validated = False
    previous = None
    for job in importer.work(job_id, stop):
        was_validating = previous is Phase.VALIDATING
        if was_validating and job.phase is not Phase.VALIDATING:
            limit_processor(0)  # what follows is bounded by the rows
        if was_validating and job.phase is Phase.APPLYING and job.total > LONG_FILE_ROWS:
            is_validated = True
            stop.set()
        previous = job.phase
    return is_validated
