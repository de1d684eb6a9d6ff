"""Workbooks as spreadsheet programs save them, made by openpyxl and rewritten where it differs."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import openpyxl
from openpyxl.utils.datetime import MAC_EPOCH
from openpyxl.worksheet.worksheet import Worksheet

# openpyxl stores no results of formulas; so they look in the tests that replace them.
NO_VALUE = (b"<v />", b"<v></v>")


def saved(
    rows: Sequence[Sequence[Any]], change: Callable[[Worksheet], object] = lambda sheet: None
) -> io.BytesIO:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    change(book.active)
    out = io.BytesIO()
    book.save(out)
    return out


def rewritten(file: io.BytesIO, *changes: tuple[bytes, bytes]) -> io.BytesIO:
    """The same workbook with these bytes of its parts replaced."""
    out = io.BytesIO()
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            for before, after in changes:
                content = content.replace(before, after)
            new.writestr(name, content)
    return out


STRICT = tuple(
    (f"http://schemas.openxmlformats.org/{old}".encode(), f"http://purl.oclc.org/ooxml/{new}".encode())
    for old, new in (
        ("spreadsheetml/2006/main", "spreadsheetml/main"),
        ("officeDocument/2006/relationships", "officeDocument/relationships"),
    )
)  # fmt: skip


HEADINGS = ("Full name", "Title", "Department", "Place", "Mail", "Start date")
MARIT = ("Marit Solheim", "Buyer", "Purchasing", "Tromsø", "marit@nordgran.example")
KWAME = ("Kwame Boateng", "Buyer", None, "Accra", "kwame@nordgran.example")
DAYS = (date(2020, 8, 17), date(2022, 1, 10))


def _people(change: Callable[[Worksheet], object], *above: tuple[str, ...]) -> bytes:
    rows = [*above, HEADINGS, (*MARIT, DAYS[0]), (*KWAME, DAYS[1])]
    return saved(rows, change).getvalue()


def _merged() -> bytes:
    return _people(lambda sheet: sheet.merge_cells("C2:C3"))


def _strict() -> bytes:
    return rewritten(io.BytesIO(_people(lambda sheet: None)), *STRICT).getvalue()


def _hidden() -> bytes:
    def hide(sheet: Worksheet) -> None:
        sheet.row_dimensions[3].hidden = True
        sheet.column_dimensions["E"].hidden = True
        sheet.auto_filter.ref = "A1:F3"

    return _people(hide)


def _from_1904() -> bytes:
    def change(sheet: Worksheet) -> None:
        assert sheet.parent is not None
        sheet.parent.epoch = MAC_EPOCH
        sheet["F2"] = datetime(2020, 8, 17)  # written when the workbook is saved
        sheet["F3"], sheet["F3"].number_format = 43_109, "General"

    return _people(change)


def _zeros() -> bytes:
    def formats(sheet: Worksheet) -> None:
        for row in (2, 3):
            sheet.cell(row, 1).number_format = "000000"
        sheet["E2"].number_format = "0000000000"
        sheet["E3"].number_format = "[<=9999999]###-####;(###) ###-####"

    rows = [("Employee number", "Name", "Title", "Place", "Phone"),
            (2041, "Marit Solheim", "Buyer", "Tromsø", 771234567),
            (2042, "Kwame Boateng", "Buyer", "Boston", 2065550141)]  # fmt: skip
    return saved(rows, formats).getvalue()


def _contacts_first() -> bytes:
    book = openpyxl.Workbook()
    book.active.title = "Read me"
    for row in (("Name", "Email"), ("HR desk", "hr@nordgran.example")):
        book.active.append(row)
    staff = book.create_sheet("Staff")
    staff.append(HEADINGS)
    staff.append((*MARIT, DAYS[0]))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _formulas() -> bytes:
    rows: Sequence[Sequence[Any]] = [
        ("First", "Last", "Full name", "Title", "Place", "Mail"),
        ("Marit", "Solheim", '=A2&" "&B2', "Buyer", "Tromsø", '=LOWER(A2)&"@nordgran.example"'),
    ]
    return saved(rows).getvalue()


def _cover() -> bytes:
    return _people(lambda sheet: None, *((f"Report note {number}",) for number in range(30)))


# The files that would be opaque in tests/cases/files, by name.
WORKBOOKS: Mapping[str, Callable[[], bytes]] = {
    "merged-departments.xlsx": _merged,
    "strict.xlsx": _strict,
    "hidden.xlsx": _hidden,
    "from-1904.xlsx": _from_1904,
    "zeros.xlsx": _zeros,
    "contacts-first.xlsx": _contacts_first,
    "formulas-without-results.xlsx": _formulas,
    "thirty-cover-lines.xlsx": _cover,
}
