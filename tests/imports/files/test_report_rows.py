"""A report has rows that are about nobody: cover text, labels, repeated headings, totals."""

from __future__ import annotations

import io

import pytest

from app.imports.files.extra_rows import is_about_nobody
from app.imports.files.heading_row import MAX_CELLS, MAX_ROWS
from app.imports.files.table import Table

HEADINGS = "Worker,Business Title,Location,Email\n"
ILSE = "Ilse Brandvold,Clerk,Bergen,ilse@fjordco.example\n"
BEN = "Ben Hill,Clerk,Cork,ben@fjordco.example\n"


def table(text: str) -> Table:
    return Table(io.BytesIO(text.encode()))


def names(text: str) -> list[str]:
    return [row.cells[0] for row in table(text).rows()]


@pytest.mark.parametrize(
    "above",
    [
        "",
        "version:v1.0\n",
        "version:v1.0,,,\n",
        "sep=,\n",
        '"sep=,"\n',
        "All Active Workers,,,\nRun by: HR Admin,,,\nEffective as of 11/29/2026,,,\n,,,\n",
        "Department,Finance\nLocation,Bergen\n",
        "Name and email of all\n" + "".join(f"Report note {n}\n" for n in range(40)),
        "\n\nStaff list\n\n",
    ],
)
def test_what_stands_above_the_headings_is_skipped(above: str) -> None:
    found = table(above + HEADINGS + ILSE)
    assert found.columns.fields == {"full_name", "job_title", "location", "email"}
    assert [row.cells[0] for row in found.rows()] == ["Ilse Brandvold"]


def test_headings_in_no_known_language_are_below_the_cover_text_too() -> None:
    found = table("Zaměstnanci\n\nStav k 1. 1.\nOsoba,Pozice,Sídlo,Zkratka\nJan,Dělník,Brno,J\n")
    assert found.headings == ("Osoba", "Pozice", "Sídlo", "Zkratka")


def test_a_row_of_a_person_is_not_taken_for_headings() -> None:
    people = "Team Lead,Manager,Office,Title\n"
    assert names("Full name,Role,City,Email\n" + people) == ["Team Lead"]


def test_the_search_for_headings_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[int] = []
    monkeypatch.setattr("app.imports.files.heading_row.field_of", lambda cell: read.append(1) or "")
    table("a,b\n" * 10_000)
    assert len(read) < 10 * MAX_ROWS
    read.clear()
    table(f"{','.join('x' * 900)}\n" * 10_000)
    assert len(read) < 3 * MAX_CELLS


def test_labels_below_the_headings_of_a_program_are_no_person() -> None:
    text = (
        "STATUS,USERID,FIRSTNAME,LASTNAME,EMAIL,DEPARTMENT,LOCATION,TITLE\n"
        "STATUS,USERID,First Name,Last Name,Email,Department,Location,Title\n"
        "active,1001,Ilse,Brandvold,ilse@fjordco.example,Finance,Bergen,Clerk\n"
    )
    assert [row.cells[2] for row in table(text).rows()] == ["Ilse"]


def test_headings_that_are_repeated_on_each_page_are_no_people() -> None:
    assert names(HEADINGS + ILSE + HEADINGS + BEN) == ["Ilse Brandvold", "Ben Hill"]
    again = "Worker,Business Title\n"
    assert names(HEADINGS + ILSE + again + BEN)[1] == "Worker"  # not all of them


@pytest.mark.parametrize(
    "text",
    [
        "Total: 2", "Total", "TOTAL 1,204", "Grand total: 2", "Total employees: 2", "Count: 2",
        "Total number of employees", "Sum: 2", "Summe: 2", "Gesamt: 1.204", "Anzahl: 2",
        "(2 rows affected)", "2 records", "27 employees found", "*** End of Report ***",
        "Page 1 of 3", "Seite 2", "Generated on 2026-11-29 by HR Admin", "Report run: Monday",
        "Report date 2026-11-29", "Run by: HR Admin", "Confidential", "Strictly confidential!",
        "As of 29 November", "© Fjordco", "Filters: active", "Source: Workday", "-----",
    ],
)  # fmt: skip
def test_a_total_or_a_remark_is_about_nobody(text: str) -> None:
    assert is_about_nobody((text, "", "", ""), 4)
    assert is_about_nobody((text,), 4)
    assert is_about_nobody(("", text, "27", ""), 4)
    assert not is_about_nobody((text, "Clerk", "Bergen", ""), 4)
    assert not is_about_nobody((text, "x@fjordco.example", "", ""), 4)


@pytest.mark.parametrize(
    "cells",
    [
        ("Ilse Brandvold", "", "", ""), ("Sum Wong", "", "", ""), ("Page Turner", "", "", ""),
        ("Total Recall", "", "", ""), ("1001", "", "", ""), ("", "ilse@fjordco.example", "", ""),
        ("", "", "", ""), ("Sourcer", "", "", ""), ("A. Count", "", "", ""),
    ],
)  # fmt: skip
def test_a_row_with_little_in_it_is_somebody(cells: tuple[str, ...]) -> None:
    assert not is_about_nobody(cells, 4)


def test_rules_between_rows_are_about_nobody() -> None:
    assert is_about_nobody(("-----", "----", "====", "", ""), 5)
    assert is_about_nobody(("---+---",), 1)
    assert is_about_nobody(("", " --- ", ":---:", ""), 4)
    assert not is_about_nobody(("---", "Clerk", "Bergen"), 3)


def test_rows_that_are_left_out_are_told() -> None:
    found = table(HEADINGS + ILSE + BEN + ",,,\nTotal: 2,,,\nConfidential,,,\n")
    assert [row.cells[0] for row in found.rows()] == ["Ilse Brandvold", "Ben Hill"]
    assert found.notices() == (
        "Left out, because nobody is in it: rows 5 (“Total: 2”) and 6 (“Confidential”).",
    )


def test_a_table_as_a_database_or_a_text_writes_it_is_read() -> None:
    psql = " name | title | office\n------+-------+-------\n Ada | Analyst | London\n(1 row)\n"
    markdown = "| Name | Title | Office |\n|:---|---|---:|\n| Ada | Analyst | London |\n"
    for text in (psql, markdown, "Name,Title,Office\r\nAda,Analyst,London\r\n\x1a"):
        [row] = table(text).rows()
        assert [cell.strip() for cell in row.cells if cell] == ["Ada", "Analyst", "London"]


def test_in_a_table_of_few_columns_every_row_is_read() -> None:
    assert names("Name,Email\nTotal,\nAda,ada@fjordco.example\n") == ["Total", "Ada"]
