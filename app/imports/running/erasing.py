"""Take out of the stored imports what names somebody who is deleted permanently.

Of an import that was applied or undone, the rows of the person are emptied, and the uploaded file
goes. One that changed nobody yet is discarded. One in progress blocks.
"""

import json
import secrets
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import replace

from app.access.viewer import Viewer
from app.contracts import PhotoStore
from app.contracts.history import HistoryStore
from app.contracts.import_jobs import ACTIVE_PHASES, Job, JobNotFound, JobStore, Phase
from app.contracts.traces import ErasureBlocked
from app.history.changes import Author
from app.imports.planning.line_store import ABSENCES, DONE, PLAN, UNDO
from app.imports.planning.lines import Line, Problem, Values, pack, unpack
from app.imports.running import audit, column_mapping, staged_photos, upload_store
from app.imports.running.job_lease import change
from app.imports.running.mentions import Mentions, names_in_file
from app.model.employee import Employee
from app.model.errors import StorageUnavailable
from app.runtime import bounded_zlib, deadline

_JOBS_PER_READ = 20
_MAX_UNPACKED_BYTES = 16 * 1024 * 1024
_MIN_SECONDS = 2.0
_REMOVED = Problem("", "Removed, because the person was deleted permanently")
_TOO_MANY = (
    "The imports of the last thirty days are too large to be searched while a page waits. Run "
    "flask erase with the id of this person on a machine."
)


class ImportTraces:
    """The Traces of people in the imports of one directory."""

    def __init__(
        self, jobs: JobStore, photos: PhotoStore | None, history: HistoryStore | None = None
    ) -> None:
        self._jobs = jobs
        self._photos = photos
        self._history = history

    def erase(self, person: Employee, *, by: Viewer, former: Sequence[Employee] = ()) -> None:
        """Implement Traces.erase; it reads all imports of thirty days, a part at a time."""
        mentions = Mentions(person, former)
        named = [job for job in self._all_jobs() if self._names(job, mentions)]
        for job in named:
            if job.phase in ACTIVE_PHASES:
                raise ErasureBlocked(
                    f"The import of {job.name} names this person and is not finished. Let it end, "
                    "or undo it, then delete them."
                )
        for job in named:
            if job.phase in (Phase.APPLIED, Phase.UNDONE):
                self._empty(job, mentions)
            else:
                staged_photos.drop_planned(self._photos, self._jobs, job)
                self._jobs.delete(job.id)

    def _all_jobs(self) -> Iterator[Job]:
        before = ""
        while page := self._jobs.recent(_JOBS_PER_READ, before):
            yield from (stored.job for stored in page if stored.job.phase is not Phase.RECEIVING)
            before = page[-1].job.id

    def _names(self, job: Job, mentions: Mentions) -> bool:
        if mentions.are_in(job.as_text()):
            return True
        if any(_are_named(text, mentions) for *_, text in self._texts(job)):
            return True
        if not job.file_parts:
            return False
        with upload_store.open_upload(self._jobs, job, _check_time) as file:
            return names_in_file(file, mentions)

    def _texts(self, job: Job) -> Iterator[tuple[str, int, str]]:
        """Yield the kind, the number and the content of each stored part of lines."""
        counts = ((PLAN, job.parts), (DONE, job.done_parts), (UNDO, job.undone_parts))
        for kind, parts in (*counts, (ABSENCES, job.absent_parts)):
            for number in range(parts):
                _check_time()
                try:
                    content = self._jobs.get_part(job.id, kind, number)
                except JobNotFound:  # applied as planned
                    continue
                yield kind, number, _unpacked(content)

    def _empty(self, job: Job, mentions: Mentions) -> None:
        for kind, number, text in self._texts(job):
            if mentions.may_be_in(text):
                emptied = [_emptied(line, mentions).as_text() for line in _lines(text)]
                self._jobs.put_part(job.id, kind, number, pack(emptied))
        self._empty_columns(job)
        upload_store.remove_upload(self._jobs, job)

        def unnamed(each: Job) -> Job:
            return replace(
                each,
                file_parts=0,
                digest="",
                name=mentions.blanked(each.name) or "no name",
                edit=replace(each.edit, words=mentions.blanked(each.edit.words)),
                error=mentions.blanked(each.error),
                author=_other_than(mentions, each.author),
                undone_by=_other_than(mentions, each.undone_by),
                notices=tuple(filter(None, map(mentions.blanked, each.notices))),
            )

        bare = unnamed(job)
        if bare.name != job.name:  # the lines with that name are replaced
            audit.note_import(self._history, bare)
            audit.note_undo(self._history, bare)
        change(self._jobs, job.id, unnamed)

    def _empty_columns(self, job: Job) -> None:
        """Remove the first values of the columns."""
        if columns := column_mapping.load_mapping(self._jobs, job.id):
            bare = [column._replace(examples=()) for column in columns]
            column_mapping.store_mapping(self._jobs, job.id, bare)


def _other_than(mentions: Mentions, author: Author) -> Author:
    """Return the author of a job; nobody if it is the person."""
    is_person = mentions.are_in(author.name) or mentions.is_of(author.person_id, author.name)
    return Author() if is_person else author


def _are_named(text: str, mentions: Mentions) -> bool:
    """Return whether the lines of a part name the person, or one is theirs."""
    return mentions.are_in(text) or (
        mentions.may_be_in(text)
        and any(mentions.is_of(each.id, each.name, each.new, each.old) for each in _lines(text))
    )


def _lines(text: str) -> list[Line]:
    return unpack(zlib.compress(text.encode("utf-8", "surrogatepass"), 1))


def _emptied(line: Line, mentions: Mentions) -> Line:
    """Return the line without the person: of nobody if it is theirs, else without their mention."""
    if mentions.is_of(line.id, line.name, line.new, line.old):
        nobody = f"deleted-{secrets.token_hex(8)}"
        return Line(line.number, line.outcome, nobody, problems=(_REMOVED,))
    if not mentions.may_be_in(line.as_text()):
        return line
    kept = [name for name in line.new if not mentions.are_in(_text(line.new, line.old, name))]
    return replace(
        line,
        new={name: line.new[name] for name in kept},
        old={name: line.old[name] for name in kept if name in line.old},
        problems=tuple(Problem(*map(mentions.blanked, each)) for each in line.problems),
        resembles=tuple(each for each in line.resembles if not mentions.is_of(each.id, each.name)),
    )


def _text(new: Values, old: Values, name: str) -> str:
    return json.dumps([new.get(name), old.get(name)], ensure_ascii=False)


def _unpacked(content: bytes) -> str:
    try:
        unpacked = bounded_zlib.decompress(content, _MAX_UNPACKED_BYTES)
    except ValueError:
        return "[]"  # damaged: it shows nobody
    return unpacked.decode("utf-8", "ignore")


def _check_time() -> None:
    """Raise StorageUnavailable before the time of a page is over; a command has no limit."""
    if deadline.remaining() < _MIN_SECONDS:
        raise StorageUnavailable("the imports", "read", reason="too many", advice=_TOO_MANY)
