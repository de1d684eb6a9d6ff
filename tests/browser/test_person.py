"""A person's page and form with script: copies, and a manager found while a name is typed."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.conftest import Open


def test_a_manager_is_found_while_a_name_is_typed(browse: Open) -> None:
    page = browse("/add")
    box = page.locator("#manager_name")
    box.press_sequentially("amara")
    found = page.locator("#manager-found label")
    expect(found).to_have_count(1)
    expect(page.locator("#manager-count")).to_have_text("1 found: choose one below")
    found.locator("input").check()
    expect(box).to_have_value("")
    box.press_sequentially("zzzzqq")
    expect(page.locator("#manager-count")).to_contain_text("Nobody else is found")
    expect(found.locator("input")).to_be_checked()
    page.locator("#full_name").fill("Ada Byron")
    page.locator("#job_title").fill("Analyst")
    page.locator("#location").fill("London")
    box.fill("")
    page.locator("#location").press("Enter")
    expect(page.locator(".person-manager")).to_contain_text("Amara Adeyemi-Lindqvist")


def test_an_email_address_is_copied(browse: Open) -> None:
    page = browse("/?q=amara")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.locator("#people .name").first.click()
    button = page.locator(".copy").first
    expect(button).to_have_accessible_name("Copy amara@example.com")
    button.click()
    expect(page.locator("#copied")).to_have_text("amara@example.com copied")
    assert page.evaluate("navigator.clipboard.readText()") == "amara@example.com"


def test_the_time_where_somebody_works_goes_on(browse: Open) -> None:
    page = browse("/")
    page.clock.install(time="2026-12-01T09:59:30Z")
    page.goto(page.url)
    page.locator("#people .name", has_text="Amara").click()
    page.locator("a:has-text('Edit')").click()
    page.locator("#time_zone").fill("Asia/Kolkata")
    page.locator("#time_zone").press("Enter")
    clock = page.locator(".clock")
    expect(clock).to_have_text("15:29 Tuesday")
    expect(page.locator(".clock-zone")).to_have_text("5½ hours ahead of you · GMT+5:30")
    page.clock.run_for(60_000)
    expect(clock).to_have_text("15:30 Tuesday")
