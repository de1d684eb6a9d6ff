"""Who is here and not in a file that lists everyone: everybody is compared, batch by batch."""

from collections.abc import Callable, Iterable, Iterator

from app.contracts import EmployeeStore
from app.contracts.import_jobs import Job
from app.imports.planning.line_store import ABSENCES, MAX_PART_LINES, LineStore, split_into_parts
from app.imports.planning.lines import ABSENT, Line
from app.imports.running.job_lease import JobLease
from app.model import validation
from app.model.employee import Employee

_FIELDS = ("job_title", "department", "location", "email")
# Of at most 1,000 people each, after which the progress is stored.
_BATCHES_PER_CHECKPOINT = 20


def find_absent(
    store: EmployeeStore, lease: JobLease, parts: LineStore, is_in_file: Callable[[str], bool]
) -> Iterator[Job]:
    """Store who is not in the file, from the stored bookmark on; yield the job after each step.

    In bounded memory: at most MAX_PART_LINES and one batch of people are held.
    """
    lines: list[Line] = []
    compared = lease.job.compared
    bookmark = lease.job.absent_bookmark
    for number, batch in enumerate(store.iter_batches(bookmark), 1):
        lease.renew()
        lines += [_line(person) for person in batch.people if not is_in_file(person.id)]
        compared, bookmark = compared + len(batch.people), batch.bookmark
        if len(lines) >= MAX_PART_LINES or number % _BATCHES_PER_CHECKPOINT == 0:
            yield _store(lease, parts, lines, bookmark, compared)
            lines = []
    yield _store(lease, parts, lines, bookmark, compared)


def absent_rows(lines: Iterable[Line]) -> Iterator[tuple[str, ...]]:
    """Yield the headings of an export, then a row for each person who is not in the file."""
    names = ("full_name", *_FIELDS)
    yield ("Id", *(validation.LABELS[name] for name in names))
    for line in lines:
        yield (line.id, line.name, *(str(line.new.get(name, "")) for name in _FIELDS))


def _store(
    lease: JobLease, parts: LineStore, lines: list[Line], bookmark: str, compared: int
) -> Job:
    number = lease.job.absent_parts
    for part, content in split_into_parts(lines):
        parts.put(ABSENCES, number, part, content)
        number += 1
    return lease.checkpoint(
        absent=lease.job.absent + len(lines),
        absent_parts=number,
        absent_bookmark=bookmark,
        compared=compared,
    )


def _line(person: Employee) -> Line:
    values = {name: text for name in _FIELDS if (text := getattr(person, name))}
    return Line(0, ABSENT, person.id, person.full_name, new=values)
