"""Mark as left who is not in a complete list, part by part, after the rows were applied."""

from collections.abc import Iterator
from dataclasses import replace

from app.contracts import EmployeeStore
from app.contracts.import_jobs import Job
from app.contracts.linked_accounts import LinkedAccounts
from app.imports.planning.line_store import ABSENCES, DONE, PLAN, LineStore
from app.imports.planning.lines import ABSENT, LEFT, REJECTED, Line, count_lines
from app.imports.running.additions import Additions
from app.imports.running.job_lease import JobLease
from app.imports.running.moved_photos import MovedPhotos
from app.imports.running.updates import Updater
from app.imports.running.writes import last_day_of


def mark_absent(
    store: EmployeeStore,
    lease: JobLease,
    parts: LineStore,
    writers: int,
    photos: MovedPhotos,
    accounts: LinkedAccounts | None,
) -> Iterator[Job]:
    """Mark the remaining parts of those who are in no row as left; yield the job after each.

    Nothing if that was not chosen. Their parts are counted behind those of the rows.
    """
    while (number := lease.job.done_parts) < lease.job.all_parts:
        is_fresh = lease.job.begun_parts <= number
        yield lease.update(begun_parts=max(lease.job.begun_parts, number + 1), buffered=0)
        job = lease.job
        updater = Updater(store, job, photos, accounts, lease.renew, writers, is_fresh=is_fresh)
        additions = Additions(store, job, is_fresh=is_fresh)
        absent = parts.get(ABSENCES, number - job.parts)
        results = updater.apply([_leaving(line, job) for line in absent], additions)
        results = [_stays(*pair) for pair in zip(absent, results, strict=True)]
        parts.put(DONE, number, results)
        job = lease.job
        done = job.done.plus(count_lines(results))
        yield lease.checkpoint(done_parts=number + 1, done=done)
        lease.renew()


def begun_part(parts: LineStore, job: Job, number: int) -> list[Line]:
    """Return the lines of a part that was applied, or begun."""
    if number < job.done_parts:
        return parts.get(DONE, number)
    if number < job.parts:
        return parts.get(PLAN, number)
    return [_leaving(line, job) for line in parts.get(ABSENCES, number - job.parts)]


def _leaving(line: Line, job: Job) -> Line:
    """Return the line that marks somebody as left who is in no row."""
    old = {"left_on": line.old.get("left_on", "")}
    new = {"left_on": last_day_of(job)}
    return Line(line.number, LEFT, line.id, line.name, line.revision, new, old)


def _stays(absent: Line, result: Line) -> Line:
    """Return the result; of who could not be marked as left, why they are still here."""
    if result.outcome != REJECTED:
        return result
    return replace(absent, outcome=ABSENT, problems=result.problems)
