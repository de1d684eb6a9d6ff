"""The log is on stdout, but for commands: theirs is for what they print."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

import click
import pytest

from app.commands.running import report_errors
from app.runtime.json_log import log_as_json

log = logging.getLogger("app.of_this_test")


def in_a_thread(action: Callable[[], None]) -> None:
    thread = threading.Thread(target=action)
    thread.start()
    thread.join()


def warn() -> None:
    log.warning("a thread says so")


def test_a_server_logs_to_stdout(capsys: pytest.CaptureFixture[str]) -> None:
    log_as_json()
    in_a_thread(warn)
    assert "a thread says so" in capsys.readouterr().out


def test_no_thread_of_a_command_logs_among_its_output(
    capsys: pytest.CaptureFixture[str], tmp_path
) -> None:
    from tests.support.small_app import small_app

    app = small_app(tmp_path)

    @click.command("speak")
    @report_errors
    def speak() -> None:
        in_a_thread(warn)
        click.echo("What was asked for.")

    app.cli.add_command(speak)
    result = app.test_cli_runner().invoke(args=["speak"])
    assert result.stdout == "What was asked for.\n"
    assert "a thread says so" in result.stderr
    warn()
    assert "a thread says so" in capsys.readouterr().out
