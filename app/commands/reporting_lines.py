"""Define ``flask check-reporting-lines``: list what is wrong with them, in the whole directory."""

from collections import Counter
from typing import cast

import click
from flask import current_app

from app.commands.progress import progress
from app.commands.running import current_operator, report_errors, stop_on_signals
from app.directory.line_walk import Kind
from app.directory.reporting_issues import Issue, ReportingIssues
from app.model import leaving
from app.model.employee import Employee
from app.text.plurals import count_people
from app.text.sanitizing import visible

# A longer circle is told of as a line that goes on, at each of those who begin one.
_MAX_CIRCLE = 10_000
_MAX_NAMES = 100


@click.command("check-reporting-lines")
@click.option("--without-manager", is_flag=True, help="List those who have no manager, too.")
@report_errors
def check_reporting_lines(without_manager: bool) -> None:
    """List managers who have left or are nobody here, and circles of people.

    It reads every record. Exit 1 if it found some, or was stopped.
    """
    issues = cast(ReportingIssues, current_app.extensions["reporting_issues"])
    found: Counter[Kind] = Counter()
    examined = 0
    with stop_on_signals() as stop, progress(err=True) as line:
        for page in issues.pages(current_operator(), _MAX_CIRCLE):
            examined += page.examined
            for issue in page.issues:
                found[issue.kind] += 1
                if without_manager or issue.kind is not Kind.WITHOUT:
                    click.echo(_sentence(issue))
            line.show(f"Looked at {count_people(examined)}")
            if stop.is_set():
                break
    click.echo(
        f"Looked at {count_people(examined)}: {found[Kind.CIRCLE]:,} circles, "
        f"{found[Kind.UNKNOWN]:,} whose manager is nobody here, {found[Kind.LEFT]:,} whose manager "
        f"has left, {found[Kind.WITHOUT]:,} without a manager."
    )
    if stop.is_set() or any(number for kind, number in found.items() if kind is not Kind.WITHOUT):
        raise SystemExit(1)


def _sentence(issue: Issue) -> str:
    person = _named(issue.person)
    if issue.kind is Kind.WITHOUT:
        return f"No manager: {person}"
    if issue.kind is Kind.UNKNOWN:
        return f"Nobody here: {person} reports to “{visible(issue.person.manager)}”"
    if issue.manager is not None:
        day = leaving.last_day(issue.manager)
        return f"Has left: {person} reports to {_named(issue.manager)}, who left on {day}"
    if not issue.circle:
        return f"Long line: {person} has more than {_MAX_CIRCLE:,} managers above"
    names = [_named(each) for each in issue.circle[:_MAX_NAMES]]
    if more := len(issue.circle) - len(names):
        names.append(f"{more:,} more")
    return f"Circle: {' → '.join((*names, names[0]))}"


def _named(person: Employee) -> str:
    return f"{visible(person.full_name) or 'No name'} ({visible(person.id)})"
