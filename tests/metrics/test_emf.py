"""The lines of metrics are what CloudWatch takes: its specification as a schema."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Mapping

import jsonschema
import pytest

from app.metrics.emf import MAX_VALUES, MetricsLog, line_of
from app.metrics.minutes import values_of
from app.metrics.names import DIMENSION, NAMESPACE, Metric
from app.metrics.requests import Latency
from app.runtime.json_log import JsonFormatter

NAME = {"type": "string", "minLength": 1, "maxLength": 1024}
NUMBERS = {
    "anyOf": [
        {"type": "number"},
        {"type": "array", "minItems": 1, "maxItems": 100, "items": {"type": "number"}},
    ]
}
# After docs.aws.amazon.com, "Specification: Embedded metric format".
SCHEMA = {
    "type": "object",
    "required": ["_aws"],
    "properties": {
        "_aws": {
            "type": "object",
            "required": ["Timestamp", "CloudWatchMetrics"],
            "properties": {
                "Timestamp": {"type": "integer", "minimum": 1_500_000_000_000},
                "CloudWatchMetrics": {
                    "type": "array",
                    "minItems": 1,
                    "items": {
                        "type": "object",
                        "required": ["Namespace", "Dimensions", "Metrics"],
                        "additionalProperties": False,
                        "properties": {
                            "Namespace": {**NAME, "pattern": r"^[A-Za-z0-9._/#:-]+$"},
                            "Dimensions": {
                                "type": "array",
                                "minItems": 1,
                                "items": {"type": "array", "maxItems": 30, "items": NAME},
                            },
                            "Metrics": {
                                "type": "array",
                                "minItems": 1,
                                "maxItems": 100,
                                "items": {
                                    "type": "object",
                                    "required": ["Name"],
                                    "additionalProperties": False,
                                    "properties": {
                                        "Name": NAME,
                                        "Unit": {"enum": ["Seconds", "Count", "None"]},
                                    },
                                },
                            },
                        },
                    },
                },
            },
        },
    },
}


def check(line: Mapping[str, object]) -> None:
    """Check a line against the specification: its form, and that all it names is there."""
    jsonschema.validate(line, SCHEMA)
    for directive in line["_aws"]["CloudWatchMetrics"]:
        for metric in directive["Metrics"]:
            jsonschema.validate(line[metric["Name"]], NUMBERS)
        for dimensions in directive["Dimensions"]:
            for name in dimensions:
                assert isinstance(line[name], str)
                assert 0 < len(line[name]) <= 1024


def test_a_line_is_as_specified() -> None:
    values = {Metric.REQUESTS: 12, Metric.REQUEST_SECONDS: [0.01, 0.2], Metric.SERVER_ERRORS: 0}
    line = line_of("people", values, 1_796_000_000.5)
    check(line)
    assert (line["Requests"], line["RequestSeconds"], line["ServerErrors"]) == (12, [0.01, 0.2], 0)
    assert line[DIMENSION] == "people"
    (directive,) = line["_aws"]["CloudWatchMetrics"]
    assert directive["Namespace"] == NAMESPACE
    assert {"Name": "RequestSeconds", "Unit": "Seconds"} in directive["Metrics"]


def test_a_metric_without_values_is_left_out() -> None:
    line = line_of("people", {Metric.REQUESTS: 0, Metric.REQUEST_SECONDS: []}, 1_796_000_000)
    check(line)
    assert "RequestSeconds" not in line


def test_the_log_has_the_whole_line(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, logger="app"):
        MetricsLog("people", is_on=False).write({Metric.REQUESTS: 1})
        assert not caplog.records
        MetricsLog("people", is_on=True).write({Metric.REQUESTS: 1})
    (record,) = caplog.records
    check(json.loads(JsonFormatter().format(record)))


def test_few_requests_of_a_minute_are_told_with_their_sum_and_many_with_their_spread() -> None:
    few = list(values_of([Latency((3,), 0.03), Latency((0,), 0.0), Latency((1,), 7.5)]))
    assert few == [0.01, 0.01, 0.01, 7.5]
    buckets = [Latency((900_000,), 9_000.0), Latency((99_999,), 20_000.0), Latency((1,), 9.0)]
    many = list(values_of(buckets))
    assert len(many) <= MAX_VALUES
    assert max(many) == 9.0
    assert sorted(many)[len(many) // 2] == 0.01
    assert list(values_of([])) == []
    assert len(list(values_of([Latency((10**9,), 1.0)] * 10))) <= MAX_VALUES


def test_the_longest_line_is_not_cut_by_an_old_journal() -> None:
    spread = [Latency((10_000 + n,), (10_000 + n) * 1.23456 * (n + 1)) for n in range(10)]
    values: dict[Metric, object] = dict.fromkeys(Metric, 123_456)
    line = line_of(
        "s" * 100, values | {Metric.REQUEST_SECONDS: list(values_of(spread))}, time.time()
    )
    record = logging.LogRecord("app", logging.INFO, "", 0, "metrics", (), None)
    record.directory = line
    assert len(JsonFormatter().format(record)) < 2_048


def test_each_metric_has_a_unit_that_cloudwatch_knows() -> None:
    check(line_of("people", dict.fromkeys(Metric, 1), 1_796_000_000))
    assert Metric.REINDEX_SECONDS.unit == "Seconds"
    assert Metric.IMPORTS_STOPPED.unit == "Count"
