"""Headings and names as products of several countries write them."""

from __future__ import annotations

import pytest

from app.imports.files.columns import field_of
from tests.imports.files.test_headings import values


@pytest.mark.parametrize(
    ("heading", "field"),
    [
        ("Job Information: Job Title", "job_title"), ("Job Information: Location", "location"),
        ("Internal: Status", "status"), ("Internal: Termination date", "end_date"),
        ("Work: Start date", "start_date"), ("Employment Information: Department", "department"),
        ("Organization: Name", ""), ("Manager: Job Title", ""), ("Emergency Contact: Phone", ""),
        ("Job: Name", "job_title"), ("Contact: Name", ""), ("Home Address: City", ""),
        ("department_id/name", "department"), ("work_location_id/name", "location"),
        ("job_id/name", "job_title"), ("parent_id/name", ""), ("company_id/name", ""),
        ("department_id", ""), ("Organization 1 - Title", "job_title"),
        ("Organization 1 - Department", "department"), ("Organization 1 - Name", ""),
        ("organizations.0.title", "job_title"), ("organizations.1.department", "department"),
        ("name.familyName", "last_name"), ("Ort geschäftlich", "location"),
        ("Work address city", "location"), ("Telefone comercial", "phone"),
        ("業務用携帯番号", ""), ("姓(カナ)", ""), ("名（フリガナ）", ""),
        ("Anmeldeinformationen blockieren", "blocked"), ("Benutzerprinzipalname", "email"),
        ("Должность", "job_title"), ("Табельный номер", "employee_number"),
        ("Fratrædelsesdato", "end_date"), ("퇴사일", "end_date"), ("Tussenvoegsel", "name_infix"),
        ("Direct Line", "phone"), ("Correo de trabajo", "email"),
        ("Teléfono de trabajo", "phone"), ("E-Mail dienstl.", "email"), ("Correo de casa", ""),
        ("ACTUAL_TERMINATION_DATE", "end_date"), ("PrimarySmtpAddress", "email"),
    ],
)  # fmt: skip
def test_headings_of_products(heading: str, field: str) -> None:
    assert field_of(heading) == field


@pytest.mark.parametrize(
    ("table", "name"),
    [
        ("姓,名,Location\n山田,太郎,東京\n", "山田 太郎"),
        ("First name,Last name\n민수,김\n", "김 민수"),
        ("First name,Last name\nTaro,Yamada\n", "Taro Yamada"),
        ("First name,Last name\nアン,Roe\n", "アン Roe"),
        ("Voornaam,Tussenvoegsel,Achternaam\nNora,van der,Berg\n", "Nora van der Berg"),
        ("Voornaam,Tussenvoegsel,Achternaam\nOmar,,Haddad\n", "Omar Haddad"),
        ("Roepnaam,Voorletters,Achternaam\nNora,N.A.,Berg\n", "Nora Berg"),
        ("Medewerker,Roepnaam,Achternaam\n0042,Nora,Berg\n", "Nora Berg"),
        ("Nom de naissance,Nom d'usage,Prénom\nLefèvre,Martin,Chloé\n", "Chloé Martin"),
        ("Nom de naissance,Nom d'usage,Prénom\nLefèvre,,Chloé\n", "Chloé Lefèvre"),
        ('Display name,First name,Last name\n"Berg, Nora",Nora,Berg\n', "Nora Berg"),
        ('Display name,First name,Last name\n"Nora Berg, MD",Nora,Berg\n', "Nora Berg, MD"),
        ("Known as,Full name,Surname\nNora,Nora Ann Berg,Berg\n", "Nora Ann Berg"),
    ],
)
def test_a_name_is_made_of_its_parts(table: str, name: str) -> None:
    assert values(table)["full_name"] == name


def test_a_home_city_beside_an_office_is_not_read() -> None:
    private = "Name,Office,Street,City,Postal code\nAda Roe,,Fjellveien 1,Askøy,5300\n"
    assert "location" not in values(private)
    account = private.replace("Name,", "User principal name,").replace("Ada Roe", "ada@b.example")
    assert values(account)["location"] == "Askøy"


@pytest.mark.parametrize("heading", ["Business city", "Work address city", "City (office)"])
def test_a_city_of_work_is_read_beside_a_home_address(heading: str) -> None:
    found = values(
        f"Name,Home street,Home city,Home zip,{heading}\nAda Roe,S 1,Askøy,5300,Bergen\n"
    )
    assert found["location"] == "Bergen"


def test_a_mobile_beside_one_of_work_is_no_phone_of_a_desk() -> None:
    found = values("Nome completo,Celular corporativo,Celular\nAda,11 95555-0101,11 97777-0101\n")
    assert found["mobile"] == "11 95555-0101"
    assert "phone" not in found


def test_lists_of_values_with_types_are_read_by_them() -> None:
    found = values(
        "name.fullName,phones.0.type,phones.0.value,phones.1.type,phones.1.value\n"
        "Ada Roe,home,+46 99 123,work,+46 31 123 456\n"
    )
    assert found == {"full_name": "Ada Roe", "phone": "+46 31 123 456"}
