"""The ``flask`` commands: setup, reindex, follow, sample-data, sweep-photos, doctor."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from threading import Event
from typing import Any, cast

import click
from flask import Flask, current_app
from flask.cli import with_appcontext

from app.directory import Directory
from app.doctor import Doctor
from app.doctor.checkup import port_check
from app.errors import DirectoryError
from app.findings import State
from app.sample_people import load_samples
from app.settings import Settings

Command = Callable[..., None]


def register(app: Flask) -> None:
    """Add the commands to ``flask``."""
    for command in (setup, reindex, follow, sample_data, sweep_photos, doctor):
        app.cli.add_command(command)


def _explained(command: Command) -> Command:
    """Ends a command with one sentence and status 1 instead of a traceback for an error of ours."""

    @with_appcontext
    @wraps(command)
    def run(*args: Any, **options: Any) -> None:
        try:
            command(*args, **options)
        except DirectoryError as error:
            raise click.ClickException(str(error)) from error

    return run


def _directory() -> Directory:
    return cast(Directory, current_app.extensions["directory"])


@click.command("setup")
@_explained
def setup() -> None:
    """Make the tables and folders that are missing. Never changes data; safe to repeat."""
    settings: Settings = current_app.extensions["settings"]
    for problem in settings.problems:
        click.echo(f"Note: {problem}")
    directory = _directory()
    for sentence in directory.employees.set_up():
        click.echo(sentence)
    for sentence in directory.photos.set_up() if directory.photos else ():
        click.echo(sentence)


@click.command("reindex")
@click.option("--force", is_flag=True, help="Rewrite also what looks right.")
@_explained
def reindex(force: bool) -> None:
    """Make search, lists and counts agree with the records. Goes on where it was stopped."""
    done = changed = 0
    what = ""
    for progress in _directory().employees.reindex(force=force):
        if progress.what != what and what:
            click.echo()
        what, done, changed = progress.what, progress.done, progress.changed
        of_all = f" of about {progress.total:,}" if progress.total else ""
        click.echo(f"\r{what}: {done:,}{of_all}, {changed:,} mended", nl=False)
    click.echo("\nThe index agrees with the records.")


@click.command("follow")
@click.option("--once", is_flag=True, help="End when nothing more is new.")
@_explained
def follow(once: bool) -> None:
    """Bring what other programs write into lists and search, until it is stopped."""
    with _told_to_stop() as stop:
        for sentence in _directory().employees.follow(stop, once=once):
            click.echo(sentence)


@contextmanager
def _told_to_stop() -> Iterator[Event]:
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


@click.command("sample-data")
@click.option("--people", type=click.IntRange(1, 1_000_000), default=60, show_default=True)
@click.option(
    "--seed", type=int, default=1, show_default=True, help="The same seed, the same people."
)
@_explained
def sample_data(people: int, seed: int) -> None:
    """Add made-up people, the first with drawn portraits. Running it again adds nobody twice."""
    stored = 0
    for stored in load_samples(_directory(), people=people, seed=seed):
        click.echo(f"\r{stored:,} people", nl=False)
    known = people - stored
    click.echo(
        f"\nAdded {stored:,} sample people."
        + (f" {known:,} of them were here already." if known else "")
    )


@click.command("sweep-photos")
@click.option("--really", is_flag=True, help="Remove them; without it they are only listed.")
@_explained
def sweep_photos(really: bool) -> None:
    """List (or remove) photos older than a day that no record names."""
    count = 0
    for key in _directory().sweep_photos(really=really):
        count += 1
        click.echo(f"{'Removed' if really else 'Would remove'} {key}")
    click.echo(f"{'Removed' if really else 'Would remove'} {count:,} photos.")


_STATE_WORDS = {State.BROKEN: "BROKEN", State.LOOK: "look  ", State.FINE: "fine  "}


@click.command("doctor")
@click.option(
    "--port", type=click.IntRange(1, 65535), help="Where the directory listens: 80, or 5000."
)
@_explained
def doctor(port: int | None) -> None:
    """Look at settings, stores and machine; say what mends what is broken. Status 1 if it is."""
    settings: Settings = current_app.extensions["settings"]
    examiner = cast(Doctor, current_app.extensions["doctor"])
    report = examiner.report((port_check(settings, port),))
    for name, finding in report.findings:
        click.echo(f"{_STATE_WORDS[finding.state]}  {name}: {finding.found}")
        if finding.mend:
            click.echo(f"        {finding.how or 'Run this'}:")
            for line in finding.mend.splitlines():
                click.echo(f"          {line}")
    counts = [f"{report.count(state)} {state}" for state in State]
    click.echo(f"{', '.join(counts)}; {len(report.findings)} checks in {report.seconds:.1f} s.")
    if not report.healthy:
        raise SystemExit(1)
