"""The dry run says of every line what would become of it, and changes nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.contracts.import_jobs import Phase
from app.exports.csv_file import csv_file
from app.exports.xlsx_file import xlsx_file
from app.model.employee import Employee
from app.model.fields import TEXT_FIELDS
from tests.support.import_desk import Desk
from tests.support.small_directory import AMARA

HEAD = "Name,Title,Office,Mail,Phone,Badges,Start date\n"


def reasons(desk: Desk, text: str) -> list[tuple[str, str]]:
    """Column and reason of the first problem of each line, of a file that is only planned."""
    job = desk.run(text, go=False)
    return [
        (line.problems[0].column, line.problems[0].reason) if line.problems else ("", line.outcome)
        for line in desk.lines(job)
    ]


def test_a_dry_run_changes_nobody_and_waits(desk: Desk) -> None:
    desk.store.add(AMARA, "w")
    before = desk.store.get("amara")
    job = desk.run("Id,Name\namara,Another\n,New\n", go=False)
    assert job.phase is Phase.READY
    assert desk.store.get("amara") == before
    assert desk.everyone().keys() == {"amara"}


def test_only_what_differs_is_a_change_and_what_has_no_column_is_left_alone(desk: Desk) -> None:
    desk.store.add(AMARA, "w")
    job = desk.run(
        "Mail,Role,Department\nAMARA@example.com,Principal Engineer,Platform\n", go=False
    )
    [line] = desk.lines(job)
    assert (line.outcome, line.id) == ("changed", "amara")
    assert line.new == {"department": "Platform", "email": "AMARA@example.com"}
    assert line.old == {"department": "Engineering", "email": "amara@example.com"}


def test_an_empty_cell_empties_a_field_and_is_refused_where_one_is_needed(desk: Desk) -> None:
    desk.store.add(AMARA, "w")
    [line] = desk.lines(desk.run("Id,Phone,Badges\namara,,\n", go=False))
    assert line.new == {"phone": "", "badges": ()}
    [line] = desk.lines(desk.run("Id,Office\namara,\n", go=False))
    assert line.problems == (("Office", "Enter a location, such as Reykjavík or Remote", ""),)


def test_the_rules_are_those_of_the_form_and_one_bad_line_never_stops_the_others(
    desk: Desk,
) -> None:
    told = reasons(
        desk,
        HEAD
        + "Ada,T,L,ada@,,,\n"
        + "Bea,T,L,,call me,,\n"
        + "Cleo,T,L,,,Wizard,\n"
        + "Dora,T,L,,,,31.02.2024\n"
        + f"{'E' * 201},T,L,,,,\n"
        + ",T,L,,,,\n"
        + "Fay,T,L,fay@example.com,+1 206 555 0141,Linux User;bug,2024-02-29\n",
    )
    assert told == [
        ("Mail", "Enter the part after the @, like name@example.com"),
        ("Phone", "Use only digits, spaces and + ( ) -, like +1 206 555 0141"),
        ("Badges", "“Wizard” is not a badge. Choose one from the list of badges"),
        ("Start date", "Enter a date that exists, like 2024-02-29"),
        ("Name", "Must be 200 characters or fewer; it has 201"),
        ("Name", "Enter a full name, such as Amara Adeyemi"),
        ("", "added"),
    ]


def test_a_newcomer_needs_the_columns_that_a_known_person_may_do_without(desk: Desk) -> None:
    desk.store.add(AMARA, "w")
    told = reasons(desk, "Name,Mail\nAmara,amara@example.com\nBo,bo@example.com\n")
    assert told[0] == ("", "changed")
    assert told[1] == (
        "Job title",
        (
            "The file has no column for this, and every new person needs it. Add the column, or "
            "give one value for the whole file"
        ),
    )


def test_people_are_found_by_id_then_by_mail(desk: Desk) -> None:
    desk.store.add(AMARA, "w")
    desk.store.add(Employee(id="bo", full_name="Bo", email="bo@example.com"), "w")
    job = desk.run(
        "Id,Name,Title,Office,Mail\n"
        "bo,Bo,T,L,robert@example.com\n"
        "1042,Amara,T,L,Amara@Example.com\n"
        "1043,Cy,T,L,cy@example.com\n",
        go=False,
    )
    assert [(line.outcome, line.id) for line in desk.lines(job)] == [
        ("changed", "bo"), ("changed", "amara"), ("added", "1043"),
    ]  # fmt: skip


def test_a_second_line_with_the_same_id_is_refused_naming_the_first(desk: Desk) -> None:
    desk.store.add(AMARA, "w")
    told = reasons(
        desk,
        "Id,Name,Title,Office,Mail\n"
        "amara,Amara,T,L,new@example.com\n"
        "amara,Amara,T,L,amara@example.com\n"
        "7,Zoe,T,L,zoe@example.com\n"
        "7,Zoe,T,L,zoe@example.com\n",
    )
    twice = "Row {} is about the same person. Keep only one of them"
    assert [reason for _, reason in told] == ["changed", twice.format(2), "added", twice.format(4)]


def test_an_address_that_several_people_have_is_refused_with_what_to_do(desk: Desk) -> None:
    for number in "12":
        desk.store.add(Employee(id=number, full_name="Ada", email="team@example.com"), "w")
    [(column, reason)] = reasons(desk, "Name,Mail\nAda,team@example.com\n")
    assert column == "Mail"
    assert reason == (
        "2 people have this email. Enter the id of the right person in a column named Id"
    )


def test_an_id_that_nobody_can_have_is_refused(desk: Desk) -> None:
    told = reasons(desk, f"Id,Name,Title,Office\n{'9' * 201},Ada,T,L\n")
    assert told == [("Id", "Must be 200 characters or fewer, or empty")]


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_an_export_is_left_alone_by_the_import_whatever_odd_data_it_holds(
    desk: Desk, ending: str
) -> None:
    odd = Employee(
        id="odd\u00e9 1",
        full_name="=SUM(A1)  x",
        job_title="-1+2",
        location="",
        email="nobody at home",
        phone="'+49 30",
        start_date="soon",
        about="line one\n\n\n\nline two\n  ",
        badges=("linux", "wizard"),
    )
    empty = Employee(id="none", full_name="")
    for person in (AMARA, odd, empty):
        desk.store.add(person, "w")
    people = [batch.people for batch in desk.store.iter_batches()]
    raw = b"".join((csv_file if ending == "csv" else xlsx_file)(people))
    job = desk.run(raw)
    assert [(line.outcome, line.problems) for line in desk.lines(job)] == [("same", ())] * 3


def test_an_export_fills_an_empty_directory_with_the_same_people(desk: Desk) -> None:
    people = [AMARA, Employee(id="7", full_name="=Ada", job_title="@", location="'=L")]
    job = desk.run(b"".join(csv_file([tuple(people)])))
    assert desk.outcomes(job) == ["added", "added"]
    for person in people:
        stored = desk.store.get(person.id)
        assert all(getattr(stored, name) == getattr(person, name) for name in TEXT_FIELDS)
        assert stored.badges == person.badges


def test_a_file_that_is_no_table_fails_with_its_sentence(desk: Desk) -> None:
    job = desk.run("Colour,Size\nred,1\n")
    assert job.phase is Phase.FAILED
    assert job.error.startswith("No column identifies the person.")


def test_what_other_programs_call_a_time_zone_is_left_alone(desk: Desk) -> None:
    desk.store.add(replace(AMARA, time_zone="Africa/Nairobi"), "w")
    for foreign in ("E. Africa Standard Time", "(UTC+03:00) Nairobi", "EAT"):
        [line] = desk.lines(desk.run(f"Id,Time zone\namara,{foreign}\n", go=False))
        assert (line.outcome, line.problems) == ("same", ()), foreign
    [line] = desk.lines(desk.run("Id,Time zone\namara,Europe/Berlin\n", go=False))
    assert line.new == {"time_zone": "Europe/Berlin"}
    [line] = desk.lines(desk.run("Id,Time zone\namara,\n", go=False))
    assert line.new == {"time_zone": ""}
    [line] = desk.lines(desk.run("Id,Time zone\namara,Europe/Berlim\n", go=False))
    reason = "Enter the IANA name of a time zone, like Europe/Berlin"
    assert line.problems == (("Time zone", reason, "Europe/Berlim"),)


@pytest.mark.parametrize(
    ("more", "cells", "employee_id"),
    [
        ("", "", "327e3761-0619-52af-a9d0-f7b0a8472d2e"),
        (",Employee number", ",10432", "327e3761-0619-52af-a9d0-f7b0a8472d2e"),
        (",Phone", ",+44 7700 900123", "f342946e-f2cb-50ee-8b90-13b82fb6cad6"),
        (",Mobile", ",+44 7700 900123", "f342946e-f2cb-50ee-8b90-13b82fb6cad6"),
    ],
)
def test_a_file_that_the_first_release_imported_means_the_same_people(
    desk: Desk, more: str, cells: str, employee_id: str
) -> None:
    job = desk.run(f"Name,Title,Office{more}\nAda,Analyst,London{cells}\n", go=False)
    assert [line.id for line in desk.lines(job)] == [employee_id]
