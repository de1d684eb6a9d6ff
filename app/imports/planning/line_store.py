"""The lines of a job, stored in parts: as planned, as applied and as undone."""

import json
from collections.abc import Iterable, Iterator

from app.contracts.import_jobs import (
    Job,
    JobNotFound,
    JobStore,
    JobUnreadable,
    Phase,
)
from app.contracts.line_counts import LineCounts
from app.contracts.stored_jobs import counts_from
from app.imports.planning.lines import (
    ABSENT,
    OUTCOMES,
    UNDO_OUTCOMES,
    Line,
    count_lines,
    pack,
    unpack,
)
from app.runtime import strict_json

PLAN, DONE, UNDO, ABSENCES = "plan", "done", "undo", "absent"
MAX_PART_LINES = 1_000
# A photo takes up to seconds to check, and an import that is stopped repeats the part.
_MAX_PART_PHOTOS = 50
_MAX_PART_BYTES = 360 * 1024
_COUNTS_PER_BLOCK = 100


def split_into_parts(lines: Iterable[Line]) -> Iterator[tuple[list[Line], bytes]]:
    """Split lines into parts that a job store accepts, each with its packed content."""
    part: list[Line] = []
    texts: list[str] = []
    size = photos = 0
    for line in lines:
        text = line.as_text()
        line_bytes = len(text.encode("utf-8", "surrogatepass"))
        is_full = len(part) == MAX_PART_LINES or photos == _MAX_PART_PHOTOS
        if part and (is_full or size + line_bytes > _MAX_PART_BYTES):
            yield part, pack(texts)
            part, texts, size, photos = [], [], 0, 0
        photos += line.has_new_photo
        part.append(line)
        texts.append(text)
        size += line_bytes
    if part:
        yield part, pack(texts)


class LineStore:
    """The stored lines of one job, and the counts of outcomes of every part."""

    def __init__(self, jobs: JobStore, job_id: str) -> None:
        self._jobs = jobs
        self._job_id = job_id

    def put(self, kind: str, number: int, lines: list[Line], content: bytes | None = None) -> None:
        """Store a part and its counts."""
        if content is None:
            content = pack(line.as_text() for line in lines)
        self._jobs.put_part(self._job_id, kind, number, content)
        self._save_counts(kind, number, count_lines(lines))

    def replace(self, kind: str, number: int, lines: list[Line]) -> None:
        """Store a part and its counts in place of those that it had; later parts stay."""
        self._jobs.put_part(self._job_id, kind, number, pack(line.as_text() for line in lines))
        block, position = divmod(number, _COUNTS_PER_BLOCK)
        counts = self._load_block(kind, block)
        counts[position] = count_lines(lines)
        text = json.dumps(counts, separators=(",", ":"))
        self._jobs.put_part(self._job_id, f"{kind}-counts", block, text.encode())

    def put_as_planned(self, number: int, counts: LineCounts) -> None:
        """Record that a part was applied as planned; its lines are not stored twice."""
        self._save_counts(DONE, number, counts)

    def get(self, kind: str, number: int) -> list[Line]:
        """Return the lines of a part; the planned ones if it was applied as planned.

        The applied parts of who is in no row follow those of the rows. Raises JobNotFound, and
        JobUnreadable if the part is damaged.
        """
        try:
            content = self._jobs.get_part(self._job_id, kind, number)
        except JobNotFound:
            if kind != DONE:
                raise
            return self.get(PLAN, number)
        try:
            return unpack(content)
        except ValueError as error:
            raise JobUnreadable(self._job_id) from error

    def applied_otherwise(self, number: int) -> list[Line] | None:
        """Return the lines of an applied part, None if it was applied as planned."""
        try:
            self._jobs.get_part(self._job_id, DONE, number)
        except JobNotFound:
            return None
        return self.get(DONE, number)

    def planned_counts(self, numbers: range) -> list[LineCounts]:
        """Return the counts of these parts of the plan."""
        return [counts for _, _, counts in self._counts_of_parts(PLAN, numbers)]

    def counts(self, job: Job) -> LineCounts:
        """Return the current counts of all parts together, also of who is in no row."""
        total = LineCounts()
        for _, _, counts in self._latest_counts(job):
            total = total.plus(counts)
        absent = sum(counts.absent for _, _, counts in self._absent_counts(job))
        return total._replace(absent=absent)

    def page(self, job: Job, outcome: str, start: int, most: int) -> list[Line]:
        """Return at most ``most`` lines with an outcome from ``start`` on, in the file's order."""
        return self._page(self._latest_counts(job), outcome, start, most)

    def absent_page(self, job: Job, start: int, most: int) -> list[Line]:
        """Return at most ``most`` people who are not in the file, from ``start`` on.

        Who was marked as left is none of them any more.
        """
        return self._page(self._absent_counts(job), ABSENT, start, most)

    def all_absent(self, job: Job) -> Iterator[Line]:
        """Yield all people who are not in the file, one part in memory at a time."""
        for kind, number, _ in self._absent_counts(job):
            yield from (line for line in self.get(kind, number) if line.outcome == ABSENT)

    def _absent_counts(self, job: Job) -> Iterator[tuple[str, int, LineCounts]]:
        applied = max(job.done_parts - job.parts, 0)
        yield from self._counts_of_parts(DONE, range(job.parts, job.parts + applied))
        yield from self._counts_of_parts(ABSENCES, range(applied, job.absent_parts))

    def _page(
        self, parts: Iterable[tuple[str, int, LineCounts]], outcome: str, start: int, most: int
    ) -> list[Line]:
        page: list[Line] = []
        for kind, number, counts in parts:
            count = counts.of(outcome)
            if start >= count:
                start -= count
                continue
            lines = [line for line in self.get(kind, number) if line.outcome == outcome]
            page += lines[start : start + most - len(page)]
            start = 0
            if len(page) == most:
                break
        return page

    def in_order(self, job: Job) -> Iterator[Line]:
        """Yield all lines in the file's order, one part in memory at a time."""
        for kind, number, _ in self._latest_counts(job):
            yield from self.get(kind, number)

    def with_outcome(self, job: Job, outcome: str) -> Iterator[Line]:
        """Yield all lines with an outcome in the file's order, one part in memory at a time."""
        for kind, number, counts in self._latest_counts(job):
            if counts.of(outcome):
                yield from (line for line in self.get(kind, number) if line.outcome == outcome)

    def _latest_counts(self, job: Job) -> Iterator[tuple[str, int, LineCounts]]:
        """Yield the latest kind of each part, its number and its counts."""
        yield from self._counts_of_parts(DONE, range(job.done_parts))
        yield from self._counts_of_parts(PLAN, range(min(job.done_parts, job.parts), job.parts))
        if job.phase in (Phase.UNDOING, Phase.UNDONE):
            yield from self._counts_of_parts(UNDO, range(job.undone_parts))

    def _counts_of_parts(self, kind: str, numbers: range) -> Iterator[tuple[str, int, LineCounts]]:
        block_counts: dict[int, list[LineCounts]] = {}
        for number in numbers:
            block, position = divmod(number, _COUNTS_PER_BLOCK)
            if block not in block_counts:
                block_counts = {block: self._load_block(kind, block)}
            if position >= len(block_counts[block]):
                raise JobUnreadable(self._job_id)
            yield kind, number, block_counts[block][position]

    def _save_counts(self, kind: str, number: int, counts: LineCounts) -> None:
        block, position = divmod(number, _COUNTS_PER_BLOCK)
        saved = self._load_block(kind, block)[:position] if position else []
        text = json.dumps([*saved, counts], separators=(",", ":"))
        self._jobs.put_part(self._job_id, f"{kind}-counts", block, text.encode())

    def _load_block(self, kind: str, block: int) -> list[LineCounts]:
        content = self._jobs.get_part(self._job_id, f"{kind}-counts", block)
        try:
            counts = [counts_from(stored) for stored in strict_json.parse(content)]
        except (ValueError, TypeError) as error:
            raise JobUnreadable(self._job_id) from error
        readable = [each for each in counts if each is not None]
        if len(readable) < len(counts):
            raise JobUnreadable(self._job_id)
        return readable


def outcomes_of(job: Job) -> tuple[str, ...]:
    """Return the outcomes to show, those that need attention first."""
    undone = job.phase in (Phase.UNDOING, Phase.UNDONE)
    return UNDO_OUTCOMES if undone else OUTCOMES
