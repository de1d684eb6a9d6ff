"""Who is here and not in a file that lists everyone: everybody is compared, batch by batch."""

from collections.abc import Callable, Iterable, Iterator

from app.contracts import EmployeeStore
from app.contracts.import_jobs import Job
from app.imports.planning.line_store import ABSENCES, MAX_PART_LINES, LineStore, split_into_parts
from app.imports.planning.lines import ABSENT, Line
from app.imports.running.job_lease import JobLease
from app.model import leaving, validation
from app.model.employee import Employee
from app.model.revision import revision_of

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
    first = -(lease.job.absent + 1)
    compared = lease.job.compared
    bookmark = lease.job.absent_bookmark
    for number, batch in enumerate(store.iter_batches(bookmark), 1):
        lease.renew()
        lines += [
            _line(person, first - position)
            for position, person in enumerate(_missing(batch.people, is_in_file))
        ]
        first = -(lease.job.absent + len(lines) + 1)
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


def _missing(people: Iterable[Employee], is_in_file: Callable[[str], bool]) -> Iterator[Employee]:
    """Yield who is here and not in the file; leavers are not here."""
    today = leaving.today()
    for person in people:
        if not leaving.has_left(person, today) and not is_in_file(person.id):
            yield person


def _line(person: Employee, number: int) -> Line:
    new = {name: text for name in _FIELDS if (text := getattr(person, name))}
    old = {name: text for name in ("left_on", "photo_key") if (text := getattr(person, name))}
    return Line(number, ABSENT, person.id, person.full_name, revision_of(person), new, old)
