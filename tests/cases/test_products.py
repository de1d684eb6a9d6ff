"""Exports of products that many HR and IT departments use."""

from __future__ import annotations

import pytest

from app.model import leaving
from tests.support.cases import Cases, Person

MARIT: Person = {
    "full_name": "Marit Solheim", "job_title": "Buyer", "department": "Purchasing",
    "location": "Tromsø", "email": "marit.solheim@nordgran.example", "phone": "+47 77 00 33 41",
}  # fmt: skip
KWAME: Person = {
    "full_name": "Kwame Boateng", "job_title": "Buyer", "department": "Purchasing",
    "location": "Accra 3", "email": "kwame.boateng@nordgran.example",
    "mobile": "+233 24 000 1122",
}  # fmt: skip
MOBILE = "+47 911 22 334"
SHORT = "marit@nordgran.example"
NOT_ADDED = "{}: Has left, and is not in the directory"


def of_marit(**values: str) -> Person:
    """Return Marit with other values."""
    return {**MARIT, **values}


@pytest.mark.parametrize(
    ("name", "people", "told"),
    [
        (
            "outlook.csv",
            [
                KWAME,
                of_marit(job_title="Head of Purchasing", location="Oslo HQ"),
            ],
            ["Job Title: Enter a job title, such as Field Engineer"],
        ),
        (
            "outlook-title-alone.csv",
            [
                {
                    "full_name": "Kwame Boateng", "job_title": "Buyer", "location": "Accra 3",
                    "email": "kwame.boateng@nordgran.example",
                },
            ],
            ["Title: Enter a job title, such as Field Engineer"],
        ),
        (
            "personio.csv",
            [
                {
                    "full_name": "Greta Jäger", "job_title": "Einkäuferin",
                    "department": "Einkauf", "location": "Lübeck",
                    "email": "greta.jaeger@nordgran.example", "start_date": "2020-08-17",
                    "employee_number": "2051",
                },
            ],
            [NOT_ADDED.format("Status")],
        ),
        (
            "entra-template.csv",
            [of_marit(location="Tromsø North", mobile=MOBILE)],
            [NOT_ADDED.format("Block sign in (Yes/No) [accountEnabled] Required")],
        ),
        (
            "entra-users.csv",
            [of_marit(mobile=MOBILE), KWAME],
            [NOT_ADDED.format("accountEnabled")],
        ),
        (
            "okta.csv",
            [
                of_marit(email=SHORT, mobile=MOBILE),
                {
                    "full_name": "Kwame Boateng", "job_title": "Buyer", "department": "Africa",
                    "location": "Accra", "email": "kwame@nordgran.example",
                },
            ],
            [],
        ),
        (
            "adp.csv",
            [
                of_marit(
                    location="Tacoma", phone="(253) 555-0161", start_date="2020-08-17",
                    employee_number="002041",
                ),
                {
                    "full_name": "Kwame Boateng", "preferred_name": "Kobby", "job_title": "Buyer",
                    "department": "Purchasing", "location": "Accra",
                    "email": "kwame.boateng@nordgran.example", "start_date": "2022-01-10",
                    "employee_number": "002042",
                },
            ],
            [NOT_ADDED.format("Position Status")],
        ),
        ("workday.csv", [of_marit(start_date="2020-08-17")], [NOT_ADDED.format("Worker")]),
        ("successfactors.csv", [of_marit(start_date="2020-08-17")], [NOT_ADDED.format("STATUS")]),
        ("horilla.csv", [
            of_marit(phone="+4777003341", start_date="2020-08-17", employee_number="NG-2041")
        ], []),
        ("home-city.csv", [
            {name: value for name, value in of_marit(location="Tromsø North").items()
             if name != "phone"}
        ], []),
        ("private-columns.csv", [
            {name: value for name, value in MARIT.items() if name != "department"}
        ], []),
        ("ldap.csv", [of_marit(email=SHORT, employee_number="2041")], []),
        (
            "csvde.csv",
            [of_marit(email=SHORT, location="Tromsø North", mobile=MOBILE)],
            [NOT_ADDED.format("userAccountControl")],
        ),
        ("jumpcloud.csv", [of_marit(email=SHORT, mobile=MOBILE, employee_number="2041")], []),
        ("hr-notes.csv", [
            {
                "full_name": "Marit Solheim", "job_title": "Buyer", "location": "Tromsø",
                "email": SHORT,
            },
        ], []),
        (
            "hibob.csv",
            [of_marit(mobile=MOBILE, start_date="2020-08-17")],
            [NOT_ADDED.format("Lifecycle status")],
        ),
    ],
    ids=lambda each: each if isinstance(each, str) else "",
)  # fmt: skip
def test_what_stands_in_an_export_is_read(
    cases: Cases, name: str, people: list[Person], told: list[str]
) -> None:
    plan = cases.expect(name, *people)
    assert plan.problems == told
    again = cases.run(name)
    assert again.people == []
    assert again.outcomes.count("same") == len(people)


def test_ids_are_read_where_an_export_has_them(cases: Cases) -> None:
    assert cases.plan("hibob.csv").ids == ["2041"]
    assert cases.plan("workday.csv").ids == ["002041"]
    assert cases.plan("successfactors.csv").ids == ["2041"]
    assert cases.plan("entra-users.csv").ids == [
        f"22222222-bbbb-4bbb-8bbb-00000000000{number}" for number in (1, 2)
    ]


def test_google_contacts_are_read_as_their_labels_say(cases: Cases) -> None:
    plan = cases.plan("google-contacts.csv")
    assert plan.people == [of_marit(mobile=MOBILE)]
    assert plan.problems == ["Address 1 - City: Enter a location, such as Reykjavík or Remote"]


def test_a_location_that_no_column_has_is_asked_for(cases: Cases) -> None:
    for name in ("google-workspace.csv", "slack.csv"):
        plan = cases.plan(name)
        assert plan.outcomes == ["refused", "inactive"]
        assert "Location: The file has no column for this" in plan.problems[0]
    asked = {"location": "Tromsø", "job_title": "Buyer"}
    assert cases.plan("google-workspace.csv", asked).people == [of_marit(mobile=MOBILE)]
    assert cases.plan("slack.csv", asked).people == [
        {
            "full_name": "Marit Solheim", "job_title": "Buyer", "location": "Tromsø",
            "email": "marit.solheim@nordgran.example",
        },
    ]  # fmt: skip


def test_by_the_next_export_of_microsoft_365_one_person_leaves(
    cases: Cases,
) -> None:
    marit = of_marit(location="Tromsø North", mobile=MOBILE)
    cases.expect("m365-users.csv", marit, {**KWAME, "location": "Accra"})
    plan = cases.run("m365-users-next-month.csv")
    assert plan.outcomes == ["changed", "left"]
    changed, gone = plan.lines
    assert (changed.new, changed.old) == (
        {"job_title": "Head of Purchasing"},
        {"job_title": "Buyer"},
    )
    assert gone.new == {"left_on": leaving.today()}
    assert gone.problems[0].typed == "True"
    assert [person["full_name"] for person in cases.stored()] == ["Kwame Boateng", "Marit Solheim"]


def test_ids_that_are_row_numbers_overwrite_nobody(cases: Cases) -> None:
    cases.run("row-numbers-march.csv")
    before = cases.stored()
    plan = cases.run("row-numbers-april.csv")
    assert plan.outcomes == ["refused", "refused", "same"]
    new, moved = plan.problems
    assert new.startswith("ID: This id is that of Odd Vik (odd@nordgran.example), and the name and")
    assert moved == (
        "ID: This id is that of Pia Ask (pia@nordgran.example), and the email that of Odd Vik "
        "(odd@nordgran.example). Correct one of the two"
    )
    assert [line.name for line in plan.lines] == ["Ada Berg", "Odd Vik", "Pia Ask"]
    assert cases.stored() == before


@pytest.mark.parametrize("name", ["outlook.csv", "adp.csv", "bamboohr.csv"])
def test_managers_are_people_of_the_same_file(cases: Cases, name: str) -> None:
    plan = cases.plan(name)
    assert plan.managers == {"Kwame Boateng": "Marit Solheim"}
    if name != "outlook.csv":  # Odd Vik is in neither of these
        assert "Vik" in " ".join(plan.job.notices)
