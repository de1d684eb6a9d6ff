"""Define ``flask doctor``: the health check, with a fix for each failure."""

from typing import cast

import click
from flask import current_app

from app.commands.running import current_settings, report_errors
from app.contracts.checks import State
from app.diagnostics import Doctor
from app.diagnostics.registry import port_check
from app.runtime.version import version
from app.text.plurals import count_of

_STATE_WORDS = {State.FAILED: "FAILED ", State.WARNING: "Warning", State.OK: "OK     "}


@click.command("doctor")
@click.option(
    "--port", type=click.IntRange(1, 65535), help="Port of the directory, such as 80 or 5000."
)
@report_errors
def doctor(port: int | None) -> None:
    """Check settings, stores and machine, with a fix for each failure. Exit 1 if one failed."""
    examiner = cast(Doctor, current_app.extensions["doctor"])
    report = examiner.report((port_check(current_settings(), port),))
    for name, finding in report.findings:
        click.echo(f"{_STATE_WORDS[finding.state]}  {name}: {finding.message}")
        if finding.fix_command or finding.fix_hint:
            end = ":" if finding.fix_command else "."
            click.echo(f"         {finding.fix_hint or 'Run this'}{end}")
            for line in finding.fix_command.splitlines():
                click.echo(f"           {line}")
    failures, ok = report.count(State.FAILED), report.count(State.OK)
    follow = f" ({report.followers} may follow from another)" if report.followers else ""
    warnings = count_of(report.count(State.WARNING), "warning", "warnings")
    checks = count_of(len(report.findings), "check", "checks")
    click.echo(
        f"{failures} failed{follow}, {warnings}, {ok} OK; {checks} in {report.seconds:.1f} s."
    )
    click.echo(f"Employee Directory {version()}")
    if not report.healthy:
        raise SystemExit(1)
