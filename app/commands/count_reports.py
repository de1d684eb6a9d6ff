"""Define ``flask count-reports``: count how many stand below each manager."""

from datetime import UTC, datetime

import click

from app.commands.running import current_counting, current_job_records, report_errors
from app.directory.counting import BEING_COUNTED
from app.metrics.jobs import JobName
from app.model.errors import DirectoryError
from app.text.plurals import count_of


@click.command("count-reports")
@click.option(
    "--if-due",
    is_flag=True,
    help="Only if it was asked for since the last counting, or that is a day old.",
)
@report_errors
def count_reports(if_due: bool) -> None:
    """Count how many people stand below each manager, for the org chart.

    A server does this by itself: once a day, and after imports that set managers. Safe to stop
    and to repeat. Exit 1 if it failed, or if another process counts.
    """
    counting = current_counting()
    if if_due and not counting.state().is_due(datetime.now(UTC)):
        click.echo("Nothing to do: the counts are up to date, or are being counted.")
        return
    try:
        with current_job_records().run(JobName.COUNT, no_failure=BEING_COUNTED):
            state = counting.run()
    except DirectoryError as error:
        counting.note_refusal(error)
        raise
    managers = count_of(state.managers, "manager", "managers")
    people = count_of(state.people, "person has one", "people have one")
    click.echo(f"Counted who stands below {managers}; {people}.")
