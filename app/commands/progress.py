"""Show the progress of a command: a line that is overwritten, or rare lines in a log."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic

import click

# Rare enough for a log or the mail of a cron job.
_LOG_INTERVAL_SECONDS = 30.0


class ProgressLine:
    """A progress line on standard output or standard error."""

    def __init__(self, *, err: bool) -> None:
        self._err = err
        self._is_terminal = (sys.stderr if err else sys.stdout).isatty()
        self._width = 0
        self._next_line_at = monotonic() + _LOG_INTERVAL_SECONDS

    def show(self, text: str) -> None:
        """Replace the text of the line; outside a terminal print it at most every 30 s."""
        if self._is_terminal:
            click.echo(f"\r{text.ljust(self._width)}", nl=False, err=self._err)
            self._width = len(text)
        elif monotonic() >= self._next_line_at:
            click.echo(text, err=self._err)
            self._next_line_at = monotonic() + _LOG_INTERVAL_SECONDS

    def end(self) -> None:
        """End the line, so that other output has its own line."""
        if self._width:
            click.echo(err=self._err)
            self._width = 0


@contextmanager
def progress(*, err: bool = False) -> Iterator[ProgressLine]:
    """Return a progress line that is ended on exit."""
    line = ProgressLine(err=err)
    try:
        yield line
    finally:
        line.end()
