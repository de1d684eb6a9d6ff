"""Files of people: whatever a record holds, it is read back as it was, and nothing is run."""

from __future__ import annotations

import csv
import io
import subprocess
import sys
import time
from collections.abc import Iterator
from contextvars import Context
from dataclasses import replace
from datetime import UTC, datetime
from zipfile import ZipFile

import pytest
import vobject
from hypothesis import example, given
from hypothesis import strategies as st
from openpyxl import load_workbook

from app.contracts import Query
from app.directory.service import Directory
from app.exports.columns import HEADINGS, row_of
from app.exports.csv_file import csv_file
from app.exports.json_lines import from_json_line, json_lines_file, to_json_line
from app.exports.people_of_view import people_of_view
from app.exports.vcards import CardWriter, Extras, vcard
from app.exports.xlsx_file import xlsx_file
from app.history.changes import Write
from app.model.employee import Employee
from app.model.errors import StorageUnavailable
from app.runtime import deadline
from app.text.formula_guard import guarded, unguarded
from tests.support.model_store import ModelStore
from tests.support.repository import ROOT
from tests.support.small_directory import AMARA
from tests.support.viewers import OPERATOR

vcards_file = CardWriter().file
WHOLE = replace(
    AMARA,
    time_zone="Africa/Nairobi",
    mobile="+254 711 555 018",
    employee_number="E-10432",
    manager="kofi",
    desk="Riverside 4, third floor",
    working_hours="Mon to Thu, 9:00–15:00",
    chat="amara.a",
    badges=("linux", "trophy", "of another program"),
    photo_key=f"employee_pic/{'a' * 32}.jpg",
    version=7,
    updated_at=datetime(2026, 11, 23, 9, 30, 1, 25, tzinfo=UTC),
)
HOSTILE = Employee(
    id="=1+1",
    full_name='=HYPERLINK("http://example.com","Ada")',
    preferred_name="'=already",
    job_title="-2+3",
    department="@SUM(A1)",
    location="\t=1",
    phone="+254 20 555 0127",
    about='Quotes ", commas,\r\nlines\nand </t> <b>&amp; "tags".',
)
ANYONE = st.builds(
    lambda texts: Employee(id=texts[0] or "1", full_name=texts[1], about=texts[2], phone=texts[3]),
    st.lists(st.text(st.characters(codec="utf-8"), max_size=40), min_size=4, max_size=4),
)


def rows_of_csv(raw: bytes) -> list[list[str]]:
    assert raw.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline="")))


def test_a_csv_file_has_the_headings_and_a_row_for_each_person() -> None:
    headings, amara = rows_of_csv(b"".join(csv_file([[WHOLE]])))
    assert tuple(headings) == HEADINGS
    assert dict(zip(headings, amara, strict=True)) == {
        "Id": "amara",
        "Full name": "Amara Adeyemi-Lindqvist",
        "Preferred name": "Amara",
        "Sort as": "",
        "Pronouns": "she/her",
        "Job title": "Principal Engineer",
        "Department": "Engineering",
        "Manager": "kofi",
        "Location": "Nairobi",
        "Desk": "Riverside 4, third floor",
        "Working hours": "Mon to Thu, 9:00–15:00",
        "Email": "amara@example.com",
        "Phone": "+254 20 555 0127",
        "Time zone": "Africa/Nairobi",
        "Mobile": "+254 711 555 018",
        "Chat": "amara.a",
        "Start date": "2019-02-04",
        "Employee number": "E-10432",
        "Badges": "linux, trophy, of another program",
        "About": "Keeps the mail awake.\nAsk about queues.",
    }


def test_no_cell_of_a_csv_file_is_run_as_a_formula() -> None:
    _, row = rows_of_csv(b"".join(csv_file([[HOSTILE]])))
    begin_like_one = [cell for cell in row if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]
    assert begin_like_one == [HOSTILE.phone]  # digits that call nothing
    assert [unguarded(cell) for cell in row] == row_of(HOSTILE)


@given(ANYONE)
def test_any_text_comes_through_csv(person: Employee) -> None:
    _, row = rows_of_csv(b"".join(csv_file([[person]])))
    assert [unguarded(cell) for cell in row] == row_of(person)


def test_a_view_without_people_has_headings_only() -> None:
    assert rows_of_csv(b"".join(csv_file([[]]))) == [list(HEADINGS)]
    assert sheets_of(b"".join(xlsx_file([()]))) == {"People": [list(HEADINGS)]}
    assert b"".join(json_lines_file([()])) == b"".join(vcards_file([()])) == b""


def sheets_of(raw: bytes) -> dict[str, list[list[str]]]:
    book = load_workbook(io.BytesIO(raw), read_only=True)
    try:
        found = {}
        for sheet in book.worksheets:
            cells = [list(row) for row in sheet.iter_rows()]
            assert {cell.data_type for row in cells for cell in row} <= {"s", "inlineStr", "n"}
            found[sheet.title] = [[cell.value or "" for cell in row] for row in cells]
        return found
    finally:
        book.close()


def test_a_workbook_holds_strings_and_no_formulas() -> None:
    _, hostile, amara = sheets_of(b"".join(xlsx_file([[HOSTILE], [WHOLE]])))["People"]
    expected = [text.replace("\r\n", "\n") for text in row_of(HOSTILE)]
    # Only what looks guarded already is guarded: a cell of this kind is never run.
    expected = [guarded(text) if text.startswith("'") else text for text in expected]
    assert [text.replace("\r\n", "\n") for text in hostile] == expected
    assert amara == row_of(WHOLE)
    with ZipFile(io.BytesIO(b"".join(xlsx_file([[HOSTILE]])))) as archive:
        assert archive.testzip() is None
        assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml")


def test_what_xml_cannot_hold_is_left_out_of_a_workbook_and_long_texts_are_cut() -> None:
    odd = Employee(id="1", full_name="A\x00d\x1ba\ufffe", about="x" * 40_000)
    _, row = sheets_of(b"".join(xlsx_file([[odd]])))["People"]
    assert row[1] == "Ada"
    assert len(row[-1]) == 32_767


@pytest.mark.parametrize("people", [1, 3, 4, 7])
def test_a_full_sheet_is_followed_by_another(people: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.exports.xlsx_file.MAX_SHEET_ROWS", 4)
    everyone = [Employee(id=str(number), full_name=f"Ada {number}") for number in range(people)]
    sheets = sheets_of(b"".join(xlsx_file([everyone])))
    assert list(sheets) == ["People", "People 2", "People 3"][: -(-people // 3)]
    assert [row[0] for rows in sheets.values() for row in rows[1:]] == [p.id for p in everyone]
    assert all(rows[0] == list(HEADINGS) for rows in sheets.values())


def test_a_workbook_goes_out_while_it_is_made() -> None:
    def pages() -> Iterator[list[Employee]]:
        for number in range(30):
            yield [
                Employee(id=f"{number}-{n}", full_name=str(hash((number, n)))) for n in range(100)
            ]
            reached.append(number)

    reached: list[int] = []
    pieces = xlsx_file(pages())
    next(pieces)
    assert len(reached) < 29


WRITERS = {
    "csv": csv_file,
    "xlsx": xlsx_file,
    "json lines": json_lines_file,
    "vcards": vcards_file,
}
# tracemalloc counts what any thread of a process holds, so no thread of other tests may be there.
IN_A_PROCESS_OF_ITS_OWN = """
import sys, tracemalloc
from tests.exports.test_exports import WHOLE, WRITERS, replace

def peak(pages):
    tracemalloc.start()
    people = ([replace(WHOLE, id=f"{page}-{n}") for n in range(100)] for page in range(pages))
    for _ in WRITERS[sys.argv[1]](people):
        pass
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return most

peak(1)  # what is imported at first use
print(peak(20), peak(120))
"""


@pytest.mark.parametrize("name", WRITERS)
def test_memory_does_not_grow_with_the_number_of_people(name: str) -> None:
    command = [sys.executable, "-c", IN_A_PROCESS_OF_ITS_OWN, name]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, check=True)
    of_2_000, of_12_000 = map(int, done.stdout.split())
    # What waits for the garbage collector differs by less than two pages of people.
    assert of_12_000 - of_2_000 < 10_000 * 50


def test_a_line_of_json_holds_every_field_and_is_read_back() -> None:
    assert from_json_line(to_json_line(WHOLE)) == WHOLE
    assert b'"badges":["linux","trophy","of another program"]' in to_json_line(WHOLE)
    assert b'"updated_at":"2026-11-23T09:30:01.000025+00:00"' in to_json_line(WHOLE)


def test_a_line_of_json_keeps_a_text_that_is_not_normalized() -> None:
    person = replace(WHOLE, phone="\uf900", about="e\u0301")
    assert from_json_line(to_json_line(person)) == person


@given(ANYONE)
def test_any_text_comes_through_json_lines(person: Employee) -> None:
    raw = b"".join(json_lines_file([[person, WHOLE]]))
    assert [from_json_line(line) for line in raw.split(b"\n")[:-1]] == [person, WHOLE]


@pytest.mark.parametrize("line", [b"", b"[]", b"{}", b'{"id": 1}', b'{"id": "1"', b"\xff"])
def test_what_is_no_person_is_no_line(line: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        from_json_line(line)


def test_a_card_is_read_by_an_address_book() -> None:
    card = vobject.readOne(vcard(WHOLE).decode())
    assert (card.n.value.family, card.n.value.given) == ("Adeyemi-Lindqvist", "Amara")
    assert card.fn.value == WHOLE.full_name
    assert card.nickname.value == "Amara"
    assert card.title.value == "Principal Engineer"
    assert card.org.value == ["", "Engineering"]
    assert card.email.value == "amara@example.com"
    assert card.tel.value == "+254 20 555 0127"
    assert card.adr.value.city == "Nairobi"
    assert card.note.value == WHOLE.about
    assert [(each.params["TYPE"], each.value) for each in card.tel_list] == [
        (["WORK", "VOICE"], "+254 20 555 0127"),
        (["CELL", "VOICE"], "+254 711 555 018"),
    ]
    assert (card.tz.value, card.tz.params) == ("Africa/Nairobi", {"VALUE": ["text"]})
    assert card.x_employee_number.value == "E-10432"
    assert card.x_start_date.value == "2019-02-04"
    assert card.categories.value == ["Linux User", "Employee of the Month"]
    assert card.uid.value == "amara"
    assert card.rev.value == "2026-11-23T09:30:01Z"


def test_a_card_has_the_company_the_page_and_the_photo() -> None:
    photo = bytes(range(256)) * 400
    extras = Extras("Acme; Sons, Ltd", "https://people.example.com/employee/amara", photo)
    raw = vcard(WHOLE, extras)
    assert max(map(len, raw.split(b"\r\n"))) <= 75
    card = vobject.readOne(raw.decode())
    assert card.org.value == ["Acme; Sons, Ltd", "Engineering"]
    assert card.url.value == "https://people.example.com/employee/amara"
    assert card.photo.value == photo
    assert card.photo.params == {"ENCODING": ["b"], "TYPE": ["JPEG"]}
    nobody = vobject.readOne(vcard(Employee(id="1", full_name="Ada"), extras).decode())
    assert nobody.org.value == ["Acme; Sons, Ltd"]


def test_the_photos_of_a_file_are_those_of_its_people() -> None:
    def read_photo(key: str) -> bytes:
        return b"" if key.endswith("7") else f"photo of {key}".encode()

    people = [replace(WHOLE, id=str(n), photo_key=f"{n}" if n % 3 else "") for n in range(40)]
    pieces = list(CardWriter(read_photo=read_photo).file([people[:33], [], people[33:]]))
    assert len(pieces) > 3
    cards = list(vobject.readComponents(b"".join(pieces).decode()))
    photos = {
        card.uid.value: card.contents["photo"][0].value for card in cards if hasattr(card, "photo")
    }
    assert [card.uid.value for card in cards] == [person.id for person in people]
    assert photos == {p.id: read_photo(p.id) for p in people if p.photo_key and read_photo(p.id)}


@pytest.mark.parametrize(
    ("name", "family", "given_name"),
    [("山田太郎", "", "山田太郎"), ("Jean Luc Picard", "Picard", "Jean Luc"), ("", "", "1")],
)
def test_a_name_is_split_so_that_it_is_shown_as_written(name, family, given_name) -> None:
    card = vobject.readOne(vcard(Employee(id="1", full_name=name)).decode())
    assert (card.n.value.family, card.n.value.given) == (family, given_name)
    assert card.fn.value == (name or "1")


def test_a_card_says_nothing_that_the_record_does_not() -> None:
    lines = vcard(Employee(id="1", full_name="Ada")).decode().split("\r\n")
    assert lines[:2] == ["BEGIN:VCARD", "VERSION:3.0"]
    assert lines[3:] == ["N:;Ada;;;", "FN:Ada", "UID:1", "END:VCARD", ""]


@example("a\\nb; c, d\r\ne:f\u2028g\x00")
@example("é" * 200)
@example("a" * 68 + "😀" * 40)
@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Zl", "Zp"]), min_size=1))
def test_any_text_is_escaped_and_folded(text: str) -> None:
    raw = vcard(Employee(id="1", full_name="Ada", about=text, job_title=text))
    for line in raw.split(b"\r\n"):
        assert len(line) <= 75
        line.decode()
    assert raw.count(b"BEGIN:VCARD") == raw.count(b"\r\nEND:VCARD\r\n") == 1
    card = vobject.readOne(raw.decode())
    expected = text.replace("\r\n", "\n").replace("\u2028", "\n").replace("\x00", "")
    assert card.note.value == expected
    assert card.title.value == expected


def directory_of(people: int) -> tuple[Directory, ModelStore]:
    store = ModelStore()
    for number in range(people):
        place = "Lima" if number % 2 else "Oslo"
        store.add(
            Employee(id=f"{number:03}", full_name=f"Ada {number:03}", location=place), Write("f")
        )
    return Directory(store, None, "Photos are off."), store


def names(directory: Directory, query: Query) -> list[str]:
    return [p.full_name for people in people_of_view(directory, OPERATOR, query) for p in people]


def test_a_view_is_everyone_who_meets_its_conditions_in_the_order_of_the_list() -> None:
    directory, _ = directory_of(450)
    expected = [f"Ada {number:03}" for number in range(450)]
    assert sorted(names(directory, Query())) == expected
    assert names(directory, Query(location="lima")) == expected[1::2]
    assert names(directory, Query(words="ada 44")) == expected[440:]
    assert names(directory, Query(words="nobody")) == []


def test_a_filtered_view_asks_for_no_one_else() -> None:
    directory, store = directory_of(450)
    asked: list[int] = []
    plain = store.get_many

    def counting(ids):
        asked.append(len(ids))
        return plain(ids)

    store.get_many = counting  # type: ignore[method-assign]
    store.iter_batches = None  # type: ignore[assignment,method-assign]
    assert len(names(directory, Query(location="Lima"))) == 225
    assert asked == [100, 100, 25]


def test_who_is_deleted_meanwhile_is_left_out() -> None:
    directory, store = directory_of(150)
    pages = people_of_view(directory, OPERATOR, Query(location="Oslo"))
    plain = store.get_many

    def losing(ids):
        return {each: person for each, person in plain(ids).items() if each != "000"}

    store.get_many = losing  # type: ignore[method-assign]
    assert [p.full_name for p in next(pages)][:2] == ["Ada 002", "Ada 004"]


@pytest.mark.parametrize("query", [Query(location="Lima"), Query()])
def test_each_page_of_work_has_time_of_its_own(query: Query) -> None:
    """However long ago the request arrived: a million people take half a minute."""
    directory, _ = directory_of(2_450)

    def times_left() -> Iterator[float]:
        deadline.begin_at(time.monotonic() - 100)
        deadline.start_request()
        for _ in people_of_view(directory, OPERATOR, query, seconds=60):
            yield deadline.remaining()
            deadline.start(0)

    left = Context().run(lambda: list(times_left()))
    assert len(left) >= 3
    assert min(left) > 30


@pytest.mark.parametrize("write", [csv_file, xlsx_file, json_lines_file, vcards_file])
def test_a_store_that_fails_midway_breaks_the_file(write) -> None:
    def failing() -> Iterator[list[Employee]]:
        yield [WHOLE] * 100
        raise StorageUnavailable("the database", "Query")

    with pytest.raises(StorageUnavailable):
        b"".join(write(failing()))
