"""The audit log."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

import pytest

from app.access.viewer import Role
from app.accounts.errors import SignInRefused
from app.contracts.history import AuditEntry
from app.history.changes import Author, Through, Via
from tests.support.page_reader import Page, words_of
from tests.support.small_directory import AMARA
from tests.support.viewers import viewer
from tests.web.history.conftest import Changing

JOB = "20261102-114000-0123abcd"


def sentences(page: Page) -> list[str]:
    return [words_of(each) for each in page.all("span", cls="entry-sentence")]


def note(changing: Changing, moment: str, event: str, **values: object) -> None:
    assert changing.directory.history is not None
    entry = AuditEntry(moment=moment, event=event, **values)  # type: ignore[arg-type]
    changing.directory.history.note(entry)


def test_the_log_tells_what_changed_by_day(changing: Changing) -> None:
    changing.add()
    changing.change(through=Through(request_id="8f2c11d0"), job_title="Director", location="Oslo")
    changing.change(through=Through(Via.IMPORT, "hr.csv", JOB, row=3), location="Rome")
    note(
        changing,
        "2026-11-02T11:40:00.000Z-0001",
        "import",
        author=Author("Ana Ruiz", "a1"),
        through=Through(Via.IMPORT, "hr.csv", JOB),
        counts=(("added", 12), ("changed", 1261), ("left", 0), ("rejected", 1)),
    )
    page = changing.get("/audit")
    assert sentences(page) == [
        "Ana Ruiz changed Job title and Location of Amara Adeyemi-Lindqvist",
        "Ana Ruiz added Amara Adeyemi-Lindqvist",
        "Ana Ruiz imported hr.csv",
    ]
    assert "12 added · 1,261 changed · 1 row with errors" in page.text
    assert "request 8f2c11d0" in page.text
    assert "2 entries by 1 person" in page.text
    assert page.links()["Undo import"] == f"/import/{JOB}/undo"
    assert page.links()["See the import"] == f"/import/{JOB}"
    change = [link for words, link in page.links().items() if words == "See this change"]
    assert changing.get(change[0]).h1 == "A change of Amara Adeyemi-Lindqvist"


def test_search_and_filters_leave_the_entries_that_match(changing: Changing) -> None:
    changing.add()
    changing.add(replace(AMARA, id="ben", full_name="Ben Okri"))
    changing.change(of="ben", location="Oslo")
    assert len(sentences(changing.get("/audit?q=okri"))) == 2
    assert sentences(changing.get("/audit?q=okri&what=changed")) == [
        "Ana Ruiz changed Location of Ben Okri"
    ]
    page = changing.get("/audit?how=scim")
    assert "No changes match" in page.text
    assert page.links()["Clear filters"] == "/audit"
    assert len(sentences(changing.get(changing.get("/audit").links()["Ana Ruiz"]))) == 3
    assert sentences(changing.get("/audit?when=2019-02")) == []
    assert len(sentences(changing.get("/audit?what=x&how=y&when=z"))) == 3


def test_a_long_log_has_pages(changing: Changing) -> None:
    for number in range(55):
        changing.add(replace(AMARA, id=f"p{number}", full_name=f"Person {number}"))
    page = changing.get("/audit")
    assert len(sentences(page)) == 50
    assert page.all("section", cls="day")
    assert "entries by" not in page.text  # the day goes on
    assert len(sentences(changing.get(page.links()["Earlier days"]))) == 5


def test_accounts_are_told_by_their_names(changing: Changing) -> None:
    from tests.support.signed_in import add_account

    account = add_account(changing.app, Role.EDITOR, "Ruth")
    note(
        changing,
        "2026-11-02T11:40:00.000Z-0001",
        "role-changed",
        author=Author("Miles Yates", "m1"),
        details=(("account", account.id), ("role", "editor"), ("was", "colleague")),
    )
    note(
        changing,
        "2026-11-02T11:41:00.000Z-0001",
        "sign-in-refused",
        details=(("account", account.id), ("number", "5"), ("peer", "203.0.113.24")),
    )
    note(changing, "2026-11-02T11:42:00.000Z-0001", "of-a-later-release")
    page = changing.get("/audit")
    assert sentences(page) == [
        "Somebody: of-a-later-release",
        "5 failed sign-ins for Ruth",
        "Miles Yates gave Ruth the role editor",
    ]
    assert "Was colleague" in page.text
    assert "from 203.0.113.24" in page.text


def test_the_log_is_for_editors(changing: Changing) -> None:
    changing.seen_by(viewer(Role.COLLEAGUE, person_id="amara"))
    changing.get("/audit", 403)
    assert changing.reader.client.get("/audit.csv").status_code == 403


def test_the_export_has_a_line_for_each_entry(changing: Changing) -> None:
    changing.add(replace(AMARA, full_name="=cmd()"))
    changing.change(location="Oslo")
    answer = changing.reader.client.get("/audit.csv?what=changed")
    lines = list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert [(line["Who"], line["Fields"]) for line in lines] == [("Ana Ruiz", "Location")]
    assert lines[0]["Person"] == "'=cmd()"
    assert lines[0]["What"] == "Ana Ruiz changed Location of =cmd()"


def test_what_happens_to_accounts_is_in_the_log(changing: Changing) -> None:
    from app.access.viewer import operator
    from tests.support.signed_in import add_account, services_of

    services = services_of(changing.app)
    ruth = add_account(changing.app, Role.COLLEAGUE, "Ruth")
    services.accounts.change_role(ruth.id, Role.EDITOR, by=operator("root"))
    for _ in range(2):
        with pytest.raises(SignInRefused):
            services.password_sign_in.sign_in("nobody@example.com", "wrong", "203.0.113.24")
    page = changing.get("/audit")
    assert sorted(sentences(page)) == [
        "2 failed sign-ins of nobody who is known",
        "root gave Ruth the role editor",
    ]
