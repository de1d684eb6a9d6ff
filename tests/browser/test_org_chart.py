"""The org chart in a browser: branches open in place, by mouse and keyboard, and are in order."""

from __future__ import annotations

import pytest

from app.history.changes import Write
from app.model.employee import Employee
from tests.browser.conftest import Site
from tests.support.browser.axe import check_views
from tests.support.browser.pages import Open


@pytest.fixture(scope="module", autouse=True)
def line(site: Site) -> None:
    """Eve leads Bob and Mia; Bob leads Ana, who leads 25 people. Others make a line of eight."""
    for number in range(8):
        above = f"l{number - 1}" if number else ""
        site.small.store.add(
            Employee(id=f"l{number}", full_name=f"Level {number}", manager=above),
            Write(f"add-l{number}"),
        )
    for name, manager in (("eve", ""), ("bob", "eve"), ("mia", "eve"), ("ana", "bob")):
        person = Employee(id=name, full_name=name.title(), manager=manager, location="Lima")
        site.small.store.add(person, Write(f"add-{name}"))
    for number in range(25):
        person = Employee(id=f"p{number}", full_name=f"Person {number:02}", manager="ana")
        site.small.store.add(person, Write(f"add-p{number}"))


def test_a_branch_opens_and_closes_in_place(browse: Open) -> None:
    page = browse("/org/eve")
    team = page.get_by_role("button", name="1 report to Bob")
    team.click()
    page.wait_for_selector(".org-branch")
    assert page.locator("#org-status").inner_text() == "1 person reports to Bob, opened"
    page.get_by_role("button", name="25 reports to Ana").click()
    page.get_by_role("link", name="All 25 reports to Ana").wait_for()
    assert page.locator(".org-branch .org-branch .org-line").count() == 24
    team.click()
    assert page.locator(".org-branch").count() == 0
    assert team.get_attribute("aria-expanded") == "false"


def test_arrows_open_close_and_go_from_line_to_line(browse: Open) -> None:
    page = browse("/org/eve")
    page.get_by_role("link", name="Bob", exact=True).focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_selector(".org-branch")
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.textContent") == "Ana"
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowLeft")
    assert page.locator(".org-branch").count() == 0
    page.get_by_role("button", name="1 report to Bob").press(" ")
    page.wait_for_selector(".org-branch")


def test_a_branch_that_does_not_load_says_so_and_loads_again(browse: Open) -> None:
    page = browse("/org/eve")
    page.route("**/org/bob", lambda route: route.fulfill(status=503))
    team = page.get_by_role("button", name="1 report to Bob")
    team.click()
    page.wait_for_selector(".org-failed")
    assert page.locator("#org-status").inner_text() == "Not loaded. Try again"
    page.unroute("**/org/bob")
    page.get_by_role("button", name="Try again").click()
    page.wait_for_selector(".org-branch")
    assert page.locator(".org-failed").count() == 0
    assert page.evaluate("document.activeElement.className").endswith("org-team")


def test_back_returns_to_the_branches_that_were_open(browse: Open) -> None:
    page = browse("/org/eve")
    page.get_by_role("button", name="1 report to Bob").click()
    page.get_by_role("button", name="25 reports to Ana").click()
    page.get_by_role("link", name="Person 07").click()
    page.wait_for_url("**/employee/p7")
    page.go_back()
    page.get_by_role("link", name="Person 07").wait_for()
    assert page.url.endswith("/org/eve?open=bob&open=ana")
    page.reload()
    assert page.locator(".org-branch .org-branch .org-line").count() == 24
    picture = page.locator(".org-download").get_attribute("href")
    assert picture == "/org-svg/eve?open=bob&open=ana"
    page.get_by_role("button", name="1 report to Bob").click()
    assert page.url.endswith("/org/eve")
    page.keyboard.press("Home")
    page.keyboard.press("End")
    assert "Mia" in page.evaluate("document.activeElement.closest('.org-line').textContent")


def test_the_whole_sheet_is_in_print(browse: Open) -> None:
    page = browse("/org/eve?depth=2")
    page.evaluate("window.print = () => { document.title = 'printed' }")
    page.get_by_role("button", name="Print").click()
    assert page.title() == "printed"
    page.emulate_media(media="print")
    assert page.locator(".org-name:visible").all_inner_texts() == ["Bob", "Ana", "Mia"]
    assert not page.locator(".org-tools, .org-search, .org-profile").locator("visible=true").count()
    assert page.get_by_text("3 people in 2 levels are shown").is_visible()
    page.goto(page.url.replace("/org/eve?depth=2", "/org/l7"))
    shown = page.locator(".org-chain .org-name:visible").all_inner_texts()
    assert shown == [f"Level {number}" for number in range(7)]


def test_without_script_a_team_leads_to_its_chart(browse: Open) -> None:
    page = browse("/org/eve", script=False)
    page.get_by_role("link", name="1 report to Bob").click()
    assert page.url.endswith("/org/bob")


@pytest.mark.parametrize("address", ["/org/ana", "/org/eve?depth=2", "/org", "/org?q=person"])
def test_axe_finds_nothing(browse: Open, address: str) -> None:
    check_views(browse(address))
