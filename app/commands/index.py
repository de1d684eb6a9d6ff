"""Define ``flask reindex`` and ``flask follow``, which keep lists and search up to date."""

from contextlib import closing

import click

from app.commands.progress import progress
from app.commands.running import (
    current_directory,
    current_job_records,
    report_errors,
    stop_on_signals,
)
from app.metrics.following import FollowMonitor
from app.metrics.jobs import JobName
from app.model.errors import TaskRunning


@click.command("reindex")
@click.option("--force", is_flag=True, help="Also rewrite entries that are correct.")
@report_errors
def reindex(force: bool) -> None:
    """Bring search, lists and counts up to date with the records. Resumes where it stopped."""
    what, repaired = "", 0
    with current_job_records().run(JobName.REINDEX, no_failure=(TaskRunning,)), progress() as line:
        for step in current_directory().employees.reindex(force=force):
            if step.what != what:
                line.end()
            what, repaired = step.what, step.changed
            total = f" of about {step.total:,}" if step.total else ""
            line.show(f"{what}: {step.done:,}{total}, {repaired:,} repaired")
    click.echo(f"The index matches the records; {repaired:,} repaired.")


@click.command("follow")
@click.option("--once", is_flag=True, help="Stop when there are no more changes.")
@report_errors
def follow(once: bool) -> None:
    """Add the changes of other programs to lists and search, until stopped."""
    jobs, employees = current_job_records(), current_directory().employees
    monitor = FollowMonitor(jobs)
    with jobs.run(JobName.FOLLOW), closing(monitor), stop_on_signals() as stop:
        for sentence in employees.follow(stop, once=once, observer=monitor):
            click.echo(sentence)
