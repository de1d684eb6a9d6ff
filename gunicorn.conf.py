"""gunicorn's settings, which it finds by itself: as many workers as fit, no trust in clients."""

import os
import sys
from pathlib import Path

# The release itself and not the link to it, which may point elsewhere while this one still runs.
chdir = str(Path(__file__).resolve().parent)
sys.path.insert(0, chdir)

from app.photos.large import PHOTO_MB  # noqa: E402
from app.runtime.background import stay_idle  # noqa: E402
from app.runtime.json_log import JsonFormatter, WithoutRequests  # noqa: E402

RESERVED_MB = 200  # the system's
# A worker's own memory, the bodies that it receives and one small photo: 82 MB were measured while
# photos of 50 megapixels were uploaded six at once. Those have a process of its own, PHOTO_MB.
WORKER_MB = 150
MOST_WORKERS = 8


def workers_for(processors: int, memory_mb: int) -> int:
    """Two at least, so that one can be replaced, if the memory allows: t3.micro 2, t3.nano 1."""
    # One large photo at a time has a process of its own, whichever worker it came to.
    affordable = (memory_mb - RESERVED_MB - PHOTO_MB) // WORKER_MB
    return max(1, min(max(2, processors), affordable, MOST_WORKERS))


def _this_machine() -> tuple[int, int]:
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    # macOS cannot say which processors a process may use.
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return usable or 1, memory // 2**20


preload_app = True

worker_class = "app.server.worker.BufferingWorker"  # a slow client takes no thread
workers = int(os.environ.get("WEB_CONCURRENCY") or workers_for(*_this_machine()))
threads = 8  # a thread waits for the database most of its time

timeout = 60  # a worker that gives no sign of life for so long is replaced
graceful_timeout = 30
worker_connections = 512  # of a worker; files and sockets together stay below the usual 1,024
limit_request_line = 8190  # an id of 2,000 bytes takes 6,000
limit_request_field_size = 20_480  # a token of a load balancer with 11 kB of claims
keepalive = 75  # longer than the load balancer's 60 s, so that it is never the one to be surprised
max_requests = 20_000  # then a worker is replaced, whatever it may have leaked
max_requests_jitter = 5_000
_MEMORY = Path("/dev/shm")  # noqa: S108 - not on a disk, which may make a heartbeat wait
worker_tmp_dir = str(_MEMORY) if _MEMORY.is_dir() else None

# X-Forwarded-* is believed by the application alone, and only as far as TRUSTED_PROXIES says;
# SCRIPT_NAME and the PROXY protocol are believed of nobody.
forwarded_allow_ips = ""
forwarder_headers = ""

control_socket_disable = True

# The application writes one JSON line for each request; gunicorn's own lines look the same.
accesslog = None
logconfig_dict = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": JsonFormatter}},
    "filters": {"without requests": {"()": WithoutRequests}},
    "handlers": {
        "stdout": {
            "filters": ["without requests"],
            "class": "logging.StreamHandler",
            "formatter": "json",
            "stream": "ext://sys.stdout",
        }
    },
    "loggers": {
        "gunicorn.error": {"level": "INFO", "handlers": ["stdout"], "propagate": False},
        "app": {"propagate": False},  # has a handler of its own
        "gunicorn.access": {"level": "WARNING", "handlers": ["stdout"], "propagate": False},
    },
    "root": {"level": "WARNING", "handlers": ["stdout"]},
}


def post_worker_init(worker):
    """An import that a restart cut short goes on; a new directory says how to claim it.

    A release that is on trial (deploy/install/takeover.sh) leaves all work to the one that runs.
    """
    if os.environ.get("DIRECTORY_ON_TRIAL"):
        stay_idle()
        return
    extensions = getattr(worker.wsgi, "extensions", {})
    if "begin_tracing" in extensions:
        extensions["begin_tracing"]()
    if "import_scheduler" in extensions:
        extensions["import_scheduler"].begin()
    if "sign_in" in extensions and worker.age == 1:  # of all workers, only the first
        extensions["sign_in"].setup_link.announce()
