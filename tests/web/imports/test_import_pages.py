"""The pages of an import, as a person without script goes through them."""

from __future__ import annotations

import io
import time
from dataclasses import replace
from pathlib import Path
from threading import Event
from typing import Any

import openpyxl
import pytest

from app.directory.service import PhotoChange
from app.imports.files.table import Table
from app.imports.importer import Importer
from app.model.revision import revision_of
from app.web.http.streaming import MAX_DOWNLOADS
from app.web.imports import views as import_pages
from tests.support.page_reader import Page, words_of
from tests.support.photo_archives import archive, face
from tests.support.pictures import picture
from tests.support.small_app import ScheduleWhenAsked
from tests.support.small_directory import AMARA, SmallDirectory, upload
from tests.support.vcard_files import FACE, IPHONE, card, photo_line
from tests.support.viewers import OPERATOR

FILE = (
    b"Name;Job Title;Office;E-mail;Hire date;Shoe size\n"
    b"Amara Adeyemi-Lindqvist;Chief;Nairobi;amara@example.com;04.02.2019;41\n"
    b"Bo;Clerk;Oslo;bo@example.com;;\n"
    b"<b>Cy</b>;;Oslo;cy@;;\n"
)


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SmallDirectory:
    """A directory whose imports are worked on when the test says so."""
    monkeypatch.setattr(ScheduleWhenAsked, "wake", lambda self: None)
    small = SmallDirectory(tmp_path)
    small.put(AMARA)
    return small


def send(small: SmallDirectory, content: bytes = FILE, status: int = 303) -> Page:
    form = small.get("/import").fields("/import")
    return small.post("/import", {**form, "file": upload(content, "Staff.csv")}, status)


def work(small: SmallDirectory) -> None:
    importer: Importer = small.app.extensions["importer"]
    while job_id := importer.due():
        for _ in importer.work(job_id, Event()):
            pass


def press(small: SmallDirectory, page: Page, action: str) -> Page:
    [address] = {
        form.get("action", "") for form in page.all("form", method="post")
        if form.get("action", "").endswith(action)
    }  # fmt: skip
    return small.reader.follow(small.post(address, page.fields(address)))


def planned(small: SmallDirectory) -> Page:
    sent = send(small)
    work(small)
    return small.reader.follow(sent)


def test_a_file_is_compared_looked_at_carried_out_and_undone(small: SmallDirectory) -> None:
    sent = send(small)
    waiting = small.reader.follow(sent)
    assert "The file is being read." in waiting.text
    work(small)
    page = small.reader.follow(sent)
    assert "Nothing has changed yet." in page.text
    assert "CSV in UTF-8, separated by semicolons" in page.text
    assert "1 of 6 columns is ignored: Shoe size." in page.text
    assert "Rows with errors1" in page.text
    assert "Job Title Enter a job title, such as Field Engineer." in page.text
    assert "In the file: cy@" in page.text
    assert [person.full_name for person in small.everyone()] == [AMARA.full_name]

    changed = small.get(page.links()["To be changed1"])
    assert "Job title Principal Engineer becomes Chief" in changed.text
    page = press(small, page, "/go")
    assert "In progress" in page.text
    work(small)
    done = small.get(sent.response.headers["Location"])
    assert "Completed: 1 added, 1 changed, 1 with errors." in done.text
    assert [(one.full_name, one.job_title) for one in small.everyone()] == [
        (AMARA.full_name, "Chief"), ("Bo", "Clerk"),
    ]  # fmt: skip

    asked = small.get(done.links()["Undo import"])
    assert (
        "This removes 1 person added by the import and restores the old values of 1 person."
        in asked.text
    )
    page = press(small, asked, "/undo")
    work(small)
    page = small.get(sent.response.headers["Location"])
    assert "Import undone: 2 people removed or put back." in page.text
    assert [(one.full_name, one.job_title) for one in small.everyone()] == [
        (AMARA.full_name, AMARA.job_title)
    ]
    assert "Undone" in small.get("/import").text


def test_the_photos_of_contacts_are_shown_before_and_after(small: SmallDirectory) -> None:
    cards = IPHONE + card("FN:Amara", f"EMAIL;TYPE=WORK:{AMARA.email}", photo_line(FACE))
    page = small.reader.follow(send(small, cards.encode()))
    work(small)
    page = small.get(page.one("section", id="import").get("data-at", "").removesuffix("/progress"))
    assert "Contacts (vCard 3.0), 2 photos" in page.text
    assert "Not read of the contacts: " in page.text
    assert "Home phone, Home address" in page.text
    added = small.get(page.links()["To be added1"])
    [image] = [each for each in added.all("img") if each.get("alt") == "The new photo"]
    with small.reader.client.get(image.get("src", "")) as photo:
        assert photo.mimetype == "image/jpeg"
    changed = small.get(page.links()["To be changed1"])
    assert "Photo nothing becomes" in changed.text
    assert len(changed.all("img", alt="The new photo")) == 1
    done = press(small, page, "/go")
    work(small)
    assert small.store.get("amara").photo_key
    assert "Chidi Okafor" in {one.full_name for one in small.everyone()}
    press(
        small,
        small.get(f"{done.one('section', id='import').get('data-at', '')[:-9]}/undo"),
        "/undo",
    )
    work(small)
    assert [(one.full_name, one.photo_key) for one in small.everyone()] == [
        ("Amara Adeyemi-Lindqvist", "")
    ]


def test_photos_in_an_archive_are_shown_with_what_they_replace(small: SmallDirectory) -> None:
    stored = small.store.get("amara")
    small.directory.update(OPERATOR, stored, revision_of(stored), "f", PhotoChange(picture()))
    before = small.store.get("amara").photo_key
    raw = archive(("Amara@example.com.png", face()), ("nobody.jpg", face()))
    sent = send(small, raw)
    work(small)
    page = small.reader.follow(sent)
    assert "ZIP archive of 2 files" in page.text
    assert "nobody.jpg Nobody has this id, employee number or email." in page.text
    changed = small.get(page.links()["To be changed1"])
    assert "Amara Adeyemi-Lindqvist (Amara@example.com.png)" in changed.text
    [old] = changed.all("img", alt="The photo before")
    assert before.removesuffix(".jpg") in old.get("src", "")
    press(small, page, "/go")
    work(small)
    assert small.store.get("amara").photo_key != before
    press(small, small.get(f"{sent.response.headers['Location']}/undo"), "/undo")
    work(small)
    assert small.store.get("amara").photo_key == before


def test_an_import_is_stopped_and_goes_on(small: SmallDirectory) -> None:
    page = press(small, planned(small), "/go")
    page = press(small, page, "/stop")
    assert "Stopped after 0 of 3 rows." in page.text
    asked = small.get(page.links()["Undo import"])
    assert "The import has not changed anyone yet." in asked.text
    work(small)
    assert len(small.everyone()) == 1
    press(small, page, "/go")
    work(small)
    assert len(small.everyone()) == 2


def test_undoing_what_changed_nobody_says_so(small: SmallDirectory) -> None:
    page = press(small, press(small, planned(small), "/go"), "/stop")
    undone = press(small, small.get(page.links()["Undo import"]), "/undo")
    work(small)
    page = small.get(
        undone.one("section", id="import").get("data-at", "").removesuffix("/progress")
    )
    assert "Import undone. It had not changed anyone." in page.text


def test_under_way_nothing_is_told_as_done_that_is_not(small: SmallDirectory) -> None:
    page = press(small, planned(small), "/go")
    assert "New people1" in page.text
    assert "Added1" not in page.text
    importer: Importer = small.app.extensions["importer"]
    stored = importer._jobs.read(importer.recent().jobs[0].id)
    trouble = "Waiting, because the database did not respond: locked."
    importer._jobs.write(replace(stored.job, error=trouble), stored.revision)
    waiting = small.get(f"/import/{stored.job.id}")
    assert f"Waiting {trouble}" in waiting.text
    assert "In progress" not in waiting.text


def test_people_who_are_put_in_order_and_who_are_added_ahead_of_their_parts_are_told_of(
    small: SmallDirectory,
) -> None:
    press(small, planned(small), "/go")
    importer: Importer = small.app.extensions["importer"]
    job = importer.recent().jobs[0]

    def told(**changes: Any) -> str:
        stored = importer._jobs.read(job.id)
        importer._jobs.write(replace(stored.job, **changes), stored.revision)
        return str(small.reader.client.get(f"/import/{job.id}/progress").json["words"])

    held = {"lease_holder": "elsewhere 1 x", "lease_until": time.time() + 60}
    sorting = "Imported 0 of 3 rows. Sorting 1 person."
    assert told(buffered=1, **held) == sorting
    assert told(lease_until=0.0) == "Imported 0 of 3 rows."
    assert told(buffered=0, added_ahead=1, **held) == "Imported 1 of 3 rows."
    assert told(paused=True, lease_holder="") == "Stopped after 1 of 3 rows."
    asked = small.get(f"/import/{job.id}/undo")
    assert "This removes 1 person added by the import." in asked.text


def test_a_file_in_which_nothing_is_new_does_not_wait_for_anybody(small: SmallDirectory) -> None:
    sent = send(small, b"Name,Title,Office\nCy,,\n")
    work(small)
    page = small.reader.follow(sent)
    assert "All rows have errors There is nothing to import." in page.text
    assert "Import 0 people" not in page.text


def test_a_file_without_rows_says_so(small: SmallDirectory) -> None:
    sent = send(small, b"Name,Title,Office\n")
    work(small)
    words = "The file has headings but no rows. There is nothing to import."
    assert words in small.reader.follow(sent).text


def test_a_file_can_be_removed_before_it_is_carried_out(small: SmallDirectory) -> None:
    page = press(small, planned(small), "/forget")
    assert "The import was discarded. Nobody was changed." in page.text
    assert "Staff.csv" not in page.text


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"", "The file is empty."), (None, "Choose the file to import.")],
)
def test_what_is_no_file_is_told_at_the_field(
    small: SmallDirectory, content: bytes | None, words: str
) -> None:
    form: dict[str, Any] = small.get("/import").fields("/import")
    if content is not None:
        form["file"] = upload(content, "a.csv")
    page = small.post("/import", form, 422)
    assert words in page.text
    assert page.title.startswith("Error: ")


def test_a_file_that_cannot_be_read_says_so_on_its_page(small: SmallDirectory) -> None:
    sent = send(small, b"%PDF-1.7")
    work(small)
    page = small.reader.follow(sent)
    assert "Failed This is a PDF. Save the table as CSV or .xlsx and choose that file." in page.text


def test_the_sheets_of_a_workbook_that_were_not_read_are_named(small: SmallDirectory) -> None:
    book = openpyxl.Workbook()
    for name in ("North", "South", "<b>Old"):
        sheet = book.create_sheet(name)
        sheet.append(("Name", "Title", "Office") if name != "<b>Old" else ("Name", "Price"))
        sheet.append((f"Person of {name}", "T", "L"))
    book["South"].row_dimensions[2].hidden = True
    out = io.BytesIO()
    book.save(out)
    sent = send(small, out.getvalue())
    work(small)
    page = small.reader.follow(sent)
    assert (
        "The sheet <b>Old was ignored, because its headings differ from those of North."
        in page.text
    )
    assert "Excel workbook, 2 sheets: North, South" in page.text
    assert "2 of South Person of South" in page.text
    assert "Hidden in the workbook, but read: row 2 of South." in page.text


def test_a_file_larger_than_a_photo_is_taken_and_a_giant_is_not(
    small: SmallDirectory, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = b"".join(b"Person %d,T,L\n" % number for number in range(1_500_000))
    assert len(rows) > 20 << 20
    send(small, b"Name,Title,Office\n" + rows)
    monkeypatch.setattr(import_pages, "MAX_MEGABYTES", 1)
    refused = small.post("/import", {"file": upload(rows, "a.csv")}, 413)
    assert "Choose a file under 1 MB, or import it on the server with flask import" in refused.text


def test_lines_come_page_by_page(small: SmallDirectory) -> None:
    rows = b"".join(b"Person %d,T,L,p%d@example.com\n" % (n, n) for n in range(120))
    sent = send(small, b"Name,Title,Office,Mail\n" + rows)
    work(small)
    first = small.reader.follow(sent)
    assert "1–50 of 120" in first.text
    second = small.get(first.links()["Next"])
    third = small.get(second.links()["Next"])
    assert "101–120 of 120" in third.text
    assert "Person 119" in third.text
    assert "Next" not in third.links()
    assert small.get(third.links()["Previous"]).text == second.text


def test_progress_is_told_to_scripts(small: SmallDirectory) -> None:
    address = planned(small).response.request.path
    told = small.reader.client.get(f"{address}/progress").json
    assert (told["phase"], told["at_work"], told["done"], told["total"]) == ("planned", False, 3, 3)


def test_the_templates_are_read_by_the_import(small: SmallDirectory) -> None:
    for ending in ("csv", "xlsx"):
        raw = small.reader.client.get(f"/import/template.{ending}").data
        columns = Table(io.BytesIO(raw)).columns
        assert not columns.ignored
        assert columns.fields >= {"full_name", "job_title", "location", "badges", "about"}
    assert openpyxl.load_workbook(io.BytesIO(raw)).worksheets[0].max_row == 1


@pytest.mark.parametrize("action", ["", "/undo", "/progress"])
def test_an_import_that_is_not_there_is_not_found(small: SmallDirectory, action: str) -> None:
    assert small.reader.client.get(f"/import/20260101-000000-aaaaaaaa{action}").status_code == 404


def test_what_cannot_be_done_now_is_said(small: SmallDirectory) -> None:
    page = planned(small)
    address = page.response.request.path
    token = page.fields(f"{address}/go")
    answer = small.reader.follow(small.post(f"{address}/stop", token))
    assert "This import is not running, so there is nothing to stop." in answer.text


def test_the_list_and_the_empty_page_lead_to_the_import(small: SmallDirectory) -> None:
    assert small.get("/").links()["Import"] == "/import"
    small.directory.delete(OPERATOR, "amara", None, "w")
    assert small.get("/").links()["Import a file"] == "/import"


def test_whoever_was_added_or_could_not_be_undone_is_a_press_away(small: SmallDirectory) -> None:
    sent = send(small)
    there = sent.response.headers["Location"]
    work(small)
    assert "Bo" not in small.get(f"{there}?show=added").links()
    press(small, small.get(there), "/go")
    work(small)
    address = small.get(f"{there}?show=added").links()["Bo"]
    assert small.get(address).h1 == "Bo"
    small.change(address.rpartition("/")[2], job_title="Captain")
    press(small, small.get(f"{there}/undo"), "/undo")
    work(small)
    left = small.get(f"{there}?show=kept")
    assert left.links()["Bo"] == address
    assert "Why" in [words_of(each) for each in left.all("th")]


def test_refused_lines_are_downloaded_to_be_mended(small: SmallDirectory) -> None:
    page = planned(small)
    address = page.links()["Download rows with errors"]
    answer = small.reader.client.get(address, buffered=True)
    assert answer.status_code == 200
    assert 'filename="Staff - rows with errors.csv"' in answer.headers["Content-Disposition"]
    assert answer.headers["Cache-Control"] == "private, no-store"
    lines = answer.data.decode("utf-8-sig").splitlines()
    assert lines[0] == "Row,What to do,Name,Job Title,Office,E-mail,Hire date,Shoe size"
    assert lines[1].startswith('4,"Job Title: Enter a job title, such as Field Engineer')
    assert lines[1].endswith(",<b>Cy</b>,,Oslo,cy@,,")
    assert len(lines) == 2


def test_where_nothing_was_refused_there_is_no_such_file(small: SmallDirectory) -> None:
    sent = send(small, b"Name;Title;Office\nBo;Clerk;Oslo\n")
    work(small)
    page = small.reader.follow(sent)
    assert "Download rows with errors" not in page.links()
    [job] = small.app.extensions["importer"].recent().jobs
    small.get(f"/import/{job.id}/refused.csv", status=404)
    small.get("/import/20260101-000000-aaaaaaaa/refused.csv", status=404)


def test_a_file_too_many_at_once_is_told_to_wait(small: SmallDirectory) -> None:
    page = planned(small)
    room = small.app.extensions["long_files"]
    taken = [room.acquire({}) for _ in range(MAX_DOWNLOADS)]
    assert all(taken)
    assert "Try again" in small.get(page.links()["Download rows with errors"], status=503).text
    room.release(taken[0])
    small.reader.client.get(page.links()["Download rows with errors"], buffered=True)
    assert room.acquire({})


def test_the_list_tells_what_each_import_did_or_would_do(small: SmallDirectory) -> None:
    page = planned(small)
    assert "1 to be added, 1 to be changed, 1 with errors" in small.get("/import").text
    press(small, page, "/go")
    work(small)
    listed = small.get("/import")
    assert "1 added, 1 changed, 1 with errors" in listed.text
    [job] = small.app.extensions["importer"].recent().jobs
    done = small.get(f"/import/{job.id}")
    press(small, small.get(done.links()["Undo import"]), "/undo")
    work(small)
    assert "2 undone" in small.get("/import").text


def test_an_import_of_which_nothing_could_be_taken_is_not_told_as_done(
    small: SmallDirectory,
) -> None:
    send(small, b"Name;Title;Office\nDee;Clerk;\n")
    work(small)
    listed = small.get("/import")
    assert "All rows have errors" in listed.text
    assert "1 with errors" in listed.text


def test_every_import_of_thirty_days_is_reached_page_by_page(small: SmallDirectory) -> None:
    importer: Importer = small.app.extensions["importer"]
    made = [importer.receive(io.BytesIO(b"Name\n"), f"{n}.csv").id for n in range(45)]
    page = small.get("/import")
    seen = [page]
    assert "Latest imports" in page.text
    while earlier := seen[-1].links().get("Earlier"):
        seen.append(small.get(earlier))
    assert "Earlier imports" in seen[-1].text
    assert seen[-1].links()["Latest"] == "/import"
    shown = [
        address.removeprefix("/import/")
        for page in seen
        for address in page.links().values()
        if address.removeprefix("/import/") in made
    ]
    assert len(seen) == 3
    assert sorted(shown) == sorted(made)
    assert small.get("/import?before=20'").text == page.text


def test_managers_are_named_also_those_whom_the_file_adds(small: SmallDirectory) -> None:
    head = "Name;Job Title;Office;E-mail;Manager\n"
    amara = "Amara Adeyemi-Lindqvist;Principal Engineer;Nairobi;amara@example.com;Bo Berg\n"
    bo, cy = "Bo Berg;Clerk;Oslo;bo@example.com;\n", "Cy;Clerk;Oslo;cy@example.com;Bo Berg\n"
    sent = send(small, (head + amara + bo + cy).encode())
    work(small)
    page = small.reader.follow(sent)
    assert "Manager nobody becomes somebody of another row" in page.text
    added = small.get(f"{sent.response.headers['Location']}?show=added")
    assert "Manager Bo Berg" in added.text
    press(small, page, "/go")
    work(small)
    changed = small.get(f"{sent.response.headers['Location']}?show=changed")
    assert "Manager nobody becomes Bo Berg" in changed.text
