"""What every answer carries: exact headers, an id of the log, cookies that follow the scheme."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.history.changes import Write
from app.model.employee import Employee
from app.web.current import current_directory
from tests.support.small_app import small_app

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
UPLOAD = "multipart/form-data; boundary=edge"
ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Content-Security-Policy": POLICY,
}


@pytest.fixture
def app(tmp_path: Path) -> Flask:
    """An application that also has an address which fails."""
    app = small_app(tmp_path)

    @app.get("/fails")
    def fails() -> str:
        raise RuntimeError("secret detail")

    return app


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def answers(client: FlaskClient) -> dict[str, TestResponse]:
    """One answer of each kind."""
    style = re.search(r'href="(/static/\w+/style.css)"', client.get("/add").text)
    assert style
    return {
        "200": client.get("/"),
        "302": client.post("/add", data=new_person(client)),
        "400": client.post("/add", data={"full_name": "No Token"}),
        "404": client.get("/nowhere"),
        "405": client.post("/"),
        "413": client.post("/add", data=b"x" * 30_000_000, content_type=UPLOAD),
        "500": client.get("/fails"),
        "static": client.get(style[1]),
        "photo": client.get("/photos/employee_pic/none.jpg"),
    }


def new_person(client: FlaskClient) -> dict[str, str]:
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get("/add").text)
    assert token
    return {
        "csrf_token": token[1],
        "full_name": "Ada Lovelace",
        "location": "London",
        "job_title": "Analyst",
    }


def test_every_answer_carries_exactly_these_safety_headers(client: FlaskClient) -> None:
    for kind, answer in answers(client).items():
        told = {name: answer.headers.get(name) for name in ALWAYS}
        assert told == ALWAYS, kind
        assert re.fullmatch(r"[0-9a-f]{16}", answer.headers["X-Request-Id"]), kind
        assert not re.search(r"\d", answer.headers.get("Server", "")), kind


def test_answers_have_the_statuses_that_scripts_rely_on(client: FlaskClient) -> None:
    found = {kind: answer.status_code for kind, answer in answers(client).items()}
    assert found == {
        "200": 200, "302": 303, "400": 400, "404": 404, "405": 405, "413": 413, "500": 500,
        "static": 200, "photo": 404,
    }  # fmt: skip


def test_pages_about_people_are_not_stored_and_static_files_for_ever(client: FlaskClient) -> None:
    for kind, answer in answers(client).items():
        expected = (
            "public, max-age=31536000, immutable" if kind == "static" else "private, no-store"
        )
        assert answer.headers["Cache-Control"] == expected, kind


def test_a_static_file_of_another_release_is_given_but_not_to_be_kept(client: FlaskClient) -> None:
    answer = client.get("/static/0000000000000000/style.css")
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")


def test_a_page_asks_no_other_host_for_anything(client: FlaskClient) -> None:
    for address in ("/", "/add", "/info", "/nowhere"):
        asked = re.findall(r'(?:src|href|action)="([^"]+)"', client.get(address).text)
        assert asked
        assert all(one.startswith(("/", "#", "?")) and one[:2] != "//" for one in asked), asked


@pytest.mark.parametrize(("scheme", "marked"), [("http", False), ("https", True)])
def test_the_session_cookie_is_secure_exactly_behind_tls(
    client: FlaskClient, scheme: str, marked: bool
) -> None:
    answer = client.get("/add", base_url=f"{scheme}://directory.example")
    cookie = answer.headers["Set-Cookie"]
    assert ("Secure" in cookie) is marked
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert ("Strict-Transport-Security" in answer.headers) is marked


def test_a_forwarded_scheme_is_believed_only_from_a_trusted_proxy(tmp_path: Path) -> None:
    forwarded = {"X-Forwarded-Proto": "https"}
    alone = small_app(tmp_path).test_client().get("/add", headers=forwarded)
    behind = small_app(tmp_path, TRUSTED_PROXIES="1").test_client().get("/add", headers=forwarded)
    assert "Secure" not in alone.headers["Set-Cookie"]
    assert "Secure" in behind.headers["Set-Cookie"]


def test_a_failure_shows_an_id_that_the_log_explains_and_no_detail(
    client: FlaskClient, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = client.get("/fails")
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    request_id = answer.headers["X-Request-Id"]
    assert request_id in answer.text
    assert "secret detail" not in answer.text
    assert "Traceback" not in answer.text
    explained = [line for line in lines if line.get("request_id") == request_id]
    assert any("secret detail" in line.get("trace", "") for line in explained)


def test_a_request_is_one_json_line_without_its_query(
    client: FlaskClient, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = client.get("/?q=Amara+Secretname")
    (line,) = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {name: line[name] for name in ("request_id", "method", "path", "status")} == {
        "request_id": answer.headers["X-Request-Id"],
        "method": "GET",
        "path": "/",
        "status": 200,
    }
    assert "Secretname" not in json.dumps(line)


@pytest.mark.parametrize(
    "address",
    [
        "/setup/K7QF-2MXD-9RWB",
        "/setup/K7QF-2MXD-9RWB/",
        "/SETUP/K7QF-2MXD-9RWB",
        "/x//setup/K7QF-2MXD-9RWB",
        "/setup/%0aK7QF-2MXD-9RWB",
        "/invite/K7QF-2MXD-9RWB?K7QF-2MXD-9RWB",
        "/sign-in?next=/setup/K7QF-2MXD-9RWB",
    ],
)
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST"])
def test_the_code_of_a_one_time_link_is_in_no_log(
    client: FlaskClient, capfd: pytest.CaptureFixture[str], method: str, address: str
) -> None:
    client.open(address, method=method)
    logged = capfd.readouterr()
    assert '"request"' in logged.out
    assert "K7QF" not in logged.out + logged.err


def test_a_path_cannot_forge_a_line_of_the_log(
    client: FlaskClient, capsys: pytest.CaptureFixture[str]
) -> None:
    client.get("/x%0a%7b%22level%22%3a%22forged%22%7d%e2%80%ae")
    (line,) = capsys.readouterr().out.splitlines()
    assert line.isascii()
    assert "forged" in json.loads(line)["path"]


@pytest.mark.parametrize(
    "address",
    [
        "/employee/unknown", "/edit/unknown", "/delete/unknown", "/employee/" + "x" * 3000,
        "/employee/%00", "/employee/a%00b", "/employee/%ff%fe", "/edit/%ff", "/photos/../x",
        "/photos/%2e%2e/x", "/photos//etc/passwd", "/photos/employee_pic/%00.jpg",
        "/photos/employee_pic/..%2fsecret_key", "/static/x/../../application.py",
    ],
)  # fmt: skip
def test_an_address_that_names_nothing_is_404(client: FlaskClient, address: str) -> None:
    assert client.get(address).status_code == 404


def test_odd_forms_are_refused_and_never_fail(client: FlaskClient) -> None:
    part = '--edge\r\nContent-Disposition: form-data; name="badges"\r\n\r\nbug\r\n'
    refused = [
        client.post("/add", data=part * 5000 + "--edge--\r\n", content_type=UPLOAD),
        client.post("/add", data=b"no boundary", content_type="multipart/form-data"),
        client.post("/add", data=b"\xff\xfe=%ff", content_type="application/x-www-form-urlencoded"),
        client.post("/add", data=b"{", content_type="application/json"),
    ]
    assert all(400 <= answer.status_code < 500 for answer in refused), refused


def test_a_probe_of_the_load_balancer_is_answered_without_a_page(client: FlaskClient) -> None:
    answer = client.get("/", headers={"User-Agent": "ELB-HealthChecker/2.0"})
    assert (answer.status_code, answer.text) == (200, "ok\n")


def test_a_script_in_any_field_is_text_everywhere(app: Flask, client: FlaskClient) -> None:
    attack = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"
    texts = ("full_name", "preferred_name", "pronouns", "job_title", "department", "location",
             "email", "phone", "start_date", "about")  # fmt: skip
    person = Employee(id="evil<script>", badges=("<b>",), **dict.fromkeys(texts, attack))
    with app.app_context():
        current_directory().employees.add(person, Write("form"))
    for address in ("/", "/?view=table", "/employee/evil<script>", "/edit/evil<script>",
                    "/delete/evil<script>", f"/?q={attack}", f"/?location={attack}"):  # fmt: skip
        answer = client.get(address)
        assert answer.status_code == 200, address
        assert "<script>alert" not in answer.text, address
        assert "<img src=x" not in answer.text, address
