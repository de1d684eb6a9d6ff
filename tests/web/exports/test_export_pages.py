"""A view is exported as it stands, streamed, and a file that broke never looks whole."""

from __future__ import annotations

import csv
import http.client
import io
import json
import socket
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
import urllib3
import vobject
from openpyxl import load_workbook
from werkzeug.http import parse_options_header
from werkzeug.test import TestResponse

from app.contracts import Batch
from app.directory.service import PhotoChange
from app.model.employee import Employee
from app.model.errors import StorageUnavailable
from app.web.http import streaming
from app.web.http.streaming import MAX_DOWNLOADS
from tests.support.environment import isolated
from tests.support.in_time import wait_until
from tests.support.needs import find
from tests.support.pictures import picture
from tests.support.servers.live_app import app_in_thread
from tests.support.servers.server_process import ServerProcess, free_port
from tests.support.servers.warm_process import ROOT
from tests.support.small_directory import AMARA, SmallDirectory, small
from tests.support.viewers import OPERATOR

__all__ = ["small"]
ENDINGS = ["csv", "xlsx", "jsonl", "vcf"]


@pytest.fixture
def full(small: SmallDirectory) -> SmallDirectory:
    """150 people in Lima, and Amara in Nairobi."""
    for number in range(150):
        person = Employee(id=f"{number:03}", full_name=f"Ada {number:03}", location="Lima")
        small.put(replace(person, job_title="Analyst"))
    small.put(AMARA)
    return small


def fetch(small: SmallDirectory, address: str) -> TestResponse:
    answer = small.reader.client.get(address, buffered=True)
    assert answer.status_code == 200
    return answer


def names_in(answer: TestResponse) -> list[str]:
    """The names in a file, whatever kind it is."""
    kind = answer.mimetype.rpartition("/")[2]
    if kind == "csv":
        rows = list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"), newline="")))
        return [row["Full name"] for row in rows]
    if kind == "jsonl":
        return [json.loads(line)["full_name"] for line in answer.data.splitlines()]
    if kind == "vcard":
        return [card.fn.value for card in vobject.readComponents(answer.text)]
    book = load_workbook(io.BytesIO(answer.data), read_only=True)
    rows = list(book.active.iter_rows(min_row=2, values_only=True))
    book.close()
    return [row[1] for row in rows]


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_view_is_exported_with_its_search_and_filters(full: SmallDirectory, ending: str) -> None:
    lima = [f"Ada {number:03}" for number in range(150)]
    assert names_in(fetch(full, f"/export.{ending}?location=Lima&letter=a")) == lima
    assert names_in(fetch(full, f"/export.{ending}?q=ada+14&page=3&cursor=x")) == lima[140:]
    assert names_in(fetch(full, f"/export.{ending}?badge=trophy")) == [AMARA.full_name]
    assert sorted(names_in(fetch(full, f"/export.{ending}"))) == [*lima, AMARA.full_name]
    assert names_in(fetch(full, f"/export.{ending}?q=nobody+here")) == []


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_file_is_named_by_its_day_and_kept_by_nobody(full: SmallDirectory, ending: str) -> None:
    days = {f"{datetime.now(UTC):%Y-%m-%d}"}
    answer = fetch(full, f"/export.{ending}")
    days.add(f"{datetime.now(UTC):%Y-%m-%d}")
    disposition = answer.headers["Content-Disposition"]
    assert disposition in {f"attachment; filename=people-{day}.{ending}" for day in days}
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "Content-Length" not in answer.headers


def test_the_list_offers_a_file_of_what_it_shows(full: SmallDirectory) -> None:
    links = full.get("/?q=ada&location=Lima&view=table").links()
    assert links["Export CSV"] == "/export.csv?q=ada&location=Lima"
    assert links["Export Excel workbook"] == "/export.xlsx?q=ada&location=Lima"
    assert links["Export JSON Lines"] == "/export.jsonl?q=ada&location=Lima"
    assert links["Export Contacts (vCard)"] == "/export.vcf?q=ada&location=Lima"
    assert full.get("/").links()["Export CSV"] == "/export.csv"
    assert "Export CSV" not in full.get("/?q=zebra").links()


def test_a_person_s_card_is_saved_from_their_page(full: SmallDirectory) -> None:
    address = full.get("/employee/amara").links()["Save contact"]
    answer = fetch(full, address)
    assert vobject.readOne(answer.text).fn.value == AMARA.full_name
    assert answer.headers["Content-Disposition"] == (
        'attachment; filename="Amara Adeyemi-Lindqvist.vcf"'
    )


def test_a_card_leads_to_the_public_address_whatever_the_host_of_a_request(tmp_path: Path) -> None:
    small = SmallDirectory(tmp_path, PUBLIC_ADDRESS="https://people.example.com")
    small.put(AMARA)
    for address in ("/vcard/amara", "/export.vcf"):
        answer = small.reader.client.get(address, headers={"Host": "evil.example"})
        card = vobject.readOne(answer.text)
        assert card.url.value == "https://people.example.com/employee/amara"


def test_a_card_leads_to_the_page_and_has_the_photo(small: SmallDirectory) -> None:
    upload = PhotoChange(picture("PNG", 1600, 1200))
    key = small.directory.add(OPERATOR, AMARA, "form", upload).photo_key
    card = vobject.readOne(fetch(small, "/vcard/amara").text)
    assert card.url.value == "http://localhost/employee/amara"
    assert card.photo.value == small.directory.photos.get(key)
    listed = vobject.readOne(fetch(small, "/export.vcf?q=amara").text)
    assert listed.serialize() == card.serialize()
    small.directory.photos.delete([key])
    assert "photo" not in vobject.readOne(fetch(small, "/vcard/amara").text).contents


def test_a_card_comes_without_the_photo_while_its_store_is_away(
    small: SmallDirectory, monkeypatch: pytest.MonkeyPatch
) -> None:
    small.directory.add(OPERATOR, AMARA, "form", PhotoChange(picture()))

    def fail(key: str) -> bytes:
        raise StorageUnavailable("S3", "GetObject", reason="SlowDown")

    monkeypatch.setattr(small.directory.photos, "get", fail)
    card = vobject.readOne(fetch(small, "/vcard/amara").text)
    assert card.tel.value == AMARA.phone
    assert "photo" not in card.contents


@pytest.mark.parametrize("employee_id", ["a/card.vcf", "x/../é?#%", "1.vcf"])
def test_the_card_of_any_id_is_found(small: SmallDirectory, employee_id: str) -> None:
    small.put(Employee(id=employee_id, full_name='Ásdís "A/B"\\ Jónsdóttir'))
    (person,) = small.get("/").all("a", cls="name")
    address = small.get(person.get("href", "")).links()["Save contact"]
    answer = fetch(small, address)
    assert vobject.readOne(answer.text).uid.value == employee_id
    assert "\n" not in answer.headers["Content-Disposition"]
    assert "/" not in answer.headers["Content-Disposition"]


@pytest.mark.parametrize(
    ("name", "plain", "encoded"),
    [
        (
            "Abebe Bekele አበበ",
            "Abebe Bekele .vcf",
            "Abebe%20Bekele%20%E1%8A%A0%E1%89%A0%E1%89%A0.vcf",
        ),
        ("Ásdís Jónsdóttir", "Asdis Jonsdottir.vcf", "%C3%81sd%C3%ADs%20J%C3%B3nsd%C3%B3ttir.vcf"),
        ("李小龍", "file.vcf", "%E6%9D%8E%E5%B0%8F%E9%BE%8D.vcf"),
        ("Ctl\x01 \x00Ada", "Ctl Ada.vcf", ""),
    ],
)
def test_the_name_of_a_card_fits_into_a_header_in_any_script(
    small: SmallDirectory, name: str, plain: str, encoded: str
) -> None:
    small.put(Employee(id="x", full_name=name))
    answer = fetch(small, "/vcard/x")
    header = answer.headers["Content-Disposition"]
    assert header.isascii()
    assert header.isprintable()
    written, options = parse_options_header(header)
    assert written == "attachment"
    assert options["filename"] == (unquote(encoded) or plain)
    assert plain in header
    assert (f"filename*=UTF-8''{encoded}" in header) == bool(encoded)


def test_where_no_chunks_can_be_sent_an_export_has_its_length(full: SmallDirectory) -> None:
    plain = full.reader.client.get("/export.csv")
    old = full.reader.client.get("/export.csv", environ_overrides={"SERVER_PROTOCOL": "HTTP/1.0"})
    assert old.data == plain.data
    assert old.content_length == len(plain.data)
    for answer in (plain, old):
        answer.close()
    for _ in range(MAX_DOWNLOADS + 1):
        with full.reader.client.get("/export.csv") as answer:
            assert answer.status_code == 200


def test_nobody_s_card_is_not_found(small: SmallDirectory) -> None:
    small.get("/vcard/nobody", status=404)


@pytest.mark.parametrize("address", ["/export.csv", "/export.xlsx?q=ada", "/vcard/amara"])
def test_a_store_that_does_not_answer_gives_a_page_and_no_file(
    full: SmallDirectory, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def silent(*_: object) -> Iterator[Batch]:
        raise StorageUnavailable("the database", "Scan")

    full.store.silent = True
    monkeypatch.setattr(full.store, "iter_batches", silent)
    for _ in range(MAX_DOWNLOADS + 1):
        page = full.get(address, status=503)
        assert "We cannot reach the database." in page.text


def test_only_so_many_exports_run_at_once_and_the_list_goes_on(full: SmallDirectory) -> None:
    client = full.reader.client
    running = [client.get("/export.csv") for _ in range(MAX_DOWNLOADS)]
    page = full.get("/export.csv?q=ada", status=503)
    assert page.h1 == "Other exports are in progress"
    assert page.response.headers["Retry-After"] == "30"
    assert page.links()["Try again"] == "/export.csv?q=ada"
    full.get("/")
    for answer in running:
        answer.close()
    assert client.head("/export.csv").status_code == 200
    for _ in range(MAX_DOWNLOADS + 1):
        with client.get("/export.csv") as answer:
            assert answer.status_code == 200


def test_downloads_that_nobody_takes_make_room_for_others(
    full: SmallDirectory, monkeypatch: pytest.MonkeyPatch
) -> None:
    def endless(bookmark: str = "") -> Iterator[Batch]:
        while True:
            yield Batch((replace(AMARA, about="x" * 1_900),) * 1_000, "")

    monkeypatch.setattr(full.store, "iter_batches", endless)
    with app_in_thread(full.app) as address:
        where = urlsplit(address)
        asleep = [socket.create_connection((where.hostname, where.port)) for _ in range(3)]
        for each in asleep:
            each.sendall(b"GET /export.csv HTTP/1.1\r\nHost: x\r\n\r\n")
            assert each.recv(15) == b"HTTP/1.1 200 OK"
        busy = urllib3.request("GET", f"{address}/export.csv?q=ada", retries=False)
        assert busy.status == 503
        monkeypatch.setattr(streaming, "STALLED_SECONDS", 0.3)

        def is_served() -> bool:
            found = urllib3.request("GET", f"{address}/export.csv?q=ada", retries=False)
            return found.status == 200

        wait_until(is_served)
        for each in asleep:
            each.close()


def test_a_store_that_fails_midway_breaks_the_download(full: SmallDirectory, caplog) -> None:
    plain = full.store.iter_batches

    def failing(bookmark: str = "") -> Iterator[Batch]:
        yield from plain(bookmark)
        raise StorageUnavailable("the database", "dynamodb:Scan", "Employees", "throttled")

    full.store.iter_batches = failing  # type: ignore[method-assign]
    answer = full.reader.client.get("/export.csv")
    with pytest.raises(StorageUnavailable):
        answer.get_data()
    answer.close()
    (line,) = [record for record in caplog.records if "did not respond" in record.message]
    assert line.directory["action"] == "dynamodb:Scan"
    assert line.directory["request_id"] == answer.headers["X-Request-Id"]
    with full.reader.client.get("/export.csv?q=ada") as after:
        assert after.status_code == 200


@pytest.mark.slow
def test_the_server_cuts_a_download_that_breaks(tmp_path: Path) -> None:
    """Under gunicorn: the connection ends without the last chunk, and the next is served."""
    port = free_port()
    gunicorn = find("gunicorn", "a download that breaks")
    server = ServerProcess(
        [
            gunicorn,
            f"--bind=127.0.0.1:{port}",
            "--threads=8",
            "tests.support.breaking_app:application",
        ],
        folder=ROOT,
        log=tmp_path / "gunicorn.log",
        environment=isolated({"INSTANCE_FOLDER": str(tmp_path)}),
    )
    try:
        server.wait_until(lambda: _answers(port))
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        connection.request("GET", "/export.csv")
        reply = connection.getresponse()
        assert (reply.status, reply.headers["Transfer-Encoding"]) == (200, "chunked")
        with pytest.raises(http.client.IncompleteRead) as broken:
            reply.read()
        connection.close()
        assert b"Ada 000" in broken.value.partial
        old = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        old._http_vsn, old._http_vsn_str = 10, "HTTP/1.0"  # type: ignore[attr-defined]
        old.request("GET", "/export.csv")
        assert old.getresponse().status == 503, "what has no chunks is made before it is sent"
        assert _answers(port)
    finally:
        server.stop()


def _answers(port: int) -> bool:
    try:
        reply = urllib3.request("GET", f"http://127.0.0.1:{port}/healthz", timeout=2, retries=False)
    except urllib3.exceptions.HTTPError:
        return False
    return reply.status == 200
