"""The dry run says of every line what would become of it, and changes nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.contracts.import_jobs import Phase
from app.exports.csv_file import csv_file
from app.exports.xlsx_file import xlsx_file
from app.history.changes import Write
from app.model import leaving
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
    desk.store.add(AMARA, Write("w"))
    before = desk.store.get("amara")
    job = desk.run("Id,Name\namara,Another\n,New\n", go=False)
    assert job.phase is Phase.READY
    assert desk.store.get("amara") == before
    assert desk.everyone().keys() == {"amara"}


def test_only_what_differs_is_a_change_and_what_has_no_column_is_left_alone(desk: Desk) -> None:
    desk.store.add(AMARA, Write("w"))
    job = desk.run(
        "Mail,Role,Department\nAMARA@example.com,Principal Engineer,Platform\n", go=False
    )
    [line] = desk.lines(job)
    assert (line.outcome, line.id) == ("changed", "amara")
    assert line.new == {"department": "Platform", "email": "AMARA@example.com"}
    assert line.old == {"department": "Engineering", "email": "amara@example.com"}


def test_an_empty_cell_empties_a_field_and_is_refused_where_one_is_needed(desk: Desk) -> None:
    desk.store.add(AMARA, Write("w"))
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
    desk.store.add(AMARA, Write("w"))
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
    desk.store.add(AMARA, Write("w"))
    desk.store.add(Employee(id="bo", full_name="Bo", email="bo@example.com"), Write("w"))
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
    desk.store.add(AMARA, Write("w"))
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
        desk.store.add(Employee(id=number, full_name="Ada", email="team@example.com"), Write("w"))
    [(column, reason)] = reasons(desk, "Name,Mail\nAda,team@example.com\n")
    assert column == "Mail"
    assert reason == (
        "2 people have this email: Ada (team@example.com) and Ada (team@example.com). "
        "Enter the id of the right person in a column named Id"
    )


@pytest.fixture
def two(desk: Desk) -> Desk:
    """A desk with Ann, id 1, number E-1, and Bea, id 2, number E-2."""
    for number, name in enumerate(("Ann", "Bea"), 1):
        desk.store.add(
            Employee(
                id=f"{number}",
                full_name=f"{name} Roe",
                job_title="T",
                location="L",
                email=f"{name.lower()}@example.com",
                employee_number=f"E-{number}",
            ),
            Write("w"),
        )
    return desk


HEADINGS_OF_KEYS = "Id,Employee #,Email,Name,Title,Office\n"


ANN, BEA = "Ann Roe (ann@example.com)", "Bea Roe (bea@example.com)"
TWO_PEOPLE = "This {} is that of {}, and the {} that of {}. Correct one of the two"
SOMEBODY_ELSE = (
    "This {0} is that of {1}, and the name and the email of the row are those of somebody else. "
    "Correct the {0}, or leave it empty"
)


@pytest.mark.parametrize(
    ("row", "column", "reason"),
    [
        ("1,,bea@example.com,Ann Roe", "Id", TWO_PEOPLE.format("id", ANN, "email", BEA)),
        ("1,E-2,,Ann Roe", "Id", TWO_PEOPLE.format("id", ANN, "employee number", BEA)),
        (
            ",E-1,bea@example.com,Ann Roe",
            "Employee #",
            TWO_PEOPLE.format("employee number", ANN, "email", BEA),
        ),
        ("1,,aaron@example.com,Aaron Pike", "Id", SOMEBODY_ELSE.format("id", ANN)),
        (
            ",e-2,aaron@example.com,Aaron Pike",
            "Employee #",
            SOMEBODY_ELSE.format("employee number", BEA),
        ),
    ],
)
def test_a_row_of_two_people_is_refused_and_names_both(
    two: Desk, row: str, column: str, reason: str
) -> None:
    assert reasons(two, f"{HEADINGS_OF_KEYS}{row},T,L\n") == [(column, reason)]
    assert two.everyone() == {"1": "Ann Roe", "2": "Bea Roe"}


@pytest.mark.parametrize(
    ("row", "outcome"),
    [
        ("1,E-1,ann@example.com,Ann Roe", ("same", "1")),
        (",E-2,,Bea Roe", ("same", "2")),
        (",e-2,beatrix@example.com,Bea Miller", ("changed", "2")),
        ("9,E-2,bea@example.com,Bea Roe", ("same", "2")),
        (",E-9,bea@example.com,Bea Roe", ("changed", "2")),
        ("1,,ann.pike@example.com,Ann Pike", ("changed", "1")),
        ("1,,ann@example.org,Anna Pike", ("changed", "1")),
        ("1,,,Aaron Pike", ("changed", "1")),
        (",E-9,,Cy Fox", ("added", "")),
    ],
)
def test_people_are_found_by_id_then_by_number_then_by_email(
    two: Desk, row: str, outcome: tuple[str, str]
) -> None:
    # An empty cell of a number or an address says nothing here of the other two.
    id_cell, number, email, name = row.split(",")
    columns = {"Id": id_cell, "Employee #": number, "Email": email, "Name": name}
    filled = {heading: cell for heading, cell in columns.items() if cell}
    text = f"{','.join(filled)},Title,Office\n{','.join(filled.values())},T,L\n"
    [line] = two.lines(two.run(text, go=False))
    assert (line.outcome, line.id if outcome[1] else "") == outcome


def test_a_name_of_east_asia_is_the_same_with_a_space_and_without(desk: Desk) -> None:
    desk.store.add(Employee(id="1", full_name="山田 太郎", email="old@example.com"), Write("w"))
    [line] = desk.lines(desk.run("Id,Name,Email\n1,山田太郎,taro@example.com\n", go=False))
    assert line.outcome == "changed"


def test_an_employee_id_that_nobody_has_may_be_an_employee_number(two: Desk) -> None:
    [line] = two.lines(two.run("Employee ID,Name\nE-2,Bea Roe\n", go=False))
    assert (line.outcome, line.id) == ("same", "2")
    [line] = two.lines(two.run("Id,Name,Title,Office\nE-2,Bea Roe,T,L\n", go=False))
    assert (line.outcome, line.id) == ("added", "E-2")


def test_an_employee_number_that_two_people_have_is_refused_and_names_both(two: Desk) -> None:
    twin = Employee(id="3", full_name="Cy Fox", employee_number="E-2")
    two.store.add(twin, Write("w"))
    [(column, reason)] = reasons(two, "Employee number,Name\nE-2,Bea Roe\n")
    assert column == "Employee number"
    assert reason == (
        "2 people have this employee number: Bea Roe (bea@example.com) and Cy Fox. "
        "Enter the id of the right person in a column named Id"
    )
    [line] = two.lines(two.run("Id,Employee number,Name\n2,E-2,Bea Roe\n", go=False))
    assert line.outcome == "same"


def test_two_rows_with_one_employee_number_are_not_both_added(desk: Desk) -> None:
    text = "Employee number,Name,Title,Office\n7,Ann,T,L\n7,Bea,T,L\n8,Ann,T,L\n"
    job = desk.run(text)
    assert desk.outcomes(job) == ["added", "refused", "added"]
    assert desk.lines(job)[1].problems == (
        ("Employee number", "Row 2 has the same employee number. Correct one of the two", "7"),
    )
    assert sorted(desk.everyone().values()) == ["Ann", "Ann"]
    assert desk.outcomes(desk.run(text)) == ["same", "refused", "same"]


def test_somebody_is_found_by_the_user_principal_name_of_another_column(two: Desk) -> None:
    text = "Name,mail,userPrincipalName\nBea Roe,bea.roe@new.example,bea@example.com\n"
    [line] = two.lines(two.run(text, go=False))
    assert (line.outcome, line.id, line.new) == ("changed", "2", {"email": "bea.roe@new.example"})


def test_who_has_left_is_marked_as_left_and_never_added(two: Desk) -> None:
    job = two.run(
        "Id,Name,Title,Office,Status\n"
        "1,Ann Roe,New,L,Terminated\n"
        "7,Cy Fox,T,L,Terminated\n"
        "8,Dee Fox,T,L,Active\n"
        ",Eve Fox,,,Suspended\n"
    )
    two.importer.resume(job.id, leaving={"max_left": 50})
    job = two.work(job)
    assert two.outcomes(job) == ["left", "inactive", "added", "inactive"]
    ann, cy, _, _ = two.lines(job)
    assert (ann.id, ann.name, ann.new) == ("1", "Ann Roe", {"left_on": leaving.today()})
    assert ann.problems == (("Status", "", "Terminated"),)
    assert (cy.id, cy.name) == ("", "Cy Fox")
    told = "Has left, and is not in the directory"
    assert cy.problems == (("Status", told, "Terminated"),)
    assert (job.done.left, job.done.inactive) == (1, 2)
    assert two.store.get("1").job_title == "T"
    assert two.everyone().keys() == {"1", "2", "8"}


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
        desk.store.add(person, Write("w"))
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
    desk.store.add(replace(AMARA, time_zone="Africa/Nairobi"), Write("w"))
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
