"""Move the reports of who leaves, or is merged, and give them back; tell of it."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from threading import Event
from typing import NamedTuple

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
from app.web.forms.managers import manager_above
from app.web.ui import urls
from app.web.ui.display_names import display_name
from app.web.ui.flashes import flash_with_link

_PROGRESS, _DETAILS = "Progress", "Details"
_NOBODY = "Nobody reports to them any more."  # somebody else moved them meanwhile


class Notice(NamedTuple):
    """A message with a link."""

    text: str
    address: str
    label: str
    category: str = "good"


@dataclass(frozen=True, slots=True)
class Told:
    """What became of the reports: a sentence for the message about the leaver, and others."""

    sentence: str = ""
    notices: tuple[Notice, ...] = ()

    def after(self, text: str) -> str:
        """Return the sentence after another."""
        return f"{text} {self.sentence}".rstrip()

    def flash_notices(self) -> None:
        """Show the other messages with the next page."""
        for notice in self.notices:
            flash_with_link(*notice)


class Held(NamedTuple):
    """A move that still holds: how many were moved, and to whom; whether it is at work."""

    job: Job
    number: str
    manager: str
    is_at_work: bool


def move_reports(leaver: Employee, manager_id: str, write_id: str, *, if_any: bool = False) -> Told:
    """Let the reports of a leaver report to somebody else; the same call again moves nobody twice.

    With ``if_any``, nothing is told if there are none. Of a failure of the store is told: the
    leaver is stored already.
    """
    try:
        told = _move(leaver, manager_id, write_id)
        return told or Told("" if if_any else _NOBODY)
    except StorageUnavailable:
        text = (
            "The direct reports were not moved, because the store is not responding. Those who "
            f"still report to {display_name(leaver.full_name, leaver.id)} can be moved in a minute."
        )
        address = urls.leave_address(leaver.id)
        return Told("", (Notice(text, address, "Move them", "warning"),))


def _move(leaver: Employee, manager_id: str, write_id: str) -> Told | None:
    jobs, viewer = current_jobs(), current_viewer()
    page = current_lines().reports(viewer, leaver.id, limit=MOVED_AT_ONCE + 1)
    job_id = move_id(leaver.updated_at, write_id)
    job = find_move(jobs, job_id)
    if job is None:
        if not page.cards:
            return None
        edit = move_of(leaver.id, manager_id, _exceptions(leaver, manager_id))
        job = begin_move(jobs, job_id, edit, _name_of(leaver, manager_id), author_of(viewer))
    return _told_of_move(_work(job, at_once=len(page.cards) <= MOVED_AT_ONCE))


def _exceptions(leaver: Employee, manager_id: str) -> Pairs:
    """Return who gets the leaver's own manager, since the new one is below them, or they are it."""
    viewer, lines = current_viewer(), current_lines()
    between = lines.report_above(viewer, leaver.id, manager_id)
    if between is None:
        return ()
    above = manager_above(leaver)
    if above is None or lines.report_above(viewer, leaver.id, above.id):  # in a circle of others
        return ((between.id, ""),)
    return ((between.id, above.id),)


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


def _told_of_move(job: Job) -> Told:
    manager, address = _shown(_manager_in(job)), f"/import/{job.id}"
    if job.phase is not Phase.APPLIED:
        text = f"The direct reports move to {manager} in the background."
        return Told("", (Notice(text, address, _PROGRESS),))
    notices = []
    if kept := job.done.rejected:
        were = count_of(kept, "direct report was", "direct reports were")
        notices.append(Notice(f"{were} not moved.", address, _DETAILS, "warning"))
    moved, sentences = job.done.changed, []
    for employee_id, above in job.edit.exceptions:
        found = _find(employee_id)
        if found is not None and found.manager == above:
            who = display_name(found.full_name, found.id)
            sentences.append(f"{who} now reports to {_shown(above) if above else 'nobody'}.")
            moved -= 1
    if moved > 0:
        reports = count_of(moved, "direct report now reports", "direct reports now report")
        sentences.append(f"{reports} to {manager}.")
    return Told(" ".join(sentences), tuple(notices))


def held_moves(leaver_id: str) -> list[Held]:
    """Return the moves of the reports of somebody that still hold, the latest first."""
    moves = []
    for job in moves_of(current_jobs(), leaver_id):
        is_at_work = job.phase in ACTIVE_PHASES
        if job.done.changed or is_at_work:
            number = count_of(job.done.changed, "direct report", "direct reports")
            moves.append(Held(job, number, _shown(_manager_in(job)), is_at_work))
    return moves


def give_back(moves: list[Held]) -> Told:
    """Undo moves of reports, each as a whole. What cannot be undone now, is told."""
    told = [_give_back(held) for held in moves]
    sentences = " ".join(each.sentence for each in told if each.sentence)
    return Told(sentences, tuple(notice for each in told for notice in each.notices))


def _give_back(held: Held) -> Told:
    job, address = held.job, f"/import/{held.job.id}"
    try:
        if job.phase in (Phase.VALIDATING, Phase.APPLYING) and not may_undo(job):
            return _stop(job)
        if job.phase is not Phase.UNDOING:
            job = current_importer().undo(job.id, author_of(current_viewer()))
        return _told_of_return(_work(job, at_once=job.done.updated <= MOVED_AT_ONCE))
    except (ImportNotPossible, StorageUnavailable):
        text = f"The direct reports that moved to {held.manager} are not given back yet."
        return Told("", (Notice(text, address, _DETAILS, "warning"),))


def _stop(job: Job) -> Told:
    importer = current_importer()
    if not job.paused:
        job = importer.stop(job.id)
    if may_discard(job):
        importer.discard(job.id)
        return Told("Their direct reports had not moved yet, and stay.")
    text = "The move of the direct reports was stopped. Undo what it has done on its page."
    return Told("", (Notice(text, f"/import/{job.id}", "Open it", "warning"),))


def _told_of_return(job: Job) -> Told:
    address = f"/import/{job.id}"
    if job.phase is not Phase.UNDONE:
        text = "The direct reports are given back in the background."
        return Told("", (Notice(text, address, _PROGRESS),))
    notices = []
    if skipped := job.undone.skipped:
        have = count_of(skipped, "person has", "people have")
        text = f"{have} another manager by now, and stay as they are."
        notices.append(Notice(text, address, _DETAILS, "warning"))
    undone = count_of(job.undone.undone, "direct report is", "direct reports are")
    return Told(f"{undone} back." if job.undone.undone else "", tuple(notices))


def told_of_kept(moves: list[Held]) -> Told:
    """Tell of reports who stay where they were moved, with the way to give them back."""
    notices = []
    for held in moves:
        address = f"/import/{held.job.id}"
        if may_undo(held.job):
            text = f"{held.number} stay with {held.manager}."
            notices.append(Notice(text, f"{address}/undo", "Give them back"))
        else:
            text = f"The direct reports still move to {held.manager}."
            notices.append(Notice(text, address, _PROGRESS, "warning"))
    return Told("", tuple(notices))


def _manager_in(job: Job) -> str:
    return dict(job.edit.values).get(MANAGER, "")


def _shown(employee_id: str) -> str:
    found = _find(employee_id)
    return display_name(found.full_name, employee_id) if found else employee_id


def _find(employee_id: str) -> Employee | None:
    with suppress(EmployeeNotFound):
        return current_directory().get(current_viewer(), employee_id)
    return None
