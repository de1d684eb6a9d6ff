"""Access to the directory, error reporting and stop signals for all commands."""

import os
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from threading import Event
from typing import Any, cast

import click
from flask import current_app
from flask.cli import with_appcontext

from app.access.viewer import Viewer, operator
from app.accounts.services import SignInServices
from app.directory.counting import Counting
from app.directory.people_below import PeopleBelow
from app.directory.service import Directory
from app.metrics.jobs import Jobs
from app.model.errors import DirectoryError
from app.runtime.json_log import running_command
from app.settings import Settings

Command = Callable[..., None]


def report_errors(command: Command) -> Command:
    """Turn a DirectoryError into one sentence and exit status 1; keep the log out of stdout."""

    @with_appcontext
    @wraps(command)
    def run(*args: Any, **options: Any) -> None:
        try:
            with running_command():
                command(*args, **options)
        except DirectoryError as error:
            raise click.ClickException(str(error)) from error

    return run


def current_directory() -> Directory:
    """Return the directory that the command works on."""
    return cast(Directory, current_app.extensions["directory"])


def current_below() -> PeopleBelow:
    """Return the reader of everyone below somebody."""
    return cast(PeopleBelow, current_app.extensions["people_below"])


def current_counting() -> Counting:
    """Return the counting of how many stand below each manager."""
    return cast(Counting, current_app.extensions["counting"])


def current_job_records() -> Jobs:
    """Return the records of how jobs went on this machine."""
    return cast(Jobs, current_app.extensions["job_records"])


def current_operator() -> Viewer:
    """Return who runs this command, with every right: the user of the shell before sudo, and where.

    Such as "ubuntu on web-2"; "root on web-2" of a unit, in which nobody is named.
    """
    user = os.environ.get("SUDO_USER") or os.environ.get("USER") or ("" if os.getuid() else "root")
    return operator(f"{user} on {socket.gethostname()}" if user else "")


def current_sign_in() -> SignInServices:
    """Return how people sign in to the directory, and their accounts."""
    return cast(SignInServices, current_app.extensions["sign_in"])


def current_settings() -> Settings:
    """Return the settings of this process."""
    return cast(Settings, current_app.extensions["settings"])


@contextmanager
def stop_on_signals() -> Iterator[Event]:
    """Return an event that SIGTERM and Ctrl-C set, so that the work ends in a defined state."""
    stop = Event()
    previous = {
        number: signal.signal(number, lambda *_: stop.set())
        for number in (signal.SIGTERM, signal.SIGINT)
    }
    try:
        yield stop
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)
