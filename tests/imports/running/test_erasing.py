"""What names somebody in stored imports: found in every kind of file, and nobody else's is."""

from __future__ import annotations

import io
from dataclasses import replace
from threading import Event

import pytest
from openpyxl import Workbook

from app.contracts.bulk_edits import BulkEdit
from app.contracts.history import AuditQuery
from app.contracts.import_jobs import JobNotFound, Phase
from app.contracts.traces import ErasureBlocked
from app.history.changes import Author, Write
from app.imports.edits import begin_edit
from app.imports.importer import Importer
from app.imports.running.erasing import ImportTraces
from app.imports.running.job_lease import change
from app.imports.running.mentions import Mentions, names_in_file
from app.model.employee import Employee
from tests.support.history_in_memory import HistoryInMemory
from tests.support.jobs_in_memory import JobsInMemory
from tests.support.model_store import ModelStore
from tests.support.viewers import OPERATOR

ZOE = Employee(
    id="7", full_name="Zoë Quill", job_title="x", location="y", email="zoe.q@example.com",
    phone="+44 20 7946 0991",
)  # fmt: skip
FILE = "Full name,Job title,Location,Email\r\nZoë Quill,A,B,zoe.q@example.com\r\nCleo New,A,B,\r\n"
OTHERS = "Full name,Job title,Location,Employee number\r\nZoe Quilliam,A,B,7\r\n"


def workbook(*cells: str) -> bytes:
    book = Workbook()
    book.active.append(cells)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        FILE.encode(), FILE.encode("cp1252"), FILE.encode("utf-16"), FILE.upper().encode(),
        "First,Last\r\nZoë,Quill\r\n".encode(), "Last,First\r\nQuill,Zoë\r\n".encode(),
        b"Contact\r\nZOE.Q@example.com\r\n",
        b"x" * (256 * 1024 - 5) + "Zoë Quill".encode() + b"x" * 300_000,
        workbook("Name", "Zoë Quill"), workbook("a", "zoe.q@example.com"), b"PK\x03\x04 broken",
    ],
)  # fmt: skip
def test_a_file_names_the_person(content: bytes) -> None:
    assert names_in_file(io.BytesIO(content), Mentions(ZOE))


@pytest.mark.parametrize("content", [b"", OTHERS.encode(), workbook("Zoe Quilliam", "7")])
def test_a_file_of_others_does_not(content: bytes) -> None:
    assert not names_in_file(io.BytesIO(content), Mentions(ZOE))


class Desk:
    def __init__(self) -> None:
        self.jobs = JobsInMemory()
        self.store = ModelStore()
        self.importer = Importer(self.store, self.jobs)
        self.traces = ImportTraces(self.jobs, None)

    def plan(self, text: str, *, auto_apply: bool = False) -> str:
        job = self.importer.receive(io.BytesIO(text.encode()), "staff.csv", auto_apply=auto_apply)
        for _ in range(2):
            list(self.importer.work(job.id, Event()))
        return job.id


def test_an_import_of_others_is_left_as_it_is() -> None:
    desk = Desk()
    job = desk.importer.read(desk.plan(OTHERS, auto_apply=True))
    desk.traces.erase(ZOE, by=OPERATOR)
    assert desk.importer.read(job.id) == job


def test_an_import_that_waits_for_review_is_discarded() -> None:
    desk = Desk()
    job_id = desk.plan(FILE)
    desk.traces.erase(ZOE, by=OPERATOR)
    with pytest.raises(JobNotFound):
        desk.importer.read(job_id)


def test_the_words_of_an_edit_name_nobody_after_it() -> None:
    desk = Desk()
    desk.store.add(ZOE, Write("w"))
    edit = BulkEdit(words="zoë quill", values=(("location", "z"),))
    job = begin_edit(desk.jobs, edit, Author("A"))
    list(desk.importer.work(job.id, Event()))
    desk.importer.resume(job.id)
    list(desk.importer.work(job.id, Event()))
    assert desk.importer.read(job.id).done.changed == 1
    desk.traces.erase(ZOE, by=OPERATOR)
    left = desk.importer.read(job.id)
    assert (left.edit.words, left.edit.values) == ("", edit.values)
    assert not any(line.name for line in desk.importer.all_lines(left))


def test_an_import_in_progress_blocks() -> None:
    desk = Desk()
    job_id = desk.plan(FILE)
    job = change(desk.jobs, job_id, lambda each: replace(each, phase=Phase.APPLYING, paused=True))
    with pytest.raises(ErasureBlocked, match=r"staff\.csv"):
        desk.traces.erase(ZOE, by=OPERATOR)
    assert desk.importer.read(job_id) == job


def test_the_rows_of_others_stay() -> None:
    desk = Desk()
    job = desk.importer.read(desk.plan(FILE, auto_apply=True))
    desk.traces.erase(ZOE, by=OPERATOR)
    desk.traces.erase(ZOE, by=OPERATOR)
    after = desk.importer.read(job.id)
    assert (after.done, after.file_parts) == (job.done, 0)
    lines = list(desk.importer.all_lines(after))
    assert [line.name for line in lines] == ["", "Cleo New"]
    assert lines[0].id.startswith("deleted-")
    assert desk.importer.counts(after) == desk.importer.counts(job)


def test_a_former_name_is_taken_out_and_the_line_of_the_audit_log_loses_a_file_of_that_name() -> (
    None
):
    desk = Desk()
    history = HistoryInMemory()
    desk.importer = Importer(ModelStore(), desk.jobs)
    job = desk.importer.read(desk.plan(FILE, auto_apply=True))
    change(desk.jobs, job.id, lambda each: replace(each, name="Zoë Quill.csv"))
    married = replace(ZOE, id="8", full_name="Zoë Marsh", email="zoe.m@example.com", phone="")
    traces = ImportTraces(desk.jobs, None, history)
    traces.erase(married, by=OPERATOR, former=[ZOE])
    after = desk.importer.read(job.id)
    assert [line.name for line in desk.importer.all_lines(after)] == ["", "Cleo New"]
    assert after.name == "no name"
    assert [entry.through.source for entry in history.audit(AuditQuery()).entries] == ["no name"]
