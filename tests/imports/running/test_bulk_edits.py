"""A bulk edit changes everybody whom a list shows, once, and is undone as a whole."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from app.contracts.bulk_edits import BulkEdit
from app.contracts.history import AuditQuery
from app.contracts.import_jobs import Job, Phase
from app.contracts.line_counts import LineCounts
from app.history.changes import Author, Via, Write
from app.imports.edits import begin_edit
from app.imports.planning import line_store
from app.imports.planning.lines import CHANGED, REJECTED, SKIPPED, UNCHANGED, UNDONE, Line
from app.imports.running import list_plan
from app.model import leaving
from app.model.employee import Employee
from app.model.revision import revision_of
from tests.support.import_desk import Desk
from tests.support.jobs_in_memory import JobsInMemory
from tests.support.killed_jobs import kill_at
from tests.support.model_store import ModelStore

ADA = Author("Ada", "a1")
SALES = (("department", "Sales"),)
TO_REVENUE = BulkEdit(filters=SALES, values=(("department", "Revenue"),))


def person(key: str, **fields: Any) -> Employee:
    return Employee(id=key, full_name=f"Person {key}", job_title="T", location="L", **fields)


def fill(desk: Desk, count: int) -> None:
    """Every second of them works in Sales."""
    people = (person(f"p{n:03}", department="Legal" if n % 2 else "Sales") for n in range(count))
    for _ in desk.store.add_many(people):
        pass


def planned(desk: Desk, edit: BulkEdit) -> Job:
    return desk.work(begin_edit(desk.jobs, edit, ADA))


def applied(desk: Desk, job: Job) -> Job:
    desk.importer.resume(job.id, ADA)
    return desk.work(job)


def departments(desk: Desk) -> dict[str, str]:
    batches = desk.store.iter_batches()
    return {one.id: one.department for batch in batches for one in batch.people}


def undone_lines(desk: Desk, job: Job) -> list[Line]:
    return [line for each in (SKIPPED, UNDONE) for line in desk.importer.lines(job, each, 0, 99)]


def change(desk: Desk, key: str, **fields: Any) -> None:
    stored = desk.store.get(key)
    desk.store.update(replace(stored, **fields), revision_of(stored), Write(f"other {key}"))


def test_a_department_is_renamed_and_the_whole_of_it_undone_on_every_store(
    real_desk: Desk,
) -> None:
    desk = real_desk
    fill(desk, 8)
    desk.store.add(person("left", department="Sales", left_on="2020-01-31"), Write("w"))
    before = departments(desk)
    job = planned(desk, TO_REVENUE)
    assert (job.phase, job.planned, job.total) == (Phase.READY, LineCounts(changed=4), 4)
    assert departments(desk) == before
    assert {line.id: (line.old, line.new) for line in desk.lines(job)} == {
        key: ({"department": "Sales"}, {"department": "Revenue"})
        for key in ("p000", "p002", "p004", "p006")
    }
    done = applied(desk, job)
    assert (done.phase, done.done) == (Phase.APPLIED, LineCounts(changed=4))
    renamed = {key: "Revenue" if name == "Sales" else name for key, name in before.items()}
    assert departments(desk) == renamed | {"left": "Sales"}
    assert (desk.store.facets().departments["Revenue"]) == 4
    undone = desk.undo(done)
    assert (undone.phase, undone.undone) == (Phase.UNDONE, LineCounts(undone=4))
    assert departments(desk) == before


def test_each_change_says_what_was_asked_and_the_audit_log_has_one_line(real_desk: Desk) -> None:
    desk = real_desk
    fill(desk, 4)
    job = applied(desk, planned(desk, TO_REVENUE))
    newest = desk.history.changes_of("p002").changes[0]
    assert (newest.author.name, dict(newest.was)) == ("Ada", {"department": "Sales"})
    assert (newest.through.via, newest.through.job, newest.through.row) == (Via.BULK, job.id, 0)
    assert newest.through.source == "Department: Sales → Revenue"
    desk.undo(job)
    entries = desk.history.audit(AuditQuery()).entries
    told = [(each.event, each.fields, dict(each.counts)) for each in entries if each.through.job]
    assert told == [("undo", (), {"undone": 2}), ("bulk", ("department",), {"changed": 2})]
    assert [each.through.via for each in entries if each.through.job] == [Via.UNDO, Via.BULK]


def test_badges_are_added_and_removed_and_all_others_kept(desk: Desk) -> None:
    desk.store.add(person("a", badges=("bug", "own", "apple")), Write("w"))
    desk.store.add(person("b", badges=("gamepad",)), Write("w"))
    job = planned(desk, BulkEdit(added_badges=("gamepad",), removed_badges=("bug",)))
    assert desk.outcomes(job) == [CHANGED, UNCHANGED]
    applied(desk, job)
    assert set(desk.store.get("a").badges) == {"gamepad", "own", "apple"}
    desk.undo(job)
    assert set(desk.store.get("a").badges) == {"bug", "own", "apple"}


def test_several_fields_change_at_once_and_a_department_can_be_emptied(desk: Desk) -> None:
    fill(desk, 2)
    values = (("department", ""), ("location", "Oslo"), ("job_title", "T"))
    job = applied(desk, planned(desk, BulkEdit(filters=SALES, values=values)))
    stored = desk.store.get("p000")
    assert (stored.department, stored.location, stored.job_title) == ("", "Oslo", "T")
    assert desk.outcomes(job) == [CHANGED]
    assert desk.lines(job)[0].new == {"department": "", "location": "Oslo"}


def test_words_narrow_the_list(desk: Desk) -> None:
    fill(desk, 4)
    job = planned(desk, BulkEdit(words="pers p002", values=(("location", "Oslo"),)))
    assert [line.id for line in desk.lines(job)] == ["p002"]


def test_who_joins_the_list_after_the_check_is_not_changed_and_who_changed_is_told(
    desk: Desk,
) -> None:
    fill(desk, 6)
    job = planned(desk, TO_REVENUE)
    desk.store.add(person("late", department="Sales"), Write("w"))
    change(desk, "p002", location="Oslo")
    stored = desk.store.get("p004")
    desk.store.delete("p004", revision_of(stored), Write("gone"))
    done = applied(desk, job)
    assert done.done == LineCounts(changed=1, rejected=2)
    assert departments(desk)["late"] == departments(desk)["p002"] == "Sales"
    reasons = [line.problems[0].reason for line in desk.lines(done) if line.outcome == REJECTED]
    assert reasons == [
        "The person was changed after the check. Edit the list again",
        "The person was deleted after the check. Edit the list again",
    ]


def test_an_undo_leaves_who_changed_since(desk: Desk) -> None:
    fill(desk, 4)
    job = applied(desk, planned(desk, TO_REVENUE))
    change(desk, "p000", department="Marketing")
    undone = desk.undo(job)
    assert undone.undone == LineCounts(undone=1, skipped=1)
    assert {line.id: line.outcome for line in undone_lines(desk, undone)} == {
        "p000": SKIPPED, "p002": UNDONE,
    }  # fmt: skip
    assert departments(desk) == {
        "p000": "Marketing", "p001": "Legal", "p002": "Sales", "p003": "Legal",
    }  # fmt: skip


def test_a_list_of_nobody_and_one_that_needs_no_change_are_ready_at_once(desk: Desk) -> None:
    fill(desk, 4)
    nobody = planned(desk, BulkEdit(filters=(("department", "Art"),), values=(("location", "X"),)))
    assert (nobody.phase, nobody.total, nobody.parts) == (Phase.READY, 0, 0)
    same = planned(desk, BulkEdit(filters=SALES, values=(("department", "Sales"),)))
    assert (same.phase, same.planned) == (Phase.READY, LineCounts(unchanged=2))


def test_who_has_left_today_is_in_no_edit_before_lists_are_of_today(desk: Desk) -> None:
    fill(desk, 2)
    desk.store.add(person("goes", department="Sales", left_on=leaving.today()), Write("w"))
    for edit in (TO_REVENUE, BulkEdit(values=(("location", "Oslo"),))):
        assert "goes" not in {line.id for line in desk.lines(planned(desk, edit))}


@pytest.mark.parametrize("edit", [TO_REVENUE, BulkEdit(values=(("department", "Revenue"),))])
def test_an_edit_survives_every_kill_and_changes_each_person_once(
    monkeypatch: pytest.MonkeyPatch, edit: BulkEdit
) -> None:
    monkeypatch.setattr(line_store, "MAX_PART_LINES", 2)
    monkeypatch.setattr(list_plan, "MAX_PART_LINES", 2)
    monkeypatch.setattr(list_plan, "MAX_BATCH", 3)
    for writes in range(60):
        desk = Desk(ModelStore(), JobsInMemory())
        fill(desk, 10)
        job = begin_edit(desk.jobs, edit, ADA)
        was_killed = kill_at(desk, monkeypatch, job, writes)
        job = release(desk, desk.work(release(desk, job)))
        assert job.phase is Phase.READY
        assert job.planned.changed == (5 if edit is TO_REVENUE else 10)
        assert len({line.id for line in desk.lines(job)}) == sum(job.planned)
        desk.importer.resume(job.id, ADA)
        was_killed |= kill_at(desk, monkeypatch, job, writes)
        job = desk.work(release(desk, job))
        assert (job.phase, job.done.changed) == (Phase.APPLIED, job.planned.changed)
        assert {desk.store.get(line.id).version for line in desk.lines(job)} == {2}
        desk.importer.undo(job.id, ADA)
        was_killed |= kill_at(desk, monkeypatch, job, writes)
        job = desk.work(release(desk, job))
        assert (job.phase, job.undone.undone) == (Phase.UNDONE, job.planned.changed)
        assert set(departments(desk).values()) == {"Sales", "Legal"}
        if not was_killed:
            return
    pytest.fail("it was killed at each of so many writes")


def release(desk: Desk, job: Job) -> Job:
    """Let go of the job, as when the lease of a killed process has run out."""
    stored = desk.jobs.read(job.id)
    desk.jobs.write(replace(stored.job, lease_holder="", lease_until=0.0), stored.revision)
    return desk.jobs.read(job.id).job
