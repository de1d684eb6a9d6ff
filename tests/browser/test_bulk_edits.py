"""A bulk edit in a browser, with script and without: a department is renamed, and that undone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from playwright.sync_api import Browser, Page, expect

from app.access.viewer import Role
from app.model.employee import Employee
from tests.support.browser.axe import check_views
from tests.support.browser.pages import Open, opening
from tests.support.servers.live_app import app_in_thread
from tests.support.small_directory import AMARA, SmallDirectory
from tests.support.viewers import request_as, viewer

LONG = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamter"
SALES = "/bulk-edit?department=Sales"


@pytest.fixture
def small(tmp_path_factory: pytest.TempPathFactory) -> SmallDirectory:
    """A directory with a few people of Sales."""
    small = SmallDirectory(tmp_path_factory.mktemp("edits"), ACCESS="")
    small.put(AMARA)
    for key, name in (("bo", "Bo Sørensen"), ("cy", "Cyrille Désirée"), ("long", LONG)):
        small.put(Employee(id=key, full_name=name, job_title="Clerk", location="Oslo",
                           department="Sales", badges=("bug",)))  # fmt: skip
    request_as(small.app, replace(viewer(Role.ADMIN), email="ana@example.com"))
    return small


@pytest.fixture
def browse(chromium: Browser, small: SmallDirectory) -> Iterator[Open]:
    with app_in_thread(small.app) as url, opening(chromium, url) as open_page:
        yield open_page


@pytest.mark.parametrize(
    "address", [SALES, "/bulk-edit", "/bulk-edit?department=Art", "/?department=Sales", "/?q=bo"]
)
def test_axe_finds_nothing(browse: Open, address: str) -> None:
    check_views(browse(address))


def test_axe_finds_nothing_in_a_form_with_problems(browse: Open) -> None:
    page = browse(SALES)
    page.locator("#department").fill("x" * 300)
    page.locator("label[for=location-set]").click()
    page.get_by_role("button", name="Preview changes").click()
    page.wait_for_selector("#error-summary")
    check_views(page)


def to_the_end(page: Page, text: str) -> None:
    """Wait for a sentence; a page without script shows it when it is loaded again."""
    for _ in range(200):
        if page.get_by_text(text).count():
            return
        page.wait_for_timeout(100)
        page.reload()
    expect(page.get_by_text(text)).to_be_visible()


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without"])
def test_a_department_is_renamed_and_the_renaming_undone(
    browse: Open, small: SmallDirectory, script: bool
) -> None:
    page = browse("/?department=Sales", script=script)
    page.get_by_role("link", name="Rename department").click()
    field = page.get_by_label("New department")
    expect(field).to_have_value("Sales")
    expect(page.get_by_label("New location")).to_be_hidden()
    field.fill(f"Revenue {LONG}")
    page.get_by_role("button", name="Preview changes").click()
    to_the_end(page, "Nothing has changed yet. Check")
    if script:
        check_views(page)
        page.set_viewport_size({"width": 1280, "height": 800})
    page.get_by_role("button", name="Change 3 people").click()
    to_the_end(page, "Completed: 3 changed.")
    assert small.store.get("bo").department == f"Revenue {LONG}"
    page.get_by_role("link", name="Undo edit").click()
    page.get_by_role("button", name="Undo edit").click()
    to_the_end(page, "Edit undone: 3 people put back.")
    assert small.store.get("bo").department == "Sales"


def test_on_a_phone_the_edit_is_under_more(browse: Open) -> None:
    page = browse("/?department=Sales", width=390)
    expect(page.get_by_role("link", name="Rename department")).to_be_hidden()
    page.locator("#more summary").click()
    page.get_by_role("link", name="Edit these 3 people").click()
    expect(page.get_by_role("heading", name="Edit 3 people")).to_be_visible()
