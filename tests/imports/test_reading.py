"""Tables are read as people save them: any encoding, separator, order of columns, way of days."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime

import openpyxl
import pytest

from app.imports.columns import field_of, read_headings
from app.imports.days import DayOrder, read_day
from app.imports.problems import FileUnreadable
from app.imports.seen import Seen
from app.imports.table import Table

ROWS = (("Name", "Job Title", "Office"), ("José Núñez", "Köchin", "Málaga"), ("Bo", "A\nB", "é"))


def table(content: bytes) -> Table:
    return Table(io.BytesIO(content))


def as_csv(separator: str, rows: tuple[tuple[str, ...], ...] = ROWS) -> str:
    return "".join(separator.join(f'"{cell}"' for cell in row) + "\r\n" for row in rows)


def cells(found: Table) -> list[tuple[str, ...]]:
    return [row.cells for row in found.rows()]


@pytest.mark.parametrize(
    ("encoding", "words"),
    [
        ("utf-8", "UTF-8"),
        ("utf-8-sig", "UTF-8"),
        ("utf-16", "UTF-16"),
        ("utf-16-le", "UTF-16"),
        ("utf-16-be", "UTF-16"),
        ("cp1252", "Windows-1252"),
        ("latin-1", "Windows-1252"),
    ],
)
@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_encoding_and_separator_are_recognised(encoding: str, words: str, separator: str) -> None:
    found = table(as_csv(separator).encode(encoding))
    assert cells(found) == [*ROWS[1:]]
    assert found.words.startswith(f"CSV in {words}, separated by ")


@pytest.mark.parametrize(
    ("encoding", "name"),
    [
        ("cp1250", "Łukasz Wałęsa"),
        ("cp1251", "Иван Петрович Сидоров"),
        ("cp932", "山田太郎部長東京"),
    ],
)
def test_other_scripts_are_guessed(encoding: str, name: str) -> None:
    rows = (ROWS[0], *[(name, name, name)] * 3)
    assert cells(table(as_csv(",", rows).encode(encoding)))[0] == (name, name, name)


def test_excels_own_line_about_the_separator_is_understood() -> None:
    found = table(b"sep=|\nName|Title|Office\nAda, Countess|Analyst|London\n")
    assert cells(found) == [("Ada, Countess", "Analyst", "London")]


def test_a_workbook_gives_days_numbers_and_texts_as_they_are_meant() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["Our people, November"])
    sheet.append([])
    sheet.append(["Surname", "First name", "Role", "City", "Hire date", "Phone", "Nickname"])
    day = datetime(2024, 2, 29)
    sheet.append(["Byron", "Ada", "A", "L", day, 12065550141, None])
    sheet.append(["Hopper", "Grace", "B", None, date(1943, 1, 2), 12.5, "'=1"])
    sheet.append([None, None])
    out = io.BytesIO()
    book.save(out)
    found = Table(out)
    assert cells(found) == [
        ("Byron", "Ada", "A", "L", "2024-02-29", "12065550141", ""),
        ("Hopper", "Grace", "B", "", "1943-01-02", "12.5", "=1"),
    ]
    assert [row.number for row in found.rows()] == [4, 5]


def test_a_cell_with_an_error_is_told_of() -> None:
    book = openpyxl.Workbook()
    book.active.append(["Name", "Office"])
    book.active.append(["Ada", "#N/A"])
    out = io.BytesIO()
    book.save(out)
    assert [row.problem for row in Table(out).rows()] == [
        "A cell holds the error #N/A. Mend its formula"
    ]


def zipped(**parts: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/").replace("_xml", ".xml"), content)
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "The file is empty"),
        (b"\n\n  \n", "The file is empty"),
        (b"%PDF-1.4 ...", "This is a PDF"),
        (b"\xd0\xcf\x11\xe0" + bytes(600), "old Excel file"),
        (b"PK\x03\x04 and no more", "damaged"),
        (zipped(word__document_xml=b"x"), "no Excel workbook"),
        (zipped(xl__workbook_xml=b"<not xml", a_xml=b"x"), "damaged"),
        (zipped(xl__workbook_xml=b"x", xl__sharedStrings_xml=bytes(41 << 20)), "unpacks to more"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(range(256)), "neither a table"),
        (b"Colour,Size\nred,1\n", "No column says who is meant"),
    ],
)
def test_what_is_no_table_is_refused_with_a_sentence(content: bytes, words: str) -> None:
    with pytest.raises(FileUnreadable, match=words):
        list(table(content).rows())


def test_an_entity_bomb_is_not_unfolded() -> None:
    bomb = b'<!DOCTYPE a [<!ENTITY x "xxxxxxxxxx"><!ENTITY y "&x;&x;&x;">]><a>&y;</a>'
    book = io.BytesIO()
    openpyxl.Workbook().save(book)
    with zipfile.ZipFile(book) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, bomb if name == "xl/workbook.xml" else content)
    with pytest.raises(FileUnreadable, match="damaged"):
        list(Table(out).rows())


def test_a_row_with_too_many_or_too_few_cells_is_told_of_and_the_others_are_read() -> None:
    found = table(b"Name,Title,Office,,\nAda,A,L\nByron, Ada,A,L\nBo,A\nCy,A,L,,,\n")
    problems = [row.problem[:24] for row in found.rows()]
    assert problems == ["", "The row has 4 cells and ", "The row has 2 cells and ", ""]


def test_a_quotation_mark_that_is_not_closed_costs_only_what_it_swallows() -> None:
    rows = "".join(f"Person {n},T,L\n" for n in range(12_000))
    found = list(table(f'Name,Title,Office\n"Ada,T,L\n{rows}'.encode()).rows())
    told = [row.problem for row in found if row.problem]
    assert "A quotation mark is not closed" in told[0]
    assert len(told) == 1
    assert found[-1].cells == ("Person 11999", "T", "L")


@pytest.mark.parametrize(
    ("heading", "field"),
    [
        ("Full name", "full_name"), ("EMPLOYEE_NAME", "full_name"), ("name ", "full_name"),
        ("Vorname", "first_name"), ("Apellidos", "last_name"), ("E-Mail-Adresse", "email"),
        ("e-mail", "email"), ("Mobile Phone", "phone"), ("Büro", "location"),
        ("Dept.", "department"),
        ("Date d'embauche", "start_date"), ("HireDate", ""), ("Fecha de alta", "start_date"),
        ("Employee ID", "id"), ("Shoe size", ""), ("About", "about"), ("job_title", "job_title"),
    ],
)  # fmt: skip
def test_common_headings_are_understood(heading: str, field: str) -> None:
    assert field_of(heading) == field


def test_columns_that_nobody_knows_or_that_come_twice_are_named() -> None:
    columns = read_headings(["Name", "Shoe size", "Mail", "E-mail", "First name", " "])
    assert dict(columns.places) == {"full_name": 0, "email": 2}
    assert columns.left_out == ("Shoe size", "E-mail", "First name")


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("2024-03-14", "2024-03-14"), ("2024/3/4", "2024-03-04"), ("20240314", "2024-03-14"),
        ("14.03.2024", "2024-03-14"), ("4. 3. 2024", "2024-03-04"), ("14/03/2024", "2024-03-14"),
        ("03/14/2024", "2024-03-14"), ("04/04/2024", "2024-04-04"), ("14 March 2024", "2024-03-14"),
        ("March 14th, 2024", "2024-03-14"), ("14-Mar-2024", "2024-03-14"),
        ("14. März 2024", "2024-03-14"), ("1er août 2023", "2023-08-01"),
        ("3 de mayo de 2022", "2022-05-03"), ("2024-03-14 08:00:00", "2024-03-14"),
    ],
)  # fmt: skip
def test_days_are_understood_as_people_write_them(typed: str, day: str) -> None:
    assert read_day(typed, DayOrder()) == (day, "")


@pytest.mark.parametrize(
    "typed", ["31.02.2024", "13/13/2024", "yesterday", "14 Foo 2024", "1.2.24"]
)
def test_what_is_no_day_is_refused(typed: str) -> None:
    found, why = read_day(typed, DayOrder())
    assert not found
    assert "like 2024-02-29" in why


def test_the_other_days_of_a_file_tell_whether_the_day_or_the_month_comes_first() -> None:
    for proof, wanted in (("25/12/2023", "2024-04-03"), ("12/25/2023", "2024-03-04")):
        order = DayOrder()
        order.learn(proof)
        assert read_day("03/04/2024", order) == (wanted, "")
    order = DayOrder()
    assert "nothing in the file tells" in read_day("03/04/2024", order)[1]
    order.learn("25/12/2023")
    order.learn("12/25/2023")
    assert "days of both kinds" in read_day("03/04/2024", order)[1]
    assert read_day("25/12/2023", order) == ("2023-12-25", "")


def test_what_was_seen_is_known_however_much_it_is() -> None:
    seen = Seen()
    for number in range(1, 20_001):
        seen.note(f"id {number}", number)
    seen.note("id 7", 99)
    assert [seen.first(f"id {number}") for number in (1, 7, 20_000, 20_001)] == [1, 7, 20_000, 0]
