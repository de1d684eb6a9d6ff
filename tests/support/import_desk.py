"""An importer on a store, with the jobs beside it."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from threading import Event

from app.contracts import EmployeeStore, PhotoStore
from app.contracts.history import HistoryStore
from app.contracts.import_choices import Choices
from app.contracts.import_jobs import Job, JobStore
from app.contracts.linked_accounts import LinkedAccounts
from app.history.changes import Author
from app.imports.importer import Importer
from app.imports.planning.lines import OUTCOMES, UNDO_OUTCOMES, Line
from app.imports.planning.row_photos import PhotoOptions
from app.imports.running.job_context import JobContext
from app.storage.dynamodb import DynamoHistory, DynamoJobs, DynamoStore
from app.storage.sql import SqlJobs, SqlStore
from tests.support.jobs_in_memory import JobsInMemory
from tests.support.model_store import ModelStore

NOBODY = Author()


def jobs_beside(store: EmployeeStore) -> JobStore:
    if isinstance(store, SqlStore):
        return SqlJobs(store.database)
    if isinstance(store, DynamoStore):
        return DynamoJobs(store.calls, store.tables)
    return JobsInMemory()


def history_beside(store: EmployeeStore) -> HistoryStore:
    """Return the changes that the store writes."""
    if isinstance(store, SqlStore | ModelStore):
        return store.history
    assert isinstance(store, DynamoStore)
    return DynamoHistory(store.calls, store.tables)


@dataclass
class Desk:
    """An importer, and what lies behind it."""

    store: EmployeeStore
    jobs: JobStore
    stop: Event = field(default_factory=Event)
    photos: PhotoStore | None = None
    accounts: LinkedAccounts | None = None
    requests: list[bool] = field(default_factory=list)  # of countings of reports

    def __post_init__(self) -> None:
        self.history = history_beside(self.store)
        options = PhotoOptions(self.photos)
        context = JobContext(self.history, self.accounts, lambda: self.requests.append(True))
        self.importer = Importer(self.store, self.jobs, photos=options, context=context)

    def take_in(
        self,
        text: str | bytes,
        *,
        go: bool = True,
        name: str = "people.csv",
        choices: Choices | None = None,
        author: Author = NOBODY,
    ) -> Job:
        raw = text.encode() if isinstance(text, str) else text
        chosen = choices or Choices()
        return self.importer.receive(
            io.BytesIO(raw), name, auto_apply=go, choices=chosen, author=author
        )

    def work(self, job: Job) -> Job:
        for _ in self.importer.work(job.id, self.stop):
            pass
        return self.importer.read(job.id)

    def run(self, text: str | bytes, *, go: bool = True) -> Job:
        """Import a file, or with ``go=False`` only plan it."""
        return self.work(self.take_in(text, go=go))

    def undo(self, job: Job) -> Job:
        self.importer.undo(job.id)
        return self.work(job)

    def lines(self, job: Job) -> list[Line]:
        """Every line of the job, as it stands in the file."""
        outcomes = (*OUTCOMES, *UNDO_OUTCOMES)
        found = [line for each in outcomes for line in self.importer.lines(job, each, 0, 10_000)]
        return sorted(found, key=lambda line: line.number)

    def outcomes(self, job: Job) -> list[str]:
        return [line.outcome for line in self.lines(job)]

    def everyone(self) -> dict[str, str]:
        """Name by id, of all."""
        batches = self.store.iter_batches()
        return {one.id: one.full_name for batch in batches for one in batch.people}
