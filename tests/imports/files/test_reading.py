"""Tables are read as people save them: any encoding, separator, order of columns, way of days."""

from __future__ import annotations

import ast
import io
import zipfile
from datetime import date, datetime, timedelta

import openpyxl
import pytest
from openpyxl.utils.datetime import MAC_EPOCH, WINDOWS_EPOCH

from app.exports.columns import HEADINGS
from app.exports.xlsx_file import xlsx_file
from app.imports.errors import FileUnreadable
from app.imports.files.columns import field_of, read_headings
from app.imports.files.rows import Row, row_label
from app.imports.files.table import Table
from app.imports.files.xlsx_rows import XlsxRows
from app.imports.planning.dates import DayOrder, parse_date
from app.imports.planning.lines import problem_at
from app.imports.planning.parsed_rows import read_row
from app.model.employee import Employee
from app.runtime.compact_map import CompactMap
from tests.support.repository import ROOT

ROWS = (("Name", "Job Title", "Office"), ("José Núñez", "Köchin", "Málaga"), ("Bo", "A\nB", "é"))


def table(content: bytes) -> Table:
    table = Table(io.BytesIO(content))
    table.check_columns()
    return table


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
    assert found.source_description.startswith(f"CSV in {words}, separated by ")


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


@pytest.mark.parametrize("epoch", [WINDOWS_EPOCH, MAC_EPOCH])
def test_the_style_of_a_cell_tells_a_day_or_a_length_of_time_from_a_number(epoch: datetime) -> None:
    book = openpyxl.Workbook()
    book.epoch = epoch
    book.active.append(["Name", *(f"c{place}" for place in range(6))])
    day, length = datetime(2024, 2, 29, 8, 30), timedelta(hours=30, minutes=15)
    book.active.append(["Ada", day, day, length, 45_351, 45_351.25, day])
    formats = ("dd.mm.yyyy", "[$-409]d-mmm-yy;@", "[h]:mm", '"day" 0', "[Red]0.00", "h:mm AM/PM")
    for cell, number_format in zip(book.active[2][1:], formats, strict=True):
        cell.number_format = number_format
    out = io.BytesIO()
    book.save(out)
    _, ada = XlsxRows(out).rows()
    moment = "2024-02-29 08:30:00"
    assert ada.cells[1:] == (moment, moment, "1 day, 6:15:00", "day 45351", "45351.25", moment)


def workbook(**sheets: list[list[str]]) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_every_sheet_with_the_headings_of_the_first_is_read_and_the_others_are_named() -> None:
    head = ["Name", "Title", "Office"]
    found = table(
        workbook(
            Cover=[["Our people"], ["November"]],
            North=[head, ["Ada", "A", "L"]],
            Empty=[],
            Prices=[["Name", "Price"], ["Chair", "9"]],
            South=[["made by hand"], ["NAME", "Job title", "office "], ["Bo", "B", "L"], ["Cy"]],
        )
    )
    assert (found.sheets, found.ignored_sheets) == (("North", "South"), ("Cover", "Prices"))
    assert found.source_description == "Excel workbook, 2 sheets: North, South"
    first = list(found.rows())
    assert [row.cells for row in first] == [("Ada", "A", "L"), ("Bo", "B", "L"), ("Cy", "", "")]
    told = [row_label(row.number, found.sheets) for row in first]
    assert told == ["2 of North", "3 of South", "4 of South"]
    assert list(found.rows()) == first


def test_a_workbook_is_read_once_however_often_its_rows_are_asked_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = table(workbook(People=[["Name", "Office"], ["Ada🚀'", "L"], ["Bo", "'=1"]]))
    first = list(found.rows())
    monkeypatch.setattr(XlsxRows, "rows", None)
    assert list(found.rows()) == first == [Row(2, ("Ada🚀'", "L")), Row(3, ("Bo", "=1"))]


def test_an_export_of_more_than_a_sheet_comes_back_whole(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("app.exports.xlsx_file.MAX_SHEET_ROWS", 4)
    people = [Employee(id=f"p{n}", full_name=f"Person {n}", location="Lima") for n in range(7)]
    found = table(b"".join(xlsx_file([people])))
    assert found.sheets == ("People", "People 2", "People 3")
    [place] = found.columns.positions["full_name"]
    assert [row.cells[place] for row in found.rows()] == [one.full_name for one in people]


MAIN = b'xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
SHARED = (
    b'<Override PartName="/xl/sharedStrings.xml" ContentType="application/'
    b'vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"/></Types>'
)


def with_sheet(rows: bytes, texts: bytes) -> bytes:
    """A workbook whose only sheet has these rows, and beside it the table of its texts."""
    with zipfile.ZipFile(io.BytesIO(workbook(People=[]))) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    sheet = b"<x:worksheet %s><x:sheetData>%s</x:sheetData></x:worksheet>" % (MAIN, rows)
    types = parts.pop("[Content_Types].xml").replace(b"</Types>", SHARED)
    table_of_texts = b"<x:sst %s>%s</x:sst>" % (MAIN, texts)
    parts |= {"xl/worksheets/sheet1.xml": sheet, "xl/sharedStrings.xml": table_of_texts}
    return zipped(**{"[Content_Types].xml": types}, **parts)


def test_texts_that_excel_keeps_in_a_table_of_their_own_are_found() -> None:
    texts = (
        b"<x:si><x:t>Name</x:t></x:si><x:si><x:t>Office</x:t></x:si>"
        b"<x:si><x:r><x:t>Ada </x:t></x:r><x:r><x:t>Byron</x:t></x:r></x:si>"
        b"<x:si><x:t>\xe6\x9d\xb1\xe4\xba\xac</x:t><x:rPh><x:t>Tokyo</x:t></x:rPh></x:si>"
    )
    rows = b"".join(
        b'<x:row><x:c t="s"><x:v>%d</x:v></x:c><x:c t="s"><x:v>%d</x:v></x:c></x:row>' % pair
        for pair in ((0, 1), (2, 3))
    )
    assert cells(table(with_sheet(rows, texts))) == [("Ada Byron", "東京")]


@pytest.mark.parametrize(
    "rows",
    [
        b'<x:row><x:c t="s"><x:v>7</x:v></x:c></x:row>',
        b'<x:row><x:c t="s"><x:v>-1</x:v></x:c></x:row>',
        b'<x:row r="2"/><x:row r="1"/>',
        b'<x:row><x:c r="B1" t="str"><x:v>a</x:v></x:c><x:c r="A1"><x:v>1</x:v></x:c></x:row>',
        b'<x:row><x:c r="1"><x:v>1</x:v></x:c></x:row>',
        b"<x:row>",
    ],
)
def test_a_sheet_that_is_damaged_is_refused_with_a_sentence(rows: bytes) -> None:
    with pytest.raises(FileUnreadable, match="damaged"):
        table(with_sheet(rows, b"<x:si><x:t>Name</x:t></x:si>"))


def test_a_cell_with_more_text_than_excel_allows_is_told() -> None:
    rows = b'<x:row><x:c t="str"><x:v>%s</x:v></x:c></x:row>'
    with pytest.raises(FileUnreadable, match="more than 32,767 characters"):
        table(with_sheet(rows % (b"x" * 32_768), b""))
    with pytest.raises(FileUnreadable, match="No column identifies"):
        table(with_sheet(rows % (b"x" * 32_767), b""))


def test_an_error_in_a_cell_that_is_read_is_told_with_its_column() -> None:
    book = openpyxl.Workbook()
    book.active.append(["Name", "Office", "Lookup"])
    book.active.append(["Ada", "#N/A", "1"])
    book.active.append(["Bo", "L", "#REF!"])
    out = io.BytesIO()
    book.save(out)
    found = Table(out)
    for _ in range(2):  # the second time as it was kept
        wanted = [read_row(row, found.columns, DayOrder()) for row in found.rows()]
        ada, bo = (each.problem for each in wanted)
        assert ada == problem_at("Office", "Fix the formula that gives this error", "#N/A")
        assert bo is None
        assert wanted[0].text("full_name") == "Ada"


def test_an_error_that_a_spreadsheet_wrote_into_a_csv_file_is_told_too() -> None:
    found = table(b"Name,Department,Shoe size\nAda,#REF!,1\nBo,#N/A,#DIV/0!\nCy #REF!,,\n")
    ada, bo, cy = (read_row(row, found.columns, DayOrder()) for row in found.rows())
    assert ada.problem == problem_at("Department", "Fix the formula that gives this error", "#REF!")
    assert (bo.problem, bo.text("department")) == (None, "")  # it is known that there is none
    assert (cy.problem, cy.text("full_name")) == (None, "Cy #REF!")


def test_a_text_that_looks_like_an_error_is_a_text() -> None:
    person = Employee(id="x", full_name="Ada", location="L", job_title="#N/A", about="a_x0041_b")
    found = Table(io.BytesIO(b"".join(xlsx_file([[person]]))))
    [row] = found.rows()
    assert row.errors == ()
    assert {"Ada", "L", "#N/A", "a_x0041_b"} <= set(row.cells)


def test_what_excel_writes_for_signs_that_xml_cannot_hold_is_read_back() -> None:
    about = b"one_x000D_\ntwo _x005F_x0041_ a_xyz_"
    texts = b"<x:si><x:t>Name</x:t></x:si><x:si><x:t>About</x:t></x:si><x:si><x:t>%s</x:t></x:si>"
    rows = (
        b'<x:row><x:c t="s"><x:v>0</x:v></x:c><x:c t="s"><x:v>1</x:v></x:c></x:row>'
        b'<x:row><x:c t="s"><x:v>2</x:v></x:c>'
        b'<x:c t="inlineStr"><x:is><x:t>%s</x:t></x:is></x:c></x:row>'
    )
    [row] = table(with_sheet(rows % about, texts % about)).rows()
    assert row.cells == ("one\r\ntwo _x0041_ a_xyz_",) * 2


def test_a_column_far_to_the_right_is_read() -> None:
    head = [*("Name", "Title", "Office"), *(f"c{n}" for n in range(300)), "E-mail"]
    row = [*("Ada", "A", "L"), *("" for _ in range(300)), "ada@example.com"]
    found = table(workbook(People=[head, row, [*row, "beyond"]]))
    assert found.columns.positions["email"] == (303,)
    first, second = found.rows()
    assert first.cells[303] == "ada@example.com"
    assert second.problem.startswith("The row has 305 cells and the headings have 304")


def test_a_hidden_sheet_is_not_read_and_named() -> None:
    book = openpyxl.load_workbook(
        io.BytesIO(workbook(Now=[["Name"], ["Ada"]], Old=[["Name"], ["Gone"]]))
    )
    book["Old"].sheet_state = "hidden"
    out = io.BytesIO()
    book.save(out)
    found = table(out.getvalue())
    assert [row.cells for row in found.rows()] == [("Ada",)]
    assert (found.sheets, found.ignored_sheets) == (("Now",), ())
    [told] = found.notices()
    assert told.startswith("Hidden in the workbook, and not read: sheet Old. To read what")


def test_only_public_names_of_openpyxl_are_used() -> None:
    private: list[str] = []
    for path in sorted((ROOT / "app").glob("*/**/xlsx_*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Attribute) and ast.unparse(node.value) not in ("self", "cls"):
                if node.attr.startswith("_") and not node.attr.endswith("__"):
                    private.append(ast.unparse(node))
            elif isinstance(node, ast.ImportFrom) and "openpyxl" in (node.module or ""):
                named = [*(node.module or "").split("."), *(each.name for each in node.names)]
                private += [name for name in named if name.startswith("_")]
    assert private == []


@pytest.mark.parametrize(
    ("part", "before", "after"),
    [
        ("[Content_Types].xml", b"sheet.main+xml", b"document.main+xml"),
        ("xl/workbook.xml", b"UTF-8", b"UTF-9"),
        ("xl/workbook.xml", b'r:id="rId1"', b'r:id="rId9"'),
        ("xl/_rels/workbook.xml.rels", b"Target", b"Goal"),
        ("xl/styles.xml", b'numFmtId="0"', b'numFmtId="x"'),
        ("xl/styles.xml", b"</styleSheet>", b""),
    ],
)
def test_a_part_that_is_damaged_is_refused_with_a_sentence(
    part: str, before: bytes, after: bytes
) -> None:
    with zipfile.ZipFile(io.BytesIO(workbook(People=[["Name"], ["Ada"]]))) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    declared = b"" if b"<?xml" in parts[part] else b"<?xml version='1.0' encoding='UTF-8'?>"
    whole = declared + parts[part]
    assert before in whole
    assert table(zipped(**parts | {part: whole})).sheets == ("People",)
    with pytest.raises(FileUnreadable, match="damaged"):
        table(zipped(**parts | {part: whole.replace(before, after)}))


@pytest.mark.parametrize(
    ("headings", "row", "name"),
    [
        ("Vorname,Name", "Anna,Berg", "Anna Berg"),
        ("Name,Vorname", "Berg,Anna", "Anna Berg"),
        ("First name,Name", "Anna,Anna Berg", "Anna Berg"),
        ("First name,Full name", "Anna,Anna Berg", "Anna Berg"),
        ("Name,First name,Last name", "Anna Berg,Anna,Berg", "Anna Berg"),
    ],
)
def test_name_beside_the_first_name_is_the_last_one(headings: str, row: str, name: str) -> None:
    found = table(f"{headings},Title\n{row},T\n".encode())
    [only] = found.rows()
    assert read_row(only, found.columns, DayOrder()).text("full_name") == name
    assert not {"Vorname", "Name"} & set(found.columns.ignored) or "Last name" in headings


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
        (
            zipped(photos__ada_jpg=b"x"),
            "not an Excel workbook. Save .* If it is a ZIP file, unpack",
        ),
        (zipped(word__document_xml=b"x"), "a Word document. Save its table"),
        (zipped(content_xml=b"x"), r"an OpenDocument file \(.ods\). Save it as .xlsx"),
        (zipped(**{"Index/Document.iwa": b"x"}), "a Numbers document. Export it to Excel or CSV"),
        (zipped(**{"xl/workbook.bin": b"x"}), r"a binary workbook \(.xlsb\)"),
        (
            b"dn: uid=ada,dc=example\nobjectClass: inetOrgPerson\ncn: Ada\n",
            "This is LDIF, .*csvde",
        ),
        (b"version: 1\n\ndn:: dWlkPWFkYQ==\ncn: Ada\n", "This is LDIF"),
        (b"# extended LDIF\n#\n# LDAPv3\n\nversion: 1\ndn: uid=ada\n", "This is LDIF"),
        (b"{\\rtf1 Name}", "RTF"),
        (b"\x1f\x8b\x08\x00" + bytes(40), "compressed. Unpack it"),
        (zipped(xl__workbook_xml=b"<not xml", a_xml=b"x"), "damaged"),
        (zipped(xl__workbook_xml=b"x", xl__styles_xml=bytes(41 << 20)), "workbook is too large"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(range(256)), "neither a text table"),
        (b'{"id":"1","full_name":"Ana"}\n', "JSON Lines, not a table. Export as CSV or Excel"),
        (b'\xef\xbb\xbf[\n {"name": "Ana"}]', "JSON Lines, not a table"),
        (b"Colour,Size\nred,1\n", "No column identifies the person"),
        (b"\xff\xd8\xff\xe0" + bytes(range(256)) * 9, "Open it in the program that made it"),
        (b"\r\n<html><table><tr><td>Name</td></tr></table>", "This is a web page or XML"),
    ],
)
def test_what_is_no_table_is_refused_with_a_sentence(content: bytes, words: str) -> None:
    with pytest.raises(FileUnreadable, match=words):
        list(table(content).rows())


def test_a_byte_that_is_no_character_costs_its_own_row() -> None:
    rows = [("Name", "Title", "Office"), *((f"José {n}", "Köchin", "Málaga") for n in range(9))]
    content = as_csv(",", tuple(rows)).encode()
    for start in (b"", b"\xef\xbb\xbf"):
        found = table(start + content + b"Andr\xe9,Clerk,Oslo\r\nBo,Clerk,Oslo\r\n")
        assert "CSV in UTF-8" in found.source_description
        *others, andre, bo = found.rows()
        assert [row.cells[0] for row in others] == [f"José {n}" for n in range(9)]
        assert not any(row.problem for row in (*others, bo))
        assert andre.problem.startswith("A character in this row cannot be read")
        assert andre.cells == ("Andr\ufffd", "Clerk", "Oslo")


def test_a_zero_byte_is_no_reason_to_refuse_a_file() -> None:
    found = table(as_csv(",").encode() + b"Ki\x00m,Clerk,Oslo\r\n" + b"Lee,Clerk,Oslo\r\n" * 40)
    assert found.source_description.startswith("CSV in UTF-8")
    assert len(list(found.rows())) == 43


BOMB = b'<!DOCTYPE a [<!ENTITY x "xxxxxxxxxx"><!ENTITY y "&x;&x;&x;">]>'


@pytest.mark.parametrize("part", ["xl/workbook.xml", "xl/worksheets/sheet1.xml"])
def test_an_entity_bomb_is_not_unfolded(part: str) -> None:
    with zipfile.ZipFile(io.BytesIO(workbook(People=[["Name"], ["Ada"]]))) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts[part] = BOMB + parts[part].partition(b"?>")[2].replace(b"Ada", b"&y;")
    with pytest.raises(FileUnreadable, match="damaged"):
        list(table(zipped(**parts)).rows())


def test_a_row_with_too_many_or_too_few_cells_is_told_of_and_the_others_are_read() -> None:
    found = table(b"Name,Title,Office,,\nAda,A,L\nByron, Ada,A,L\nBo,A\nDi\nCy,A,L,,,\n")
    problems = [row.problem.partition(" and ")[0] for row in found.rows()]
    assert problems == ["", "The row has 4 cells", "The row has 2 cells", "The row has 1 cell", ""]


def told(text: str) -> list[tuple[int, str, str]]:
    """The number, the first cell and the beginning of the problem of each row."""
    return [(row.number, row.cells[0], row.problem[:16]) for row in table(text.encode()).rows()]


def test_a_cell_that_is_too_long_costs_its_own_row_wherever_it_stands() -> None:
    for size in (150_000, 450_000):
        text = f"Name,Title,About\nAda,T,{'z' * size}\nBo,T,A\n"
        assert told(text) == [(2, "", "A cell is too lo"), (3, "Bo", "")]


def test_headings_that_cannot_be_read_are_refused_with_a_sentence() -> None:
    for text in ('"Name,Title\nAda,T\n', f"{'z' * 150_000},Name\nAda,T\n"):
        with pytest.raises(FileUnreadable, match="first row cannot be read"):
            table(text.encode())


@pytest.mark.parametrize("broken", ['"Ada,T,L', 'Ada,T,"L', 'Ada,"T,L'])
def test_a_quotation_mark_that_is_not_closed_costs_its_own_row(broken: str) -> None:
    rows = "".join(f"Person {n},T,L\n" for n in range(12_000))
    found = told(f"Name,Title,Office\nBo,T,L\n{broken}\n{rows}")
    assert found[1][0] == 3
    assert [each for each in found if each[2]] == [(3, found[1][1], "A quotation mark")]
    assert len(found) == 12_002
    assert found[-1] == (12_003, "Person 11999", "")
    last = told(f"Name,Title,Office\nBo,T,L\n{broken}")
    assert [each[2] for each in last] == ["", "A quotation mark"]


@pytest.mark.parametrize("below", ['"Bo",T,L', 'Bo,"T, or U",L', '"Bo","T","L"', 'Bo,T,L 5"'])
def test_a_quotation_mark_is_not_closed_by_one_of_another_row(below: str) -> None:
    found = told(f'Name,Title,Office\n"Ada,T,L\n{below}\n"Cy","T\nU",L\nDi,T,L\n')
    numbers = [(number, name, bool(problem)) for number, name, problem in found]
    assert numbers[1:] == [(3, "Bo", False), (4, "Cy", False), (6, "Di", False)]
    assert found[0][2] == "A quotation mark"


def test_a_row_of_several_lines_with_too_few_cells_stays_one_row() -> None:
    found = told('Name,Title,Office,About\nAda,T,"I\nlike a, b"\nBo,T,L,"C\n\nD, e"\nCy,T,L,\n')
    assert found == [(2, "Ada", "The row has 3 ce"), (4, "Bo", ""), (7, "Cy", "")]


@pytest.mark.parametrize(
    ("heading", "field"),
    [
        ("Full name", "full_name"), ("EMPLOYEE_NAME", "full_name"), ("name ", "full_name"),
        ("Vorname", "first_name"), ("Apellidos", "last_name"), ("E-Mail-Adresse", "email"),
        ("e-mail", "email"), ("Mobile Phone", "phone"), ("Büro", "location"),
        ("Dept.", "department"),
        ("Date d'embauche", "start_date"), ("HireDate", "start_date"),
        ("Fecha de alta", "start_date"),
        ("Employee ID", "id"), ("Shoe size", ""), ("About", "about"), ("job_title", "job_title"),
        ("displayName", "full_name"), ("officeLocation", "location"), ("jobTitle", "job_title"),
        ("businessPhones", "phone"), ("Email Address (Work)", "email"), ("Last", "last_name"),
        ("Business Title", "job_title"), ("Cognome", "last_name"),
        ("Name (Last, First)", "full_name"),
        ("Employee number", "employee_number"), ("employeeNumber", "employee_number"),
        ("Personalnummer", "employee_number"), ("Staff No.", "employee_number"),
        ("Matricule", "employee_number"), ("Employee No. (HR)", "employee_number"),
        ("Time zone", "time_zone"), ("TIMEZONE", "time_zone"), ("timeZone", "time_zone"),
        ("Mobile", "mobile"), ("Work mobile", "mobile"), ("mobile", "mobile"),
        ("employee_id", "id"), ("EmployeeID", "id"), ("Record ID", "id"),
        ("Employee #", "employee_number"), ("Position #", ""), ("Dept. #", ""), ("Name#", ""),
        ("Phone #", "phone"), ("Tel. #", "phone"), ("ID #", "id"), ("Employee ID#", "id"),
    ],
)  # fmt: skip
def test_common_headings_are_understood(heading: str, field: str) -> None:
    assert field_of(heading) == field


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ("Title", "Job title", "job_title"),
        ("Place", "Location", "location"),
        ("Mail", "Email", "email"),
        ("Started", "Start date", "start_date"),
    ],
)
def test_the_headings_of_exports_before_and_now_are_both_read(
    old: str, new: str, field: str
) -> None:
    assert new in HEADINGS
    for heading in (old, new):
        found = read_headings(["Id", "Full name", heading])
        assert found.fields_by_column == ("id", "full_name", field), heading


def test_headings_in_brackets_are_no_json() -> None:
    assert cells(table(b"[Name],[Office]\nAda,L\n")) == [("Ada", "L")]


@pytest.mark.parametrize(
    ("heading", "cell", "name"),
    [
        ("Surname, First name", "García, José", "José García"),
        ("Last name, First name", "Byron,Ada", "Ada Byron"),
        ("Nachname, Vorname", "von der Höhe, Jürgen", "Jürgen von der Höhe"),
        ("LAST, FIRST", "García José", "García José"),
        ("Surname, First name", "King, Jr., Martin", "King, Jr., Martin"),
        ("Surname, First name", "Cher,", "Cher"),
        ("Name", "García, José", "José García"),
        ("Full name", "García, José", "García, José"),
    ],
)
def test_a_name_with_the_last_name_first_is_turned_round(
    heading: str, cell: str, name: str
) -> None:
    found = table(f'"{heading}",Office\n"{cell}",L\n'.encode())
    [row] = found.rows()
    assert read_row(row, found.columns, DayOrder()).values["full_name"] == name


@pytest.mark.parametrize(
    ("headings", "found"),
    [
        (["Name", "Mobile Phone"], {"phone": (1,)}),
        (["Name", "Mobile Phone", "Work Phone"], {"mobile": (1,), "phone": (2,)}),
        (["Name", "telephoneNumber", "mobilePhone"], {"phone": (1,), "mobile": (2,)}),
        (["Name", "Telefon", "Handy"], {"phone": (1,), "mobile": (2,)}),
        (["Name", "Mobile"], {"mobile": (1,)}),
        (["Name", "Mobile", "Phone"], {"mobile": (1,), "phone": (2,)}),
        (["Name", "Mobile Phone", "Cell"], {"phone": (1, 2)}),
        (["Name", "Phone", "Cell #", "Mobile"], {"phone": (1,), "mobile": (3, 2)}),
        (["Name", "phoneNumber_mobile", "phoneNumber_work"], {"mobile": (1,), "phone": (2,)}),
    ],
    ids=str,
)  # fmt: skip
def test_a_mobile_is_the_phone_of_a_file_that_has_no_other(
    headings: list[str], found: dict[str, tuple[int, ...]]
) -> None:
    columns = read_headings(headings)
    assert dict(columns.positions) == {"full_name": (0,), **found}
    assert columns.ignored == ()


def test_the_number_of_a_position_is_not_its_title() -> None:
    headings = ["Name", "Position #", "Position Title", "Dept #", "Department Name", "Office"]
    columns = read_headings(headings)
    assert columns.fields_by_column == ("full_name", "", "job_title", "", "department", "location")
    assert columns.ignored == ("Position #", "Dept #")


def test_columns_that_nobody_knows_are_named_and_those_that_come_twice_fill_each_other() -> None:
    columns = read_headings(["Full name", "Shoe size", "Mail", "E-mail", "First name", " "])
    assert dict(columns.positions) == {"full_name": (0,), "email": (2, 3), "first_name": (4,)}
    assert columns.ignored == ("Shoe size",)


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("2024-03-14", "2024-03-14"), ("2024/3/4", "2024-03-04"), ("20240314", "2024-03-14"),
        ("14.03.2024", "2024-03-14"), ("4. 3. 2024", "2024-03-04"), ("14/03/2024", "2024-03-14"),
        ("03/14/2024", "2024-03-14"), ("04/04/2024", "2024-04-04"), ("14 March 2024", "2024-03-14"),
        ("March 14th, 2024", "2024-03-14"), ("14-Mar-2024", "2024-03-14"),
        ("14. März 2024", "2024-03-14"), ("1er août 2023", "2023-08-01"),
        ("3 de mayo de 2022", "2022-05-03"), ("2024-03-14 08:00:00", "2024-03-14"),
        ("14/03/2024 00:00", "2024-03-14"), ("3/14/2024 12:00:00 AM", "2024-03-14"),
        ("2024-03-14T08:00:00.5+02:00", "2024-03-14"), ("14 Mrz 2024", "2024-03-14"),
        ("14-Mar-24", "2024-03-14"), ("1-Dec-87", "1987-12-01"),
    ],
)  # fmt: skip
def test_days_are_understood_as_people_write_them(typed: str, day: str) -> None:
    assert parse_date(typed, DayOrder()) == (day, "")


@pytest.mark.parametrize("typed", ["31.02.2024", "13/13/2024", "yesterday", "14 Foo 2024", "2024"])
def test_what_is_no_day_is_refused(typed: str) -> None:
    found, why = parse_date(typed, DayOrder())
    assert not found
    assert "like 2024-02-29" in why


def test_the_other_days_of_a_file_tell_whether_the_day_or_the_month_comes_first() -> None:
    for proof, wanted in (("25/12/2023", "2024-04-03"), ("12/25/2023", "2024-03-04")):
        order = DayOrder()
        order.learn(proof)
        assert parse_date("03/04/2024", order) == (wanted, "")
    order = DayOrder()
    assert "nothing in the file shows which" in parse_date("03/04/2024", order)[1]
    order.learn("25/12/2023")
    order.learn("12/25/2023")
    assert "dates of both kinds" in parse_date("03/04/2024", order)[1]
    assert parse_date("25/12/2023", order) == ("2023-12-25", "")


def test_what_was_seen_is_known_however_much_it_is() -> None:
    seen = CompactMap()
    for number in range(1, 20_001):
        assert seen.add(f"id {number}", number)
    assert not seen.add("id 7", 99)
    assert [seen.get(f"id {number}") for number in (1, 7, 20_000, 20_001)] == [1, 7, 20_000, 0]
