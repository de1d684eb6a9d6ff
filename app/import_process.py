"""Run an import in a process of its own, at a low priority, so that pages stay fast.

The scheduler or the command starts it with its own settings. After validating a long file the
process ends and another applies the plan: this frees the memory that validation needed.
"""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from threading import Event

from app.contracts.import_jobs import Phase
from app.imports.importer import Importer
from app.model.errors import StorageUnavailable
from app.runtime.gc_tuning import tune
from app.runtime.json_log import log_as_json
from app.settings import Settings
from app.storage import Stores, open_stores

_ROOT = Path(__file__).resolve().parents[1]
_START = "import sys; sys.path.insert(0, {root!r}); from app import import_process as p; p.main()"
_NICENESS = 10
# Rows from which a new process for the second phase is worth its start.
LONG_FILE_ROWS = 20_000
# Exit status of a process that another one shall continue.
_RESTART = 64
# DynamoDB takes concurrent writes; an SQL database serializes them.
_WRITERS_ON_DYNAMODB = 4


def open_importer(settings: Settings, stores: Stores) -> Importer:
    """Return the importer for these stores."""
    writers = _WRITERS_ON_DYNAMODB if settings.dynamo_mode else 1
    return Importer(stores.employees, stores.jobs, writers)


def run_process(settings: Settings, job_id: str) -> None:
    """Run the process until it ends, and its successor if it asks for one."""
    options = {
        "instance_folder": str(settings.instance_folder),
        "dynamo_mode": settings.dynamo_mode,
        "dynamo_table": settings.dynamo_table,
        "database_url": settings.database_url,
        "region": settings.region,
        "job": job_id,
    }
    command = [sys.executable, "-c", _START.format(root=str(_ROOT))]
    status = _RESTART
    while status == _RESTART:
        # In the process group of the server, so that it gets the signals that stop the server.
        process = subprocess.Popen(command, stdin=subprocess.PIPE)  # noqa: S603 (our own program)
        process.communicate(json.dumps(options).encode())
        status = process.returncode


def main() -> None:
    """Read the settings from standard input and work on the job.

    Exits with _RESTART when another process shall continue.
    """
    options = json.load(sys.stdin)
    job_id = options.pop("job")
    settings = Settings(**{**options, "instance_folder": Path(options["instance_folder"])})
    log_as_json()
    os.nice(_NICENESS)
    terminated, stop = Event(), Event()

    def on_signal(*_: object) -> None:
        terminated.set()
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, on_signal)
    importer = open_importer(settings, open_stores(settings))
    tune()
    try:
        is_validated = _work(importer, job_id, stop)
    except StorageUnavailable as error:
        raise SystemExit(f"the import {job_id} is waiting: {error}") from error
    if is_validated and not terminated.is_set():
        raise SystemExit(_RESTART)


def _work(importer: Importer, job_id: str, stop: Event) -> bool:
    """Work until nothing is left or a long file is validated; return whether the latter."""
    is_validated = False
    previous = None
    for job in importer.work(job_id, stop):
        was_validating = previous is Phase.VALIDATING
        if was_validating and job.phase is Phase.APPLYING and job.total > LONG_FILE_ROWS:
            is_validated = True
            stop.set()
        previous = job.phase
    return is_validated
