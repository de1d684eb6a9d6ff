"""What /metrics says, in the text format of Prometheus (version 0.0.4).

Written here and not by its client library: that keeps a file for each worker that ever was, while
these counts are in memory that workers share; a page is forty lines of text.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping
from itertools import accumulate
from types import MappingProxyType
from typing import NamedTuple

from app.metrics.jobs import JobName, JobRecord
from app.metrics.requests import BUCKETS, Totals
from app.runtime.store_counts import STORES, StoreEvent

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_PREFIX = "directory_"
_ESCAPES = str.maketrans({"\\": r"\\", "\n": r"\n", '"': r"\""})

Labels = Mapping[str, str]
_NO_LABELS: Labels = MappingProxyType({})


class Sample(NamedTuple):
    """A number with its labels; ``suffix`` tells the numbers of a histogram apart."""

    value: float
    labels: Labels = _NO_LABELS
    suffix: str = ""


class Family(NamedTuple):
    """A metric: its name without the prefix, its type, what it is, and its numbers."""

    name: str
    kind: str
    text: str
    samples: Iterable[Sample]


class Server(NamedTuple):
    """The server and its machine at this moment; ``disk_free`` is in bytes by folder."""

    version: str
    started_at: float
    workers: int
    resident_bytes: int
    disk_free: Mapping[str, int]


def render(families: Iterable[Family]) -> str:
    """Return the families that have numbers, as text."""
    return "".join(_lines(families))


def of_requests(totals: Totals) -> Iterator[Family]:
    """Yield what is known of requests."""
    yield Family(
        "http_requests_total",
        "counter",
        "Requests by the part of the pages, the method and the class of the status.",
        (
            Sample(count, {"group": group, "method": method, "status": f"{status}xx"})
            for group, method, status, count in totals.requests()
        ),
    )
    yield Family(
        "http_request_duration_seconds",
        "histogram",
        "How long requests took, by the part of the pages.",
        _histogram(totals),
    )
    yield Family(
        "http_requests_in_flight",
        "gauge",
        "Requests in progress, this one included.",
        [Sample(totals.in_flight)],
    )
    yield Family(
        "http_unavailable_total",
        "counter",
        "Answers of 503 by what did not respond, without those of health checks.",
        (Sample(count, {"reason": reason}) for reason, count in totals.unavailable().items()),
    )
    yield _one("cpu_seconds_total", "counter", "CPU time of all workers.", totals.cpu_seconds)


def of_stores(counts: Mapping[tuple[str, StoreEvent], int]) -> Iterator[Family]:
    """Yield what is known of the calls to the database and to the bucket of photos."""

    def by_store(event: StoreEvent) -> Iterator[Sample]:
        for store in STORES.values():
            yield Sample(counts[store, event], {"store": store})

    yield Family(
        "store_calls_total",
        "counter",
        "Attempts of calls: answered (also by a refusal), or failed (no answer, or an outage).",
        (
            Sample(counts[store, outcome], {"store": store, "outcome": outcome.value})
            for store in STORES.values()
            for outcome in (StoreEvent.ANSWERED, StoreEvent.FAILED)
        ),
    )
    yield Family(
        "store_circuit_opened_total",
        "counter",
        "How often a worker found that a store hangs, from when on calls fail at once.",
        by_store(StoreEvent.OPENED),
    )
    yield Family(
        "store_circuits_open",
        "gauge",
        "Workers whose calls to this store fail at once now.",
        by_store(StoreEvent.OPEN),
    )


def of_jobs(records: Mapping[JobName, JobRecord]) -> Iterator[Family]:
    """Yield how the jobs of this machine went; nothing of those that never ran."""
    ran = {name.value: record for name, record in records.items() if record != JobRecord()}

    def family(name: str, kind: str, text: str, field: str) -> Family:
        numbers = ((job, float(getattr(record, field))) for job, record in ran.items())
        samples = (Sample(number, {"job": job}) for job, number in numbers)
        return Family(f"job_{name}", kind, text, samples)

    yield family("runs_total", "counter", "Runs that ended on this machine.", "runs")
    yield family("failures_total", "counter", "Failures of this job.", "failures")
    yield family("running", "gauge", "1 while the job runs on this machine.", "is_running")
    yield family("last_end_timestamp_seconds", "gauge", "When a run ended.", "ended_at")
    yield family(
        "last_success_timestamp_seconds",
        "gauge",
        "When a run ended well, 0: never.",
        "succeeded_at",
    )
    yield family("last_duration_seconds", "gauge", "How long the last run took.", "seconds")
    follow = records.get(JobName.FOLLOW, JobRecord())
    if follow.is_running and follow.caught_up_at:
        behind = max(0.0, time.time() - follow.caught_up_at)
        text = "Age of the newest change from which on others are not in lists, if it follows here."
        yield _one("follow_behind_seconds", "gauge", text, behind)


def of_server(server: Server) -> Iterator[Family]:
    """Yield what is known of the server and its machine."""
    version = Sample(1, {"version": server.version})
    yield Family("build_info", "gauge", "The version of this release.", [version])
    yield _one("start_time_seconds", "gauge", "When the server began.", server.started_at)
    yield _one("workers", "gauge", "Workers that have answered requests.", server.workers)
    yield _one("resident_memory_bytes", "gauge", "Memory of these workers.", server.resident_bytes)
    yield Family(
        "disk_free_bytes",
        "gauge",
        "What is free where this machine writes.",
        (Sample(free, {"folder": folder}) for folder, free in server.disk_free.items()),
    )


def _one(name: str, kind: str, text: str, value: float) -> Family:
    return Family(name, kind, text, [Sample(value)])


def _histogram(totals: Totals) -> Iterator[Sample]:
    bounds = (*(f"{bound:g}" for bound in BUCKETS), "+Inf")
    for group, latency in totals.latency():
        for bound, count in zip(bounds, accumulate(latency.counts), strict=True):
            yield Sample(count, {"group": group, "le": bound}, "_bucket")
        yield Sample(latency.seconds, {"group": group}, "_sum")
        yield Sample(sum(latency.counts), {"group": group}, "_count")


def _lines(families: Iterable[Family]) -> Iterator[str]:
    for family in families:
        name = _PREFIX + family.name
        for number, sample in enumerate(family.samples):
            if number == 0:
                yield f"# HELP {name} {family.text}\n# TYPE {name} {family.kind}\n"
            labels = ",".join(
                f'{label}="{text.translate(_ESCAPES)}"' for label, text in sample.labels.items()
            )
            braces = f"{{{labels}}}" if labels else ""
            yield f"{name}{sample.suffix}{braces} {sample.value!r}\n"
