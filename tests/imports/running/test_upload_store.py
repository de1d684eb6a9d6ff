"""An upload is stored in parts, and whoever reads it shows that the import goes on."""

from __future__ import annotations

import io
import zlib
from dataclasses import replace
from pathlib import Path

import pytest

from app.contracts.import_jobs import Phase
from app.imports.errors import FileTooLarge
from app.imports.running import job_lease
from app.imports.running.upload_store import open_upload
from tests.support.hostile_workbooks import STRINGS, numbered, tag, write_workbook
from tests.support.import_desk import Desk

FILE = "Name,Title,Office\nAda,A,L\n"


class Endless(io.RawIOBase):
    """A line that does not end; it counts what was read."""

    taken = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        self.taken += len(buffer)
        buffer[:] = b"x" * len(buffer)
        return len(buffer)


def test_an_endless_line_is_refused_while_it_is_received_and_leaves_nothing(desk: Desk) -> None:
    file = Endless()
    with pytest.raises(FileTooLarge, match="a line of more than 2 MB"):
        desk.importer.receive(file, "people.csv")  # type: ignore[arg-type]
    assert file.taken < 4 << 20
    assert list(desk.jobs.recent(9)) == []


def test_the_lease_is_renewed_while_a_long_part_of_a_workbook_is_read(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    strings = tag("sst", numbered(b"<si><t>%d</t></si>", 50_000))
    path = write_workbook(tmp_path / "a.xlsx", {STRINGS: strings})
    job = desk.take_in(path.read_bytes(), name="a.xlsx")
    monkeypatch.setattr(job_lease, "_RENEW_SECONDS", -1.0)
    real, renewed = desk.jobs.write, []

    def write(written: object, revision: int) -> int:
        renewed.append(revision)
        return real(written, revision)  # type: ignore[arg-type]

    monkeypatch.setattr(desk.jobs, "write", write)
    with open_upload(desk.jobs, job) as file:
        size = len(file.read())
    next(desk.importer.work(job.id, desk.stop))
    assert len(renewed) > size // (64 * 1024) > 10


def test_it_is_stopped_while_the_file_is_read(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    job = desk.take_in(FILE)
    real = job_lease.JobLease.renew
    reads = []

    def renew(lease: job_lease.JobLease) -> None:
        reads.append(1)
        if len(reads) == 3:  # the first is before it begins, the second copies the file
            desk.stop.set()
        real(lease)

    monkeypatch.setattr(job_lease.JobLease, "renew", renew)
    stopped = desk.work(job)
    assert (stopped.phase, stopped.total, stopped.lease_holder) == (Phase.VALIDATING, -1, "")
    assert len(reads) == 3


@pytest.mark.parametrize("content", [b"no zlib", zlib.compress(bytes(100 << 20))])
def test_a_stored_part_that_is_none_is_told(desk: Desk, content: bytes) -> None:
    job = desk.take_in(FILE)
    desk.jobs.put_part(job.id, "file", 0, content)
    failed = desk.work(replace(job))
    assert failed.phase is Phase.FAILED
    assert "The stored file was damaged. Discard this import" in failed.error
