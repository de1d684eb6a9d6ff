"""Metrics as lines of the log, from which CloudWatch takes them (its embedded metric format)."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping, Sequence
from typing import Any

from app.metrics.names import DIMENSION, NAMESPACE, Metric

log = logging.getLogger(__name__)

# Of one metric in one line; CloudWatch takes no more.
MAX_VALUES = 100

Values = Mapping[Metric, float | Sequence[float]]


def line_of(service: str, values: Values, at: float) -> dict[str, Any]:
    """Return the members of a line with these metrics; ``at`` is a Unix time."""
    told = {name: value for name, value in values.items() if not _is_empty(value)}
    directive = {
        "Namespace": NAMESPACE,
        "Dimensions": [[DIMENSION]],
        "Metrics": [{"Name": name.value, "Unit": name.unit} for name in told],
    }
    return {
        "_aws": {"Timestamp": int(1000 * at), "CloudWatchMetrics": [directive]},
        DIMENSION: service,
        **{name.value: value for name, value in told.items()},
    }


class MetricsLog:
    """Writes metrics to the log of this process, if that is on."""

    def __init__(self, service: str, *, is_on: bool) -> None:
        self.is_on = is_on
        self._service = service

    def write(self, values: Values) -> None:
        """Write one line with these metrics; an empty list of values is left out."""
        if self.is_on and values:
            line = line_of(self._service, values, time.time())
            log.info("metrics", extra={"directory": line})


def _is_empty(value: float | Sequence[float]) -> bool:
    return not isinstance(value, int | float) and not value
