"""Work on a job: validate, apply or undo it, with a checkpoint after each part."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from threading import Event
from time import time
from typing import BinaryIO

from app.contracts import MAX_BATCH, EmployeeStore
from app.contracts.import_choices import Pairs
from app.contracts.import_jobs import Job, JobStore, JobUnreadable, Phase
from app.imports.errors import FileUnreadable
from app.imports.files.photo_archive import PhotoArchive, is_photo_archive
from app.imports.files.rows import Row
from app.imports.files.table import Table
from app.imports.planning.dates import DayOrder
from app.imports.planning.line_store import PLAN, UNDO, LineStore, split_into_parts
from app.imports.planning.lines import Line, add_emptied, count_lines
from app.imports.planning.photo_planner import PhotoPlanner
from app.imports.planning.planner import Planner
from app.imports.planning.row_photos import PhotoOptions, RowPhotos
from app.imports.running.absent import find_absent
from app.imports.running.audit import note_import, note_undo, note_work
from app.imports.running.column_mapping import (
    choose_columns,
    headings_key,
    keep_columns,
    remember,
)
from app.imports.running.departures import begun_part, mark_absent
from app.imports.running.execution import apply
from app.imports.running.job_context import JobContext
from app.imports.running.job_lease import JobLease, LeaseLost, StopRequested, acquire
from app.imports.running.list_plan import plan_edit
from app.imports.running.manager_plan import plan_managers
from app.imports.running.moved_photos import MovedPhotos
from app.imports.running.sample_plan import plan_samples
from app.imports.running.share import share_refusal
from app.imports.running.staged_photos import drop_undone
from app.imports.running.survey import survey
from app.imports.running.undo import Undo
from app.imports.running.upload_store import open_upload
from app.model.errors import StorageUnavailable

# Rows that another row contradicts, of a job: a file with more is read wrongly.
_MAX_CONTRADICTED = 1_000
_NO_PHOTOS, _NO_CONTEXT = PhotoOptions(), JobContext()
_NO_LIST = "Photos are no list of everyone. Import them without saying so."
_PHOTOS_OFF = "Photos are off here. Set PHOTOS_BUCKET or PHOTOS_FOLDER, then import them again."


def work(
    store: EmployeeStore,
    jobs: JobStore,
    job_id: str,
    stop: Event,
    writers: int,
    photos: PhotoOptions = _NO_PHOTOS,
    context: JobContext = _NO_CONTEXT,
) -> Iterator[Job]:
    """Work on a job until it ends, needs the user or is stopped; yield it after each step.

    The audit log gets one line for what it does, and one for its undo.
    Does nothing while another worker holds the lease. Raises StorageUnavailable after releasing it.
    """
    lease = acquire(jobs, job_id, stop)
    if lease is None:
        return
    try:
        yield from _Worker(store, jobs, lease, writers, photos, context).run()
    except LeaseLost:
        return
    except StopRequested:
        note_work(context.history, lease.job)
        lease.release()
    except JobUnreadable as error:
        lease.update(paused=True, error=str(error))
        lease.release()
    except StorageUnavailable as error:
        _give_up(lease, f"Waiting, because {error.service} did not respond: {error.reason}.")
        raise
    else:
        lease.release()
    yield lease.job


def _give_up(lease: JobLease, error: str) -> None:
    try:
        lease.release(error)
    except StorageUnavailable:
        return  # the lease expires


class _Worker:
    def __init__(
        self,
        store: EmployeeStore,
        jobs: JobStore,
        lease: JobLease,
        writers: int,
        photos: PhotoOptions,
        context: JobContext,
    ) -> None:
        self._store = store
        self._photos = photos
        self._moved_photos = MovedPhotos(photos.store)
        self._context, self._history, self._accounts = context, context.history, context.accounts
        self._jobs = jobs
        self._lease = lease
        self._parts = LineStore(jobs, lease.job.id)
        self._writers = writers

    def run(self) -> Iterator[Job]:
        """Run phase after phase while the job has a phase that needs work."""
        phases: Mapping[Phase, Callable[[], Iterator[Job]]] = {
            Phase.VALIDATING: self._validate,
            Phase.APPLYING: self._apply,
            Phase.UNDOING: self._undo,
        }
        while (phase := phases.get(self._lease.job.phase)) is not None:
            self._lease.renew()
            yield from phase()

    def _validate(self) -> Iterator[Job]:
        if self._lease.job.samples and self._photos.samples:
            yield from plan_samples(self._lease, self._parts, self._photos.samples)
            yield self._lease.checkpoint(phase=Phase.APPLYING, began=time())
            return
        try:
            yield from self._read()
        except FileUnreadable as error:
            yield self._lease.checkpoint(phase=Phase.FAILED, error=str(error), ended=time())
            return
        self._lease.update(people=self._store.facets().total)
        if self._lease.job.auto_apply and not share_refusal(self._lease.job):
            yield self._lease.checkpoint(phase=Phase.APPLYING, began=time())
        else:
            yield self._lease.checkpoint(phase=Phase.READY)

    def _read(self) -> Iterator[Job]:
        if self._lease.job.edit.is_set:
            yield from plan_edit(self._store, self._lease, self._parts)
            return
        with open_upload(self._jobs, self._lease.job, self._lease.renew) as file:
            read = self._read_photos if is_photo_archive(file) else self._read_table
            yield from read(file)

    def _read_table(self, file: BinaryIO) -> Iterator[Job]:
        table = Table(file, self._choose_columns)
        if self._lease.job.total < 0:
            self._keep_columns(table)
            yield self._lease.checkpoint(**survey(table, self._lease.renew))
        job = self._lease.job
        order = DayOrder(job.day_first, job.month_first, job.year_first, table.counts_from_1904)
        planner = Planner(self._store, table, order, job.id, self._row_photos(), job.choices)
        yield from self._plan_parts(planner, table.rows())
        if "manager" in table.columns.fields:
            heading = table.columns.heading_of("manager")
            changes = plan_managers(self._store, self._lease, self._parts, heading)
            yield self._lease.checkpoint(**changes, sets_managers=True)
        if job.choices.is_complete:
            yield from find_absent(self._store, self._lease, self._parts, planner.may_mean)

    def _read_photos(self, file: BinaryIO) -> Iterator[Job]:
        if self._photos.store is None or self._lease.job.choices.is_complete:
            raise FileUnreadable(_NO_LIST if self._photos.store else _PHOTOS_OFF)
        archive = PhotoArchive(file)
        if self._lease.job.total < 0:
            description = archive.source_description
            yield self._lease.checkpoint(total=archive.count, source_description=description)
        planner = PhotoPlanner(self._store, archive, self._row_photos())
        yield from self._plan_parts(planner, archive.rows())

    def _row_photos(self) -> RowPhotos:
        return RowPhotos(self._photos, self._lease.job.id, self._lease.renew)

    def _choose_columns(self, headings: Sequence[str]) -> Pairs:
        """Return the chosen fields of the headings; from the first reading on they are the same."""
        job = self._lease.job
        if job.total < 0:
            columns = choose_columns(self._jobs, headings, job.choices.columns)
            choices = replace(job.choices, columns=columns)
            self._lease.update(choices=choices, headings_key=headings_key(headings))
            if job.auto_apply:
                remember(self._jobs, self._lease.job)
        return self._lease.job.choices.columns

    def _keep_columns(self, table: Table) -> None:
        """Store how the columns are read, also if no column identifies the person."""
        self._lease.update(**keep_columns(self._jobs, self._lease.job.id, table))
        table.check_columns()

    def _plan_parts(
        self, planner: Planner | PhotoPlanner, all_rows: Iterator[Row]
    ) -> Iterator[Job]:
        job = self._lease.job
        for number in range(job.parts):
            for line in self._parts.get(PLAN, number):
                planner.remember(line)
        rows = islice(all_rows, sum(job.planned), None)
        for lines, content in split_into_parts(self._plan_lines(planner, rows)):
            self._parts.put(PLAN, self._lease.job.parts, lines, content)
            job = self._lease.job
            planned = job.planned.plus(count_lines(lines))
            with_photo = job.photos + sum(line.has_new_photo for line in lines)
            emptied = add_emptied(job.emptied, lines)
            yield self._lease.checkpoint(
                parts=job.parts + 1,
                planned=planned,
                photos=with_photo,
                emptied=emptied,
                contradicted=planner.contradicted[:_MAX_CONTRADICTED],
            )
            self._lease.renew()

    def _plan_lines(self, planner: Planner | PhotoPlanner, rows: Iterable[Row]) -> Iterator[Line]:
        remaining = iter(rows)
        while chunk := list(islice(remaining, MAX_BATCH)):
            self._lease.renew()
            yield from planner.plan(chunk)

    def _apply(self) -> Iterator[Job]:
        if not self._lease.job.began:  # an older release began it
            self._lease.update(began=time())
        options = self._writers, self._moved_photos, self._accounts
        yield from apply(self._store, self._lease, self._parts, *options)
        yield from mark_absent(self._store, self._lease, self._parts, *options)
        note_import(self._history, self._lease.job)
        self._context.count_again(self._lease.job)
        yield self._lease.checkpoint(phase=Phase.APPLIED, ended=time())

    def _undo(self) -> Iterator[Job]:
        job = self._lease.job
        note_import(self._history, job)
        effects = self._moved_photos, self._accounts
        undo = Undo(self._store, job, *effects, self._lease.renew, self._writers)
        # A part after the done ones may have been begun; older releases did not store begun_parts.
        begun = max(job.begun_parts, job.done_parts + 1)
        for number in range(job.undone_parts, min(begun, job.all_parts)):
            self._lease.renew()
            applied = begun_part(self._parts, job, number)
            lines = undo.apply(applied)
            drop_undone(self._photos.store, applied, lines)
            self._parts.put(UNDO, number, lines)
            undone = self._lease.job.undone.plus(count_lines(lines))
            yield self._lease.checkpoint(undone_parts=number + 1, undone=undone)
        note_undo(self._history, self._lease.job)
        self._context.count_again(self._lease.job)
        yield self._lease.checkpoint(phase=Phase.UNDONE, ended=time())
