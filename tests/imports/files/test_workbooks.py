"""What spreadsheet programs write into workbooks is read as a person sees it."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from app.imports.errors import FileTooLarge
from app.imports.files import xlsx_merges
from app.imports.files.table import Table
from app.imports.files.xlsx_merges import Merge, find_merges
from app.imports.planning.dates import DayOrder
from app.imports.planning.parsed_rows import read_row
from tests.support.workbooks import NO_VALUE, STRICT, rewritten, saved

HEADINGS = ("Department", "Full name", "Job title", "Location", "Email")
PEOPLE = (
    ("Finance", "Ilse Brandvold", "Clerk", "Bergen", "ilse@fjordco.example"),
    (None, "Ben Hill", "Clerk", "Bergen", "ben@fjordco.example"),
    ("Support", "Ann Roe", "Lead", "Cork", "ann@fjordco.example"),
)


def cells(file: io.BytesIO) -> list[tuple[str, ...]]:
    return [row.cells for row in Table(file).rows()]


def test_a_strict_workbook_is_read_as_any_other() -> None:
    rows = [("Full name", "Office", "Hire date"), ("Ilse", "Bergen", date(2019, 3, 4))]
    strict = rewritten(saved(rows), *STRICT)
    assert cells(strict) == [("Ilse", "Bergen", "2019-03-04")]
    of_days = (b't="n"><v>43528</v>', b't="d"><v>2019-03-04T00:00:00.000</v>')
    assert cells(rewritten(strict, of_days)) == [("Ilse", "Bergen", "2019-03-04")]


def test_ids_and_phones_are_read_with_the_zeros_that_their_format_shows() -> None:
    def formats(sheet: Worksheet) -> None:
        for cell, code in zip(sheet[2], ("000000", "General", "0000000000", "@"), strict=True):
            cell.number_format = code

    rows = [("Employee number", "Name", "Phone", "Mobile"), (1001, "Ilse", 871234567, 4790011223)]
    assert cells(saved(rows, formats)) == [("001001", "Ilse", "0871234567", "4790011223")]


def test_a_value_merged_over_rows_is_that_of_each_row() -> None:
    [*rows] = cells(saved((HEADINGS, *PEOPLE), lambda sheet: sheet.merge_cells("A2:A3")))
    assert [row[:2] for row in rows] == [
        ("Finance", "Ilse Brandvold"), ("Finance", "Ben Hill"), ("Support", "Ann Roe"),
    ]  # fmt: skip


def test_a_value_merged_over_columns_is_that_of_the_first_alone() -> None:
    def merge(sheet: Worksheet) -> None:
        sheet.merge_cells("D2:E2")
        sheet.merge_cells("A3:B4")

    rows = [
        HEADINGS,
        ("Finance", "Ilse", "Clerk", "Bergen"),
        ("HR", None, "Lead"),
        (None, None, "C"),
    ]
    assert cells(saved(rows, merge)) == [
        ("Finance", "Ilse", "Clerk", "Bergen", ""),
        ("HR", "", "Lead", "", ""),
        ("HR", "", "C", "", ""),
    ]


def test_headings_in_two_rows_are_read_from_the_lower_one() -> None:
    def merge(sheet: Worksheet) -> None:
        for cells in ("A1:A2", "B1:B2", "C1:D1"):
            sheet.merge_cells(cells)

    rows = [
        ("Full name", "Job title", "Contact", None),
        (None, None, "Email", "Location"),
        ("Ilse", "Clerk", "ilse@fjordco.example", "Bergen"),
    ]
    found = Table(saved(rows, merge))
    assert found.headings == ("Full name", "Job title", "Email", "Location")
    assert [row.cells for row in found.rows()] == [rows[2]]


def test_a_merge_reaches_no_further_than_the_last_person_and_the_last_column() -> None:
    def merge(sheet: Worksheet) -> None:
        sheet.merge_cells("A2:A3")
        sheet.merge_cells("H2:H3")

    rows = [HEADINGS[:3], ("Finance", "Ilse", "Clerk"), (None, "Ben", "Clerk")]
    # As Excel stores it: openpyxl would write each of the million cells.
    to_the_last_row = rewritten(saved(rows, merge), (b'"A2:A3"', b'"A2:A1048576"'))
    assert cells(to_the_last_row) == [("Finance", "Ilse", "Clerk"), ("Finance", "Ben", "Clerk")]


def test_merged_cells_are_found_across_the_pieces_that_are_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    text = (
        b'<x:mergeCells count="3"><x:mergeCell ref="A2:A3"/><x:mergeCell\n ref = \'B10:C20\' />'
        b'<x:mergeCell ref="A1:F1"/></x:mergeCells><t>mergeCell ref="A5:A9"</t>'
    )
    for size in range(1, 90):
        monkeypatch.setattr(xlsx_merges, "_CHUNK_BYTES", size)
        assert find_merges(io.BytesIO(text)) == [Merge(2, 3, "A"), Merge(10, 20, "B")]


def test_more_merged_cells_than_anybody_has_are_refused() -> None:
    with pytest.raises(FileTooLarge, match=r"merged over several rows, .* Unmerge them"):
        find_merges(io.BytesIO(b'<mergeCell ref="A2:A3"/>' * 100_001))


def problems(file: io.BytesIO) -> list[str]:
    table = Table(file)
    parsed = [read_row(row, table.columns, DayOrder()) for row in table.rows()]
    return [row.problem.text if row.problem else "" for row in parsed]


FORMULAS = (
    ("A", "B", "Full name", "Location", "Shoe size"),
    ("Ilse", "Brandvold", '=A2&" "&B2', "Bergen", "=1+1"),
)


def test_a_formula_without_a_stored_result_is_told_with_its_column() -> None:
    [problem] = problems(saved(FORMULAS))
    assert problem.startswith("Full name: The file has a formula here and not its result. Open")
    assert Table(saved([("Name", "Title"), ("=Other!A1", "=Other!B1")])).rows().__next__().errors


@pytest.mark.parametrize(
    ("headings", "row", "column"),
    [
        (("First name", "Last name", "Full name"), ("Ilse", "Brandvold", "=A2&B2"), ""),
        (("First name", "Last name", "Full name"), ("=A3", "=B3", "Ilse Brandvold"), ""),
        (("First name", "Last name", "Email"), ("=A3", "Brandvold", None), "First name"),
        (("Full name", "Email", "Mail"), ("Ilse", "=A2", "ilse@fjordco.example"), ""),
        (("Full name", "Email", "Mail"), ("Ilse", None, "=A2"), "Mail"),
    ],
)  # fmt: skip
def test_it_is_told_only_where_nothing_else_in_the_row_says_the_same(
    headings: tuple[str, ...], row: tuple[str, ...], column: str
) -> None:
    [problem] = problems(saved([headings, row]))
    assert problem.partition(":")[0] == column


def test_the_zero_of_a_program_that_calculates_nothing_is_no_result() -> None:
    stored_zero = (b"<v></v>", b"<v>0</v>")
    file = rewritten(saved(FORMULAS), NO_VALUE, stored_zero)
    assert problems(file)[0].startswith("Full name: The file has a formula here")
    calculated = rewritten(file, (b'fullCalcOnLoad="1"', b""))
    assert [row[2] for row in cells(calculated)] == ["0"]


def test_the_stored_result_of_a_formula_is_its_value() -> None:
    named = b't="str"><f>A2&amp;" "&amp;B2</f><v>Ilse Brandvold</v>'
    file = rewritten(saved(FORMULAS), NO_VALUE, (b'><f>A2&amp;" "&amp;B2</f><v></v>', b" " + named))
    assert problems(file) == [""]
    assert cells(file)[0][2] == "Ilse Brandvold"
    without = rewritten(file, (b"<v>Ilse Brandvold</v>", b""))
    assert problems(without)[0].startswith("Full name: The file has a formula here")
    empty = rewritten(file, (b"<v>Ilse Brandvold</v>", b"<v></v>"))
    assert problems(empty) == [""]
    assert cells(empty)[0][2] == ""


def test_rows_and_columns_that_are_hidden_are_read_and_told() -> None:
    def hide(sheet: Worksheet) -> None:
        sheet.row_dimensions[3].hidden = True
        sheet.column_dimensions["E"].hidden = True

    table = Table(saved((HEADINGS, *PEOPLE), hide))
    assert table.notices() == ()
    for _ in range(2):  # the second time as they were kept
        assert [row.is_hidden for row in table.rows()] == [False, True, False]
        rows, columns = table.notices()
        assert rows.startswith("Hidden in the workbook, but read: row 3. To leave them out, delete")
        assert columns.startswith("Hidden in the workbook, but read: column Email. Ignore those")


def test_of_many_hidden_rows_the_first_are_named() -> None:
    def hide(sheet: Worksheet) -> None:
        for number in range(2, 1_300):
            sheet.row_dimensions[number].hidden = True

    table = Table(saved([HEADINGS, *[PEOPLE[0]] * 1_298], hide))
    assert len(list(table.rows())) == 1_298
    assert "rows 2, 3, 4, 5, 6 and 1,293 more. To" in table.notices()[0]


def test_columns_whose_formulas_have_no_results_are_told_once() -> None:
    table = Table(saved(FORMULAS))
    assert len(list(table.rows())) == 1
    [notice] = table.notices()
    assert notice.startswith("The file has formulas in Full name, and not their results. Open it")


def of_sheets(**sheets: Sequence[Sequence[str]]) -> Table:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return Table(out)


CONTACTS = [("Name", "Email"), ("HR desk", "hr@fjordco.example")]
STAFF = [HEADINGS, PEOPLE[0]]


def test_a_sheet_of_contacts_before_that_of_the_people_is_not_taken_for_it() -> None:
    found = of_sheets(Contacts=CONTACTS, Staff=STAFF, Numbers=[("Name", "Phone"), ("Ann", "112")])
    assert (found.sheets, found.ignored_sheets) == (("Staff",), ("Contacts", "Numbers"))


def test_of_two_sheets_with_people_the_first_is_read() -> None:
    more = [(*HEADINGS, "Phone", "Start date"), PEOPLE[1]]
    assert of_sheets(Staff=STAFF, Leavers=more).sheets == ("Staff",)
    assert of_sheets(Contacts=CONTACTS, More=[("Name", "Phone")]).sheets == ("Contacts",)
    assert of_sheets(Contacts=CONTACTS, More=[("Name", "Phone", "Email")]).sheets == ("More",)
