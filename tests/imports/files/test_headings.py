"""What headings mean: the more exact one wins, and none is read as what it is not."""

from __future__ import annotations

import io

import pytest

from app.imports.files import heading_words
from app.imports.files.columns import CHOICES, count_known, field_of, read_headings
from app.imports.files.heading_names import words_of
from app.imports.files.headings import END_DATE, HEADINGS
from app.imports.files.other_headings import CITIES, MOBILES_OR_PHONES
from app.imports.files.table import Table
from app.imports.planning.dates import DayOrder
from app.imports.planning.parsed_rows import read_row
from app.model.fields import FIELDS
from app.model.kinds import Kind


def values(text: str) -> dict[str, object]:
    """Return the values of the only row of a CSV file, without the empty ones."""
    table = Table(io.BytesIO(text.encode()))
    [row] = table.rows()
    parsed = read_row(row, table.columns, DayOrder())
    assert parsed.problem is None
    found = {"id": parsed.id, **parsed.values}
    return {name: value for name, value in found.items() if value}


NAMES_OF_PRIVATE_THINGS = [
    name
    for field in ("email", "phone", "mobile", "location")
    for name in (*HEADINGS[field].split(", "), *CITIES.split(", "), *MOBILES_OR_PHONES.split(", "))
]


@pytest.mark.parametrize("private", heading_words.PRIVATE.split())
def test_no_private_word_of_any_language_is_lost(private: str) -> None:
    for name in NAMES_OF_PRIVATE_THINGS:
        for heading in (f"{name} ({private})", f"Work {name} [{private.title()}]"):
            assert field_of(heading) == "", heading
        if len(private) > 3:
            for heading in (f"{private} {name}", f"{name} {private}", f"{name} - {private}"):
                assert field_of(heading) == "", heading


def test_every_field_has_headings_and_its_label_is_one() -> None:
    column_of = {"left_on": END_DATE}  # with other columns it tells who leaves
    for field in FIELDS:
        if field.kind not in (Kind.PHOTO, Kind.NAMES):  # which no file brings
            assert field_of(field.label) == column_of.get(field.name, field.name)


@pytest.mark.parametrize(
    ("heading", "field"),
    [
        ("Manager", "manager"), ("Reports To", "manager"), ("Manager Email", "manager"),
        ("Manager [email]", "manager"), ("Manager: Name", "manager"), ("Manager ID", "manager"),
        ("Reporting Manager", "manager"), ("Manager's Name", "manager"), ("Desk", "desk"),
        ("Working hours", "working_hours"), ("Slack", "chat"), ("MS Teams", "chat"),
        ("Manager Phone", ""), ("Manager: Job Title", ""), ("Managers", ""), ("Teams", ""),
    ],
)  # fmt: skip
def test_who_leads_and_where_and_when_somebody_works(heading: str, field: str) -> None:
    assert field_of(heading) == field


def test_known_headings_are_folded_and_each_is_of_one_field() -> None:
    seen: dict[str, str] = {}
    for field, names in HEADINGS.items():
        for name in names.split(", "):
            assert words_of(name) == name
            assert seen.setdefault(name, field) == field, name


@pytest.mark.parametrize(
    "heading",
    [
        "Position #", "Position No.", "Position ID", "Position Code", "Position (ID)", "Job Code",
        "Job #", "Title ID", "Title (code)", "Dept #", "Dept Code", "Department ID",
        "Department (Code)", "Department [ID]", "Location ID", "Location Code", "Location №",
        "Location nº", "Office #", "City Code", "Cost Center", "Cost Centre #", "Name hash",
        "Name ID", "Name (key)", "Company Code", "Company ID", "Site-Nr.", "Abteilungsnummer",
        "Abteilung Nr.", "Abteilung (Nummer)", "Standort-ID", "Numéro de poste", "Poste n°",
        "Código de puesto", "Puesto (código)", "Codice sede", "Position %", "Title (%)",
        "Email hash", "Start date (serial number)", "部門コード",
    ],
)  # fmt: skip
def test_a_number_a_code_or_an_id_is_no_name_title_or_place(heading: str) -> None:
    assert field_of(heading) == ""


@pytest.mark.parametrize(
    "heading",
    [
        "Email (personal)", "Email [Private]", "Personal Email", "Private email", "Home Email",
        "Email - Home", "Phone (private)", "Phone (home)", "Home Phone", "Home phone number",
        "Private Mobile", "Personal Mobile", "Mobile (private)", "Mobile (personal)", "City (home)",
        "Home City", "Location (home)", "Home Location", "E-Mail (privat)", "E-Mail privat",
        "Private E-Mail", "Telefon (privat)", "Telefon privat", "Handy (privat)", "Ort (privat)",
        "Courriel (personnel)", "Téléphone (domicile)", "Téléphone personnel", "Mobile perso",
        "Correo (personal)", "Correo personal", "Teléfono (casa)", "Teléfono particular",
        "Email (personale)", "Telefono (abitazione)", "E-mail (privé)", "Telefoon (thuis)",
        "E-post (privat)", "メール（個人）", "Email {Personal}", "Phone <home>",
        "Email (emergency contact)", "Name (manager)", "Emergency Contact Name",
        "Spouse name", "Phone (fax)", "Fax", "Recovery Email", "Email (secondary)",
        "Home Secondary Email", "Residential City", "Notes", "User name",
        "Username", "E-mail Display Name", "Company", "Company name", "Contact",
        "ID Number", "National ID", "Passport No.", "Title (Mr/Mrs/Dr)", "Name (Kana)",
        "user.id", "user.login", "Account Name", "Member Name", "Phone 2", "Email 2",
        "Employee Home Phone", "Job Description", "Legal Entity Name", "Marital status",
        "Manager Status", "Contract End Date",
    ],
)  # fmt: skip
def test_what_is_private_or_of_somebody_else_is_never_read_as_the_work_one(heading: str) -> None:
    assert field_of(heading) == ""


@pytest.mark.parametrize(
    ("heading", "field"),
    [
        ("Email (work) [Required]", "email"), ("First Name [Required]", "first_name"),
        ("Name [displayName] Required", "full_name"),
        ("Office [physicalDeliveryOfficeName]", "location"),
        ("User name [userPrincipalName] Required", "email"), ("Job title [jobTitle]", "job_title"),
        ("Start date (YYYY-MM-DD)", "start_date"), ("Email*", "email"),
        ("* Last name", "last_name"),
        ("Location (where you sit)", "location"), ("Department (optional)", "department"),
        ("Phone (mobile)", "mobile"), ("Telefon (mobil)", "mobile"), ("Phone - mobile", "mobile"),
        ("Work Contact: Work Email", "email"), ("Work Contact: Work Phone", "phone"),
        ("Email - Primary Work", "email"), ("Phone - Primary Work", "phone"),
        ("BIZ_PHONE", "phone"),
        ("Corporate e-mail address", "email"), ("E-Mail (geschäftlich)", "email"),
        ("Téléphone professionnel", "phone"), ("Correo corporativo", "email"),
        ("Legal Name - First Name", "first_name"), ("Legal Last Name", "last_name"),
        ("UPN", "email"), ("User principal name", "email"), ("sn", "last_name"),
        ("givenName", "first_name"), ("cn", "full_name"), ("mail", "email"), ("l", "location"),
        ("telephoneNumber", "phone"), ("physicalDeliveryOfficeName", "location"),
        ("ou", "department"), ("employeeNumber", "employee_number"), ("EMPID", "id"),
        ("employeeIdentifier", "employee_number"), ("Badge id", "employee_number"),
        ("File Number", "employee_number"), ("Emp. No", "employee_number"),
        ("Employee Code", "employee_number"), ("Employee num.", "employee_number"),
        ("Staff ID", "employee_number"), ("Personal-Nr.", "employee_number"),
        ("N° employé", "employee_number"), ("Nº de empleado", "employee_number"),
        ("Employee №", "employee_number"), ("社員番号", "employee_number"),
        ("Date joining", "start_date"), ("HIREDATE", "start_date"), ("FIRSTNAME", "first_name"),
        ("Employee Title", "job_title"), ("Job Position", "job_title"),
        ("Job Title Description", "job_title"), ("Home Department Description", "department"),
        ("Location Description", "location"), ("user.firstName", "first_name"),
        ("profile.title", "job_title"), ("Primary Location", "location"), ("Email 1", "email"),
        ("Department Desc", "department"), ("Term Date", "end_date"), ("Designation", "job_title"),
        ("Name (first)", "first_name"), ("Employee First Name", "first_name"),
        ("Work Address: City", "location"), ("Diensthandy", "mobile"), ("PERNR", "employee_number"),
        ("Status (current)", "status"), ("Is Active?", "enabled"), ("Suspended", "blocked"),
        ("Supervisory Organization", "department"),
    ],
)  # fmt: skip
def test_headings_of_many_products_are_understood(heading: str, field: str) -> None:
    assert field_of(heading) == field


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (
            "displayName,firstName,lastName,title\n,Ada,Byron,T\n",
            {"full_name": "Ada Byron", "job_title": "T"},
        ),
        (
            "firstName,lastName,displayName\nAda,Byron,Ada King\n",
            {"full_name": "Ada King"},
        ),
        ("Name,officeLocation,city\nAda,,Leeds\n", {"full_name": "Ada", "location": "Leeds"}),
        ("Name,city,officeLocation\nAda,Leeds,HQ\n", {"full_name": "Ada", "location": "HQ"}),
        (
            "Name,userPrincipalName,mail\nAda,ada@up.example,\n",
            {"full_name": "Ada", "email": "ada@up.example"},
        ),
        (
            "userPrincipalName,mail,Name\nada@up.example,a@m.example,Ada\n",
            {"full_name": "Ada", "email": "a@m.example"},
        ),
        (
            "Name,Phone,Email,Phone,Email\nAda,,,+1 206 555 0141,ada@a.example\n",
            {"full_name": "Ada", "phone": "+1 206 555 0141", "email": "ada@a.example"},
        ),
        (
            "Name,Division,Department\nAda,Europe,Finance\n",
            {"full_name": "Ada", "department": "Finance"},
        ),
        ("Title,Name,Job Title\nDr.,Ada,Clerk\n", {"full_name": "Ada", "job_title": "Clerk"}),
        ("Titel,Name,Position\nDr.,Ada,Leiterin\n", {"full_name": "Ada", "job_title": "Leiterin"}),
        ("Title,Name,Job Title\nDr.,Ada,\n", {"full_name": "Ada"}),
        (
            "Worker,Legal Name - First Name,Legal Name - Last Name\nAda (x),Ada,Byron\n",
            {"full_name": "Ada Byron"},
        ),
        ("Name,Address,City,Zip,Location\nAda,1 Road,Leeds,LS1,\n", {"full_name": "Ada"}),
        ("Name,Street,City,Postcode\nAda,1 Road,Leeds,LS1\n", {"full_name": "Ada"}),
        ("Name,Home Address,City\nAda,1 Road,Leeds\n", {"full_name": "Ada"}),
        ("Name,Wohnadresse,Ort\nAda,1 Road,Leeds\n", {"full_name": "Ada"}),
        (
            "Name,E-mail address,City\nAda,ada@a.example,Leeds\n",
            {"full_name": "Ada", "email": "ada@a.example", "location": "Leeds"},
        ),
        (
            "Name,Work address,City\nAda,1 Road,Leeds\n",
            {"full_name": "Ada", "location": "Leeds"},
        ),
        ("Name,id,employeeId\nAda,guid-1,1001\n",
         {"full_name": "Ada", "id": "guid-1", "employee_number": "1001"}),
        ("Name,employeeId\nAda,1001\n", {"full_name": "Ada", "id": "1001"}),
    ],
    ids=lambda each: each if isinstance(each, str) else "",
)  # fmt: skip
def test_the_more_exact_heading_wins_and_the_next_fills_it_where_it_is_empty(
    text: str, found: dict[str, str]
) -> None:
    assert values(text) == found


def test_a_choice_by_hand_wins_and_may_ignore_a_column() -> None:
    headings = ["Name", "Cost  Center", "Department", "Phone"]
    chosen = {"Cost Center": "department", "Phone": "", "Nothing of this": "email"}
    columns = read_headings(headings, chosen)
    assert columns.fields_by_column == ("full_name", "department", "department", "")
    assert columns.positions["department"] == (1, 2)
    assert columns.ignored == ("Phone",)
    assert read_headings(headings, {"Phone": "no_field"}).ignored == ("Cost Center", "Phone")
    assert set(CHOICES) >= {"id", "full_name", "first_name", "last_name", "email", "badges"}


def test_a_heading_of_any_length_is_looked_at_in_no_time() -> None:
    assert count_known(["(" * 30_000, "Name" + " " * 30_000, "a [" * 60, "Email"]) == 1


GOOGLE = (
    "First Name,Last Name,E-mail 1 - Label,E-mail 1 - Value,Phone 1 - Label,Phone 1 - Value,"
    "Phone 2 - Label,Phone 2 - Value,Address 1 - Label,Address 1 - City\n"
)


@pytest.mark.parametrize(
    ("cells", "found"),
    [
        (
            "* Work,ada@work.example ::: ada@home.example,Work,1 ::: 2,Mobile,3,Work,Leeds",
            {"email": "ada@work.example", "phone": "1", "mobile": "3", "location": "Leeds"},
        ),
        ("* Home,ada@home.example,Home,1,Mobile,2,Home,Leeds", {"mobile": "2"}),
        ("* Other,ada@home.example,Work Fax,1,Main,2,,Leeds", {"phone": "2"}),
        (",ada@work.example,,1,Mobile,,Privat,Leeds", {"email": "ada@work.example", "phone": "1"}),
    ],
)
def test_the_label_of_a_value_says_what_it_is(cells: str, found: dict[str, str]) -> None:
    assert values(f"{GOOGLE}Ada,Byron,{cells}\n") == {"full_name": "Ada Byron", **found}
    headings = GOOGLE.strip().split(",")
    assert read_headings(headings).heading_of("mobile") == "Phone 1 - Value"
    chosen = read_headings(headings, {"Phone 1 - Value": "mobile"})
    assert chosen.fields_by_column[5:8:2] == ("mobile", "phone")


@pytest.mark.parametrize(
    ("title", "is_read"),
    [
        ("Mr.", False), ("Dr.", False), ("Prof. Dr.", False), ("Frau", False), ("Mme", False),
        ("Dr. med.", False), ("Dipl.-Ing.", False), ("M.Sc.", False), ("Sra.", False),
        ("Driver", True), ("Professor", True), ("Dr. of Snakes", True), ("Engineer", True),
        ("HR", True), ("Hr.", False),
    ],
)  # fmt: skip
def test_a_courtesy_title_is_never_the_job_title(title: str, is_read: bool) -> None:
    job_title = {"job_title": title} if is_read else {}
    assert values(f"Title,Name\n{title},Ada\n") == {"full_name": "Ada", **job_title}
    assert values(f"Job title,Name\n{title},Ada\n") == {"full_name": "Ada", "job_title": title}


def test_a_remark_behind_a_worker_or_an_organization_is_left_out() -> None:
    text = "Worker,Supervisory Organization,Department\nAda (1001),Finance (Tor Aasen),\n"
    assert values(text) == {"full_name": "Ada", "department": "Finance"}
    assert values("Name,Department\nAda (she),IT (Leeds)\n") == {
        "full_name": "Ada (she)",
        "department": "IT (Leeds)",
    }


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("Byron, Ada", "Ada Byron"),
        ("BYRON, ADA", "ADA BYRON"),
        ("García Márquez, Gabriel", "Gabriel García Márquez"),
        ("van der Berg, Noor A.", "Noor A. van der Berg"),
        ("山田, 太郎", "山田 太郎"),
        ("Ada Byron, PhD", "Ada Byron, PhD"),
        ("Ada Byron, CPA", "Ada Byron, CPA"),
        ("Ada Byron, Jr.", "Ada Byron, Jr."),
        ("Byron, Ada, PhD", "Byron, Ada, PhD"),
    ],
)
def test_a_cell_shows_by_its_comma_that_the_last_name_is_first(written: str, name: str) -> None:
    assert values(f'Employee Name,Email\n"{written}",a@a.example\n')["full_name"] == name
    # Our own exports come back as they went out.
    assert values(f'Full name,Email\n"{written}",a@a.example\n')["full_name"] == written
