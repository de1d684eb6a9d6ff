"""The org chart as a picture: what it shows of whom, and that it is one for any text."""

from __future__ import annotations

import re
from contextvars import copy_context
from pathlib import Path
from xml.etree import ElementTree

import pytest
from werkzeug.test import TestResponse

from app.access.viewer import Role
from app.access.visibility import Audience, Visibility
from app.history.changes import Write
from app.model.employee import Employee
from app.text.id_paths import id_path
from app.web.org.wrapping import is_right_to_left, wrapped
from tests.support.stores.bindings import ModelRoom
from tests.support.viewers import request_as, viewer
from tests.web.org.test_org_pages import Org

LONG = "Wolfeschlegelsteinhausenbergerdorffhausen" * 4
ARABIC = "خالد عبد الرحمن الحداد"


@pytest.fixture
def org(tmp_path: Path) -> Org:
    return Org(ModelRoom(), tmp_path)


def picture(org: Org, address: str) -> TestResponse:
    response = copy_context().run(org.app.test_client().get, address)
    assert response.status_code == 200
    return response


def texts(org: Org, address: str) -> list[str]:
    """The lines of a picture."""
    root = ElementTree.fromstring(picture(org, address).data)
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    return ["".join(text.itertext()) for text in root.iter("{http://www.w3.org/2000/svg}text")]


def test_the_chart_is_downloaded_as_it_stands(org: Org) -> None:
    org.put_line("ursula", "bisi", "selam", "salma", "oksana")
    address = org.get("/org/selam").links()["Download this chart as SVG"]
    assert address == "/org-svg/selam"
    found = texts(org, address)
    for name in ("Ursula", "Bisi", "Selam", "Salma", "1 direct report", "1 report"):
        assert name in found
    assert "Oksana" not in found
    opened = org.get("/org/selam?depth=2").links()["Download this chart as SVG"]
    assert "Oksana" in texts(org, opened)
    assert "2 people in 2 levels are shown" in texts(org, opened)[-1]


def test_the_picture_is_a_file_and_nothing_else(org: Org) -> None:
    org.put("bob", job_title="Cook")
    headers = picture(org, "/org-svg/bob").headers
    assert headers["Content-Type"] == "image/svg+xml; charset=utf-8"
    assert headers["Content-Disposition"] == 'attachment; filename="Bob - org chart.svg"'
    assert headers["Content-Security-Policy"].endswith("sandbox")
    assert headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    ("employee_id", "name"),
    [
        ("../a<b>&\"'\x00", '</text><script>alert(1)</script> & "Co" \''),
        ("control", "A\x00B\x1b[31m\ud800\ufffe\u202eC"),
        ("long", LONG),
        ("arabic", ARABIC),
        ("nobody", "\u2800"),
        ("issues", "Zoë 👩‍👩‍👧 日本語" * 9),
    ],
)
def test_any_name_and_any_id_make_a_picture(org: Org, employee_id: str, name: str) -> None:
    org.put("eve")
    odd = Employee(id=employee_id, full_name=name, job_title=name, location=name, manager="eve")
    org.room.store.add(odd, Write("odd"))
    for address in ("/org-svg/eve", f"/org-svg{id_path(employee_id)}"):
        page = picture(org, address).text
        assert not re.search(r"<script|href|[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe]", page)
        drawn = "".join(texts(org, address)).replace(" ", "")
        if employee_id in ("long", "arabic", "issues"):
            assert name.replace(" ", "") in drawn


def test_open_branches_are_in_the_address_on_any_level(org: Org) -> None:
    org.put_line("eve", "bob", "ana", "kim")
    org.put("mia", "eve")
    org.put("lea", "mia")
    page = org.get("/org/eve?open=bob&open=ana&open=nobody")
    assert {"Ana", "Kim", "Mia"} < page.links().keys()
    assert "Lea" not in page.links()
    assert "4 people are shown" in page.text
    drawn = texts(org, page.links()["Download this chart as SVG"])
    assert "Kim" in drawn
    assert "Lea" not in drawn


def test_open_branches_of_a_circle_end(org: Org) -> None:
    org.put_line("eve", "bob", "ana")
    org.room.change_outside("eve", "manager", "ana")
    page = org.get("/org/eve?" + "&".join(f"open={name}" for name in ("bob", "ana", "eve")))
    assert "4 people are shown" in page.text


def test_200_people_are_on_one_picture_and_it_tells_who_is_left_out(org: Org) -> None:
    org.put("eve")
    for lead in range(12):
        org.put(f"lead{lead:02}", "eve")
        for number in range(20):
            org.put(f"p{lead:02}-{number:02}", f"lead{lead:02}")
    found = texts(org, "/org-svg/eve?depth=2")
    assert sum(text.startswith(("P", "Lead")) for text in found) == 200
    said = " ".join(found[-2:])
    assert "200 people are shown" in said
    assert "Not all reports are shown of Lead09, Lead10, Lead11" in said


def test_who_may_not_see_managers_gets_no_picture(org: Org) -> None:
    org.put_line("eve", "bob")
    restricted = Visibility({"manager": Audience.EDITORS})
    org.app.extensions["directory"].visibility = lambda: restricted
    request_as(org.app, viewer(Role.COLLEAGUE))
    org.get("/org-svg/bob", 404)
    request_as(org.app, viewer(Role.EDITOR))
    assert "Eve" in texts(org, "/org-svg/bob")


@pytest.mark.parametrize("text", [LONG, ARABIC * 4, "a " * 90, "e\u0301" * 80, "日本語" * 20])
def test_wrapping_loses_nothing_and_parts_no_letter_from_its_marks(text: str) -> None:
    lines = wrapped(text, 12)
    assert len(lines) > 1
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert not any(line.startswith("\u0301") for line in lines)


def test_the_direction_of_a_text_is_that_of_its_first_letter() -> None:
    assert is_right_to_left(f"12 {ARABIC}")
    assert not is_right_to_left(f"Khalid {ARABIC}")
    assert not is_right_to_left("12")
