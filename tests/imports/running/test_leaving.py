"""Who leaves by an import, who comes back by one, and what undoing it brings back."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from app.access.viewer import Viewer
from app.contracts.accounts import LastAdmin
from app.contracts.history import AuditQuery
from app.contracts.import_choices import Choices
from app.contracts.import_jobs import Job, Phase
from app.contracts.line_counts import LineCounts
from app.history.changes import Author, Via, Write
from app.imports.errors import ImportNotPossible
from app.imports.planning import line_store
from app.imports.running import job_lease
from app.model import leaving
from app.model.employee import Employee
from app.model.revision import revision_of
from app.photos.keys import key_before_leaving, our_key, thumbnail_key
from app.storage.photos_on_disk import open_folder_store
from tests.support.import_desk import Desk
from tests.support.jobs_in_memory import JobsInMemory
from tests.support.killed_jobs import kill_at
from tests.support.model_store import ModelStore
from tests.support.pictures import picture

HEAD = "Id,Name,Title,Office,Mail\n"
STATUS = "Id,Name,Title,Office,Mail,Status,Last day\n"
ALL_MAY_LEAVE = Choices(is_complete=True, mark_left=True, max_left=100)
ANA = Author("Ana Ruiz", "a1", "ana")
BO = Author("Bo Lind", "b2", "bo")


def here(desk: Desk, *ids: str, photo_key: str = "", left_on: str = "") -> None:
    for name in ids:
        person = Employee(
            id=name, full_name=f"{name.title()} X", job_title="T", location="L",
            email=f"{name}@example.com", employee_number=f"n-{name}",
        )  # fmt: skip
        desk.store.add(replace(person, photo_key=photo_key, left_on=left_on), Write("w"))


def row(name: str, *more: str) -> str:
    return ",".join((name, f"{name.title()} X", "T", "L", f"{name}@example.com", *more)) + "\n"


def contents(desk: Desk) -> dict[str, Employee]:
    """All records, without the marks of their versions."""
    people = (one for batch in desk.store.iter_batches() for one in batch.people)
    return {each.id: replace(each, version=0, updated_at=None) for each in people}


def left(desk: Desk) -> dict[str, str]:
    """The last days of those who have one."""
    return {each.id: each.left_on for each in contents(desk).values() if each.left_on}


def complete(desk: Desk, rows: str, choices: Choices = ALL_MAY_LEAVE) -> Job:
    return desk.work(desk.take_in(HEAD + rows, choices=choices, author=ANA))


def by_status(desk: Desk, rows: str) -> Job:
    return desk.work(desk.take_in(STATUS + rows, choices=Choices(max_left=100), author=ANA))


def test_who_is_not_in_a_complete_list_is_marked_as_left_and_back_after_the_undo(
    real_desk: Desk,
) -> None:
    here(real_desk, "ada", "bo", "cy", "dee")
    before = contents(real_desk)
    job = complete(real_desk, row("ada") + row("bo"))
    today = leaving.today()
    assert job.phase is Phase.APPLIED, job.error
    assert (job.done, job.progress) == (LineCounts(unchanged=2, left=2), (4, 4))
    assert left(real_desk) == {"cy": today, "dee": today}
    assert real_desk.store.facets().total == 2
    lines = real_desk.importer.lines(job, "left", 0, 9)
    assert sorted(line.id for line in lines) == ["cy", "dee"]
    assert real_desk.importer.absent(job, 0, 9) == []
    again = complete(real_desk, row("ada") + row("bo"))
    assert (again.absent, again.done) == (0, LineCounts(unchanged=2))
    undone = real_desk.undo(job)
    assert undone.undone == LineCounts(undone=2)
    assert contents(real_desk) == before
    assert real_desk.store.facets().total == 4


def test_a_day_may_be_given_and_one_to_come_leaves_them_in_the_lists(desk: Desk) -> None:
    here(desk, "ada", "bo")
    job = complete(desk, row("ada"), replace(ALL_MAY_LEAVE, last_day="2026-01-31"))
    assert left(desk) == {"bo": "2026-01-31"}
    desk.undo(job)
    complete(desk, row("ada"), replace(ALL_MAY_LEAVE, last_day="2199-01-31"))
    assert left(desk) == {"bo": "2199-01-31"}
    assert desk.store.facets().total == 2


def test_a_large_share_is_refused_until_it_is_confirmed(desk: Desk) -> None:
    here(desk, *(f"p{number}" for number in range(20)))
    rows = "".join(row(f"p{number}") for number in range(17)) + row("new")
    job = complete(desk, rows, replace(ALL_MAY_LEAVE, max_left=10))
    assert (job.phase, job.people) == (Phase.READY, 20)
    assert left(desk) == {}
    assert "new" not in desk.everyone()
    told = "This would mark 3 of 20 people as left, 15 % of the directory and more than 10 %."
    for few in ({}, {"max_left": 14}):
        with pytest.raises(ImportNotPossible, match=told.replace("10 %.", "")):
            desk.importer.resume(job.id, leaving=few)
    desk.importer.resume(job.id, leaving={"max_left": 15})
    assert desk.work(job).done == LineCounts(added=1, unchanged=17, left=3)
    two = complete(desk, "".join(row(f"p{number}") for number in range(1, 17)) + row("new"),
                   replace(ALL_MAY_LEAVE, max_left=10))  # fmt: skip
    assert two.done.left == 1


def test_they_stay_unless_that_is_chosen_and_only_of_a_complete_list(desk: Desk) -> None:
    here(desk, "ada", "bo")
    job = complete(desk, row("ada"), Choices(is_complete=True))
    assert (job.done, left(desk)) == (LineCounts(unchanged=1), {})
    job = desk.work(desk.take_in(HEAD + row("ada"), go=False))
    with pytest.raises(ImportNotPossible, match="Only a file that lists everyone"):
        desk.importer.resume(job.id, leaving={"mark_left": True})
    job = complete(desk, row("ada"), replace(ALL_MAY_LEAVE, mark_left=False))
    assert left(desk) == {}


def test_who_was_changed_after_the_check_stays_and_is_told(desk: Desk) -> None:
    here(desk, "ada", "bo", "cy")
    job = desk.work(desk.take_in(HEAD + row("ada"), go=False, choices=Choices(is_complete=True)))
    bo = desk.store.get("bo")
    desk.store.update(replace(bo, job_title="Lead"), revision_of(bo), Write("w2"))
    desk.importer.resume(job.id, leaving={"mark_left": True, "max_left": 100})
    job = desk.work(job)
    assert (job.done, left(desk)) == (
        LineCounts(unchanged=1, absent=1, left=1),
        {"cy": leaving.today()},
    )
    [line] = desk.importer.absent(job, 0, 9)
    assert (line.id, line.problems[0].reason[:29]) == ("bo", "The person was changed after ")


def test_status_and_last_day_of_a_row_do_the_same(real_desk: Desk) -> None:
    desk = real_desk
    here(desk, "ada", "bo", "cy", "dee", "eve")
    before = contents(desk)
    job = by_status(
        desk,
        row("ada", "Active", "") + row("bo", "Terminated", "2026-01-31") + row("cy", "Left", "")
        + row("dee", "Active", "2027-03-31") + row("eve", "On leave", "")
        + row("fay", "Terminated", ""),
    )  # fmt: skip
    assert job.done == LineCounts(unchanged=2, left=3, inactive=1)
    assert left(desk) == {"bo": "2026-01-31", "cy": leaving.today(), "dee": "2027-03-31"}
    assert "fay" not in desk.everyone()
    again = by_status(desk, row("bo", "Terminated", "2026-01-31") + row("cy", "Left", ""))
    assert again.done == LineCounts(inactive=2)
    later = by_status(desk, row("bo", "Terminated", "2026-02-28") + row("dee", "Active", ""))
    assert later.done == LineCounts(changed=1, left=1)
    assert left(desk) == {"bo": "2026-02-28", "cy": leaving.today()}
    assert desk.undo(later).undone == LineCounts(undone=2)
    assert desk.undo(job).undone == LineCounts(undone=3)
    assert contents(desk) == before


def test_of_a_last_day_that_may_be_two_the_row_is_refused(desk: Desk) -> None:
    here(desk, "ada")
    job = by_status(desk, row("ada", "Terminated", "03/04/2026"))
    assert job.done == LineCounts(rejected=1)
    [line] = desk.lines(job)
    assert line.problems[0].column == "Last day"
    assert left(desk) == {}


@pytest.mark.parametrize("first", ["Terminated", "Active"])
def test_two_rows_of_one_person_of_which_one_says_that_they_are_here(
    desk: Desk, first: str
) -> None:
    here(desk, "ada")
    second = "Active" if first == "Terminated" else "Terminated"
    job = by_status(desk, row("ada", first, "") + row("ada", second, ""))
    assert left(desk) == {}
    assert job.done == LineCounts(unchanged=1, inactive=1)


def test_two_rows_by_which_one_person_leaves_are_one(desk: Desk) -> None:
    here(desk, "ada", "bo")
    job = by_status(desk, row("ada", "Terminated", "2026-01-31") * 2)
    assert (job.done, left(desk)) == (LineCounts(left=1, inactive=1), {"ada": "2026-01-31"})


@pytest.mark.parametrize(
    "text",
    [
        "Id,Name\nada,Ada X\n", "Email,Name\nADA@example.com,Ada X\n",
        "Employee number,Name\nn-ada,Ada X\n",
        "Id,Name,Status\nada,Ada X,Active\n", "Id,Name,Last day\nada,Ada X,\n",
    ],
)  # fmt: skip
def test_who_comes_back_is_restored_and_not_added_twice(real_desk: Desk, text: str) -> None:
    here(real_desk, "ada", left_on="2026-01-31")
    before = contents(real_desk)
    job = real_desk.run(text)
    assert job.done == LineCounts(restored=1)
    assert (left(real_desk), real_desk.everyone()) == ({}, {"ada": "Ada X"})
    assert real_desk.run(text).done == LineCounts(unchanged=1)
    assert real_desk.undo(job).undone == LineCounts(undone=1)
    assert contents(real_desk) == before


def test_who_comes_back_has_the_values_of_the_row(desk: Desk) -> None:
    here(desk, "ada", left_on="2026-01-31")
    job = desk.run("Id,Title,Last day\nada,Lead,2027-03-31\n")
    assert job.done == LineCounts(restored=1)
    ada = desk.store.get("ada")
    assert (ada.job_title, ada.left_on, ada.version) == ("Lead", "2027-03-31", 2)


def test_somebody_else_with_the_address_of_a_leaver_may_be_a_duplicate(desk: Desk) -> None:
    here(desk, "ada", left_on="2026-01-31")
    job = desk.run("Name,Title,Office,Mail\nZoe Quist,T,L,ada@example.com\n")
    assert job.done == LineCounts(duplicate=1)
    assert left(desk) == {"ada": "2026-01-31"}


def test_leavers_are_not_missing_in_a_complete_list(desk: Desk) -> None:
    here(desk, "ada")
    here(desk, "bo", left_on="2026-01-31")
    job = complete(desk, row("ada"))
    assert (job.absent, job.done) == (0, LineCounts(unchanged=1))


def test_each_write_names_who_began_it_the_file_and_the_row(real_desk: Desk) -> None:
    here(real_desk, "ada", "bo")
    job = complete(real_desk, row("new") + "ada,Ada X,Lead,L,ada@example.com\n")
    assert job.done == LineCounts(added=1, changed=1, left=1)
    real_desk.importer.undo(job.id, BO)
    real_desk.work(job)
    newest, second, *_ = real_desk.history.changes_of("ada").changes
    assert (second.author, second.through.via) == (ANA, Via.IMPORT)
    assert (second.through.source, second.through.job) == ("people.csv", job.id)
    assert second.through.row == 3
    assert (newest.author, newest.through.via, newest.through.job) == (BO, Via.UNDO, job.id)
    back, gone, *_ = real_desk.history.changes_of("bo").changes
    assert (gone.author, gone.through.via, gone.fields) == (ANA, Via.IMPORT, ("left_on",))
    assert (back.author, back.fields) == (BO, ("left_on",))


def test_a_job_is_one_line_of_the_audit_log_and_its_undo_another(real_desk: Desk) -> None:
    here(real_desk, "ada", "bo")
    job = complete(real_desk, row("new") + "ada,Ada X,Lead,L,ada@example.com\n,,,,\n,Cy,,,\n")
    [line] = jobs_in(real_desk)
    assert (line.event, line.author, line.through.job) == ("import", ANA, job.id)
    assert dict(line.counts) == {"added": 1, "changed": 1, "left": 1, "rejected": 1}
    assert line.through.source == "people.csv"
    real_desk.importer.undo(job.id, BO)
    real_desk.work(job)
    undo, same = jobs_in(real_desk)
    assert same == line
    assert (undo.event, undo.author, dict(undo.counts)) == ("undo", BO, {"undone": 3})


def jobs_in(desk: Desk) -> list:  # type: ignore[type-arg]
    """The lines of jobs in the audit log, the newest first."""
    return [entry for entry in desk.history.audit(AuditQuery()).entries if entry.through.job]


def test_who_is_restored_on_a_page_since_is_left_alone_by_the_undo(desk: Desk) -> None:
    here(desk, "ada", "bo", "cy")
    job = complete(desk, row("ada"))
    bo = desk.store.get("bo")
    desk.store.update(replace(bo, left_on=""), revision_of(bo), Write("page"))
    cy = desk.store.get("cy")
    desk.store.update(replace(cy, job_title="Lead"), revision_of(cy), Write("page"))
    undone = desk.undo(job)
    assert undone.undone == LineCounts(undone=1, skipped=1)  # bo is as before already
    assert left(desk) == {"cy": leaving.today()}


class Linked:
    """The accounts of a directory of which one is that of the only administrator."""

    def __init__(self, admin: str = "") -> None:
        self.admin = admin
        self.told: list[tuple[str, str, str]] = []

    def is_linked(self, employee_id: str) -> bool:
        return True

    def check_leaving(self, employee_id: str) -> None:
        if employee_id == self.admin:
            raise LastAdmin("This is the only administrator.")

    def leave(self, employee_id: str, last_day: str, *, by: Viewer) -> None:
        self.told.append((employee_id, last_day, by.name))

    def come_back(self, employee_id: str, *, by: Viewer) -> bool:
        self.told.append((employee_id, "", by.name))
        return True


def test_the_account_of_who_leaves_is_disabled_and_of_who_comes_back_enabled() -> None:
    linked = Linked()
    desk = Desk(ModelStore(), JobsInMemory(), accounts=linked)
    here(desk, "ada", "bo")
    here(desk, "cy", left_on="2026-01-31")
    job = complete(desk, row("ada") + row("cy"))
    assert sorted(linked.told) == [("bo", leaving.today(), "Ana Ruiz"), ("cy", "", "Ana Ruiz")]
    linked.told.clear()
    desk.importer.undo(job.id, BO)
    desk.work(job)
    assert sorted(linked.told) == [("bo", "", "Bo Lind"), ("cy", "2026-01-31", "Bo Lind")]


def test_the_only_administrator_stays_and_is_told() -> None:
    desk = Desk(ModelStore(), JobsInMemory(), accounts=Linked("bo"))
    here(desk, "ada", "bo", "cy")
    job = complete(desk, row("ada"))
    assert job.done == LineCounts(unchanged=1, left=1, absent=1)
    [line] = desk.importer.absent(job, 0, 9)
    assert line.problems[0].reason == "This is the only administrator"
    assert list(left(desk)) == ["cy"]


@pytest.fixture
def photo_desk(tmp_path: Path) -> Desk:
    return Desk(ModelStore(), JobsInMemory(), photos=open_folder_store(tmp_path / "photos"))


def with_photo(desk: Desk, name: str, digit: str) -> str:
    assert desk.photos
    key = our_key(digit * 32)
    desk.photos.put(key, picture().getvalue())
    desk.photos.put(thumbnail_key(key), picture().getvalue())
    here(desk, name, photo_key=key)
    return key


def test_the_photo_of_who_leaves_gets_another_key_and_the_old_one_back(photo_desk: Desk) -> None:
    desk = photo_desk
    here(desk, "ada")
    key = with_photo(desk, "bo", "b")
    before = contents(desk)
    assert desk.photos
    kept = {key, thumbnail_key(key)}
    job = complete(desk, row("ada"))
    moved = desk.store.get("bo").photo_key
    assert moved != key
    assert key_before_leaving(moved) == key
    assert {each for each, _ in desk.photos.iter_keys()} == {moved, thumbnail_key(moved)}
    back = desk.run("Id,Name\nbo,Bo X\n")
    assert back.done == LineCounts(restored=1)
    assert desk.store.get("bo").photo_key == key
    assert {each for each, _ in desk.photos.iter_keys()} == kept
    desk.undo(back)
    assert desk.store.get("bo").photo_key == moved
    assert {each for each, _ in desk.photos.iter_keys()} == {moved, thumbnail_key(moved)}
    desk.undo(job)
    assert contents(desk)["bo"].left_on == before["bo"].left_on


def test_undone_at_once_the_photo_is_where_it_was(photo_desk: Desk) -> None:
    desk = photo_desk
    here(desk, "ada")
    key = with_photo(desk, "bo", "b")
    before = contents(desk)
    assert desk.undo(complete(desk, row("ada"))).undone == LineCounts(undone=1)
    assert contents(desk) == before
    assert desk.photos
    assert {each for each, _ in desk.photos.iter_keys()} == {key, thumbnail_key(key)}


@pytest.mark.parametrize("kill_undo", [False, True])
def test_killed_at_any_write_it_goes_on_and_nobody_leaves_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kill_undo: bool
) -> None:
    monkeypatch.setattr(line_store, "MAX_PART_LINES", 2)
    monkeypatch.setattr("app.imports.running.absent.MAX_PART_LINES", 2)
    monkeypatch.setattr(job_lease, "LIFE_SECONDS", 0.0)
    writes, killed = 0, True
    while killed:
        photos = open_folder_store(tmp_path / f"{kill_undo} {writes}")
        desk = Desk(ModelStore(), JobsInMemory(), photos=photos)
        here(desk, "ada", "bo", "cy")
        here(desk, "eve", left_on="2026-01-31")
        key = with_photo(desk, "dee", "d")
        before = contents(desk)
        rows = STATUS + row("ada", "Active", "") + row("bo", "Left", "") + row("eve", "", "")
        job = desk.take_in(rows, choices=ALL_MAY_LEAVE, author=ANA)
        if kill_undo:
            job = desk.work(job)
            desk.importer.undo(job.id)
        killed = kill_at(desk, monkeypatch, job, writes)
        job = desk.work(job)
        assert job.done == LineCounts(unchanged=1, left=3, restored=1)
        if kill_undo:
            assert job.undone == LineCounts(undone=4)
            assert contents(desk) == before
            assert {each for each, _ in photos.iter_keys()} == {key, thumbnail_key(key)}
        else:
            assert sorted(left(desk)) == ["bo", "cy", "dee"]
            assert {desk.store.get(each).version for each in desk.everyone()} == {1, 2}
            [change] = [each for each in desk.history.changes_of("dee").changes if each.was]
            assert change.now["left_on"] == leaving.today()
            assert len(jobs_in(desk)) == 1
        writes += 1
    assert writes > 10
