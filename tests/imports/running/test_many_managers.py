"""Many managers by one file, below their reports; the step that plans them is killed, goes on."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from app.contracts.import_jobs import Phase
from app.imports.planning import line_store
from app.imports.planning.line_store import LineStore
from app.imports.planning.lines import Line
from app.imports.running import reassigned
from app.storage.sql import open_sql_store
from tests.support.import_desk import Desk, jobs_beside

HEAD = "Name,Title,Office,Mail,Manager email\n"
FEW, PER_MANAGER = 40, 8
MANY = 10_000


class Killed(BaseException):
    """What happens to a process that is killed: nothing after it runs."""


def manager_of(number: int, people: int) -> int | None:
    """Return who leads somebody: further down in the file, the last one leads all."""
    return None if number == people - 1 else number + (people - 1 - number + 7) // PER_MANAGER


def file_of(people: int) -> str:
    rows = [HEAD]
    for number in range(people):
        manager = manager_of(number, people)
        named = "" if manager is None else f"p{manager}@example.com"
        rows.append(f"Person {number},T,L,p{number}@example.com,{named}\n")
    return "".join(rows)


def managers(desk: Desk) -> dict[str, str]:
    """Return the email of the manager of each person, by their own."""
    people = [person for batch in desk.store.iter_batches() for person in batch.people]
    emails = {person.id: person.email for person in people} | {"": ""}
    return {person.email: emails[person.manager] for person in people}


def expected(people: int) -> dict[str, str]:
    return {
        f"p{number}@example.com": ""
        if (manager := manager_of(number, people)) is None
        else f"p{manager}@example.com"
        for number in range(people)
    }


@pytest.fixture
def unleased(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody renews the lease of a process that is gone."""
    monkeypatch.setattr("app.imports.importer.is_leased", lambda job: False)
    monkeypatch.setattr("app.imports.running.job_lease.is_leased", lambda job: False)
    monkeypatch.setattr(line_store, "MAX_PART_LINES", 8)


def fail_at(monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    """Kill the process where it replaces the lines of a part for the ``number``-th time."""
    replace, calls = LineStore.replace, iter(range(1, 1_000))

    def killed(self: LineStore, kind: str, part: int, lines: list[Line]) -> None:
        if next(calls) == number:
            raise Killed
        replace(self, kind, part, lines)

    monkeypatch.setattr(LineStore, "replace", killed)


@pytest.mark.slow
def test_ten_thousand_people_have_the_managers_of_their_file(tmp_path: Path) -> None:
    store = open_sql_store(f"sqlite:///{tmp_path / 'directory.db'}")
    store.set_up()
    desk = Desk(store, jobs_beside(store))
    job = desk.run(file_of(MANY))
    assert (job.done.added, job.done.rejected, job.notices) == (MANY, 0, ())
    assert managers(desk) == expected(MANY)
    below = Counter(managers(desk).values())
    assert below[""] == 1
    assert len(below) > MANY / 10
    store.close()


@pytest.mark.usefixtures("unleased")
@pytest.mark.parametrize("at", [1, 3, 5])
def test_killed_while_managers_are_planned_it_goes_on_and_is_undone(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, at: int
) -> None:
    job = desk.take_in(file_of(FEW))
    fail_at(monkeypatch, at)
    with pytest.raises(Killed):
        desk.work(job)
    assert not managers(desk)
    job = desk.work(job)
    assert (job.phase, job.done.added, job.done.rejected) == (Phase.APPLIED, FEW, 0)
    assert managers(desk) == expected(FEW)
    assert desk.undo(job).undone.undone == FEW
    assert not managers(desk)


@pytest.mark.usefixtures("unleased")
@pytest.mark.parametrize("at", [1, 2])
@pytest.mark.parametrize("is_written", [False, True])
def test_killed_while_managers_with_another_id_are_set_it_goes_on_and_is_undone(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, at: int, is_written: bool
) -> None:
    text = "Name,Title,Office,Manager\n" + "".join(
        f"P{number},T,L,{f'P{number + 1}' if number < FEW - 1 else ''}\n" for number in range(FEW)
    )
    desk.undo(desk.run(text))
    job = desk.take_in(text)
    if is_written:  # but not yet noted in the lines
        planned = len(range(0, FEW, 8))
        fail_at(monkeypatch, planned + at)
    else:
        monkeypatch.setattr(reassigned, "_follow", lambda *_: (_ for _ in ()).throw(Killed()))
    with pytest.raises(Killed):
        desk.work(job)
    monkeypatch.undo()
    monkeypatch.setattr("app.imports.importer.is_leased", lambda job: False)
    monkeypatch.setattr("app.imports.running.job_lease.is_leased", lambda job: False)
    job = desk.work(job)
    assert (job.phase, job.done.added) == (Phase.APPLIED, FEW)
    ids = {name: one for one, name in desk.everyone().items()}
    led = {
        one.full_name: one.manager for batch in desk.store.iter_batches() for one in batch.people
    }
    assert led == {
        f"P{number}": ids[f"P{number + 1}"] if number < FEW - 1 else "" for number in range(FEW)
    }
    assert desk.undo(job).undone.undone == FEW
    assert not desk.everyone()


def test_a_circle_of_hundreds_is_refused_and_names_the_first_of_it(desk: Desk) -> None:
    people = 300
    rows = (
        f"{'A long name ' * 15}{number},T,L,p{number}@x.org,p{(number + 1) % people}@x.org\n"
        for number in range(people)
    )
    job = desk.run(f"{HEAD}{''.join(rows)}")
    assert job.done.rejected == people
    problem = desk.lines(job)[0].problems[0].text
    assert problem.count("→") == 9
    assert len(problem) < 900
