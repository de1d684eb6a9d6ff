"""``flask import`` says how it reads a file, shows all that it would do, and takes choices."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask

from app.history.changes import Write
from app.model.employee import Employee
from app.web.current import current_directory
from tests.support.import_command import import_app, run
from tests.support.small_directory import AMARA

FILE = (
    "Full name;Job title;Office;Mail;Phone;Cost Center\n"
    "Ada Lovelace;Analyst;London;ada@example.com;+44 20 7946 0958;4410\n"
    "Amara Adeyemi-Lindqvist;Chief;Nairobi;amara@example.com;;4410\n"
    "Cy;;Oslo;cy@;;5200\n"
    "Ada Twice;Clerk;Oslo;ada@example.com;;\n"
)


@pytest.fixture
def app(tmp_path: Path) -> Flask:
    app = import_app(tmp_path)
    with app.app_context():
        current_directory().employees.add(AMARA, Write("w"))
    return app


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "people.csv"
    path.write_text(FILE)
    return path


def everyone(app: Flask) -> dict[str, Employee]:
    with app.app_context():
        batches = current_directory().employees.iter_batches()
        return {person.full_name: person for batch in batches for person in batch.people}


def test_a_dry_run_shows_the_encoding_the_columns_and_every_row(app: Flask, file: Path) -> None:
    result = run(app, "--dry-run", file)
    assert result.exit_code == 1
    lines = result.stdout.splitlines()
    assert lines[:11] == [
        "CSV in UTF-8, separated by semicolons.",
        "  Full name    Full name  Ada Lovelace, Amara Adeyemi-Lindqvist, Cy",
        "  Job title    Job title  Analyst, Chief, Clerk",
        "  Office       Location   London, Nairobi, Oslo",
        "  Mail         Email      ada@example.com, amara@example.com, cy@",
        "  Phone        Phone      +44 20 7946 0958",
        "  Cost Center  ignored    4410, 5200",
        (
            "  Row 2, Ada Lovelace: added. Job title: Analyst; Location: London; "
            "Email: ada@example.com; Phone: +44 20 7946 0958"
        ),
        (
            "  Row 3, Amara Adeyemi-Lindqvist: changed. "
            "Job title: Principal Engineer → Chief; Phone: +254 20 555 0127 → nothing"
        ),
        (
            "  Row 4, Cy: Job title: Enter a job title, such as Field Engineer; "
            "Mail: Enter the part after the @, like name@example.com: “cy@”"
        ),
        (
            "  Row 5, Ada Twice: possible duplicate. Like row 2; Job title: Clerk; Location: Oslo; "
            "Email: ada@example.com"
        ),
    ]
    assert lines[11:15] == [
        "Dry run: 1 added, 1 changed, 0 unchanged, 1 possible duplicate, 1 with errors.",
        "Ignored columns: Cost Center.",
        "This import empties Phone of 1 person: the cells are empty.",
        (
            "Possible duplicates are not added. To add them, import the file with "
            "--add-possible-duplicates."
        ),
    ]
    assert everyone(app).keys() == {AMARA.full_name}


def test_quiet_prints_the_counts_alone(app: Flask, file: Path) -> None:
    counts = "1 added, 1 changed, 0 unchanged, 1 possible duplicate, 1 with errors.\n"
    result = run(app, "--dry-run", "--quiet", file)
    assert (result.exit_code, result.stdout) == (1, f"Dry run: {counts}")
    result = run(app, "--quiet", file)
    assert (result.exit_code, result.stdout) == (1, counts)


@pytest.mark.parametrize("field", ["department", "Department", "Dept", "DEPARTMENT "])
def test_a_column_is_mapped_and_remembered_once_it_was_imported(
    app: Flask, file: Path, field: str
) -> None:
    result = run(app, "--dry-run", "--map", f"cost center={field}", file)
    assert "  Cost Center  Department  4410, 5200" in result.output
    assert "Ignored columns" not in result.output
    assert "Cost Center  ignored" in run(app, "--dry-run", file).output
    run(app, "--map", f"Cost Center={field}", file)
    assert everyone(app)["Ada Lovelace"].department == "4410"
    assert "Cost Center  Department" in run(app, "--dry-run", file).output
    assert "Cost Center  ignored" in run(app, "--dry-run", "--map", "Cost Center=", file).output


def test_a_dry_run_that_is_resumed_remembers_its_columns(app: Flask, file: Path) -> None:
    result = run(app, "--dry-run", "--map", "Cost Center=department", file)
    run(app, "--resume", result.output.split("--resume ")[1].strip())
    assert "Cost Center  Department" in run(app, "--dry-run", file).output


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--map", "Cost Centre=department"],
         "The file has no column Cost Centre. Its columns are: Full name, Job title, Office, Mail"),
        (["--map", "Cost Center=shoe size"], "There is no field shoe size. The fields are: id, "),
        (["--map", "Cost Center"], "Write --map as HEADING=FIELD, not “Cost Center”."),
        (["--set", "location"], "Write --set as FIELD=VALUE, not “location”."),
        (["--set", "email=a@example.com"],
         "Email is not the same for all people of a file. These can be: job_title, "),
        (["--set", "id=5"], "Id is not the same for all people of a file."),
        (["--set", f"location={'x' * 201}"], "Location: Must be 200 characters or fewer"),
        (["--set", "location="], "Location: Enter a location"),
    ],
)  # fmt: skip
def test_what_cannot_be_understood_is_told_with_what_there_is(
    app: Flask, file: Path, options: list[str], message: str
) -> None:
    result = run(app, *options, file)
    assert result.exit_code != 0
    assert message in " ".join(result.output.split())
    assert everyone(app).keys() == {AMARA.full_name}


def test_a_job_has_room_for_some_hundred_choices(app: Flask, tmp_path: Path) -> None:
    path = tmp_path / "wide.csv"
    headings = [f"名前{number:03}" * 10 for number in range(900)]
    path.write_text(f"Name,Title,Office,{','.join(headings)}\nAda,T,L{',x' * 900}\n")
    maps = [text for heading in headings for text in ("--map", f"{heading}=about")]
    assert "Too many columns were chosen by hand." in run(app, *maps, path).output
    assert run(app, *maps[:100], path).exit_code == 0


def test_choices_are_for_a_file(app: Flask) -> None:
    result = run(app, "--resume", "20260101-000000-aaaaaaaa", "--set", "location=L")
    assert "only with a file" in result.output


def test_a_value_is_given_for_everyone_new(app: Flask, tmp_path: Path) -> None:
    path = tmp_path / "names.csv"
    path.write_text("Name,Mail\nBo,bo@example.com\nAmara A,amara@example.com\n")
    told = run(app, "--dry-run", path).output
    assert "No column has the location. To give one for all new people: --set location=…\n" in told
    result = run(app, "--set", "Location=Remote", "--set", "job_title=Clerk=1", path)
    assert result.exit_code == 0
    people = everyone(app)
    assert (people["Bo"].location, people["Bo"].job_title) == ("Remote", "Clerk=1")
    assert people["Amara A"].location == AMARA.location


def test_possible_duplicates_are_added_when_told(app: Flask, file: Path) -> None:
    assert "  Row 5, Ada Twice: possible duplicate. Like row 2" in run(app, file).output
    assert "Ada Twice" not in everyone(app)
    run(app, "--add-possible-duplicates", file)
    assert "Ada Twice" in everyone(app)


def test_who_has_left_is_told_of_and_not_added(app: Flask, tmp_path: Path) -> None:
    path = tmp_path / "accounts.csv"
    path.write_text("Name,Title,Office,accountEnabled\nBo,Clerk,Oslo,False\nCy,Clerk,Oslo,True\n")
    for options in (["--dry-run"], []):
        result = run(app, *options, path)
        row = "  Row 2, Bo: accountEnabled: Has left, and is not in the directory: “False”\n"
        assert row in result.output
        assert "1 added, 0 changed, 0 unchanged, 1 left before, 0 with errors." in result.output
        assert result.exit_code == 0
    assert "Bo" not in everyone(app)


def test_a_complete_list_tells_who_is_not_in_it(app: Flask, tmp_path: Path) -> None:
    path = tmp_path / "everyone.csv"
    path.write_text("Name,Job title,Office,Mail\nBo,T,L,bo@example.com\n")
    result = run(app, "--dry-run", "--complete", path)
    assert "Here, and not in this file: 1 person.\n" in result.output
    assert f"  {AMARA.full_name} (amara), Principal Engineer, Nairobi\n" in result.output
    assert "0 with errors, 1 not in the file." in result.output
    result = run(app, "--complete", path)
    assert f"  {AMARA.full_name} (amara)" in result.output
    assert AMARA.full_name in everyone(app)
    assert run(app, "--complete", "--quiet", path).stdout == (
        "0 added, 0 changed, 1 unchanged, 0 with errors, 1 not in the file.\n"
    )
