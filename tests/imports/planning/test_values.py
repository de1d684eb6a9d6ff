"""What cells say is read as it is meant: nothing, an address, a number, a day."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.imports.files.columns import read_headings
from app.imports.files.rows import Row
from app.imports.planning.dates import DayOrder
from app.imports.planning.parsed_rows import ParsedRow, id_problem, read_row
from app.imports.planning.placeholders import is_placeholder
from app.model.employee import Employee

HEADINGS = {
    "Id": "id", "Full name": "full_name", "Preferred name": "preferred_name",
    "Pronouns": "pronouns", "Job title": "job_title", "Department": "department",
    "Location": "location", "Email": "email", "Phone": "phone", "Start date": "start_date",
    "Employee number": "employee_number", "About": "about",
}  # fmt: skip


def parsed(**cells: str) -> ParsedRow:
    row = Row(2, tuple(cells.get(name, "") for name in HEADINGS.values()))
    return read_row(row, read_headings([*HEADINGS]), DayOrder())


@pytest.mark.parametrize(
    "text",
    ["n/a", "N/A", " n/a ", "N.A.", "-", "--", "–", "—", "#N/A", "?", "k.A.", "\\N", "none", "None",
     "NULL", "nil", "TBD", "tba", "unknown", "(blank)", "not applicable", "To be confirmed", "NaN",
     "(leer)", "entfällt", "#NV", "Nicht vorhanden", "(vide)", "없음"],
)  # fmt: skip
def test_a_placeholder_is_empty(text: str) -> None:
    title = "" if text == "-" else text  # a title of somebody
    row = parsed(job_title=title, department=text, email=text, phone=text, start_date=text,
                 location=text, employee_number=text)  # fmt: skip
    assert not any(row.values.values())
    assert row.errors == {}


@pytest.mark.parametrize("text", ["None", "Null", "Nan", "NA", "Unknown"])
def test_a_word_is_no_placeholder_for_what_people_are_called(text: str) -> None:
    row = parsed(id=text, full_name=text, preferred_name=text, pronouns=text, about=text)
    assert row.id == text
    wanted = dict.fromkeys(("full_name", "preferred_name", "pronouns", "about"), text)
    assert {name: row.values[name] for name in wanted} == wanted


@pytest.mark.parametrize("text", ["n/a", "-", "–", "#N/A", "\\N"])
def test_a_sign_is_no_id_and_no_preferred_name(text: str) -> None:
    row = parsed(id=text, preferred_name=text, full_name=text)
    assert (row.id, row.text("preferred_name"), row.text("full_name")) == ("", "", text)


def test_na_may_be_north_america_and_an_address_is_no_placeholder() -> None:
    row = parsed(location="NA", department="NA", email="NA", phone="NA", job_title="No. 2")
    assert [row.text(name) for name in ("location", "department", "email", "phone")] == [
        "NA", "NA", "", "",
    ]  # fmt: skip
    assert row.text("job_title") == "No. 2"


@pytest.mark.parametrize(
    "text", ["0", "0000-00-00", "00/00/0000", "1/0/1900", "1900-01-00", "1899-12-30", "00:00:00"]
)
def test_a_day_that_programs_write_for_none_is_empty(text: str) -> None:
    row = parsed(start_date=text)
    assert (row.text("start_date"), row.errors) == ("", {})
    assert not is_placeholder("phone", text)


def test_of_two_columns_one_that_says_nothing_gives_way_to_the_other() -> None:
    columns = read_headings(["Name", "Email", "Email", "First name", "Last name"])
    row = read_row(Row(2, ("", "n/a", "a@x.example", "Madonna", "-")), columns, DayOrder())
    assert (row.text("email"), row.text("full_name")) == ("a@x.example", "Madonna")


def test_who_has_such_a_text_in_the_directory_keeps_it() -> None:
    stored = Employee(id="1", full_name="Ada", location="Oslo", job_title="?", department="None")
    row = parsed(full_name="Ada", job_title="?", department="None", location="Oslo")
    assert not any(row.differs(name, stored) for name in ("job_title", "department", "location"))
    assert row.problem_with("job_title", stored) == ""
    assert row.problem_with("job_title", None) == "Enter a job title, such as Field Engineer"
    assert row.differs("department", replace(stored, department="Sales"))


def test_links_and_names_around_addresses_and_numbers_are_left_out() -> None:
    row = parsed(email="Ben Hill <ben@fjordco.example>", phone="tel:+353215550100")
    assert (row.text("email"), row.text("phone")) == ("ben@fjordco.example", "+353215550100")
    assert row.email_key
    two = parsed(email="ann@fjordco.example; ann.roe@fjordco.example")
    assert two.problem_with("email", None).startswith("Keep one of the addresses")


@pytest.mark.parametrize("text", ["4.75501E+10", "4,75501E+10", "2.06555E+09"])
def test_a_number_that_a_spreadsheet_cut_off_is_told(text: str) -> None:
    row = parsed(phone=text, employee_number=text)
    for problem in (
        row.problem_with("phone", None), row.problem_with("employee_number", None), id_problem(text)
    ):  # fmt: skip
        assert problem.startswith("The spreadsheet has cut this number off. Format its column")


def test_numbers_are_read_in_ordinary_digits_without_a_programs_decimal() -> None:
    assert parsed(employee_number="1001.0").text("employee_number") == "1001"
    assert parsed(employee_number="１００１").text("employee_number") == "1001"
    assert parsed(employee_number="E-10.01").text("employee_number") == "E-10.01"


def test_invisible_signs_around_an_id_are_no_part_of_it() -> None:
    assert parsed(id="\ufeff \u200b7f3\u200e\u00a0").id == "7f3"
