"""Files whose matter is what their headings mean."""

from __future__ import annotations

from tests.support.cases import Cases


def test_the_employee_number_of_bamboohr_is_not_the_name(cases: Cases) -> None:
    plan = cases.expect(
        "bamboohr.csv",
        {
            "full_name": "Marit Solheim", "job_title": "Buyer", "department": "Purchasing",
            "location": "Tromsø", "email": "marit.solheim@nordgran.example",
            "phone": "+47 77 00 33 41", "mobile": "+47 911 22 334", "start_date": "2020-08-17",
            "employee_number": "2041",
        },
        {
            "full_name": "Kwame Boateng", "preferred_name": "Kobby", "job_title": "Buyer",
            "department": "Purchasing", "location": "Accra", "mobile": "+233 24 000 1122",
            "email": "kwame.boateng@nordgran.example", "start_date": "2022-01-10",
            "employee_number": "2042",
        },
    )  # fmt: skip
    assert plan.job.ignored_columns == ("Work Ext.",)


def test_the_number_beside_a_reversed_name_is_the_employee_number(cases: Cases) -> None:
    cases.expect(
        "bamboohr-last-first.csv",
        {
            "full_name": "Marit Solheim", "job_title": "Buyer", "location": "Tromsø",
            "start_date": "2020-08-17", "employee_number": "2041",
        },
    )  # fmt: skip


def test_numbers_of_positions_and_departments_are_not_their_names(cases: Cases) -> None:
    cases.expect(
        "position-number.csv",
        {
            "full_name": "Marit Solheim", "job_title": "Buyer", "department": "Purchasing",
            "location": "Tromsø", "email": "marit.solheim@nordgran.example",
        },
    )  # fmt: skip


def test_of_one_heading_twice_the_filled_cell_is_read(cases: Cases) -> None:
    cases.expect(
        "same-heading-twice.csv",
        {
            "full_name": "Marit Solheim", "job_title": "Buyer", "location": "Tromsø",
            "email": "marit@nordgran.example", "phone": "+47 911 22 334",
        },
    )  # fmt: skip
