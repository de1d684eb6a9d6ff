"""The lines of a job, kept in parts: what is planned, what was done, what was undone."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from app.contracts.import_jobs import Job, JobNotFound, JobStore, LineCounts, Phase
from app.imports.planning.lines import OUTCOMES, UNDO_OUTCOMES, Line, count_lines, pack, unpack

PLAN, DONE, UNDO = "plan", "done", "undo"
LINES_A_PART = 1_000
_BYTES_A_PART = 360 * 1024
_COUNTS_TOGETHER = 100


def split_into_parts(lines: Iterable[Line]) -> Iterator[tuple[list[Line], bytes]]:
    """The lines in parts that are small enough to be kept, each with its packed content."""
    some: list[Line] = []
    texts: list[str] = []
    size = 0
    for line in lines:
        text = line.as_text()
        bytes_of_line = len(text.encode("utf-8", "surrogatepass"))
        if some and (len(some) == LINES_A_PART or size + bytes_of_line > _BYTES_A_PART):
            yield some, pack(texts)
            some, texts, size = [], [], 0
        some.append(line)
        texts.append(text)
        size += bytes_of_line
    if some:
        yield some, pack(texts)


class LineStore:
    """The lines of one job, and how many of each outcome every part has."""

    def __init__(self, jobs: JobStore, job_id: str) -> None:
        self._jobs = jobs
        self._job_id = job_id

    def put(self, kind: str, number: int, lines: list[Line], content: bytes | None = None) -> None:
        """Keep a part, and note how many of each outcome it has."""
        if content is None:
            content = pack(line.as_text() for line in lines)
        self._jobs.put_part(self._job_id, kind, number, content)
        self._note(kind, number, count_lines(lines))

    def put_as_planned(self, number: int, counts: LineCounts) -> None:
        """Note that all of a part was done as it was planned; its lines are not kept twice."""
        self._note(DONE, number, counts)

    def get(self, kind: str, number: int) -> list[Line]:
        """The lines of a part."""
        try:
            return unpack(self._jobs.get_part(self._job_id, kind, number))
        except JobNotFound:
            if kind != DONE:
                raise
        return self.get(PLAN, number)

    def planned(self, numbers: range) -> list[LineCounts]:
        """How many lines of each outcome these parts of the plan have."""
        return [counts for _, _, counts in self._those(PLAN, numbers)]

    def counts(self, job: Job) -> LineCounts:
        """How many lines of each outcome there are now, in all."""
        total = LineCounts()
        for _, _, counts in self._all(job):
            total = total.plus(counts)
        return total

    def page(self, job: Job, outcome: str, start: int, most: int) -> list[Line]:
        """Some of the lines with an outcome, from the start-th on, in the order of the file."""
        found: list[Line] = []
        for kind, number, counts in self._all(job):
            here = counts.of(outcome)
            if start >= here:
                start -= here
                continue
            lines = [line for line in self.get(kind, number) if line.outcome == outcome]
            found += lines[start : start + most - len(found)]
            start = 0
            if len(found) == most:
                break
        return found

    def with_outcome(self, job: Job, outcome: str) -> Iterator[Line]:
        """All lines with an outcome, in the order of the file, a part in memory at a time."""
        for kind, number, counts in self._all(job):
            if counts.of(outcome):
                yield from (line for line in self.get(kind, number) if line.outcome == outcome)

    def _all(self, job: Job) -> Iterator[tuple[str, int, LineCounts]]:
        """The newest kind of each part, its number and its counts."""
        yield from self._those(DONE, range(job.done_parts))
        yield from self._those(PLAN, range(job.done_parts, job.parts))
        if job.phase in (Phase.UNDOING, Phase.UNDONE):
            yield from self._those(UNDO, range(job.undone_parts))

    def _those(self, kind: str, numbers: range) -> Iterator[tuple[str, int, LineCounts]]:
        known: dict[int, list[LineCounts]] = {}
        for number in numbers:
            block, place = divmod(number, _COUNTS_TOGETHER)
            if block not in known:
                known = {block: self._counts(kind, block)}
            yield kind, number, known[block][place]

    def _note(self, kind: str, number: int, counts: LineCounts) -> None:
        block, place = divmod(number, _COUNTS_TOGETHER)
        noted = self._counts(kind, block)[:place] if place else []
        text = json.dumps([*noted, counts], separators=(",", ":"))
        self._jobs.put_part(self._job_id, f"{kind}-counts", block, text.encode())

    def _counts(self, kind: str, block: int) -> list[LineCounts]:
        content = self._jobs.get_part(self._job_id, f"{kind}-counts", block)
        return [LineCounts(*counts) for counts in json.loads(content)]


def outcomes_of(job: Job) -> tuple[str, ...]:
    """The outcomes that are shown of a job, those first that somebody has to look at."""
    undone = job.phase in (Phase.UNDOING, Phase.UNDONE)
    return UNDO_OUTCOMES if undone else OUTCOMES
