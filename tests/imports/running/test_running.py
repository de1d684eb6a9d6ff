"""What was planned is done once, whatever is killed, stopped or changed meanwhile, and undone."""

from __future__ import annotations

import io
import socket
import subprocess
import time
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from app.contracts import EmployeeStore
from app.contracts.import_jobs import Job, Phase
from app.contracts.line_counts import LineCounts
from app.history.changes import Write
from app.imports.errors import ImportNotPossible
from app.imports.planning import line_store
from app.imports.planning.lines import REJECTED
from app.imports.planning.matching import MAX_ID_CANDIDATES
from app.imports.running import execution, job_lease, worker
from app.model.employee import Employee
from app.model.errors import EmployeeNotFound, StorageUnavailable
from app.model.revision import revision_of
from tests.support.import_desk import Desk
from tests.support.killed_jobs import Killed, kill_at

HEAD = "Name,Title,Office,Mail,Badges\n"


def many(count: int, title: str = "T") -> str:
    return HEAD + "".join(
        f"Person {number:04},{title},L,p{number}@example.com,\n" for number in range(count)
    )


def change(store: EmployeeStore, employee_id: str, **fields: Any) -> Employee:
    stored = store.get(employee_id)
    return store.update(replace(stored, **fields), revision_of(stored), Write(f"other {fields}"))


def contents(desk: Desk) -> set[tuple[str, str, str]]:
    found = desk.store.get_many(list(desk.everyone())[:100]).values()
    return {(one.full_name, one.job_title, one.email) for one in found}


def test_people_are_added_changed_left_alone_and_undone_on_every_store(real_desk: Desk) -> None:
    desk = real_desk
    desk.store.add(Employee(id="bo", full_name="Bo", job_title="Old", location="L",
                            email="bo@example.com", badges=("bug", "own")), Write("w"))  # fmt: skip
    desk.store.add(Employee(id="cy", full_name="Cy", job_title="T", location="L",
                            email="cy@example.com"), Write("w"))  # fmt: skip
    before = contents(desk)
    text = HEAD + (
        "Ada,T,L,ada@example.com,Gamer\n"
        "Bo,New,L,bo@example.com,\n"
        "Cy,T,L,cy@example.com,\n"
        "Dee,T,,dee@example.com,\n"
        "Eve,T,L,,\n"
    )
    job = desk.run(text)
    assert job.phase is Phase.APPLIED
    assert job.done == LineCounts(added=2, changed=1, unchanged=1, rejected=1)
    bo = desk.store.get("bo")
    assert (bo.job_title, bo.badges, bo.version) == ("New", ("own",), 2)

    again = desk.run(text)
    assert again.done == LineCounts(unchanged=4, rejected=1)

    undone = desk.undo(job)
    assert (undone.phase, undone.undone) == (Phase.UNDONE, LineCounts(undone=3))
    assert contents(desk) == before
    assert desk.store.get("bo").badges == ("bug", "own")

    once_more = desk.run(text)
    assert once_more.done == LineCounts(added=2, changed=1, unchanged=1, rejected=1)
    assert len(desk.everyone()) == 4


def test_whoever_was_changed_since_the_dry_run_is_refused_and_not_overwritten(desk: Desk) -> None:
    for name in ("bo", "cy", "di"):
        desk.store.add(Employee(id=name, full_name=name, job_title="T", location="L"), Write("w"))
    job = desk.run(
        "Id,Title,Name,Office,Mail\nbo,New,bo,L,\ncy,New,cy,L,\ndi,New,di,L,\n,T,Eve,L,eve@x.com\n",
        go=False,
    )
    change(desk.store, "bo", phone="123")
    desk.store.delete("cy", None, Write("gone"))
    desk.store.add(Employee(id="other", full_name="Other", email="EVE@x.com"), Write("w"))
    desk.importer.resume(job.id)
    done = desk.work(job)
    told = [(line.outcome, line.problems and line.problems[0].reason) for line in desk.lines(done)]
    assert [outcome for outcome, _ in told] == ["refused", "refused", "changed", "refused"]
    assert "was changed after the check" in told[0][1]
    assert "was deleted after the check" in told[1][1]
    assert "was added after the check" in told[3][1]
    assert desk.store.get("bo").job_title == "T"
    assert done.done == LineCounts(changed=1, rejected=3)


def test_an_id_that_was_deleted_is_refused_with_what_to_do(desk: Desk) -> None:
    desk.store.add(Employee(id="7", full_name="Old"), Write("w"))
    desk.store.delete("7", None, Write("gone"))
    [line] = desk.lines(desk.run("Id,Name,Title,Office\n7,Ada,T,L\n"))
    assert line.outcome == "refused"
    assert "ids are not reused" in line.problems[0].reason


def test_of_two_imports_of_one_file_the_second_does_and_undoes_nothing(real_desk: Desk) -> None:
    desk = real_desk
    desk.store.add(Employee(id="bo", full_name="Bo", job_title="Old", location="L"), Write("w"))
    text = "Id,Name,Title,Office,Mail\nbo,Bo,New,L,\nnew,Ada,T,L,\n,Eve,T,L,\n"
    first, second = desk.run(text, go=False), desk.run(text, go=False)
    for job in (first, second):
        desk.importer.resume(job.id)
        desk.work(job)
    done = LineCounts(added=2, changed=1), LineCounts(unchanged=3)
    assert (desk.importer.read(first.id).done, desk.importer.read(second.id).done) == done
    assert desk.undo(second).undone == LineCounts()
    assert len(desk.everyone()) == 3
    assert desk.undo(first).undone == LineCounts(undone=3)
    assert {each.job_title for each in desk.store.get_many(list(desk.everyone())).values()} == {
        "Old"
    }


def test_who_did_since_what_a_line_asks_for_is_not_undone_with_the_import(desk: Desk) -> None:
    desk.store.add(Employee(id="bo", full_name="Bo", job_title="Old", location="L"), Write("w"))
    job = desk.run("Id,Name,Title,Office\nbo,Bo,Boss,L\n", go=False)
    change(desk.store, "bo", job_title="Boss")
    desk.importer.resume(job.id)
    assert desk.work(job).done == LineCounts(unchanged=1)
    desk.undo(desk.importer.read(job.id))
    assert desk.store.get("bo").job_title == "Boss"


def test_imports_are_undone_one_after_the_other(real_desk: Desk) -> None:
    desk = real_desk
    head = "Id,Name,Title,Office\n"
    desk.store.add(Employee(id="old", full_name="Old", job_title="A", location="L"), Write("w"))
    jobs = [desk.run(f"{head}old,Old,{title},L\nnew,New,{title},L\n") for title in ("B", "C", "D")]
    for job in reversed(jobs):
        assert desk.undo(job).undone == LineCounts(undone=2)
    assert list(desk.everyone()) == ["old"]
    assert desk.store.get("old").job_title == "A"


def test_who_was_added_and_undone_again_and_again_is_told_how_to_be_added(desk: Desk) -> None:
    text = "Name,Title,Office\nBo,T,L\n"
    for _ in range(MAX_ID_CANDIDATES):
        assert desk.undo(desk.run(text)).undone == LineCounts(undone=1)
    job = desk.run(text)
    assert job.done == LineCounts(rejected=1)
    [line] = desk.importer.lines(job, REJECTED, 0, 9)
    assert "deleted 3 times. Give them an id or an email" in line.problems[0].reason


def test_a_file_that_breaks_off_while_it_is_received_leaves_nothing(desk: Desk) -> None:
    class Broken(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            if self.tell() > 1_000_000:
                raise OSError("the connection is gone")
            return super().read(size)

    with pytest.raises(OSError, match="gone"):
        desk.importer.receive(Broken(bytes(2_000_000)), "people.csv")
    assert list(desk.jobs.recent(9)) == []


def test_undoing_leaves_and_lists_whoever_was_changed_since(desk: Desk) -> None:
    for name in ("bo", "cy"):
        desk.store.add(Employee(id=name, full_name=name, job_title="T", location="L"), Write("w"))
    job = desk.run(
        "Id,Name,Title,Office\nbo,bo,New,L\ncy,cy,New,L\nn1,N1,T,L\nn2,N2,T,L\nn3,N3,T,L\n"
    )
    change(desk.store, "cy", phone="123")
    change(desk.store, "n1", phone="123")
    desk.store.delete("n2", None, Write("gone"))
    undone = desk.undo(job)
    kept = [line for line in desk.lines(undone) if line.outcome == "kept"]
    assert {line.name: line.problems[0].reason for line in kept} == {
        "cy": "Changed since then, so not undone",
        "N1": "Changed since then, so not undone",
        "N2": "Deleted since then",
    }
    assert desk.store.get("bo").job_title == "T"
    assert desk.store.get("cy").job_title == "New"
    assert desk.everyone().keys() == {"bo", "cy", "n1"}


@pytest.fixture
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(line_store, "MAX_PART_LINES", 10)


@pytest.mark.usefixtures("small_parts")
@pytest.mark.parametrize("parts_together", [1, 2])
@pytest.mark.parametrize("kill_undo", [False, True])
def test_killed_at_any_write_it_goes_on_and_does_nothing_twice(
    monkeypatch: pytest.MonkeyPatch, kill_undo: bool, parts_together: int
) -> None:
    from tests.support.jobs_in_memory import JobsInMemory
    from tests.support.model_store import ModelStore

    monkeypatch.setattr(job_lease, "LIFE_SECONDS", 0.0)  # as if a long time passed after each kill
    monkeypatch.setattr(execution, "PARTS_PER_BATCH", parts_together)
    writes, killed = 0, True
    while killed:
        desk = Desk(ModelStore(), JobsInMemory())
        for number in range(0, 30, 3):
            fields = {"job_title": "Old", "location": "L", "email": f"p{number}@example.com"}
            desk.store.add(Employee(id=f"id{number}", full_name="x", **fields), Write("w"))
        before = contents(desk)
        job = desk.take_in(many(30))
        if kill_undo:
            done = desk.work(job)
            desk.importer.undo(job.id)
            killed = kill_at(desk, monkeypatch, job, writes)
        else:
            killed = kill_at(desk, monkeypatch, job, writes)
            done = desk.work(job)
        assert done.done == LineCounts(added=20, changed=10)
        assert (done.added_ahead, done.progress) == (0, (30, 30))
        if kill_undo:
            undone = desk.work(job)
            assert undone.undone == LineCounts(undone=30)
            assert contents(desk) == before
        else:
            assert desk.importer.counts(done) == done.done
            versions = {desk.store.get(each).version for each in desk.everyone()}
            assert versions == {1, 2}
            assert len(desk.everyone()) == 30
        writes += 1
    assert writes > 10


@pytest.mark.usefixtures("small_parts")
def test_killed_at_any_write_it_can_be_undone_without_a_trace(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from tests.support.jobs_in_memory import JobsInMemory
    from tests.support.model_store import ModelStore

    monkeypatch.setattr(job_lease, "LIFE_SECONDS", 0.0)
    monkeypatch.setattr(execution, "PARTS_PER_BATCH", 2)
    writes, killed = 0, True
    while killed:
        desk = Desk(ModelStore(), JobsInMemory())
        desk.store.add(Employee(id="id", full_name="x", job_title="Old", location="L",
                                email="p4@example.com"), Write("w"))  # fmt: skip
        before = contents(desk)
        job = desk.run(many(30), go=False)
        desk.importer.resume(job.id)
        killed = kill_at(desk, monkeypatch, job, writes)
        if desk.importer.read(job.id).phase is Phase.APPLYING:
            desk.importer.stop(job.id)
        desk.undo(job)
        assert contents(desk) == before
        writes += 1
    assert writes > 10


@pytest.mark.usefixtures("small_parts")
def test_stopped_it_rests_and_told_to_go_on_it_goes_on(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(job_lease, "_RENEW_SECONDS", -1.0)
    job = desk.take_in(many(50))
    running = desk.importer.work(job.id, desk.stop)
    while next(running).done_parts < 2:
        pass
    desk.importer.stop(job.id)
    assert [now.done_parts for now in running][-1] in (2, 3)
    stopped = desk.importer.read(job.id)
    assert (stopped.phase, stopped.paused, stopped.lease_holder) == (Phase.APPLYING, True, "")
    assert desk.importer.due() is None
    assert desk.work(job).done_parts == stopped.done_parts
    desk.importer.resume(job.id)
    assert desk.importer.due() == job.id
    assert desk.work(job).done == LineCounts(added=50)
    assert len(desk.everyone()) == 50


def reads_all_first(desk: Desk, monkeypatch: pytest.MonkeyPatch, at: int = -1) -> None:
    """Let the store put all in order before it adds the first; stop it when so many are added."""
    real = desk.store.add_many

    def in_order(people: Iterable[Employee], write: Write) -> Iterator[int]:
        for count in real(sorted(people, key=lambda one: one.full_name, reverse=True), write):
            if count == at:
                desk.stop.set()
            yield count

    monkeypatch.setattr(desk.store, "add_many", in_order)


@pytest.mark.usefixtures("small_parts")
def test_stopped_in_the_middle_it_can_be_undone_with_all_parts_that_were_begun(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(execution, "PARTS_PER_BATCH", 2)
    job = desk.take_in(many(50))
    reads_all_first(desk, monkeypatch, at=14)
    while not desk.stop.is_set():
        stopped = desk.work(job)
    assert (stopped.done_parts, stopped.added, stopped.progress) == (0, 14, (14, 50))
    assert sorted(desk.everyone().values()) == [f"Person {number:04}" for number in range(6, 20)]
    desk.importer.stop(job.id)
    desk.stop.clear()
    undone = desk.undo(job)
    assert (undone.phase, undone.undone) == (Phase.UNDONE, LineCounts(undone=14))
    assert undone.progress == (14, 14)
    assert desk.everyone() == {}


@pytest.mark.usefixtures("small_parts")
def test_what_an_older_release_stopped_in_the_middle_of_a_part_can_be_undone(desk: Desk) -> None:
    job = desk.run(many(20), go=False)
    lines = desk.lines(job)
    list(desk.store.add_many(line.new_employee for line in lines[:4]))
    stored = desk.jobs.read(job.id)
    desk.jobs.write(replace(stored.job, phase=Phase.APPLYING, paused=True), stored.revision)
    assert desk.undo(job).undone == LineCounts(undone=4)
    assert desk.everyone() == {}


@pytest.mark.usefixtures("small_parts")
def test_how_far_it_is_moves_while_people_are_put_in_order_and_while_they_are_added(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(job_lease, "_REPORT_SECONDS", -1.0)
    job = desk.run(many(450), go=False)
    desk.importer.resume(job.id)
    reads_all_first(desk, monkeypatch)
    seen: list[Job] = []
    real = desk.jobs.write

    def write(now: Job, revision: int) -> int:
        seen.append(now)
        return real(now, revision)

    monkeypatch.setattr(desk.jobs, "write", write)
    desk.work(job)
    sorting = [now.buffered for now in seen]
    assert [each for each in sorting if each] == [100, 200, 300, 400, 450]
    assert all(now.progress == (0, 450) for now in seen if now.buffered)
    done = [now.progress[0] for now in seen]
    assert done == sorted(done)
    assert {200, 201, 449, 450} <= set(done)


@pytest.mark.usefixtures("small_parts")
@pytest.mark.parametrize("head", ["Id,Name,Title,Office", "Mail,Name,Title,Office"])
def test_what_was_added_before_a_stop_is_counted_when_it_goes_on(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, head: str
) -> None:
    rows = "".join(f"p{number}@example.com,P {number:02},T,L\n" for number in range(30))
    job = desk.run(f"{head}\n{rows}", go=False)
    desk.importer.resume(job.id)
    with monkeypatch.context() as patch:
        reads_all_first(desk, patch, at=20)
        assert desk.work(job).progress == (20, 30)
    desk.stop.clear()
    seen: list[Job] = []
    real = desk.jobs.write
    monkeypatch.setattr(job_lease, "_REPORT_SECONDS", -1.0)
    reads_all_first(desk, monkeypatch)
    monkeypatch.setattr(desk.jobs, "write", lambda now, rev: seen.append(now) or real(now, rev))
    desk.work(job)
    done = [now.progress[0] for now in seen]
    assert (done, done[0], done[-1]) == (sorted(done), 20, 30)
    added_by_then = 30 if "Mail" in head else 20
    assert max(now.added_ahead for now in seen) == added_by_then


def test_of_newcomers_only_those_are_refused_whose_address_somebody_has_by_now(
    desk: Desk,
) -> None:
    job = desk.run(many(3), go=False)
    desk.store.add(Employee(id="other", full_name="Other", email="P1@example.com"), Write("w"))
    desk.importer.resume(job.id)
    done = desk.work(job)
    assert done.done == LineCounts(added=2, rejected=1)
    assert desk.outcomes(done) == ["added", "refused", "added"]
    assert "was added after the check" in desk.lines(done)[1].problems[0].reason


def test_of_newcomers_those_are_refused_whose_number_somebody_has_by_now(real_desk: Desk) -> None:
    desk = real_desk
    text = "Employee number,Name,Title,Office\n7,Ann,T,L\n8,Bea,T,L\n9,Cy,T,L\n"
    job = desk.run(text, go=False)
    desk.store.add(Employee(id="other", full_name="Other", employee_number="8"), Write("w"))
    desk.importer.resume(job.id)
    done = desk.work(job)
    assert done.done == LineCounts(added=2, rejected=1)
    [problem] = desk.lines(done)[1].problems
    assert problem.reason.startswith("Someone with this employee number was added after the check")
    assert desk.undo(done).undone == LineCounts(undone=2)
    assert desk.everyone() == {"other": "Other"}


def test_who_left_by_an_import_is_back_after_its_undo(real_desk: Desk) -> None:
    desk = real_desk
    desk.store.add(Employee(id="1", full_name="Ann", job_title="T", location="L"), Write("w"))
    text = "Id,Name,Title,Office,Status\n1,Ann,New,L,Left\n2,Bea,T,L,Active\n3,Cy,T,L,Left\n"
    job = desk.run(text)
    assert job.phase is Phase.READY  # all who are here would leave
    desk.importer.resume(job.id, leaving={"max_left": 100})
    job = desk.work(job)
    assert job.done == LineCounts(added=1, inactive=1, left=1)
    assert desk.store.get("1").left_on
    assert desk.undo(job).undone == LineCounts(undone=2)
    assert desk.everyone() == {"1": "Ann"}
    assert desk.store.get("1").left_on == ""


def test_it_is_stopped_while_people_are_put_in_order_and_nobody_is_added(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = desk.run(many(450), go=False)
    desk.importer.resume(job.id)
    reads_all_first(desk, monkeypatch)
    real = desk.store.find_by_email

    def asked(addresses: Any) -> Any:
        desk.stop.set()
        return real(addresses)

    monkeypatch.setattr(desk.store, "find_by_email", asked)
    stopped = desk.work(job)
    assert (stopped.lease_holder, stopped.buffered, stopped.progress) == ("", 100, (0, 450))
    assert desk.everyone() == {}
    desk.stop.clear()
    monkeypatch.undo()
    assert desk.work(job).done == LineCounts(added=450)


def test_who_was_added_and_then_changed_or_deleted_by_others_still_was_added_by_it(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = desk.take_in(many(30))
    reads_all_first(desk, monkeypatch, at=14)
    while not desk.stop.is_set():
        desk.work(job)
    monkeypatch.undo()
    changed, deleted, joined, *_ = sorted(desk.everyone())
    change(desk.store, changed, phone="123")
    desk.store.delete(deleted, None, Write("gone"))
    address = desk.store.get(joined).email
    desk.store.add(Employee(id="other", full_name="Other", email=address), Write("w"))
    desk.stop.clear()
    assert desk.work(job).done == LineCounts(added=30)
    assert desk.everyone().keys() >= {changed, joined, "other"}
    assert desk.undo(job).undone == LineCounts(undone=28, skipped=2)
    assert desk.everyone().keys() == {changed, "other"}


@pytest.mark.usefixtures("small_parts")
def test_what_became_of_a_part_is_kept_anew_when_it_is_done_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(job_lease, "LIFE_SECONDS", 0.0)
    job = desk.run(many(20), go=False)
    desk.store.add(Employee(id="other", full_name="Other", email="p3@example.com"), Write("w"))
    desk.importer.resume(job.id)
    real = desk.jobs.put_part

    def put_part(job_id: str, kind: str, number: int, content: bytes) -> None:
        if kind == "done-counts":
            raise Killed
        real(job_id, kind, number, content)

    with monkeypatch.context() as patch:
        patch.setattr(desk.jobs, "put_part", put_part)
        patch.setattr(worker, "_give_up", lambda *args: None)
        with pytest.raises(Killed):
            desk.work(job)
    desk.store.delete("other", None, Write("gone"))
    done = desk.work(job)
    assert done.done == LineCounts(added=20)
    assert desk.outcomes(done) == ["added"] * 20


@pytest.mark.usefixtures("small_parts")
def test_lines_that_were_done_as_they_were_planned_are_not_kept_twice(desk: Desk) -> None:
    desk.store.add(Employee(id="7", full_name="Old"), Write("w"))
    desk.store.delete("7", None, Write("gone"))
    head = "Id,Name,Title,Office\n"
    rows = "".join(f"{number},Person {number},T,L\n" for number in range(30))
    done = desk.run(head + rows)
    assert done.done == LineCounts(added=29, rejected=1)
    kept = desk.jobs._parts  # type: ignore[attr-defined]
    assert [number for _, kind, number in kept if kind == "done"] == [0]
    assert [line.number for line in desk.lines(done)] == list(range(2, 32))


def test_a_job_that_is_held_is_left_to_its_holder_until_the_hold_runs_out(desk: Desk) -> None:
    job = desk.take_in(many(3))
    first = desk.importer.work(job.id, desk.stop)
    next(first)
    assert list(desk.importer.work(job.id, desk.stop)) == []
    assert desk.importer.due() is None
    stored = desk.jobs.read(job.id)
    desk.jobs.write(replace(stored.job, lease_until=time.time() - 1), stored.revision)
    assert desk.importer.due() == job.id
    assert list(desk.importer.work(job.id, desk.stop))[-1].phase is Phase.APPLIED
    assert list(first) == []  # it finds that another has taken over, and ends
    assert len(desk.everyone()) == 3


def test_a_holder_that_died_on_this_machine_is_not_waited_for_and_one_elsewhere_is(
    desk: Desk,
) -> None:
    job = desk.take_in(many(3))
    dead = subprocess.Popen(["/bin/true"])
    dead.wait()
    for host, is_due in ((socket.gethostname(), True), ("elsewhere", False)):
        stored = desk.jobs.read(job.id)
        held = replace(
            stored.job, lease_holder=f"{host} {dead.pid} x", lease_until=time.time() + 60
        )
        desk.jobs.write(held, stored.revision)
        assert (desk.importer.due() == job.id) is is_due


def test_work_that_dies_again_and_again_rests_and_says_why(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(job_lease, "LIFE_SECONDS", 0.0)
    job = desk.take_in(many(3))
    for _ in range(5):
        assert job_lease.acquire(desk.jobs, job.id, desk.stop)
    assert job_lease.acquire(desk.jobs, job.id, desk.stop) is None
    resting = desk.importer.read(job.id)
    assert resting.paused
    assert "stopped five times" in resting.error
    desk.importer.resume(job.id)
    assert desk.work(job).phase is Phase.APPLIED


def test_a_store_that_does_not_answer_is_told_of_and_the_work_goes_on_later(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def silent(*args: Any) -> Any:
        raise StorageUnavailable("the database", "sql:find", reason="locked")

    job = desk.take_in(many(3))
    with monkeypatch.context() as patch:
        patch.setattr(desk.store, "find_by_email", silent)
        with pytest.raises(StorageUnavailable):
            desk.work(job)
    waiting = desk.importer.read(job.id)
    assert waiting.error == "Waiting, because the database did not respond: locked."
    assert desk.importer.due() == job.id
    assert desk.work(job).done.added == 3


def test_what_cannot_be_undone_says_why(desk: Desk) -> None:
    def why(job: Job) -> str:
        with pytest.raises(ImportNotPossible) as refused:
            desk.importer.undo(job.id)
        return str(refused.value)

    job = desk.take_in(many(1))
    assert "changed nobody" in why(job)
    desk.work(job)
    desk.importer.undo(job.id)
    assert why(job) == "This import is already being undone."
    desk.importer.stop(job.id)
    assert why(job) == "This import is already being undone. It was stopped: resume it."
    desk.importer.resume(job.id)
    desk.work(job)
    assert "is already undone" in why(job)
    begun = desk.take_in(many(1), go=False)
    desk.work(begun)
    desk.importer.resume(begun.id)
    assert "Stop it first" in why(begun)


def test_only_what_can_be_done_now_is_done(desk: Desk) -> None:
    job = desk.take_in(many(1), go=False)
    with pytest.raises(ImportNotPossible):
        desk.importer.undo(job.id)
    desk.work(job)
    with pytest.raises(ImportNotPossible):
        desk.importer.stop(job.id)
    desk.importer.resume(job.id)
    desk.work(job)
    with pytest.raises(ImportNotPossible):
        desk.importer.resume(job.id)
    with pytest.raises(ImportNotPossible):
        desk.importer.discard(job.id)
    planned = desk.run(many(1), go=False)
    desk.importer.discard(planned.id)
    assert [each.id for each in desk.importer.recent().jobs] == [job.id]


@pytest.mark.usefixtures("small_parts")
def test_lines_are_shown_page_by_page_by_their_outcome(desk: Desk) -> None:
    rows = "".join(
        f"Person {n:04},T,{'' if n % 7 == 0 else 'L'},p{n}@example.com,\n" for n in range(100)
    )
    job = desk.run(HEAD + rows, go=False)
    counts = desk.importer.counts(job)
    assert counts == LineCounts(added=85, rejected=15)
    seen = [
        line.number
        for start in range(0, 85, 20)
        for line in desk.importer.lines(job, "added", start, 20)
    ]
    assert seen == [n + 2 for n in range(100) if n % 7]
    assert [line.number for line in desk.importer.lines(job, "refused", 13, 20)] == [93, 100]


def test_long_lines_make_small_parts(desk: Desk) -> None:
    about = "€ﬁ漢字" * 500
    rows = "".join(f"Person {n},T,L,{about}\n" for n in range(200))
    job = desk.run(f"Name,Title,Office,About\n{rows}", go=False)
    parts = [len(desk.jobs.get_part(job.id, "plan", number)) for number in range(job.parts)]
    assert len(parts) > 1
    assert max(parts) < 390 * 1024
    assert job.planned.added == 200


def test_who_was_undone_is_not_there(desk: Desk) -> None:
    job = desk.run("Id,Name,Title,Office\nn1,N1,T,L\n")
    desk.undo(job)
    with pytest.raises(EmployeeNotFound):
        desk.store.get("n1")
