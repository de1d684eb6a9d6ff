"""The log: one JSON object a line on stdout (in a command on stderr).

It holds no names, query strings or presigned links.
"""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime

import click

_OURS = "directory"  # the attribute under which a record carries fields of our own


class JsonFormatter(logging.Formatter):
    """A record as one line of JSON; all but plain ASCII is escaped, so no line can be forged."""

    def format(self, record: logging.LogRecord) -> str:
        """Time (UTC), level, message, and the fields given as ``extra={"directory": {...}}``."""
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "message": record.getMessage(),
            **getattr(record, _OURS, {}),
        }
        if record.exc_info:
            line["trace"] = self.formatException(record.exc_info)
        return json.dumps(line)


class _Stdout(logging.StreamHandler):  # type: ignore[type-arg]
    """Writes to whatever stdout is now, so that a test (or a daemon) may replace it.

    In a command stdout is for what the command gives, and may be a file of people.
    """

    def __init__(self) -> None:
        logging.Handler.__init__(self)

    @property
    def stream(self) -> object:
        command = click.get_current_context(silent=True)
        return sys.stdout if command is None or command.info_name == "run" else sys.stderr


class _NoAccessLines(logging.Filter):
    """Drops the development server's line per request: it holds the query, and so names."""

    def filter(self, record: logging.LogRecord) -> bool:
        return " - - [" not in str(record.msg)


def log_as_json() -> None:
    """Send what this program logs to stdout as JSON; safe to call again."""
    ours = logging.getLogger("app")
    if not any(isinstance(handler, _Stdout) for handler in ours.handlers):
        handler = _Stdout()
        handler.setFormatter(JsonFormatter())
        ours.addHandler(handler)
        ours.setLevel(logging.INFO)
        logging.getLogger("werkzeug").addFilter(_NoAccessLines())
