"""Traces are sent where that is set, without anything that tells of a person."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
import urllib3
from flask import Flask

from app.web.http import tracing
from tests.support.in_time import wait_until
from tests.support.repository import ROOT
from tests.support.servers.live_app import LiveApp
from tests.support.servers.server_process import HOST
from tests.support.small_app import small_app

SECRETS = ("okafor", "secret", "10.9.8.7")
WITHOUT = """
import sys
from app import create_app, make_ready
from app.settings import Settings
app = create_app(Settings.from_env({"INSTANCE_FOLDER": sys.argv[1]}))
make_ready(app)
assert app.extensions["begin_tracing"]() is None
assert app.test_client().get("/").status_code == 200
print(sorted(name for name in sys.modules if name.startswith("opentelemetry")))
"""


def test_without_the_setting_nothing_of_it_is_imported(tmp_path: Path) -> None:
    told = subprocess.run(
        [sys.executable, "-c", WITHOUT, str(tmp_path)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert told.stdout.splitlines()[-1] == "[]"


def test_without_the_packages_pages_go_on_and_the_log_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setitem(sys.modules, "opentelemetry.sdk.resources", None)
    monkeypatch.setitem(sys.modules, "opentelemetry.sdk.trace", None)
    app = small_app(tmp_path, OTEL_EXPORTER_OTLP_ENDPOINT="http://127.0.0.1:9")
    assert tracing.begin(app) is None
    assert "Install opentelemetry-sdk" in caplog.text
    assert app.test_client().get("/").status_code == 200


class Traced:
    """An application, and the spans that it has sent."""

    def __init__(self, app: Flask) -> None:
        memory = pytest.importorskip("opentelemetry.sdk.trace.export.in_memory_span_exporter")
        pytest.importorskip("opentelemetry.instrumentation.flask")
        pytest.importorskip("opentelemetry.instrumentation.botocore")
        self.app = app
        self._exporter = memory.InMemorySpanExporter()
        self.provider = tracing.begin(app, self._exporter)
        assert self.provider is not None

    def spans(self) -> list[Any]:
        """What was sent since the last call."""
        self.provider.force_flush()
        spans = list(self._exporter.get_finished_spans())
        self._exporter.clear()
        return spans

    def end(self) -> None:
        from opentelemetry.instrumentation.botocore import BotocoreInstrumentor

        BotocoreInstrumentor().uninstrument()
        self.provider.shutdown()


@pytest.fixture
def traced(tmp_path: Path) -> Iterator[Traced]:
    app = small_app(
        tmp_path,
        OTEL_EXPORTER_OTLP_ENDPOINT="http://127.0.0.1:9",
        SERVICE_NAME="people",
        TRUSTED_PROXIES="1",
    )

    @app.get("/fails/<name>")
    def fails(name: str) -> str:
        raise RuntimeError(f"the secret of {name}")

    traced = Traced(app)
    yield traced
    traced.end()


def test_requests_are_named_by_their_route(traced: Traced) -> None:
    client = traced.app.test_client()
    client.get("/?q=Okafor")
    client.get("/employee/okafor-7")
    client.get("/secret-address")
    client.open("/", method="SECRET")
    client.post("/add", data={"full_name": "Secret"})
    client.get("/healthz")
    client.get("/", headers={"User-Agent": "ELB-HealthChecker/2.0"})
    spans = traced.spans()
    assert [span.name for span in spans] == [
        "GET /", "GET /employee/<id:employee_id>", "GET", "_OTHER", "POST /add", "GET /",
    ]  # fmt: skip
    codes = [span.attributes["http.status_code"] for span in spans]
    assert codes == [200, 404, 404, 405, 400, 200]
    assert {span.resource.attributes["service.name"] for span in spans} == {"people"}


def test_nothing_that_tells_of_a_person_is_sent(traced: Traced) -> None:
    headers = {
        "User-Agent": "secret agent",
        "Referer": "http://x/employee/okafor-7",
        "Cookie": "a=secret",
        "X-Forwarded-For": "10.9.8.7",
        "X-Request-Id": "secret-0000000000",
        "Host": "okafor.example",
        "traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        "tracestate": "vendor=secret",
        "baggage": "who=okafor",
    }
    client = traced.app.test_client()
    for address in (
        "/?q=secret",
        "/employee/okafor-7",
        "/fails/okafor",
        "/setup/secret",
        "/secret",
    ):
        client.get(address, headers=headers, environ_overrides={"REMOTE_ADDR": "10.9.8.7"})
    spans = traced.spans()
    assert len(spans) == 5
    told = "".join(span.to_json() for span in spans) + repr([s.context for s in spans])
    assert [secret for secret in SECRETS if secret in told.lower()] == []
    assert "0af7651916cd43dd8448eb211c80319c" in told  # the trace that a client began
    (failed,) = (span for span in spans if span.name == "GET /fails/<name>")
    assert not failed.status.is_ok
    assert failed.attributes["http.status_code"] == 500


def test_calls_to_aws_are_named_by_their_operation(traced: Traced) -> None:
    import botocore.session
    from botocore.stub import Stubber

    client = botocore.session.get_session().create_client(
        "s3", region_name="us-west-2", aws_access_key_id="secret", aws_secret_access_key="secret"
    )
    with Stubber(client) as stub:
        stub.add_response("delete_object", {})
        stub.add_client_error("head_object", "404", "the secret of Okafor", 404)
        client.delete_object(Bucket="secret-bucket", Key="employee_pic/okafor")
        with pytest.raises(client.exceptions.ClientError):
            client.head_object(Bucket="secret-bucket", Key="employee_pic/okafor")
    spans = traced.spans()
    assert [span.name for span in spans] == ["S3.DeleteObject", "S3.HeadObject"]
    told = "".join(span.to_json() for span in spans).lower()
    assert [secret for secret in SECRETS if secret in told] == []


class Collector:
    """A collector on this machine that keeps what it is sent."""

    def __init__(self) -> None:
        self.received: list[bytes] = []
        keep = self.received.append

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                keep(self.rfile.read(int(self.headers["Content-Length"])))
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None: ...

        self._server = HTTPServer((HOST, 0), Handler)
        self.url = f"http://{HOST}:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever)

    def __enter__(self) -> Collector:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@pytest.mark.slow
def test_workers_send_their_spans_after_they_were_forked(tmp_path: Path) -> None:
    pytest.importorskip("opentelemetry.exporter.otlp.proto.http")
    with Collector() as collector:
        settings = {
            "INSTANCE_FOLDER": str(tmp_path / "instance"),
            "OTEL_EXPORTER_OTLP_ENDPOINT": collector.url,
            "OTEL_BSP_SCHEDULE_DELAY": "50",
        }
        app = LiveApp(settings, log=tmp_path / "log", workers=2)
        app.start()
        try:
            reply = urllib3.request("GET", f"{app.url}/employee/okafor-7?q=secret", timeout=30)
            assert reply.status == 404
            wait_until(lambda: collector.received)
        finally:
            app.stop()
    sent = b"".join(collector.received)
    assert b"GET /employee/<id:employee_id>" in sent
    assert b"okafor" not in sent
    assert b"secret" not in sent
