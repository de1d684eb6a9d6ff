"""Refused lines come back as a file that says what to do, to be mended and imported again."""

from __future__ import annotations

import csv
import io

import openpyxl
import pytest

from app.contracts.import_jobs import Job
from app.exports.csv_file import csv_of_rows
from app.history.changes import Write
from app.imports.planning.lines import REJECTED
from app.model.revision import revision_of
from tests.support.import_desk import Desk

FILE = (
    "Shoe size,Name,Title,Office,Mail,Hire date\n"
    "41,Ada,A,L,ada@example.com,\n"
    "42,Bo,,L,bo@,2024-02-31\n"
    "43,Cy,C,L,cy@example.com,,over,the edge\n"
    "44,Di,D\n"
    '45,Eve,"=1+1",,eve@example.com,\n'
)


def refused_file(desk: Desk, job: Job) -> bytes:
    return b"".join(csv_of_rows(desk.importer.rejected_rows(job)))


def rows_in(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def mended(rows: list[list[str]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()


def test_each_refused_line_comes_back_whole_with_what_to_do(real_desk: Desk) -> None:
    job = real_desk.run(FILE)
    head, *rows = rows_in(refused_file(real_desk, job))
    assert head == ["Row", "What to do", "Shoe size", "Name", "Title", "Office", "Mail",
                    "Hire date"]  # fmt: skip
    assert [row[0] for row in rows] == ["3", "4", "5", "6"]
    assert [row[2:] for row in rows] == [
        ["42", "Bo", "", "L", "bo@", "2024-02-31"],
        ["43", "Cy", "C", "L", "cy@example.com", "", "over", "the edge"],
        ["44", "Di", "D", "", "", ""],
        ["45", "Eve", "'=1+1", "", "eve@example.com", ""],
    ]
    bo, cy, di, eve = (row[1] for row in rows)
    assert bo.startswith("Title: Enter a job title, such as Field Engineer")
    assert "; Mail: " in bo
    assert "; Hire date: " in bo
    assert cy.startswith("The row has 8 cells and the headings have 6.")
    assert di.startswith("The row has 3 cells and the headings have 6.")
    assert eve.startswith("Office: ")


@pytest.mark.parametrize("number", ["Row", "Line"])  # Line in files made before 1.0
def test_what_was_mended_is_imported_and_the_rest_comes_back_under_the_same_headings(
    desk: Desk, number: str
) -> None:
    head, bo, cy, di, eve = rows_in(refused_file(desk, desk.run(FILE)))
    bo[4:] = ["B", "L", "bo@example.com", "2024-02-29"]
    eve[5] = "L"
    job = desk.run(mended([[number, *head[1:]], bo, cy[:8], di, eve]))
    assert job.ignored_columns == (number, "What to do", "Shoe size")
    assert sorted(desk.everyone().values()) == ["Ada", "Bo", "Cy", "Eve"]
    batches = desk.store.iter_batches()
    assert {each.job_title for batch in batches for each in batch.people} >= {"=1+1"}
    again_head, again_di = rows_in(refused_file(desk, job))
    assert again_head == head
    assert again_di[2:4] == ["44", "Di"]
    assert again_di[0] == "4"


def test_what_is_refused_while_it_is_carried_out_comes_back_too(desk: Desk) -> None:
    desk.run(FILE)
    [person] = [each for batch in desk.store.iter_batches() for each in batch.people]
    planned = desk.run("Name,Mail,Title\nAda,ada@example.com,Countess\n", go=False)
    desk.store.delete(person.id, revision_of(person), Write("form"))
    desk.importer.resume(planned.id)
    job = desk.work(planned)
    [_, ada] = rows_in(refused_file(desk, job))
    assert ada[0] == "2"
    assert ada[1].startswith("The person was deleted after the check.")
    assert ada[2:] == ["Ada", "ada@example.com", "Countess"]


def test_the_sheet_of_a_workbook_is_named(desk: Desk) -> None:
    book = openpyxl.Workbook()
    for sheet, name in (book.active, "Ada"), (book.create_sheet("Others"), "Bo"):
        sheet.append(["Name", "Title", "Office"])
        sheet.append([name, "A", "L"])
        sheet.append(["Cy", None, "L"])
    out = io.BytesIO()
    book.save(out)
    job = desk.run(out.getvalue())
    assert [row[0] for row in rows_in(refused_file(desk, job))[1:]] == [
        "3 of Sheet", "3 of Others"
    ]  # fmt: skip


def test_many_lines_are_given_part_by_part_in_their_order(desk: Desk) -> None:
    rows = "".join(f"Person {n},T,{'L' if n % 3 else ''}\n" for n in range(5_000))
    job = desk.run("Name,Title,Office\n" + rows, go=False)
    numbers = [int(row[0]) for row in rows_in(refused_file(desk, job))[1:]]
    assert numbers == [n + 2 for n in range(0, 5_000, 3)]
    assert [line.number for line in desk.importer.lines(job, REJECTED, 0, 5)] == numbers[:5]
