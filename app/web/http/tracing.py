"""Send traces to an OpenTelemetry collector, if its address is set and the packages are there.

Without the address nothing of OpenTelemetry is imported. What is sent is chosen attribute by
attribute, so that no name, id, address or query of a request leaves this machine, whatever the
packages collect.
"""

import logging
from typing import TYPE_CHECKING, Any

from flask import Flask

from app.runtime.version import version
from app.settings import Settings

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import SpanExporter

log = logging.getLogger(__name__)

# Monitors and files of the release, which nobody looks at.
_EXCLUDED = "/healthz$,/readyz$,/monitor$,/metrics$,/static/,/favicon.ico$"
# A collector that hangs must not make the end of a worker wait.
_EXPORT_SECONDS = 3


def begin(app: Flask, exporter: "SpanExporter | None" = None) -> "TracerProvider | None":
    """Trace the requests of this process and their calls to AWS; return what does, if it is on.

    Call it in each worker, after the fork and before the first request: the thread that sends
    spans does not survive a fork. ``exporter`` takes the place of the collector.
    """
    settings: Settings = app.extensions["settings"]
    if not settings.monitoring.sends_traces:
        return None
    try:
        provider = _provider(settings.monitoring.service, exporter)
        _trace_pages(app, provider)
        _trace_aws(provider)
    except ImportError as error:
        log.warning(
            "OTEL_EXPORTER_OTLP_ENDPOINT is set, but no traces are sent: %s. Install "
            "opentelemetry-sdk, opentelemetry-exporter-otlp-proto-http, "
            "opentelemetry-instrumentation-flask and opentelemetry-instrumentation-botocore.",
            error,
        )
        return None
    return provider


def _provider(service: str, exporter: "SpanExporter | None") -> "TracerProvider":
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    from app.web.http.span_scrubbing import Scrubbed

    resource = Resource.create({"service.name": service, "service.version": version()})
    provider = TracerProvider(resource=resource)
    provider.add_span_processor(BatchSpanProcessor(Scrubbed(exporter or _collector())))
    return provider


def _collector() -> "SpanExporter":
    """Return what sends spans to OTEL_EXPORTER_OTLP_ENDPOINT, which the package reads itself."""
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

    return OTLPSpanExporter(timeout=_EXPORT_SECONDS)


def _trace_pages(app: Flask, provider: "TracerProvider") -> None:
    from opentelemetry.instrumentation.flask import FlaskInstrumentor

    instrumentor: Any = FlaskInstrumentor
    instrumentor.instrument_app(
        app, tracer_provider=provider, excluded_urls=_EXCLUDED, enable_commenter=False
    )
    # Before our own, of which each may answer in place of a view.
    functions = app.before_request_funcs[None]
    functions.insert(0, functions.pop())


def _trace_aws(provider: "TracerProvider") -> None:
    from opentelemetry.instrumentation.botocore import BotocoreInstrumentor

    instrumentor: Any = BotocoreInstrumentor
    instrumentor().instrument(tracer_provider=provider)
