"""Everything works as plain pages: a browser without JavaScript."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Open, Site
from tests.support.pictures import picture


@pytest.fixture
def plain(browse: Open) -> Page:
    page = browse("/", script=False)
    assert not page.locator(".key-cap").is_visible()
    return page


def test_search_filter_letter_and_pages(plain: Page) -> None:
    plain.fill("#q", "amara")
    plain.keyboard.press("Enter")
    expect(plain.locator("#people .name")).to_have_text(["Amara Adeyemi-Lindqvist"])
    plain.goto("/")
    plain.click("summary:has-text('Badge')")
    plain.click(".menu-panel a:has-text('Bugfixer')")
    assert "badge=bug" in plain.url
    plain.click("#chips a:has-text('Clear all')")
    plain.click("#tabs a:text-is('A')")
    assert plain.url.endswith("/?letter=a")
    plain.goto("/")
    plain.click("a:has-text('Next')")
    expect(plain.locator("#pager p")).to_have_text("Page 2 of 3")
    plain.click("#switch a:has-text('Table')")
    expect(plain.locator("tbody tr")).to_have_count(24)
    expect(plain.locator("#pager p")).to_have_text("Page 2 of 3")


def test_add_mend_edit_and_delete_a_person(plain: Page, site: Site, tmp_path: Path) -> None:
    file = tmp_path / "face.jpg"
    file.write_bytes(picture().getvalue())
    plain.click("text=Add person")
    plain.fill("#full_name", "Grace Plain")
    plain.fill("#location", "Arlington")
    plain.check("#badge-bug")
    plain.click("text=Save person")
    expect(plain.locator("#job_title-error")).to_contain_text("Enter a job title")
    plain.fill("#job_title", "Admiral")
    plain.set_input_files("#photo", file)
    plain.click("text=Save person")
    expect(plain.locator(".flash")).to_contain_text("Saved Grace Plain.")
    assert plain.get_by_role("img", name="Portrait of Grace Plain").is_visible()
    plain.click(".person-actions a:has-text('Edit')")
    plain.check("#remove_photo")
    plain.fill("#about", "Two\nlines")
    plain.click("text=Save person")
    expect(plain.locator(".about")).to_have_text("Two\nlines", use_inner_text=True)
    plain.click(".person-menu summary")
    plain.click("a:has-text('Delete')")
    plain.get_by_label("Type").fill("Grace Plain")
    plain.get_by_role("button", name="Delete permanently").click()
    expect(plain.locator(".flash")).to_have_text("Deleted Grace Plain.")


def test_a_conflict_is_settled_with_radio_buttons(plain: Page, site: Site) -> None:
    plain.goto("/edit/amara")
    site.small.change("amara", job_title="Staff Engineer", department="Data")
    plain.fill("#job_title", "Chief Engineer")
    plain.click("text=Save person")
    expect(plain.locator("h1")).to_have_text("Someone saved this person before you")
    plain.check("#mine-job_title")
    plain.click("text=Save these choices")
    expect(plain.locator(".flash")).to_contain_text("Saved Amara Adeyemi-Lindqvist.")
    stored = site.small.store.get("amara")
    assert (stored.job_title, stored.department) == ("Chief Engineer", "Data")


def test_charts_are_used_by_keyboard_and_begin_at_the_newest_months(
    plain: Page, site: Site
) -> None:
    plain.set_viewport_size({"width": 390, "height": 800})
    plain.click(".account summary")
    plain.click(".account-narrow >> text=Insights")
    plain.wait_for_load_state()  # before its style sheets are there, nothing has its place
    newest = plain.locator(".chart-columns a").last
    assert newest.evaluate("it => it.getBoundingClientRect().right") <= 390
    bars = plain.locator(".insights-part .chart a")
    bars.first.focus()
    plain.keyboard.press("Tab")
    ring = bars.nth(1).locator(".chart-hit")
    assert ring.evaluate("it => getComputedStyle(it).strokeWidth") == "3px"
    words = bars.nth(1).locator("title").text_content() or ""
    plain.keyboard.press("Enter")
    people = words.partition(": ")[2].removesuffix("people").removesuffix("person")
    expect(plain.locator("#count")).to_contain_text(f"{people.strip()} ")
    expect(plain.locator("#chips .chip")).to_have_text(words.partition(": ")[0])
