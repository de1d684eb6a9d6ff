"""The reports of who leaves get another manager by a job: killed, gone on, undone as a whole."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.contracts.bulk_edits import BulkEdit
from app.contracts.import_choices import Pairs
from app.contracts.import_jobs import JOB_ID, Job, Phase
from app.history.changes import Author, Write
from app.imports.planning import line_store
from app.imports.planning.lines import SKIPPED
from app.imports.report_moves import begin_move, find_move, move_id, move_of, moves_of
from app.model.employee import Employee
from app.model.revision import revision_of
from app.storage.sql import SqlJobs, open_sql_store
from tests.support.import_desk import Desk
from tests.support.killed_jobs import kill_at

REPORTS = 300  # 3,000 are moved and given back in 17 seconds
EDITOR = Author("Editor", "e1")


def put(desk: Desk, one: str, manager: str = "", left_on: str = "") -> None:
    person = Employee(id=one, full_name=one, job_title="T", location="L", manager=manager)
    desk.store.add(replace(person, left_on=left_on), Write(f"w {one}"))


def fill(desk: Desk, reports: int) -> None:
    put(desk, "boss")
    put(desk, "kim", "boss")
    put(desk, "pat", "boss", "2020-01-01")
    people = (
        Employee(id=f"r{n:04}", full_name=f"R {n}", job_title="T", location="L", manager="pat")
        for n in range(reports)
    )
    for _ in desk.store.add_many(people, Write("r")):
        pass


def begin(desk: Desk, manager: str = "kim", exceptions: Pairs = ()) -> Job:
    edit = move_of("pat", manager, exceptions)
    at = move_id(datetime.now(UTC), "0123456789abcdef")
    return begin_move(desk.jobs, at, edit, "pat left", EDITOR)


def managers(desk: Desk) -> dict[str, str]:
    return {one.id: one.manager for batch in desk.store.iter_batches() for one in batch.people}


def change(desk: Desk, one: str, **fields: str) -> None:
    stored = desk.store.get(one)
    write = Write(f"theirs {one} {stored.version}")
    desk.store.update(replace(stored, **fields), revision_of(stored), write)


def test_many_are_moved_after_a_kill_and_given_back_after_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = open_sql_store(f"sqlite:///{tmp_path / 'directory.db'}")
    store.set_up()
    desk = Desk(store, SqlJobs(store.database))
    fill(desk, REPORTS)
    before = managers(desk)
    job = begin(desk)
    assert kill_at(desk, monkeypatch, job, REPORTS // 2)
    moved = [one for one in managers(desk).values() if one == "kim"]
    assert REPORTS // 4 < len(moved) < REPORTS
    job = work_again(desk, job)
    assert (job.phase, job.done.changed, job.done.rejected) == (Phase.APPLIED, REPORTS, 0)
    assert {one: above for one, above in managers(desk).items() if one[0] == "r"} == {
        one: "kim" for one in before if one[0] == "r"
    }
    desk.importer.undo(job.id)
    assert kill_at(desk, monkeypatch, job, REPORTS // 2)
    job = work_again(desk, job)
    assert (job.phase, job.undone.undone, job.undone.skipped) == (Phase.UNDONE, REPORTS, 0)
    assert managers(desk) == before
    store.close()


def work_again(desk: Desk, job: Job) -> Job:
    """Work on a job whose worker was killed: its lease has expired."""
    stored = desk.jobs.read(job.id)
    desk.jobs.write(replace(stored.job, lease_holder="", lease_until=0.0), stored.revision)
    return desk.work(job)


def test_who_leads_the_others_is_moved_first(
    real_desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(line_store, "MAX_PART_LINES", 4)
    fill(real_desk, 10)
    put(real_desk, "low", "r0008")
    before = managers(real_desk)
    job = real_desk.work(begin(real_desk, "low", (("r0008", "boss"),)))
    assert (job.phase, job.done.changed, job.done.rejected) == (Phase.APPLIED, 10, 0)
    after = managers(real_desk)
    assert after["r0008"] == "boss"
    assert {after[f"r{n:04}"] for n in range(10) if n != 8} == {"low"}
    job = real_desk.undo(job)
    assert (job.undone.undone, job.undone.skipped) == (10, 0)
    assert managers(real_desk) == before


def test_whoever_has_another_manager_by_now_keeps_them(desk: Desk) -> None:
    fill(desk, 4)
    job = desk.work(begin(desk))
    change(desk, "r0000", phone="+1 555 0100")
    change(desk, "r0001", manager="boss")
    desk.store.delete("r0002", None, Write("gone"))
    job = desk.undo(job)
    assert (job.undone.undone, job.undone.skipped) == (2, 2)
    after = managers(desk)
    assert (after["r0000"], after["r0001"], after["r0003"]) == ("pat", "boss", "pat")
    assert desk.store.get("r0000").phone == "+1 555 0100"


def test_whom_the_leaver_reports_to_by_now_is_not_given_back(real_desk: Desk) -> None:
    fill(real_desk, 2)
    job = real_desk.work(begin(real_desk))
    change(real_desk, "pat", manager="r0001", left_on="")
    job = real_desk.undo(job)
    assert (job.phase, job.undone.undone, job.undone.skipped) == (Phase.UNDONE, 1, 1)
    [line] = real_desk.importer.lines(job, SKIPPED, 0, 9)
    assert (line.id, "report to themselves" in line.problems[0].text) == ("r0001", True)


def test_a_stopped_move_is_undone_as_far_as_it_went(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(line_store, "MAX_PART_LINES", 2)
    fill(desk, 9)
    before = managers(desk)
    job = begin(desk)
    for step in desk.importer.work(job.id, desk.stop):
        if step.done_parts == 2:
            desk.importer.stop(job.id)
            desk.stop.set()
    desk.stop.clear()
    stopped = desk.importer.read(job.id)
    assert (stopped.phase, stopped.paused) == (Phase.APPLYING, True)
    assert 0 < sum(one == "kim" for one in managers(desk).values()) < 9
    desk.undo(job)
    assert managers(desk) == before


def test_a_move_is_found_by_its_leaver_and_its_write(desk: Desk) -> None:
    fill(desk, 1)
    job = begin(desk)
    assert begin_move(desk.jobs, job.id, move_of("pat", "boss"), "again", EDITOR) == job
    assert find_move(desk.jobs, job.id) == job
    assert find_move(desk.jobs, "20310101-000000-00000000") is None
    assert [one.id for one in moves_of(desk.jobs, "pat")] == [job.id]
    assert list(moves_of(desk.jobs, "kim")) == []
    desk.undo(desk.work(job))
    assert list(moves_of(desk.jobs, "pat")) == []


@pytest.mark.parametrize("ago", [timedelta(), timedelta(days=3), timedelta(days=-3), None])
def test_the_id_of_a_move_is_of_today(ago: timedelta | None) -> None:
    now = datetime.now(UTC)
    found = move_id(None if ago is None else now - ago, "0123456789abcdef")
    assert JOB_ID.fullmatch(found)
    assert found[:4] == str(now.year)
    is_same = found == move_id(None if ago is None else now - ago, "0123456789abcdef")
    assert is_same == (ago == timedelta())


@pytest.mark.parametrize(
    "edit",
    [
        BulkEdit(leaver="pat", values=(("manager", "kim"),)),
        BulkEdit(leaver="pat", filters=(("manager", "kim"),), values=(("manager", "al"),)),
        BulkEdit(exceptions=(("al", "bo"),), values=(("manager", "kim"),)),
    ],
)
def test_a_stored_move_of_other_people_is_none(edit: BulkEdit) -> None:
    assert not edit.is_valid
    assert move_of("pat", "kim", (("al", "bo"),)).is_valid
