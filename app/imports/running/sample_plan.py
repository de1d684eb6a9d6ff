"""Plan the addition of sample people, which takes as long as their photos take to be stored."""

from collections.abc import Iterator

from app.contracts.import_jobs import Job
from app.imports.planning.line_store import PLAN, LineStore
from app.imports.planning.lines import ADDED, Line, Value, count_lines
from app.imports.planning.row_photos import Samples
from app.imports.running.job_lease import JobLease
from app.model.employee import Employee
from app.model.fields import CONTENT_FIELDS

_PEOPLE_PER_PART = 10


def plan_samples(lease: JobLease, parts: LineStore, samples: Samples) -> Iterator[Job]:
    """Plan the remaining people, with a checkpoint after every few; yield the job after each."""
    while (start := sum(lease.job.planned)) < lease.job.total:
        end = min(start + _PEOPLE_PER_PART, lease.job.total)
        lines = []
        for number, employee in enumerate(samples(lease.job.id, start, end), start + 1):
            lines.append(_line(number, employee))
            lease.renew()
        parts.put(PLAN, lease.job.parts, lines)
        yield lease.checkpoint(
            parts=lease.job.parts + 1,
            planned=lease.job.planned.plus(count_lines(lines)),
            photos=lease.job.photos + sum("photo_key" in line.new for line in lines),
        )


def _line(number: int, employee: Employee) -> Line:
    """Return the line of a person, who gets another id if this one was deleted here before."""
    new: dict[str, Value] = {name: getattr(employee, name) for name in CONTENT_FIELDS}
    new = {name: value for name, value in new.items() if value}
    return Line(number, ADDED, employee.id, employee.full_name, new=new, may_reassign_id=True)
