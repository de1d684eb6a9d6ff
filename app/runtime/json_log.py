"""The log: one JSON object per line on stdout (in a command on stderr).

It has no names, query strings or presigned links.
"""

import json
import logging
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import click

from app.runtime import log_context

_EXTRA = "directory"  # the attribute of a record that has our own fields

_QUOTES = re.compile(r"Invalid request from ip=\S*( [A-Za-z]+)*|Error handling request(?= )")


class JsonFormatter(logging.Formatter):
    """A formatter of records as lines of JSON, escaped to ASCII, so that no line can be forged."""

    def format(self, record: logging.LogRecord) -> str:
        """Return time (UTC), level, message, the ids of the request, and the fields of ``extra``.

        These are a dictionary: ``extra={"directory": {...}}``.
        """
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "message": record.getMessage(),
            **log_context.fields(),
            **getattr(record, _EXTRA, {}),
        }
        if record.exc_info:
            line["trace"] = self.formatException(record.exc_info)
        return json.dumps(line)


class WithoutRequests(logging.Filter):
    """A filter that leaves out what a client sent of the lines of gunicorn that quote it.

    The quoted line or header may have a name, a one-time code or the cookie of a session.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        """Shorten the message; let every record pass."""
        message = record.getMessage()
        if quoted := _QUOTES.match(message):
            record.msg, record.args = f"{quoted[0]} …", ()
        return True


class _Stdout(logging.StreamHandler):  # type: ignore[type-arg]
    """A handler that writes to the current stdout, so that a test or a daemon may replace it.

    In a command it writes to stderr, because stdout is for the command's output.
    """

    running_commands = 0

    def __init__(self) -> None:
        logging.Handler.__init__(self)

    @property
    def stream(self) -> object:
        # The context is that of this thread: the threads of a command have none.
        context = click.get_current_context(silent=True)
        is_command = context is not None and context.info_name != "run"
        return sys.stderr if is_command or _Stdout.running_commands else sys.stdout


class _NoAccessLines(logging.Filter):
    """A filter that drops the development server's line per request: its query may have names."""

    def filter(self, record: logging.LogRecord) -> bool:
        return " - - [" not in str(record.msg)


@contextmanager
def running_command() -> Iterator[None]:
    """Log to stderr meanwhile, whichever thread of the process logs."""
    _Stdout.running_commands += 1
    try:
        yield
    finally:
        _Stdout.running_commands -= 1


def log_as_json() -> None:
    """Log this program's records to stdout as JSON; safe to call again."""
    ours = logging.getLogger("app")
    if not any(isinstance(handler, _Stdout) for handler in ours.handlers):
        handler = _Stdout()
        handler.setFormatter(JsonFormatter())
        ours.addHandler(handler)
        ours.setLevel(logging.INFO)
        logging.getLogger("werkzeug").addFilter(_NoAccessLines())
