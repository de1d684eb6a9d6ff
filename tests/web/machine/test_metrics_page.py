"""/metrics: for whom it is, what it says, and what it never says."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, has_request_context
from prometheus_client import Metric
from prometheus_client.openmetrics.exposition import CONTENT_TYPE_LATEST as OPENMETRICS
from prometheus_client.parser import text_string_to_metric_families as parse
from werkzeug.test import TestResponse

from app.contracts import EmployeeStore
from app.metrics.jobs import JobName
from app.model.errors import StorageUnavailable
from app.runtime import deadline
from app.runtime.circuit_breaker import CircuitBreaker
from tests.support.model_store import ModelStore
from tests.support.small_app import small_app, stores_of

TOKEN = "kP4v9QzR7tLw2XbN"
BEARER = {"Authorization": f"Bearer {TOKEN}"}
FROM_INSIDE = {"REMOTE_ADDR": "10.1.2.3"}


def served(folder: Path, **env: str) -> Flask:
    return small_app(folder, METRICS_TOKEN=TOKEN, **env)


def ask(app: Flask, **options: object) -> TestResponse:
    return app.test_client().get("/metrics", headers=BEARER, **options)


def families(app: Flask) -> dict[str, Metric]:
    """What /metrics says, as Prometheus' own parser reads it."""
    answer = ask(app)
    assert answer.status_code == 200, answer.text
    found = {family.name: family for family in parse(answer.text)}
    assert len(found) == answer.text.count("# TYPE ")
    return found


def value(app: Flask, name: str, **labels: str) -> float:
    """Return one number, 0 if there is none."""
    for family in families(app).values():
        for sample in family.samples:
            if sample.name == f"directory_{name}" and sample.labels == labels:
                return sample.value
    return 0


# Whom it is for


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "OPTIONS"])
def test_without_a_setting_it_is_not_there(tmp_path: Path, method: str) -> None:
    client = small_app(tmp_path).test_client()
    answer = client.open("/metrics", method=method, headers=BEARER)
    other = client.open("/no-such-address", method=method, headers=BEARER)
    assert answer.status_code == other.status_code == 404
    assert without_ids(answer) == without_ids(other)


def without_ids(answer: TestResponse) -> tuple[str, set[str]]:
    return re.sub(r"[0-9a-f]{16}", "", answer.text), set(answer.headers.keys())


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": ""},
        {"Authorization": "Bearer"},
        {"Authorization": TOKEN},
        {"Authorization": f"Basic {TOKEN}"},
        {"Authorization": f"Bearer {TOKEN}x"},
        {"Authorization": f"Bearer {TOKEN[:-1]}"},
        {"Authorization": "Bearer \xe9\xff"},
        {"Authorization": f"Bearer {'x' * 10_000}"},
        {"Cookie": f"token={TOKEN}"},
    ],
    ids=str,
)
def test_a_wrong_token_is_refused_plainly(tmp_path: Path, headers: dict[str, str]) -> None:
    answer = served(tmp_path).test_client().get("/metrics", headers=headers)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert answer.mimetype == "text/plain"
    assert "directory_" not in answer.text
    assert TOKEN not in answer.text


def test_the_token_is_not_taken_from_the_address(tmp_path: Path) -> None:
    client = served(tmp_path).test_client()
    assert client.get(f"/metrics?token={TOKEN}&access_token={TOKEN}").status_code == 401


def test_the_right_token_is_let_in_however_the_scheme_is_written(tmp_path: Path) -> None:
    client = served(tmp_path).test_client()
    for scheme in ("Bearer", "bearer", "BEARER"):
        answer = client.get("/metrics", headers={"Authorization": f"{scheme} {TOKEN}"})
        assert answer.status_code == 200


@pytest.mark.parametrize(
    ("peer", "forwarded", "proxies", "status"),
    [
        ("10.1.2.3", None, "0", 200),
        ("192.0.2.1", None, "0", 403),
        ("192.0.2.1", "10.1.2.3", "0", 403),
        ("10.1.2.3", "192.0.2.1", "1", 403),
        ("192.0.2.1", "10.1.2.3", "1", 200),
        ("10.1.2.3", "10.9.9.9, 192.0.2.1", "1", 403),
        ("10.1.2.3", None, "1", 200),
        ("", None, "0", 403),
    ],
)
def test_a_network_is_judged_by_the_peer_behind_the_proxies(
    tmp_path: Path, peer: str, forwarded: str | None, proxies: str, status: int
) -> None:
    app = small_app(tmp_path, METRICS_FROM="10.0.0.0/8", TRUSTED_PROXIES=proxies)
    answer = app.test_client().get(
        "/metrics",
        headers={"X-Forwarded-For": forwarded} if forwarded else {},
        environ_overrides={"REMOTE_ADDR": peer},
    )
    assert answer.status_code == status
    assert ("directory_" in answer.text) is (status == 200)


def test_with_a_token_and_networks_a_request_needs_both(tmp_path: Path) -> None:
    client = served(tmp_path, METRICS_FROM="10.0.0.0/8").test_client()
    asked = [
        client.get("/metrics", headers=headers, environ_overrides=peer).status_code
        for headers in (BEARER, {})
        for peer in (FROM_INSIDE, {"REMOTE_ADDR": "192.0.2.1"})
    ]
    assert asked == [200, 403, 401, 403]


def test_it_is_the_same_with_a_sign_in_and_for_nobody_else(tmp_path: Path) -> None:
    app = served(tmp_path, ACCESS="sign-in")
    assert ask(app).status_code == 200
    assert app.test_client().get("/metrics").status_code == 401


def test_it_is_never_kept_and_has_the_type_of_prometheus(tmp_path: Path) -> None:
    answer = ask(served(tmp_path))
    assert answer.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert "no-store" in answer.headers["Cache-Control"]
    assert "ETag" not in answer.headers
    assert "Set-Cookie" not in answer.headers
    assert "openmetrics" in OPENMETRICS  # which it is not
    head = served(tmp_path).test_client().head("/metrics", headers=BEARER)
    assert (head.status_code, head.data) == (200, b"")


# What it says


def test_requests_are_counted_by_group_method_and_status(tmp_path: Path) -> None:
    app = served(tmp_path)
    client = app.test_client()
    for address in ("/", "/?q=Amara+Okafor", "/employee/amara-7", "/nowhere", "/healthz"):
        client.get(address)
    client.post("/add", data={"full_name": "No Token"})
    client.open("/", method="PROPFIND")
    client.get("/", headers={"User-Agent": "ELB-HealthChecker/2.0"})

    def count(group: str, method: str, status: str) -> float:
        return value(app, "http_requests_total", group=group, method=method, status=status)

    assert count("employees", "GET", "2xx") == 2
    assert count("employees", "GET", "4xx") == 1
    assert count("employees", "POST", "4xx") == 1
    assert count("other", "GET", "4xx") == 1
    assert count("other", "other", "4xx") == 1
    assert count("machine", "GET", "2xx") >= 2


def test_the_histogram_is_one(tmp_path: Path) -> None:
    app = served(tmp_path)
    app.test_client().get("/")
    family = families(app)["directory_http_request_duration_seconds"]
    assert family.type == "histogram"
    of_lists = [each for each in family.samples if each.labels.get("group") == "employees"]
    buckets = [each for each in of_lists if each.name.endswith("_bucket")]
    assert [float(each.labels["le"]) for each in buckets] == sorted(
        float(each.labels["le"]) for each in buckets
    )
    assert [each.value for each in buckets] == sorted(each.value for each in buckets)
    (count,) = (each.value for each in of_lists if each.name.endswith("_count"))
    (seconds,) = (each.value for each in of_lists if each.name.endswith("_sum"))
    assert buckets[-1].labels["le"] == "+Inf"
    assert buckets[-1].value == count == 1
    assert 0 < seconds < 60


def test_what_is_in_progress_is_counted_and_given_back_also_by_failures(tmp_path: Path) -> None:
    app = served(tmp_path)
    seen = []

    @app.get("/slow")
    def slow() -> str:
        thread = threading.Thread(target=lambda: seen.append(value(app, "http_requests_in_flight")))
        thread.start()
        thread.join()
        raise RuntimeError("it fails, too")

    app.test_client().get("/slow")
    assert seen == [2]
    assert value(app, "http_requests_in_flight") == 1


class Away(ModelStore):
    """A store that does not respond."""

    def browse(self, *_: Any, **__: Any) -> Any:
        raise StorageUnavailable("the database", "dynamodb:Query", "Employees", "refused")

    facets = check = browse


def test_an_answer_of_503_has_its_reason_and_metrics_go_on(tmp_path: Path) -> None:
    away: EmployeeStore = Away()
    app = served(tmp_path, stores=stores_of(away, None, "off"))
    client = app.test_client()
    assert client.get("/").status_code == 503
    assert client.get("/readyz").status_code == 503
    assert value(app, "http_unavailable_total", reason="database") == 1
    assert value(app, "http_unavailable_total", reason="other") == 0
    assert value(app, "http_requests_total", group="employees", method="GET", status="5xx") == 1


def counted(app: Flask, act: Callable[[], object], name: str, **labels: str) -> float:
    before = value(app, name, **labels)
    act()
    return value(app, name, **labels) - before


def test_calls_of_stores_and_their_circuits_are_counted(tmp_path: Path) -> None:
    app, now = served(tmp_path), [100.0]
    breaker = CircuitBreaker("the photo store", lambda: False, lambda: now[0])

    def calls(name: str, act: Callable[[], object], **labels: str) -> float:
        return counted(app, act, name, store="photos", **labels)

    assert calls("store_calls_total", breaker.succeeded, outcome="answered") == 1
    with deadline.within(8):
        now[0] += 30
        failed = lambda: breaker.failed(now[0] - 2, "it hangs")  # noqa: E731
        assert calls("store_calls_total", failed, outcome="failed") == 1
        assert breaker.is_open
        assert value(app, "store_circuits_open", store="photos") == 1
        assert value(app, "store_circuit_opened_total", store="photos") >= 1
        breaker.succeeded()
    assert value(app, "store_circuits_open", store="photos") == 0
    page = lambda: app.test_client().get("/")  # noqa: E731
    assert counted(app, page, "store_calls_total", store="database", outcome="answered") >= 1


def test_jobs_are_told_once_they_ran(tmp_path: Path) -> None:
    app = served(tmp_path)
    jobs = app.extensions["job_records"]
    assert not any(name.startswith("directory_job") for name in families(app))
    with jobs.run(JobName.REINDEX):
        assert value(app, "job_running", job="reindex") == 1
    with jobs.run(JobName.IMPORT) as outcome:
        outcome.failed = True
    assert value(app, "job_running", job="reindex") == 0
    assert value(app, "job_runs_total", job="reindex") == 1
    assert value(app, "job_last_success_timestamp_seconds", job="reindex") > 1_700_000_000
    assert value(app, "job_failures_total", job="import") == 1
    assert value(app, "job_last_success_timestamp_seconds", job="import") == 0
    assert "directory_follow_behind_seconds" not in families(app)


def test_the_server_and_its_machine_are_told(tmp_path: Path) -> None:
    found = families(served(tmp_path))
    assert found["directory_build_info"].samples[0].labels["version"]
    assert found["directory_start_time_seconds"].samples[0].value > 1_700_000_000
    assert found["directory_workers"].samples[0].value == 1
    assert found["directory_resident_memory_bytes"].samples[0].value > 1_000_000
    free = {
        each.labels["folder"]: each.value for each in found["directory_disk_free_bytes"].samples
    }
    assert free.keys() == {"database", "photos", "temporary"}
    assert all(free.values())


# What it never says


def test_no_label_has_a_name_an_id_or_an_address_and_there_are_few(tmp_path: Path) -> None:
    app = served(tmp_path)
    client = app.test_client()
    for number in range(300):
        client.get(f"/employee/okafor-{number}?q=secretname{number}")
        client.get(f"/secretpath-{number}")
        client.open("/", method=f"SECRET{number}")
    text = ask(app).text
    assert not re.search(r"okafor|secret", text, re.IGNORECASE)
    assert str(tmp_path) not in text
    labels = {name for family in parse(text) for each in family.samples for name in each.labels}
    assert labels <= {"group", "method", "status", "le", "reason", "store", "outcome", "job",
                      "folder", "version"}  # fmt: skip
    assert len(text.splitlines()) < 200


def test_it_asks_no_store_and_needs_no_key(tmp_path: Path) -> None:
    class Untouchable(ModelStore):
        def __getattribute__(self, name: str) -> object:
            if has_request_context():
                raise AssertionError(name)
            return super().__getattribute__(name)

    app = served(tmp_path, stores=stores_of(Untouchable(), None, "off"))
    assert ask(app).status_code == 200
    assert not app.secret_key
