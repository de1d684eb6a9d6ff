"""People are chosen while a name is typed, to report to somebody."""

from __future__ import annotations

from dataclasses import replace

import pytest
from playwright.sync_api import expect

from app.history.changes import Write
from app.model.employee import Employee
from tests.browser.conftest import Open, Site
from tests.support.browser.axe import check_views


@pytest.fixture(scope="module", autouse=True)
def team(site: Site) -> None:
    """Pat leads Kofi; Salma and Bo have no manager."""
    for name, manager in (("pat", ""), ("salma", ""), ("kofi", "pat"), ("bo", "")):
        person = Employee(id=f"x-{name}", full_name=f"{name.title()} Xu", location="Lima")
        manager = f"x-{manager}" if manager else ""
        site.small.store.add(replace(person, manager=manager), Write(f"add-{name}"))


def test_several_are_found_ticked_and_added_at_once(browse: Open) -> None:
    page = browse("/add-reports/x-salma")
    box, found = page.locator("#manager_name"), page.locator("#manager-found label")
    button = page.locator("#add-reports")
    expect(button).to_have_text("Add direct reports")
    for name in ("Kofi Xu", "Bo Xu", "Pat Xu"):
        box.press_sequentially(name.lower())
        found.filter(has_text=name).locator("[type=checkbox]").check()
        expect(box).to_have_value("")
        expect(box).to_be_focused()
    chosen = page.locator("#chosen-reports label")
    expect(chosen.first).to_contain_text("reports to Pat Xu now")
    chosen.filter(has=page.locator("bdi", has_text="Pat Xu")).locator("[type=checkbox]").uncheck()
    expect(button).to_have_text("Add 2 direct reports")
    check_views(page)
    button.click()
    expect(page.locator(".flash")).to_contain_text("Kofi Xu and Bo Xu report to Salma Xu now")
    expect(page.locator(".org-ledger .org-line")).to_have_count(2)


def test_a_manager_is_found_for_everybody_in_a_list(browse: Open) -> None:
    page = browse("/bulk-edit?location=Lima")
    page.locator("#manager-set").check()
    page.locator("#manager_name").press_sequentially("salma xu")
    page.locator("#manager-found label").filter(has_text="Salma Xu").locator("input").check()
    expect(page.locator("#manager-set")).to_be_checked()
    page.get_by_role("button", name="Preview changes").last.click()
    expect(page.locator("main")).to_contain_text("Manager → Salma Xu")
