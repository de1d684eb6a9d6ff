"""An import is worked on by a process of its own, at a low priority, so that pages go on.

It is started by the watch or the command, with their settings. One that has compared a long file
ends, and another carries it out: what the first needed is out of memory then.
"""

from __future__ import annotations

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
_LOWER_PRIORITY = 10
# So many lines are worth the start of another process.
LONG = 20_000
# The status with which a process ends that wants another to go on.
_ANOTHER = 64
# DynamoDB answers many at a time; an SQL database writes one after the other.
_WRITERS_ON_DYNAMODB = 4


def open_importer(settings: Settings, stores: Stores) -> Importer:
    """The imports of these stores."""
    writers = _WRITERS_ON_DYNAMODB if settings.dynamo_mode else 1
    return Importer(stores.employees, stores.jobs, writers)


def run_process(settings: Settings, job_id: str) -> None:
    """Start the process, and wait for its end."""
    wanted = {
        "instance_folder": str(settings.instance_folder),
        "dynamo_mode": settings.dynamo_mode,
        "dynamo_table": settings.dynamo_table,
        "database_url": settings.database_url,
        "region": settings.region,
        "job": job_id,
    }
    command = [sys.executable, "-c", _START.format(root=str(_ROOT))]
    status = _ANOTHER
    while status == _ANOTHER:
        # In the group of the server, so that it is told to stop when the server is.
        process = subprocess.Popen(command, stdin=subprocess.PIPE)  # noqa: S603 (our own program)
        process.communicate(json.dumps(wanted).encode())
        status = process.returncode


def main() -> None:
    """What the process does."""
    wanted = json.load(sys.stdin)
    job_id = wanted.pop("job")
    settings = Settings(**{**wanted, "instance_folder": Path(wanted["instance_folder"])})
    log_as_json()
    os.nice(_LOWER_PRIORITY)
    told, rest = Event(), Event()

    def be_told(*_: object) -> None:
        told.set()
        rest.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, be_told)
    importer = open_importer(settings, open_stores(settings))
    tune()
    try:
        compared = _work(importer, job_id, rest)
    except StorageUnavailable as error:
        raise SystemExit(f"the import {job_id} waits: {error}") from error
    if compared and not told.is_set():
        raise SystemExit(_ANOTHER)


def _work(importer: Importer, job_id: str, rest: Event) -> bool:
    """Work until there is nothing to do, or until a long file is compared: then it rests."""
    compared = False
    before = None
    for job in importer.work(job_id, rest):
        if job.phase is Phase.APPLYING and before is Phase.VALIDATING and job.total > LONG:
            compared = True
            rest.set()
        before = job.phase
    return compared
