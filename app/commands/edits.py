"""Define ``flask edit``: change everybody whom a list shows, as the page of a bulk edit does."""

from collections.abc import Iterable
from typing import cast

import click
from flask import current_app

from app.commands.imports import run_job
from app.commands.running import current_operator, report_errors
from app.contracts.batching import find_by_ids
from app.contracts.bulk_edits import EDITED_FIELDS, BulkEdit
from app.contracts.import_choices import Pairs
from app.contracts.import_jobs import JobStore
from app.contracts.queries import MANAGER
from app.directory.service import Directory
from app.history.authors import author_of
from app.imports.edits import begin_edit, edit_problems, may_be_empty
from app.imports.importer import Importer
from app.imports.planning.named_managers import find_manager
from app.model import validation
from app.model.employee import BADGE_KEYS

_BADGE = click.Choice(BADGE_KEYS)
_FIELDS = ", ".join(EDITED_FIELDS)


@click.command("edit")
@click.option("--words", default="", metavar="TEXT", help="Only people whom a search finds.")
@click.option("--location", multiple=True, help="Only people of this location. Repeatable.")
@click.option("--department", multiple=True, help="Only people of this department. Repeatable.")
@click.option("--job-title", multiple=True, help="Only people with this job title. Repeatable.")
@click.option("--badge", multiple=True, type=_BADGE, help="Only people with it. Repeatable.")
@click.option("--manager", default="", help="Only people who report to this id, email or name.")
@click.option(
    "--set",
    "values",
    multiple=True,
    metavar="FIELD=VALUE",
    help=f"Give all of them this value, none to remove it: --set department=Revenue. "
    f"For {_FIELDS}. Repeatable.",
)
@click.option("--add-badge", multiple=True, type=_BADGE, help="Repeatable.")
@click.option("--remove-badge", multiple=True, type=_BADGE, help="Repeatable.")
@click.option("--apply", is_flag=True, help="Change them; otherwise only show what would change.")
@click.option("--quiet", is_flag=True, help="Print the counts alone.")
@report_errors
def edit_people(
    words: str,
    location: tuple[str, ...],
    department: tuple[str, ...],
    job_title: tuple[str, ...],
    badge: tuple[str, ...],
    manager: str,
    values: tuple[str, ...],
    add_badge: tuple[str, ...],
    remove_badge: tuple[str, ...],
    apply: bool,
    quiet: bool,
) -> None:
    """Change location, department, job title, manager or badges of everybody whom a list shows.

    Undo it with: flask import --undo
    """
    chosen = {"location": location, "department": department, "job_title": job_title,
              "badge": badge, "manager": (_manager(manager),) if manager else ()}  # fmt: skip
    edit = BulkEdit(
        words=words.strip(),
        filters=tuple((name, value) for name, each in chosen.items() for value in each),
        values=_values(values),
        added_badges=add_badge,
        removed_badges=remove_badge,
    )
    if not edit.is_valid:
        raise click.UsageError("Name fewer values of a filter.")
    for problem in edit_problems(edit):
        raise click.UsageError(f"{problem.reason}.")
    jobs = cast(JobStore, current_app.extensions["jobs"])
    author, names = author_of(current_operator()), _names(edit)
    job = begin_edit(jobs, edit, author, names, auto_apply=apply)
    run_job(cast(Importer, current_app.extensions["importer"]), job, quiet=quiet)


def _values(typed: Iterable[str]) -> Pairs:
    values = {}
    for text in typed:
        name, sign, value = text.partition("=")
        name = name.strip().lower().replace("-", "_").replace(" ", "_")
        if not sign or name not in EDITED_FIELDS:
            raise click.UsageError(f"--set {text[:60]}: write FIELD=VALUE, for one of {_FIELDS}.")
        values[name] = validation.clean(name, value)
        if name == MANAGER and values[name]:
            values[name] = _manager(values[name])
        if not values[name] and not may_be_empty(name):
            raise click.UsageError(f"{validation.problem(name, '')}.")
    return tuple(values.items())


def _manager(text: str) -> str:
    """Return the id of the one person whom a text means."""
    directory = cast(Directory, current_app.extensions["directory"])
    found = find_manager(directory.employees, text)
    if not found.id:
        problem = found.problem or f"Nobody here is “{text[:60]}”"
        raise click.UsageError(f"{problem}.")
    return found.id


def _names(edit: BulkEdit) -> dict[str, str]:
    """Return the names of the managers of an edit, by id."""
    directory = cast(Directory, current_app.extensions["directory"])
    ids = {*edit.values_of(MANAGER), dict(edit.values).get(MANAGER, "")} - {""}
    return {one.id: one.full_name for one in find_by_ids(directory.employees, ids).values()}
