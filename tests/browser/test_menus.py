"""The menus of the list in a browser: several values at once, and the box that narrows them."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect

from app.model.employee import Employee
from tests.browser.conftest import Open, Site
from tests.support.viewers import OPERATOR


def opened(page: Page, name: str) -> Locator:
    """The panel of a menu, which is opened."""
    page.locator(f"#menu-{name} > summary").click()
    panel = page.locator(f"#menu-{name} .menu-panel")
    expect(panel).to_be_visible()
    return panel


def shown(panel: Locator) -> list[str]:
    """The values that a menu shows, without their numbers."""
    return panel.locator("a > span:first-of-type").all_inner_texts()


def test_several_values_are_chosen_while_the_menu_stays_open(browse: Open) -> None:
    page = browse("/")
    panel = opened(page, "location")
    first, second = shown(panel)[:2]
    panel.get_by_role("link", name=first).click()
    expect(page.locator("#chips .chip")).to_have_text([first])
    panel.get_by_role("link", name=second).click()
    expect(page.locator("#chips .chip")).to_have_text([first, second])
    expect(panel).to_be_visible()
    assert page.url.count("location=") == 2
    assert page.locator("form.search input[type=hidden]").count() == 2
    page.go_back()
    expect(page.locator("#chips .chip")).to_have_text([first])
    page.locator("#chips .chip").click()
    expect(page.locator("#count")).to_have_text("Showing 1–24 of 61")


def test_a_search_keeps_the_values_that_were_chosen(browse: Open) -> None:
    page = browse("/")
    panel = opened(page, "location")
    name = shown(panel)[0]
    panel.get_by_role("link", name=name).click()
    expect(page.locator("#chips .chip")).to_have_text([name])
    page.locator("#q").fill("zebra")
    expect(page.locator("#count")).to_contain_text("No one matches")
    assert "location=" in page.url


def test_a_box_narrows_a_menu_that_shows_all_of_its_values(browse: Open) -> None:
    page = browse("/")
    panel = opened(page, "job_title")
    everything = shown(panel)
    box = panel.get_by_role("searchbox", name="Find in job title")
    expect(box).to_be_focused()
    box.press_sequentially("ÉNG")
    expect(panel.locator("a").first).to_contain_text("ng")
    assert shown(panel) == [value for value in everything if "eng" in value.lower()]
    box.fill("zzzz")
    expect(panel.get_by_role("status")).to_have_text("No value like this")
    box.press("Escape")
    expect(box).to_have_value("")
    assert shown(panel) == everything
    box.press("ArrowDown")
    expect(panel.locator("a").first).to_be_focused()


def test_a_menu_of_few_values_has_no_box(browse: Open) -> None:
    page = browse("/?q=amara")
    assert opened(page, "location").get_by_role("searchbox").count() == 0


def test_the_box_finds_values_that_the_menu_has_no_room_for(browse: Open, site: Site) -> None:
    for number in range(80):
        person = Employee(id=f"far-{number}", full_name="Zoe Far", location=f"Far away {number:02}")
        site.small.put(person)
    try:
        page = browse("/")
        panel = opened(page, "location")
        assert len(shown(panel)) == 60
        assert "Far away 79" not in shown(panel)
        box = panel.get_by_role("searchbox", name="Find in location")
        box.fill("away 79")
        expect(panel.locator("a")).to_have_count(1)
        box.press("Enter")
        expect(page.locator("#chips .chip")).to_have_text(["Far away 79"])
        expect(page.locator("#count")).to_have_text("1 person matches")
    finally:
        for number in range(80):
            site.small.directory.delete(OPERATOR, f"far-{number}", None, f"form-{number}")


def test_without_the_script_a_value_is_a_link_and_the_menu_is_whole(
    browse: Open, site: Site
) -> None:
    page = browse("/", script=False)
    panel = opened(page, "location")
    assert panel.get_by_role("searchbox").count() == 0
    name = shown(panel)[0]
    panel.get_by_role("link", name=name).click()
    assert page.locator("#chips .chip").all_inner_texts() == [name]
