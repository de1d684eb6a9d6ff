"""Count how many stand below each manager in a process of its own, at a low priority."""

import logging
import os
import signal

from app.directory.counting import BEING_COUNTED, Counting
from app.metrics.jobs import JobName, Jobs
from app.model.errors import DirectoryError
from app.runtime.child_process import read_options, start_process
from app.runtime.gc_tuning import tune
from app.runtime.json_log import log_as_json
from app.runtime.process_limits import (
    end_before_others,
    limit_memory,
    stop_with_parent,
    write_no_core,
)
from app.settings import Settings
from app.settings.for_processes import as_options, from_options
from app.storage import Stores, open_stores

log = logging.getLogger(__name__)

_NICENESS = 10
# A million people of whom each reports to somebody else need 270 MB.
MAX_MEMORY_BYTES = 512 << 20
# The status of a process that has stored and logged why it failed.
_TOLD = 3


def open_counting(stores: Stores) -> Counting:
    """Return the counting of the directory in these stores."""
    return Counting(stores.reports, stores.employees)


def run_process(settings: Settings, records: Jobs) -> str:
    """Count in a process, and wait for its end; return why it ended early if it told nobody."""
    with records.run(JobName.COUNT) as outcome:
        status = start_process("count_process", "main", as_options(settings)).wait()
        outcome.failed = status != 0
    if status in (0, _TOLD):
        return ""
    ended = f"by the signal {-status}" if status < 0 else f"with the status {status}"
    return f"the process ended {ended}"


def main() -> None:
    """Read the settings from standard input and count; store and log why if that fails."""
    signal.signal(signal.SIGTERM, _end)
    stop_with_parent()
    settings = from_options(read_options())
    os.nice(_NICENESS)
    end_before_others()
    write_no_core()
    limit_memory(MAX_MEMORY_BYTES)
    log_as_json()
    counting = open_counting(open_stores(settings))
    tune()
    try:
        state = counting.run()
    except BEING_COUNTED:
        return
    except DirectoryError as error:
        counting.note_failure(str(error))
        raise SystemExit(_TOLD) from None
    except MemoryError:
        counting.note_failure(f"it needs more than {MAX_MEMORY_BYTES >> 20} MB of memory")
        raise SystemExit(_TOLD) from None
    log.info("counted who stands below each of %d managers", state.managers)


def _end(*_: object) -> None:
    """End by an exception, so that the lease is given back."""
    raise SystemExit(0)
