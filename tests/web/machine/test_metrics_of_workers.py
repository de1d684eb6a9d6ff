"""Under gunicorn, /metrics counts the requests of all workers, of those that ended, too."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import urllib3
from prometheus_client.parser import text_string_to_metric_families as parse

from tests.support.servers.live_app import LiveApp

pytestmark = pytest.mark.slow

TOKEN = "kP4v9QzR7tLw2XbN"
OF_LISTS = {"group": "employees", "method": "GET", "status": "2xx"}


@pytest.fixture
def app(tmp_path: Path) -> Iterator[LiveApp]:
    settings = {
        "INSTANCE_FOLDER": str(tmp_path / "instance"),
        "METRICS_TOKEN": TOKEN,
        "METRICS_LOG": "on",
        # Each worker ends after some twenty requests.
        "GUNICORN_CMD_ARGS": "--max-requests=20 --max-requests-jitter=5",
    }
    app = LiveApp(settings, log=tmp_path / "log", workers=2)
    app.start()
    yield app
    app.stop()


def ask(app: LiveApp, address: str) -> str:
    headers = {"Authorization": f"Bearer {TOKEN}", "Connection": "close"}
    reply = urllib3.request("GET", app.url + address, headers=headers, timeout=30, retries=3)
    assert reply.status == 200
    return reply.data.decode()


def lists_counted(app: LiveApp) -> float:
    return sum(
        sample.value
        for family in parse(ask(app, "/metrics"))
        for sample in family.samples
        if sample.name == "directory_http_requests_total" and sample.labels == OF_LISTS
    )


def test_no_request_is_lost_and_no_total_falls_while_workers_are_replaced(app: LiveApp) -> None:
    for number in range(1, 91):
        ask(app, "/")
        if number % 10 == 0:
            assert lists_counted(app) == number
    lines = [json.loads(line) for line in app.log.read_text().splitlines() if line[:1] == "{"]
    begun = [line for line in lines if line["message"].startswith("Booting worker")]
    assert len(begun) > 3  # so that some were replaced
