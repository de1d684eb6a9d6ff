"""Define ``flask thin-history``: remove changes that are older than HISTORY_DAYS."""

from collections.abc import Iterator

import click

from app.commands.running import current_directory, current_settings, report_errors
from app.contracts.history import HistoryStore
from app.history.changes import Change
from app.history.retention import count_thinned, first_kept_day
from app.machine.history_keeper import tell_thinned
from app.text.plurals import count_of


@click.command("thin-history")
@click.option("--dry-run", is_flag=True, help="Only say how many would be removed.")
@report_errors
def thin_history(dry_run: bool) -> None:
    """Remove changes and entries of the audit log that are older than HISTORY_DAYS.

    The first and the newest change of each person stay. A server does this once a day by itself.
    """
    history, before = current_directory().history, first_kept_day(current_settings().history_days)
    if not before:
        click.echo("HISTORY_DAYS is 0: everything is kept. Nothing was removed.")
    elif history is None:
        raise click.ClickException("This store keeps no history.")
    elif dry_run:
        number = count_of(_count(history, before), "change", "changes")
        click.echo(
            f"Would remove {number} from before {before}, and what the audit log has of then."
        )
    else:
        removed = max(history.thin_out(before), default=0)
        if removed:
            tell_thinned(history, before, removed)
        number = count_of(removed, "change or entry", "changes and entries")
        click.echo(f"Removed {number} from before {before}.")


def _count(history: HistoryStore, before: str) -> int:
    def changes() -> Iterator[Change]:
        for batch in history.iter_changes():
            yield from batch.changes

    return count_thinned(changes(), before)
