"""A file that lists everyone also tells who is here and not in it."""

from __future__ import annotations

import pytest

from app.contracts.import_choices import Choices
from app.contracts.import_jobs import Job, Phase
from app.history.changes import Write
from app.imports.running import absent
from app.model.employee import Employee
from app.storage.dynamodb.tasks import bulk_read as dynamodb_reading
from app.storage.sql.tasks import bulk_read as sql_reading
from tests.support import model_store
from tests.support.import_desk import Desk

HEAD = "Id,Name,Title,Office,Mail\n"
COMPLETE = Choices(is_complete=True)
BATCH_SIZES = (
    (sql_reading, "BATCH_SIZE"),
    (dynamodb_reading, "_PAGE_SIZE"),
    (model_store, "BATCH_SIZE"),
)


def here(desk: Desk, *ids: str) -> None:
    for name in ids:
        mail = f"{name}@example.com"
        desk.store.add(
            Employee(id=name, full_name=f"{name} X", job_title="T", location="L", email=mail),
            Write("w"),
        )


def missing(desk: Desk, job: Job) -> list[str]:
    everyone = [line.id for line in desk.importer.all_absent(job)]
    assert job.absent == len(everyone)
    assert [line.id for line in desk.importer.absent(job, 0, 10_000)] == everyone
    return sorted(everyone)


def compare(desk: Desk, rows: str, choices: Choices = COMPLETE) -> Job:
    return desk.work(desk.take_in(HEAD + rows, go=False, choices=choices))


def test_who_is_not_in_the_file_is_told_and_stays(real_desk: Desk) -> None:
    here(real_desk, "ada", "bo", "cy", "dee")
    job = compare(real_desk, "ada,ada X,T,L,ada@example.com\n,Bo,T,L,BO@example.com\nnew,N,T,L,\n")
    assert job.phase is Phase.READY
    assert missing(real_desk, job) == ["cy", "dee"]
    assert job.compared == 4
    [line] = [line for line in real_desk.importer.all_absent(job) if line.id == "cy"]
    assert (line.name, line.new["location"]) == ("cy X", "L")
    real_desk.importer.resume(job.id)
    job = real_desk.work(job)
    assert sorted(real_desk.everyone()) == ["ada", "bo", "cy", "dee", "new"]
    assert missing(real_desk, job) == ["cy", "dee"]


def test_nobody_is_asked_for_unless_the_file_lists_everyone(desk: Desk) -> None:
    here(desk, "ada", "bo")
    job = compare(desk, "ada,Ada,T,L,\n", Choices())
    assert (job.absent, job.compared) == (0, 0)
    job = desk.work(desk.importer.read_again(job.id, COMPLETE))
    assert missing(desk, job) == ["bo"]
    job = desk.work(desk.importer.read_again(job.id, Choices()))
    assert missing(desk, job) == []


def test_whom_a_row_with_errors_or_a_possible_duplicate_means_is_in_the_file(desk: Desk) -> None:
    here(desk, "ada", "bo", "cy", "dee", "eve")
    for number in "12":
        desk.store.add(Employee(id=number, full_name="Team", email="team@example.com"), Write("w"))
    job = compare(
        desk,
        f"ada,{'x' * 201},T,L,\n"  # an error
        ",Bo,T,L,bo@example.com\n,Bo,T,L,bo@example.com\n"
        ",cy X,T,L,\n"  # resembles somebody
        ",Team,T,L,team@example.com\n",  # two people
    )
    assert job.planned.rejected == 2
    assert missing(desk, job) == ["dee", "eve"]


def test_a_comparison_that_was_stopped_or_killed_goes_on_where_it_was(
    real_desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(absent, "_BATCHES_PER_CHECKPOINT", 1)
    # Of 1,000 people in earnest: as many batches of a tenth of the people.
    for batches, size in BATCH_SIZES:
        monkeypatch.setattr(batches, size, 100)
    people = (Employee(id=f"p{n:05}", full_name=f"P {n}") for n in range(350))
    list(real_desk.store.add_many(people))
    rows = "".join(f"p{n:05},P {n},T,L,\n" for n in range(0, 350, 2))
    job = real_desk.take_in(HEAD + rows, go=False, choices=COMPLETE)
    steps = real_desk.importer.work(job.id, real_desk.stop)
    while not 0 < next(steps).compared < 350:
        pass
    real_desk.importer.stop(job.id)
    for _ in steps:
        pass
    stopped = real_desk.importer.read(job.id)
    assert stopped.paused
    real_desk.importer.resume(job.id)
    job = real_desk.work(job)
    assert job.phase is Phase.READY
    assert job.compared == 350
    assert missing(real_desk, job) == [f"p{n:05}" for n in range(1, 350, 2)]


def test_an_empty_directory_misses_nobody(desk: Desk) -> None:
    job = compare(desk, "ada,Ada,T,L,\n")
    assert (job.phase, job.absent, job.compared) == (Phase.READY, 0, 0)
