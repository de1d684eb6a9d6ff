"""Define ``flask backup`` and ``flask restore``."""

from collections.abc import Iterable
from pathlib import Path

import click

from app.backups.backup import take_backup
from app.backups.parts import read_manifest
from app.backups.restoring import restore as restore_backup
from app.commands.options import RenamedOption
from app.commands.progress import progress
from app.commands.running import (
    current_counting,
    current_directory,
    current_sign_in,
    report_errors,
)
from app.contracts import Progress
from app.contracts.accounts import AccountStore
from app.text.plurals import count_of, count_people


@click.command("backup")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option(
    *("--replace", "--anew", "replace"),
    cls=RenamedOption,
    is_flag=True,
    help="Replace the backup that is already in FOLDER.",
)
@report_errors
def backup(folder: Path, replace: bool) -> None:
    """Back up all people and photos to FOLDER. If interrupted, run it again to resume."""
    steps = take_backup(current_directory(), folder, current_sign_in().store, replace=replace)
    _show_progress(steps)
    manifest = read_manifest(folder)
    click.echo(f"Backed up {count_people(manifest.count)} and {_files(manifest.photo_count)}.")
    if manifest.change_count:
        click.echo(f"With them, {count_of(manifest.change_count, 'change', 'changes')}.")
    if manifest.photos_missing:
        missing = _files(manifest.photos_missing)
        click.echo(f"Missing or no images: {missing} that records name.")


@click.command("restore")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--merge", is_flag=True, help="Add to a directory that already has other people.")
@click.option("--skip-photos", is_flag=True, help="Leave out photos that are damaged or no images.")
@report_errors
def restore(folder: Path, merge: bool, skip_photos: bool) -> None:
    """Restore people and photos from the backup in FOLDER. If interrupted, run it again."""
    accounts = current_sign_in().store
    steps = restore_backup(
        current_directory(), folder, accounts, merge=merge, skip_photos=skip_photos
    )
    restored = _show_progress(steps)
    added = restored.get("people restored", 0)
    if added:
        current_counting().request()
    click.echo(f"Restored {count_people(added)}.")
    if changes := restored.get("parts of changes restored", 0):
        click.echo(f"Restored {count_of(changes, 'change', 'changes')} of their histories.")
    _tell_of_accounts(restored.get("accounts restored", 0), accounts)
    skipped = read_manifest(folder).count - added
    if skipped:
        click.echo(f"Skipped, because already here or deleted here: {count_people(skipped)}.")


def _tell_of_accounts(added: int, accounts: AccountStore) -> None:
    """Say that passwords are in no backup."""
    if not added:
        return
    click.echo(f"Restored {count_of(added, 'account', 'accounts')}, without passwords.")
    if not accounts.has_local():
        return
    click.echo("Whoever signs in with a password needs a new link: flask user link EMAIL")


def _files(count: int) -> str:
    return count_of(count, "photo file", "photo files")


def _show_progress(steps: Iterable[Progress]) -> dict[str, int]:
    """Show each step; return the last count of each kind of step."""
    last: Progress | None = None
    changed: dict[str, int] = {}
    with progress() as line:
        for step in steps:
            if last is not None and last.what != step.what:
                line.end()
            total = f" of {step.total:,}" if step.total else ""
            line.show(f"{step.done:,}{total} {step.what}")
            last = step
            changed[step.what] = step.changed
    return changed
