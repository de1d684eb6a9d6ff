"""History, undo and audit log in a browser: axe finds nothing, and no script is needed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from app.access.viewer import Role
from app.contracts.history import AuditEntry
from app.history.changes import Author, Through, Via
from tests.support.browser.axe import check, check_views
from tests.support.browser.pages import Open, opening
from tests.support.servers.live_app import app_in_thread
from tests.support.viewers import viewer
from tests.web.history.conftest import Changing

LONG = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamter"
JOB = "20261102-114000-0123abcd"
HERSELF = viewer(Role.COLLEAGUE, person_id="amara", name="Amara")


@pytest.fixture(scope="module")
def changing(tmp_path_factory: pytest.TempPathFactory) -> Changing:
    """A person whom everybody and everything has changed."""
    changing = Changing(tmp_path_factory.mktemp("history"))
    changing.add()
    changing.change(job_title=LONG, email=f"{LONG}@example.com", about="One.\n\nTwo.")
    changing.change(through=Through(Via.COMMAND, "flask import moves.csv"), email="a@example.com")
    moment = changing.change(through=Through(Via.SCIM, "Okta"), department="Engineering Ops")
    changing.change(through=Through(Via.UNDO, undoes=moment), department="Engineering")
    changing.change(through=Through(Via.IMPORT, f"{LONG}.csv", JOB, row=214), location="Oslo")
    changing.change(HERSELF, mobile="+254 711 555 018", badges=("linux", "bug"))
    for number in range(20):
        changing.change(location=f"Room {number}", pronouns="" if number % 2 else "she/her")
    history = changing.directory.history
    assert history is not None
    history.note(
        AuditEntry(
            moment="2026-11-02T11:40:00.000Z-0001",
            event="import",
            author=Author("Ana Ruiz", "a1"),
            through=Through(Via.IMPORT, f"{LONG}.csv", JOB, request_id="8f2c11d0"),
            counts=(("added", 12), ("changed", 261), ("left", 1), ("rejected", 3)),
        )
    )
    for minute, event in enumerate(("sign-in-refused", "access-changed", "role-changed")):
        moment = f"2026-11-02T11:5{minute}:00.000Z-0001"
        history.note(AuditEntry(moment=moment, event=event, details=(("number", "5"),)))
    return changing


@pytest.fixture
def browse(chromium: Browser, changing: Changing) -> Iterator[Open]:
    with app_in_thread(changing.app) as url, opening(chromium, url) as open_page:
        yield open_page


PAGES = {
    "history": "/employee/amara/history",
    "filtered": "/employee/amara/history?field=email&how=scim&who=a1&when=30",
    "audit": "/audit",
    "nothing": "/audit?q=nobody",
}


@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing(browse: Open, name: str) -> None:
    check_views(browse(PAGES[name]))


def test_axe_finds_nothing_with_what_is_open(browse: Open) -> None:
    for width in (390, 1280):
        page = browse("/employee/amara/history", width=width)
        page.locator("details.filter summary").nth(2).click()
        check(page)
        page.goto("/audit")
        page.locator("details.entry summary").last.click()
        expect(page.get_by_text("Undo import")).to_be_visible()
        check(page)
        page.goto("/employee/amara/history")
        page.locator(".undo-button").first.click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("Undo this change")
        check(page)


def test_a_change_is_undone_without_a_script(browse: Open, changing: Changing) -> None:
    changing.change(full_name="Amara A.", about="Less.")
    page = browse("/employee/amara/history", script=False)
    page.locator(".undo-button").first.click()
    page.get_by_label("Full name").uncheck()
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".flash-good")).to_contain_text("Undid the change of About")
    assert (changing.now().full_name, changing.now().about) == ("Amara A.", "One.\n\nTwo.")
    page.locator(".flash-undo").click()
    page.get_by_role("button", name="Undo").click()
    assert changing.now().about == "Less."


def test_a_filter_is_chosen_without_a_script(browse: Open) -> None:
    page = browse("/employee/amara/history", width=390, script=False)
    choose(page, "Field", "Department")
    expect(page.locator(".change")).to_have_count(3)
    choose(page, "How", "SCIM")
    expect(page.locator(".change")).to_have_count(1)


def choose(page: Page, menu: str, value: str) -> None:
    page.locator("details.filter summary", has_text=menu).click()
    page.locator("details.filter[open] a", has_text=value).first.click()
