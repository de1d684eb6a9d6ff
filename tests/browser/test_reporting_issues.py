"""Reporting-line issues in a browser: readable at every width, and mended from there."""

from __future__ import annotations

from dataclasses import replace

import pytest
from playwright.sync_api import expect

from app.model.employee import Employee
from tests.browser.conftest import Open, Site
from tests.support.browser.axe import check_views
from tests.support.days import PAST_DAY


@pytest.fixture(scope="module", autouse=True)
def team(site: Site) -> None:
    """Some have what another program may have written."""
    managers = {"pat": "", "rae": "pat", "cyd": "Bob Smith", "ada": "bea", "bea": "ada", "my": "my"}
    for name, manager in managers.items():
        prefixed = f"y-{manager}" if manager in managers else manager
        person = Employee(id=f"y-{name}", full_name=f"{name.title()} Yu", manager=prefixed)
        left_on = PAST_DAY if name == "pat" else ""
        site.small.store.people[person.id] = replace(person, left_on=left_on, version=1)


def test_an_issue_is_read_and_mended(browse: Open) -> None:
    page = browse("/org/issues")
    check_views(page)
    page.get_by_role("link", name="Unknown manager").click()
    line = page.locator(".issue").filter(has_text="Cyd Yu")
    expect(line).to_contain_text("Stored as manager: “Bob Smith”")
    line.get_by_role("link", name="Change manager of Cyd Yu").click()
    expect(page.locator("#manager")).to_be_in_viewport()
    page.get_by_label("Nobody").check()
    page.get_by_role("button", name="Save person").first.click()
    page.goto(page.url.partition("/employee")[0] + "/org/issues?kind=unknown")
    expect(page.get_by_text("Cyd Yu")).to_have_count(0)
