"""Rows that may mean somebody who is here, or somebody of an earlier row, wait to be chosen."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.contracts.import_choices import Choices
from app.contracts.import_jobs import Job
from app.history.changes import Write
from app.imports.planning.lines import Line
from app.model.employee import Employee
from tests.support.import_desk import Desk
from tests.support.small_directory import AMARA

HEAD = "Id,Name,Title,Office,Mail,Employee number\n"


def planned(desk: Desk, text: str, choices: Choices | None = None) -> Job:
    job = desk.take_in(text, go=False)
    job = desk.work(job)
    if choices is not None:
        job = desk.work(desk.importer.read_again(job.id, choices))
    return job


def resembled(lines: list[Line]) -> list[tuple[str, list[str | int]]]:
    """The outcome of each line with whom it may mean: a name, or the number of a row."""
    return [(line.outcome, [each.row or each.name for each in line.resembles]) for line in lines]


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        # One email twice: with and without ids, of people who are here and who are new.
        (",Cy,T,L,cy@example.com,\n,Cyrus,T,L,CY@example.com,\n",
         [("added", []), ("duplicate", [2])]),
        ("1,Cy,T,L,cy@example.com,\n2,Cyrus,T,L,cy@example.com,\n",
         [("added", []), ("duplicate", [2])]),
        (",Amara,T,L,amara@example.com,\n,Amara,U,L,amara@example.com,\n",
         [("changed", []), ("duplicate", [2])]),
        ("amara,Amara,T,L,new@example.com,\n,Zoe,T,L,NEW@example.com,\n",
         [("changed", []), ("duplicate", [2])]),
        # The same name twice, where neither row has a key.
        (",Dee,T,L,,\n,DEE,Other,M,,\n", [("added", []), ("duplicate", [2])]),
        (",Dee,T,L,,\n,Dee,T,L,,\n", [("added", []), ("duplicate", [2])]),
        # Somebody here has the name.
        (",amara ADEYEMI-Lindqvist,T,L,,\n", [("duplicate", [AMARA.full_name])]),
        # A key says whom a row means.
        ("9,Amara Adeyemi-Lindqvist,T,L,,\n", [("added", [])]),
        (",Amara Adeyemi-Lindqvist,T,L,other@example.com,\n", [("added", [])]),
        (",Amara Adeyemi-Lindqvist,T,L,,1001\n", [("added", [])]),
        (",Dee,T,L,dee@example.com,\n,Dee,T,L,,\n", [("added", []), ("added", [])]),
        (",Amara,T,L,,\n", [("added", [])]),
    ],
)  # fmt: skip
def test_a_row_that_may_mean_another_is_told_with_whom(
    desk: Desk, rows: str, expected: list[tuple[str, list[str | int]]]
) -> None:
    desk.store.add(AMARA, Write("w"))
    job = planned(desk, HEAD + rows)
    assert resembled(desk.lines(job)) == expected
    assert job.planned.duplicate == sum(outcome == "duplicate" for outcome, _ in expected)


def test_a_possible_duplicate_with_errors_is_an_error(desk: Desk) -> None:
    job = planned(desk, HEAD + ",Dee,T,L,,\n,Dee,,M,,\n")
    assert desk.outcomes(job) == ["added", "refused"]


def test_possible_duplicates_are_not_added_unless_they_are_chosen(desk: Desk) -> None:
    desk.store.add(AMARA, Write("w"))
    file = HEAD + (
        ",Amara Adeyemi-Lindqvist,T,L,,\n"
        ",Cy,T,L,cy@example.com,\n"
        ",Cyrus,T,L,cy@example.com,\n"
        ",Dee,T,L,,\n"
        ",Dee,T,L,,\n"
        ",Amara,T,L,amara@example.com,\n"
        ",Ada,T,L,amara@example.com,\n"
    )  # fmt: skip
    job = planned(desk, file, Choices(added_rows=(4,)))
    assert desk.outcomes(job) == [
        "duplicate", "added", "added", "added", "duplicate", "changed", "duplicate",
    ]  # fmt: skip
    job = planned(desk, file, Choices(add_duplicates=True))
    assert desk.outcomes(job) == [*["added"] * 5, "changed", "added"]
    desk.importer.resume(job.id)
    job = desk.work(job)
    assert (job.done.added, job.done.changed, job.done.rejected) == (6, 1, 0)
    assert sorted(desk.everyone().values()) == [
        "Ada", "Amara", "Amara Adeyemi-Lindqvist", "Cy", "Cyrus", "Dee", "Dee",
    ]  # fmt: skip
    desk.undo(job)
    assert desk.everyone() == {"amara": AMARA.full_name}


def test_what_was_chosen_is_added_once_though_the_import_was_killed(real_desk: Desk) -> None:
    file = HEAD + ",Cy,T,L,cy@example.com,\n,Cyrus,T,L,cy@example.com,\n,Dee,T,L,,\n,Dee,T,L,,\n"
    job = planned(real_desk, file, Choices(add_duplicates=True))
    real_desk.importer.resume(job.id)
    steps = real_desk.importer.work(job.id, real_desk.stop)
    while next(steps).added_ahead < 1:
        pass
    steps.close()
    stored = real_desk.jobs.read(job.id)
    assert stored.job.done_parts == 0
    real_desk.importer.stop(job.id)
    released = real_desk.jobs.read(job.id)
    real_desk.jobs.write(_released(released.job), released.revision)
    real_desk.importer.resume(job.id)
    job = real_desk.work(job)
    assert (job.done.added, job.done.rejected) == (4, 0)
    assert sorted(real_desk.everyone().values()) == ["Cy", "Cyrus", "Dee", "Dee"]


def _released(job: Job) -> Job:
    return replace(job, lease_holder="", lease_until=0.0)


def test_what_no_column_has_is_given_once_for_all_who_are_new(desk: Desk) -> None:
    desk.store.add(AMARA, Write("w"))
    file = (
        "Name,Mail,Office\nBo,bo@example.com,\nCy,cy@example.com,Oslo\nAmara,amara@example.com,\n"
    )
    job = planned(desk, file)
    assert desk.outcomes(job) == ["refused", "refused", "refused"]
    choices = Choices(defaults=(("job_title", "Clerk"), ("location", "Remote")))
    job = planned(desk, "Name,Mail\nBo,bo@example.com\nAmara A,amara@example.com\n", choices)
    bo, amara = desk.lines(job)
    assert (bo.new["job_title"], bo.new["location"]) == ("Clerk", "Remote")
    assert amara.new == {"full_name": "Amara A"}
    job = planned(desk, file, choices)
    assert [line.new.get("location") for line in desk.lines(job)[:2]] == ["Remote", "Oslo"]


def test_the_same_people_are_found_whatever_was_given_for_all(desk: Desk) -> None:
    text = "Name\nBo\n"
    job = planned(desk, text, Choices(defaults=(("job_title", "T"), ("location", "L"))))
    desk.importer.resume(job.id)
    desk.work(job)
    again = planned(desk, text, Choices(defaults=(("job_title", "U"), ("location", "M"))))
    assert desk.outcomes(again) == ["same"]


def test_values_that_empty_cells_clear_are_counted_by_field(desk: Desk) -> None:
    desk.store.add(AMARA, Write("w"))
    desk.store.add(
        Employee(id="bo", full_name="Bo", job_title="T", location="L", phone="1"), Write("w")
    )
    job = planned(desk, "Id,Phone,Department,About\namara,,,Hi\nbo,,,\n")
    assert job.emptied == (("department", 1), ("phone", 2))
