"""Leave out of spans what may tell of a person: all but the attributes that are named here."""

from collections.abc import Mapping, Sequence

from opentelemetry.sdk.trace import Event, ReadableSpan
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult
from opentelemetry.trace import SpanContext, SpanKind, Status
from opentelemetry.util.types import AttributeValue

from app.metrics.requests import METHODS

# As the packages name them, before and after HTTP's names were settled. The route is the pattern
# of the address, such as /employee/<id:employee_id>.
_ALLOWED = frozenset(
    {"http.route", "http.status_code", "http.response.status_code", "http.scheme", "url.scheme",
     "http.flavor", "network.protocol.version", "rpc.system", "rpc.service", "rpc.method",
     "aws.region", "cloud.region", "aws.request_id", "retry_attempts", "db.system",
     "db.operation", "error.type"}
)  # fmt: skip
_METHODS = ("http.method", "http.request.method")
_MAX_CHARACTERS = 200


class Scrubbed(SpanExporter):
    """Hands copies of spans to another exporter, with what is allowed and nothing else."""

    def __init__(self, exporter: SpanExporter) -> None:
        self._exporter = exporter

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Send copies of the spans."""
        return self._exporter.export([_scrubbed(span) for span in spans])

    def shutdown(self) -> None:
        """End the other exporter."""
        self._exporter.shutdown()

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        """Have the other exporter send what it has."""
        return self._exporter.force_flush(timeout_millis)


def _scrubbed(span: ReadableSpan) -> ReadableSpan:
    attributes = _allowed(span.attributes or {})
    return ReadableSpan(
        name=_name_of(span, attributes),
        context=_without_state(span.context),
        parent=_without_state(span.parent),
        resource=span.resource,
        attributes=attributes,
        events=[_event(event) for event in span.events],
        kind=span.kind,
        status=Status(span.status.status_code),  # its text is the message of an error
        start_time=span.start_time,
        end_time=span.end_time,
        instrumentation_scope=span.instrumentation_scope,
    )


def _allowed(attributes: Mapping[str, AttributeValue]) -> dict[str, AttributeValue]:
    kept: dict[str, AttributeValue] = {}
    for name, value in attributes.items():
        if name in _METHODS:
            kept[name] = value if value in METHODS else "_OTHER"  # anybody sends any word
        elif name in _ALLOWED:
            kept[name] = value[:_MAX_CHARACTERS] if isinstance(value, str) else value
    return kept


def _name_of(span: ReadableSpan, attributes: Mapping[str, AttributeValue]) -> str:
    """Return the method and the route of a request, and of a call to AWS the operation."""
    if span.kind is SpanKind.SERVER:
        method = next((str(attributes[name]) for name in _METHODS if name in attributes), "HTTP")
        return f"{method} {attributes.get('http.route', '')}".rstrip()
    return f"{attributes.get('rpc.service', 'call')}.{attributes.get('rpc.method', '')}".rstrip(".")


def _event(event: Event) -> Event:
    """Return an event with the type of an error, but neither its message nor its traceback."""
    known = {
        name: value
        for name, value in (event.attributes or {}).items()
        if name in ("exception.type", "exception.escaped")
    }
    return Event(event.name, known, event.timestamp)


def _without_state(context: SpanContext | None) -> SpanContext | None:
    """Return the ids alone: the rest of a trace's header is what a client sent."""
    if context is None:
        return None
    return SpanContext(context.trace_id, context.span_id, context.is_remote, context.trace_flags)
