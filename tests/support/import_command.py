"""``flask import`` in this process, with its work done by a thread of the command."""

from __future__ import annotations

from pathlib import Path
from threading import Event

from click.testing import Result
from flask import Flask

from tests.support.small_app import small_app


def import_app(folder: Path) -> Flask:
    """An application whose imports are worked on by a thread of its own: no process to start."""
    app = small_app(folder)

    def work(job_id: str) -> None:
        for _ in app.extensions["importer"].work(job_id, Event()):
            pass

    app.extensions["import_scheduler"].launch = work
    return app


def run(app: Flask, *command: str | Path) -> Result:
    return app.test_cli_runner().invoke(args=["import", *map(str, command)])
