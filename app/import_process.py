"""An import is worked on by a process of its own, at a low priority, so that pages go on.

It is started by the watch, with the settings of the server.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from threading import Event

from app.errors import StorageUnavailable
from app.imports.importer import Importer
from app.request_log import log_as_json
from app.settings import Settings
from app.storage import Stores, open_stores

_ROOT = Path(__file__).resolve().parents[1]
_START = "import sys; sys.path.insert(0, {root!r}); from app import import_process as p; p.main()"
_LOWER_PRIORITY = 10
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
    # In the group of the server, so that it is told to stop when the server is.
    process = subprocess.Popen(command, stdin=subprocess.PIPE)  # noqa: S603 (our own program)
    process.communicate(json.dumps(wanted).encode())


def main() -> None:
    """What the process does."""
    told = json.load(sys.stdin)
    job_id = told.pop("job")
    settings = Settings(**{**told, "instance_folder": Path(told["instance_folder"])})
    log_as_json()
    os.nice(_LOWER_PRIORITY)
    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    importer = open_importer(settings, open_stores(settings))
    try:
        for _ in importer.work(job_id, stop):
            pass
    except StorageUnavailable as error:
        raise SystemExit(f"the import {job_id} waits: {error}") from error
