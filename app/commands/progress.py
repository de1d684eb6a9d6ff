"""How far a command is: a line of a terminal that is written over, or seldom a line of a log."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic

import click

# A log, or the mail of a cron job, is told so seldom that it stays readable.
_SECONDS_BETWEEN_LINES = 30.0


class ProgressLine:
    """Tells how far something is, on standard output or standard error."""

    def __init__(self, *, err: bool) -> None:
        self._err = err
        self._on_terminal = (sys.stderr if err else sys.stdout).isatty()
        self._width = 0
        self._due = monotonic() + _SECONDS_BETWEEN_LINES

    def tell(self, words: str) -> None:
        """Put these words in the place of those before."""
        if self._on_terminal:
            click.echo(f"\r{words.ljust(self._width)}", nl=False, err=self._err)
            self._width = len(words)
        elif monotonic() >= self._due:
            click.echo(words, err=self._err)
            self._due = monotonic() + _SECONDS_BETWEEN_LINES

    def end(self) -> None:
        """What is told next, here or by an error, stands on a line of its own."""
        if self._width:
            click.echo(err=self._err)
            self._width = 0


@contextmanager
def progress(*, err: bool = False) -> Iterator[ProgressLine]:
    """A line of progress, which ends whatever happens."""
    line = ProgressLine(err=err)
    try:
        yield line
    finally:
        line.end()
