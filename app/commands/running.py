"""How every command runs: what it reaches for, how it fails, how it is told to stop."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from threading import Event
from typing import Any, cast

import click
from flask import current_app
from flask.cli import with_appcontext

from app.directory.service import Directory
from app.model.errors import DirectoryError
from app.settings import Settings

Command = Callable[..., None]


def explained(command: Command) -> Command:
    """Ends a command with one sentence and status 1 instead of a traceback for an error of ours."""

    @with_appcontext
    @wraps(command)
    def run(*args: Any, **options: Any) -> None:
        try:
            command(*args, **options)
        except DirectoryError as error:
            raise click.ClickException(str(error)) from error

    return run


def the_directory() -> Directory:
    """The directory that the command works on."""
    return cast(Directory, current_app.extensions["directory"])


def the_settings() -> Settings:
    """The settings that the command was started with."""
    return cast(Settings, current_app.extensions["settings"])


@contextmanager
def told_to_stop() -> Iterator[Event]:
    """An event that SIGTERM and Ctrl-C set, so that what is under way comes to a good end."""
    stop = Event()
    before = {
        number: signal.signal(number, lambda *_: stop.set())
        for number in (signal.SIGTERM, signal.SIGINT)
    }
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
