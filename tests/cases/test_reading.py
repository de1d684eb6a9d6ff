"""Files whose matter is how their rows and cells are read."""

from __future__ import annotations

import csv
import io

import pytest

from app.exports.csv_file import csv_file
from tests.support.cases import Cases, Person

MARIT: Person = {
    "full_name": "Marit Solheim", "job_title": "Buyer", "department": "Purchasing",
    "location": "Tromsø", "email": "marit@nordgran.example", "start_date": "2020-08-17",
}  # fmt: skip
KWAME: Person = {
    "full_name": "Kwame Boateng", "job_title": "Buyer", "location": "Accra",
    "email": "kwame@nordgran.example", "start_date": "2022-01-10",
}  # fmt: skip


def part(person: Person, *names: str, **more: str) -> Person:
    """The person with only these fields, and more."""
    return {name: person[name] for name in names} | more


NAMED = ("full_name", "job_title", "location")


def test_the_version_line_above_the_headings_is_skipped(cases: Cases) -> None:
    wanted = part(
        MARIT, *NAMED, "department", "email", phone="+47 77 00 33 41", mobile="+47 911 22 334"
    )
    cases.expect("entra-bulk-create.csv", wanted | {"location": "Tromsø HQ"})


def test_cover_text_repeated_headings_and_totals_are_no_people(cases: Cases) -> None:
    plan = cases.expect(
        "adp-with-cover.csv",
        part(MARIT, *NAMED, "email", "start_date", employee_number="002041"),
        part(KWAME, *NAMED, "email", "start_date", employee_number="002042"),
    )
    [notice] = plan.job.notices
    assert notice.startswith("Left out, because nobody is in it: rows 9 (“Total employees: 2”) and")


def test_labels_below_the_headings_are_no_person(cases: Cases) -> None:
    wanted = part(MARIT, *NAMED, "department", "email", "start_date", phone="+47 77 00 33 41")
    cases.expect("labels-below-headings.csv", wanted)


def test_numbers_are_read_as_their_format_shows_them(cases: Cases) -> None:
    cases.expect(
        "zeros.xlsx",
        part(MARIT, *NAMED, employee_number="002041", phone="0771234567"),
        part(KWAME, "full_name", "job_title", location="Boston", employee_number="002042",
             phone="(206) 555-0141"),
    )  # fmt: skip


def test_a_formula_of_a_text_is_that_text(cases: Cases) -> None:
    cases.expect(
        "formula-ids.csv",
        part(MARIT, *NAMED, "email", employee_number="002041"),
        part(KWAME, *NAMED, "email", employee_number="002042"),
    )


def test_links_and_names_around_an_address_are_left_out(cases: Cases) -> None:
    plan = cases.expect(
        "addresses-in-links.csv",
        part(MARIT, *NAMED, "email", phone="+47-77-00-33-41 ext. 7"),
        part(KWAME, *NAMED, "email", phone="+233 24 000 1122"),
    )
    assert plan.problems == ["Mail: Keep one of the addresses, like name@example.com"]


@pytest.mark.parametrize("name", ["strict.xlsx", "thirty-cover-lines.xlsx", "hidden.xlsx"])
def test_a_workbook_is_read_whatever_it_looks_like(cases: Cases, name: str) -> None:
    plan = cases.expect(name, MARIT, KWAME)
    told = [notice.partition(". ")[0] for notice in plan.job.notices]
    hidden = [f"Hidden in the workbook, but read: {what}" for what in ("row 3", "column Mail")]
    assert told == (hidden if name == "hidden.xlsx" else [])


def test_a_department_merged_over_rows_is_that_of_each(cases: Cases) -> None:
    cases.expect("merged-departments.xlsx", MARIT, KWAME | {"department": "Purchasing"})


def test_days_are_counted_from_where_the_workbook_does(cases: Cases) -> None:
    plan = cases.expect("from-1904.xlsx", MARIT, KWAME)
    assert plan.job.notices == (
        "Dates are day numbers of a spreadsheet: 43109 is read as 2022-01-10.",
    )


def test_the_sheet_of_the_people_is_read_and_not_that_of_contacts(cases: Cases) -> None:
    plan = cases.expect("contacts-first.xlsx", MARIT)
    assert (plan.job.sheets, plan.job.ignored_sheets) == (("Staff",), ("Read me",))


def test_formulas_without_results_are_told(cases: Cases) -> None:
    plan = cases.plan("formulas-without-results.xlsx")
    assert plan.people == []
    assert [problem.partition(" here")[0] for problem in plan.problems] == [
        "Mail: The file has a formula"
    ]
    [notice] = plan.job.notices
    assert notice.startswith("The file has formulas in Full name and Mail, and not their results.")


def test_day_numbers_are_read_and_what_is_none_is_told(cases: Cases) -> None:
    plan = cases.expect(
        "serial-days.csv",
        part(MARIT, *NAMED, "start_date"),
        part(KWAME, *NAMED, "start_date"),
    )
    assert [problem.partition(". ")[0] for problem in plan.problems] == [
        "Start date: This number is no date",
        "Phone: The spreadsheet has cut this number off",
    ]
    assert plan.job.notices == (
        "Dates are day numbers of a spreadsheet: 44060 is read as 2020-08-17.",
    )


def test_years_of_two_digits_are_read_where_the_file_shows_what_is_meant(cases: Cases) -> None:
    plan = cases.plan("short-years-ambiguous.csv")
    assert [problem.partition(",")[0] for problem in plan.problems] == [
        "Start date: The day may come first or the month may come first",
        "Start date: The year may come first or last",
    ]
    cases.expect(
        "short-years.csv",
        part(MARIT, *NAMED, start_date="2020-08-07"),
        part(KWAME, *NAMED, start_date="2022-01-30"),
    )


def test_placeholders_are_empty(cases: Cases) -> None:
    plan = cases.expect(
        "placeholders.csv",
        part(MARIT, *NAMED),
        part(KWAME, "job_title", "location", full_name="Kwame Null"),
    )
    assert plan.problems == ["Title: Enter a job title, such as Field Engineer"]


def test_invisible_signs_and_full_width_are_no_part_of_a_value(cases: Cases) -> None:
    cases.expect(
        "invisible-signs.csv",
        part(MARIT, *NAMED, "email", phone="+47 77-00-33-41"),
        {
            "full_name": "山田 花子", "job_title": "Buyer", "location": "東京",
            "email": "hanako@nordgran.example", "phone": "03-1234-5678",
        },
    )  # fmt: skip


def test_a_file_of_an_old_mac_is_read(cases: Cases) -> None:
    plan = cases.expect(
        "cr-only-mac-roman.csv",
        {
            "full_name": "Zoë Ångström", "job_title": "Buyer", "location": "Malmö",
            "email": "zoe@nordgran.example", "start_date": "2020-08-17",
        },
        {
            "full_name": "Jürgen Müßig", "job_title": "Käufer", "location": "Köln",
            "email": "j@nordgran.example", "start_date": "2022-01-10",
        },
    )  # fmt: skip
    assert plan.job.source_description == "CSV in Mac Roman, separated by commas"


def test_ldif_is_told_what_to_be_instead(cases: Cases) -> None:
    assert cases.error("people.ldif").startswith("This is LDIF, an export of an LDAP directory")


def test_phones_go_out_as_other_programs_read_them(cases: Cases) -> None:
    assert cases.run("phones-for-export.csv").outcomes == ["added"] * 4
    people = [batch.people for batch in cases.desk.store.iter_batches()]
    text = b"".join(csv_file(people)).decode("utf-8-sig")
    rows = sorted(csv.DictReader(io.StringIO(text, newline="")), key=lambda row: row["Id"])
    assert [row["Phone"] for row in rows] == [
        "+47 77 00 33 41 / +47 911 22 334", "'+233240001122 ext. 7", "+351 (22) 000-11.22", "112",
    ]  # fmt: skip
    assert [row["About"] for row in rows] == ["'=1+1", "", "", ""]
    assert [row["Job title"] for row in rows] == ["Buyer", "'-", "Buyer", "Buyer"]
    assert cases.desk.work(cases.desk.take_in(text)).done.unchanged == 4
