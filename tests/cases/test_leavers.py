"""Who has left by the exports of products: the same words, and the same columns."""

from __future__ import annotations

import pytest

from app.contracts.import_choices import Choices
from app.history.changes import Write
from app.model import leaving
from app.model.employee import Employee
from tests.support.cases import Cases

TODAY = "today"


@pytest.mark.parametrize(
    ("product", "headings", "marit", "left_on"),
    [
        ("BambooHR", "Employee #,First Name,Last Name,Work Email,Status,Termination Date",
         "2041,Marit,Solheim,marit@nordgran.example,Inactive,2026-03-31", "2026-03-31"),
        ("Personio", "ID,Vorname,Nachname,E-Mail,Status,Austrittsdatum",
         "9,Marit,Solheim,marit@nordgran.example,Ausgeschieden,31.03.2026", "2026-03-31"),
        ("Personio", "ID,Vorname,Nachname,E-Mail,Status,Letzter Arbeitstag",
         "9,Marit,Solheim,marit@nordgran.example,Inaktiv,", TODAY),
        ("HiBob", "Display name,Email,Lifecycle status,Termination date",
         "Marit Solheim,marit@nordgran.example,Terminated,31/03/2026", "2026-03-31"),
        ("Workday", "Employee ID,Worker,Email - Work,Worker Status,Termination Date",
         "2041,Marit Solheim (Terminated),marit@nordgran.example,Terminated,03/31/2026",
         "2026-03-31"),
        ("ADP", "Payroll Name,Work Contact: Work Email,Position Status,Termination Date",
         '"Solheim, Marit",marit@nordgran.example,Terminated,03/31/2026', "2026-03-31"),
        ("Okta", "login,firstName,lastName,email,status",
         "marit@nordgran.example,Marit,Solheim,marit@nordgran.example,DEPROVISIONED", TODAY),
        ("Okta", "login,firstName,lastName,email,status",
         "marit@nordgran.example,Marit,Solheim,marit@nordgran.example,SUSPENDED", TODAY),
        ("Entra", "displayName,userPrincipalName,accountEnabled",
         "Marit Solheim,marit@nordgran.example,False", TODAY),
        ("Microsoft 365", "Display name,User principal name,Block credential",
         "Marit Solheim,marit@nordgran.example,True", TODAY),
        ("Google", "First Name [Required],Last Name [Required],Email,Status [READ ONLY]",
         "Marit,Solheim,marit@nordgran.example,Suspended", TODAY),
        ("Active Directory", "displayName,mail,userAccountControl",
         "Marit Solheim,marit@nordgran.example,514", TODAY),
        ("any", "Name,Email,Leaving date", "Marit Solheim,marit@nordgran.example,31 March 2026",
         "2026-03-31"),
        ("any", "Name,Email,Active", "Marit Solheim,marit@nordgran.example,No", TODAY),
    ],
)  # fmt: skip
def test_who_has_left_by_the_export_of_a_product_is_marked_as_left(
    cases: Cases, product: str, headings: str, marit: str, left_on: str
) -> None:
    store = cases.desk.store
    for name in ("marit", "kwame"):
        mail = f"{name}@nordgran.example"
        full_name = {"marit": "Marit Solheim", "kwame": "Kwame Boateng"}[name]
        person = Employee(
            id=name, full_name=full_name, job_title="Buyer", location="Oslo", email=mail
        )
        store.add(person, Write("w"))
    text = f"{headings}\n{marit}\n"
    job = cases.desk.work(cases.desk.take_in(text, choices=Choices(max_left=50)))
    assert job.done.left == 1, (product, cases.desk.lines(job))
    day = leaving.today() if left_on == TODAY else left_on
    assert (store.get("marit").left_on, store.get("kwame").left_on) == (day, "")
    back = cases.desk.work(cases.desk.take_in("Email,Name\nmarit@nordgran.example,Marit Solheim\n"))
    assert back.done.restored == 1
