"""Answers are compressed for those who accept it, and forms with their tokens are not."""

from __future__ import annotations

import gzip

import pytest
from werkzeug.test import TestResponse

from tests.support.small_directory import AMARA, SmallDirectory, small

__all__ = ["small"]


@pytest.fixture
def staffed(small: SmallDirectory) -> SmallDirectory:
    small.put(AMARA)
    return small


def ask(
    small: SmallDirectory, address: str, accepts: str = "gzip", method: str = "GET"
) -> TestResponse:
    return small.reader.client.open(
        address, method=method, headers={"Accept-Encoding": accepts} if accepts else {}
    )


@pytest.mark.parametrize("address", ["/", "/employee/amara", "/insights", "/?q=nobody"])
def test_a_page_is_smaller_and_the_same(staffed: SmallDirectory, address: str) -> None:
    plain, small = ask(staffed, address, ""), ask(staffed, address)
    assert small.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(small.data) == plain.data
    assert len(small.data) < len(plain.data) / 2
    assert small.headers["Content-Length"] == str(len(small.data))
    assert small.headers["ETag"] == plain.headers["ETag"]
    assert "Accept-Encoding" in small.headers["Vary"]
    assert "Accept-Encoding" in plain.headers["Vary"]


@pytest.mark.parametrize(
    ("accepts", "zipped"),
    [
        ("gzip", True), ("br, gzip;q=0.8", True), ("*", True), ("GZIP", True),
        ("gzip;q=0.5, identity;q=0.4", True), ("gzip;q=0", False), ("", False), ("br", False),
        ("gzip;q=0, *", False), ("identity, gzip;q=0.5", False), ("*;q=0", False),
    ],
)  # fmt: skip
def test_what_a_client_accepts_is_respected(
    staffed: SmallDirectory, accepts: str, zipped: bool
) -> None:
    style = staffed.app.extensions["assets"]["style.css"].address
    for address in ("/", style):
        answer = ask(staffed, address, accepts)
        assert (answer.headers.get("Content-Encoding") == "gzip") is zipped, address
        assert "Accept-Encoding" in answer.headers["Vary"]


def test_a_form_stays_plain_whatever_is_typed_into_its_address(staffed: SmallDirectory) -> None:
    for address in ("/add", "/edit/amara", "/delete/amara", "/info"):
        answer = ask(staffed, address)
        assert b"csrf_token" in answer.data, address
        assert "Content-Encoding" not in answer.headers
    wrong = staffed.reader.client.post(
        "/add", data={"full_name": "Ada"}, headers={"Accept-Encoding": "gzip"}
    )
    assert b"csrf_token" in wrong.data


def test_a_small_answer_is_sent_as_it_is(staffed: SmallDirectory) -> None:
    for address in ("/healthz", "/readyz", staffed.app.extensions["assets"]["mark.svg"].address):
        answer = ask(staffed, address)
        assert len(answer.data) < 1_000, address
        assert "Content-Encoding" not in answer.headers


def test_json_is_compressed_too(staffed: SmallDirectory) -> None:
    client = staffed.reader.client
    headers = {"Accept": "application/json", "Accept-Encoding": "gzip"}
    answer = client.get("/doctor", headers=headers)
    assert answer.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(answer.data).startswith(b"{")


def test_a_static_file_is_compressed_and_kept_for_ever(staffed: SmallDirectory) -> None:
    style = staffed.app.extensions["assets"]["style.css"]
    answer = ask(staffed, style.address)
    assert gzip.decompress(answer.data) == style.content
    assert "immutable" in answer.headers["Cache-Control"]


def test_asking_for_the_head_tells_the_same_length(staffed: SmallDirectory) -> None:
    head, whole = ask(staffed, "/", method="HEAD"), ask(staffed, "/")
    assert head.data == b""
    for name in ("Content-Length", "Content-Encoding", "ETag"):
        assert head.headers[name] == whole.headers[name], name


def test_a_page_that_did_not_change_has_no_encoding(staffed: SmallDirectory) -> None:
    tag = ask(staffed, "/").headers["ETag"]
    headers = {"Accept-Encoding": "gzip", "If-None-Match": tag}
    answer = staffed.reader.client.get("/", headers=headers)
    assert (answer.status_code, answer.data) == (304, b"")
    assert "Content-Encoding" not in answer.headers
