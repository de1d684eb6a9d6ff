"""Jobs of a directory that is kept in memory: they end with the program."""

from __future__ import annotations

import threading

from app.contracts.import_jobs import Job, JobChanged, JobNotFound, StoredJob


class JobsInMemory:
    """A JobStore; see app/contracts/import_jobs.py."""

    def __init__(self) -> None:
        self._jobs: dict[str, StoredJob] = {}
        self._parts: dict[tuple[str, str, int], bytes] = {}
        self._lock = threading.Lock()

    def create(self, job: Job) -> None:
        with self._lock:
            if job.id in self._jobs:
                raise JobChanged(f"The import {job.id} was created by others.")
            self._jobs[job.id] = StoredJob(job, 1)

    def read(self, job_id: str) -> StoredJob:
        with self._lock:
            return self._stored(job_id)

    def write(self, job: Job, revision: int) -> int:
        with self._lock:
            if self._stored(job.id).revision != revision:
                raise JobChanged(f"The import {job.id} was changed by others.")
            self._jobs[job.id] = StoredJob(job, revision + 1)
            return revision + 1

    def recent(self, most: int, before: str = "") -> list[StoredJob]:
        with self._lock:
            found = [each for each in self._jobs.values() if not before or each.job.id < before]
            return sorted(found, key=lambda each: each.job.id, reverse=True)[:most]

    def pending(self, most: int) -> list[StoredJob]:
        with self._lock:
            wanting = [each for each in self._jobs.values() if each.job.needs_work]
            return sorted(wanting, key=lambda each: each.job.id)[:most]

    def put_part(self, job_id: str, kind: str, number: int, content: bytes) -> None:
        with self._lock:
            self._parts[job_id, kind, number] = content

    def get_part(self, job_id: str, kind: str, number: int) -> bytes:
        with self._lock:
            try:
                return self._parts[job_id, kind, number]
            except KeyError:
                raise JobNotFound(job_id) from None

    def delete(self, job_id: str) -> None:
        with self._lock:
            self._jobs.pop(job_id, None)
            for key in [key for key in self._parts if key[0] == job_id]:
                del self._parts[key]

    def put_columns(self, headings_key: str, content: bytes) -> None:
        self.put_part("columns", headings_key, 0, content)

    def get_columns(self, headings_key: str) -> bytes:
        with self._lock:
            return self._parts.get(("columns", headings_key, 0), b"")

    def _stored(self, job_id: str) -> StoredJob:
        try:
            return self._jobs[job_id]
        except KeyError:
            raise JobNotFound(job_id) from None
