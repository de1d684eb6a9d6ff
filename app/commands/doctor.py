"""``flask doctor``: what is broken, and what mends it."""

from __future__ import annotations

from typing import cast

import click
from flask import current_app

from app.commands.running import explained, the_settings
from app.contracts.checks import State
from app.diagnostics import Doctor
from app.diagnostics.registry import port_check
from app.runtime.version import version

_STATE_WORDS = {State.FAILED: "BROKEN", State.WARNING: "look  ", State.OK: "fine  "}


@click.command("doctor")
@click.option(
    "--port", type=click.IntRange(1, 65535), help="Where the directory listens: 80, or 5000."
)
@explained
def doctor(port: int | None) -> None:
    """Look at settings, stores and machine; say what mends what is broken. Status 1 if it is."""
    examiner = cast(Doctor, current_app.extensions["doctor"])
    report = examiner.report((port_check(the_settings(), port),))
    for name, finding in report.findings:
        click.echo(f"{_STATE_WORDS[finding.state]}  {name}: {finding.message}")
        if finding.fix_command:
            click.echo(f"        {finding.fix_hint or 'Run this'}:")
            for line in finding.fix_command.splitlines():
                click.echo(f"          {line}")
    counts = [f"{report.count(state)} {state}" for state in State]
    click.echo(f"{', '.join(counts)}; {len(report.findings)} checks in {report.seconds:.1f} s.")
    click.echo(f"Employee Directory {version()}")
    if not report.healthy:
        raise SystemExit(1)
