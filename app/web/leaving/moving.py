"""Move the reports of who leaves, and give them back when they are restored; tell of it."""

from collections.abc import Iterator
from threading import Event
from typing import NamedTuple

from flask import flash

from app.contracts.bulk_edits import BulkEdit
from app.contracts.import_choices import Pairs
from app.contracts.import_jobs import ACTIVE_PHASES, Job, Phase
from app.contracts.queries import MANAGER
from app.history.authors import author_of
from app.imports.actions import may_discard, may_undo
from app.imports.errors import ImportNotPossible
from app.imports.report_moves import (
    MOVED_AT_ONCE,
    begin_move,
    find_move,
    move_id,
    move_of,
    moves_of,
)
from app.model import leaving
from app.model.employee import Employee
from app.model.errors import EmployeeNotFound, StorageUnavailable
from app.text.plurals import count_of
from app.web.current import (
    current_directory,
    current_importer,
    current_jobs,
    current_lines,
    current_scheduler,
    current_viewer,
)
from app.web.leaving.reports_form import manager_above
from app.web.ui import urls
from app.web.ui.display_names import display_name
from app.web.ui.flashes import flash_with_link

_PROGRESS, _DETAILS = "Progress", "Details"


class Held(NamedTuple):
    """A move that still holds: how many were moved, and to whom; whether it is at work."""

    job: Job
    number: str
    manager: str
    is_at_work: bool


def move_reports(leaver: Employee, manager_id: str, write_id: str) -> str:
    """Let the reports of a leaver report to somebody else; return a sentence about it.

    The same call again moves nobody twice. What goes on, or could not be done, is flashed apart.
    """
    try:
        return _move(leaver, manager_id, write_id)
    except StorageUnavailable:
        name = display_name(leaver.full_name, leaver.id)
        flash_with_link(
            f"The direct reports were not all moved, because the store is not responding. Some "
            f"may still report to {name}. Look again in a minute.",
            urls.leave_address(leaver.id),
            "Move them",
            "warning",
        )
        return ""


def _move(leaver: Employee, manager_id: str, write_id: str) -> str:
    jobs, viewer = current_jobs(), current_viewer()
    page = current_lines().reports(viewer, leaver.id, limit=MOVED_AT_ONCE + 1)
    job_id = move_id(leaver.updated_at, write_id)
    job = find_move(jobs, job_id)
    if job is None:
        if not page.cards:  # somebody else moved them meanwhile
            return "Nobody reports to them any more."
        edit = move_of(leaver.id, manager_id, _exceptions(leaver, manager_id))
        job = begin_move(jobs, job_id, edit, _name_of(leaver, manager_id), author_of(viewer))
    return _tell_of_move(_work(job, at_once=len(page.cards) <= MOVED_AT_ONCE))


def _exceptions(leaver: Employee, manager_id: str) -> Pairs:
    """Return who gets the leaver's own manager, since the new one is below them, or they are it."""
    between = current_lines().report_above(current_viewer(), leaver.id, manager_id)
    if between is None:
        return ()
    above = manager_above(leaver)
    return ((between.id, above.id if above else ""),)


def _name_of(leaver: Employee, manager_id: str) -> str:
    verb = "left" if leaving.has_left(leaver, leaving.today()) else "leaves"
    name = display_name(leaver.full_name, leaver.id)
    return f"{name} {verb}: direct reports → {_shown(manager_id)}"


def _work(job: Job, *, at_once: bool) -> Job:
    """Work on a job while the page waits, or let it be done in the background; return it then."""
    importer = current_importer()
    if not at_once:
        current_scheduler().wake()
        return job
    try:
        for _ in importer.work(job.id, Event()):
            pass
    except StorageUnavailable:
        current_scheduler().wake()  # it goes on when the store responds
        return job
    return importer.read(job.id)


def _tell_of_move(job: Job) -> str:
    manager = _shown(job.edit.values[0][1])
    address = f"/import/{job.id}"
    if job.phase is not Phase.APPLIED:
        text = f"The direct reports move to {manager} in the background."
        flash_with_link(text, address, _PROGRESS)
        return ""
    if kept := job.done.rejected:
        were = count_of(kept, "direct report was", "direct reports were")
        flash_with_link(f"{were} not moved.", address, _DETAILS, "warning")
    moved, sentences = job.done.changed, []
    for employee_id, above in job.edit.exceptions:
        who = _shown(employee_id)
        sentences.append(f"{who} now reports to {_shown(above) if above else 'nobody'}.")
        moved -= 1
    if moved > 0:
        reports = count_of(moved, "direct report now reports", "direct reports now report")
        sentences.append(f"{reports} to {manager}.")
    return " ".join(sentences)


def held_moves(leaver_id: str) -> list[Held]:
    """Return the moves of the reports of somebody that still hold, the latest first."""
    return list(_held(leaver_id))


def _held(leaver_id: str) -> Iterator[Held]:
    for job in moves_of(current_jobs(), leaver_id):
        is_at_work = job.phase in ACTIVE_PHASES
        if job.done.changed or is_at_work:
            number = count_of(job.done.changed, "direct report", "direct reports")
            yield Held(job, number, _shown(_manager_in(job.edit)), is_at_work)


def give_back(moves: list[Held]) -> str:
    """Undo moves of reports, each as a whole; return a sentence about those that are undone.

    What goes on in the background, or cannot be undone now, is flashed.
    """
    sentences = []
    for held in moves:
        try:
            sentences.append(_give_back(held.job))
        except (ImportNotPossible, StorageUnavailable):
            flash_with_link(
                f"The direct reports that moved to {held.manager} are not given back yet.",
                f"/import/{held.job.id}",
                _DETAILS,
                "warning",
            )
    return " ".join(filter(None, sentences))


def _give_back(job: Job) -> str:
    importer = current_importer()
    if job.phase in (Phase.VALIDATING, Phase.APPLYING) and not may_undo(job):
        if not job.paused:
            job = importer.stop(job.id)
        if may_discard(job):
            importer.discard(job.id)
            return "Their direct reports had not moved yet, and stay."
        text = "The move of the direct reports was stopped. Undo what it has done on its page."
        flash_with_link(text, f"/import/{job.id}", "Open it", "warning")
        return ""
    if job.phase is not Phase.UNDOING:
        job = importer.undo(job.id, author_of(current_viewer()))
    job = _work(job, at_once=job.done.updated <= MOVED_AT_ONCE)
    if job.phase is not Phase.UNDONE:
        text = "The direct reports are given back in the background."
        flash_with_link(text, f"/import/{job.id}", _PROGRESS)
        return ""
    if job.undone.skipped:
        were = count_of(job.undone.skipped, "person has", "people have")
        text = f"{were} another manager by now, and stay as they are."
        flash_with_link(text, f"/import/{job.id}", _DETAILS, "warning")
    undone = job.undone.undone
    return count_of(undone, "direct report is", "direct reports are") + " back." if undone else ""


def tell_of_kept(moves: list[Held]) -> None:
    """Tell of reports who stay where they were moved, with the way to give them back."""
    for held in moves:
        if may_undo(held.job):
            text = f"{held.number} stay with {held.manager}."
            flash_with_link(text, f"/import/{held.job.id}/undo", "Give them back")
        else:
            flash(f"The direct reports still move to {held.manager}.", "warning")


def _manager_in(edit: BulkEdit) -> str:
    return dict(edit.values).get(MANAGER, "")


def _shown(employee_id: str) -> str:
    try:
        employee = current_directory().get(current_viewer(), employee_id)
    except EmployeeNotFound:
        return employee_id
    return display_name(employee.full_name, employee_id)
