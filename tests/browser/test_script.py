"""What the script makes quicker: search as you type, keys, previews, forms that are sent once."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.conftest import Open, Site
from tests.support.pictures import picture


def names(page: Page) -> list[str]:
    return page.locator("#people .name").all_inner_texts()


def test_the_list_follows_what_is_typed_and_the_address_with_it(browse: Open) -> None:
    page = browse("/?view=table")
    before = page.evaluate("history.length")
    page.locator("#q").press_sequentially("amara")
    expect(page.locator("#count")).to_have_text("1 person matches")
    assert names(page) == ["Amara Adeyemi-Lindqvist"]
    assert page.url.endswith("/?q=amara&view=table")
    assert page.evaluate("history.length") == before
    assert page.evaluate("document.activeElement.id") == "q"
    expect(page.locator("#switch a").first).to_have_attribute("href", "/?q=amara")
    page.keyboard.press("Escape")
    expect(page.locator("#count")).to_have_text("Showing 1–24 of 61")
    assert page.url.endswith("/?view=table")


def test_close_people_follow_what_is_typed_and_are_told(browse: Open) -> None:
    page = browse("/")
    page.locator("#q").press_sequentially("adyemi")
    expect(page.locator("#count")).to_have_text("No one matches, but 1 person has a similar name")
    expect(page.locator("#people .reason")).to_have_text("Similar: Adeyemi for Adyemi")
    assert names(page) == ["Amara Adeyemi-Lindqvist"]


def test_what_was_searched_before_is_sent_again_only_if_it_changed(
    browse: Open, site: Site
) -> None:
    page = browse("/?q=amara")

    def search_for(words: str) -> int:
        with page.expect_response(re.compile(f"q={words}$")) as answer:
            page.locator("#q").fill(words)
        expect(page.locator("#people")).to_contain_text("Amara" if words == "amara" else "No one")
        return answer.value.status

    assert [search_for(words) for words in ("zebra", "amara", "zebra", "amara")] == [
        *(200, 200, 304, 304)
    ]
    search_for("zebra")
    was = site.small.store.get("amara").job_title
    site.small.change("amara", job_title="Astronomer")
    try:
        assert search_for("amara") == 200
        expect(page.locator("#people")).to_contain_text("Astronomer")
    finally:
        site.small.change("amara", job_title=was)


def test_an_answer_that_comes_late_is_dropped(browse: Open) -> None:
    page = browse("/")
    late = []
    page.route(re.compile(r"q=ama$"), lambda route: late.append(route))
    with page.expect_request(re.compile(r"q=ama$")):
        page.locator("#q").fill("ama")
    page.locator("#q").fill("zebra")
    expect(page.locator("#people")).to_contain_text("No one matches")
    assert len(late) == 1
    assert page.url.endswith("q=zebra")
    page.wait_for_timeout(300)
    assert page.url.endswith("q=zebra")


def test_a_store_that_fails_while_typing_shows_its_own_page(browse: Open, site: Site) -> None:
    page = browse("/")
    site.small.store.silent = True
    try:
        page.locator("#q").fill("ama")
        expect(page.locator("h1")).to_have_text("The directory is temporarily unavailable")
    finally:
        site.small.store.silent = False


def test_the_slash_goes_to_the_search_but_not_out_of_a_field(browse: Open) -> None:
    page = browse("/?q=ama")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "q"
    assert page.evaluate("getSelection().toString()") == "ama"
    page.keyboard.press("/")
    expect(page.locator("#q")).to_have_value("/")
    page.locator("summary").first.focus()
    page.keyboard.press("/")
    page.wait_for_timeout(500)
    assert page.evaluate("document.activeElement.tagName") == "SUMMARY"


def test_arrow_down_goes_to_the_first_person_and_enter_opens_them(browse: Open) -> None:
    page = browse("/?q=amara")
    page.locator("#q").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Amara Adeyemi-Lindqvist")


def test_a_menu_closes_when_a_file_was_chosen_in_it(browse: Open) -> None:
    page = browse("/?q=amara")
    page.locator("#more summary").click()
    with page.expect_download():
        page.get_by_role("link", name="JSON Lines").click()
    expect(page.locator("#more details")).not_to_have_attribute("open", "")
    assert page.evaluate("document.activeElement.ariaLabel") == "More"


def test_paper_says_what_was_searched_and_filtered(browse: Open) -> None:
    page = browse("/?q=a&location=London")
    page.emulate_media(media="print")
    expect(page.locator("#q")).to_be_visible()
    expect(page.get_by_role("link", name="Remove filter London")).to_be_visible()
    expect(page.locator("#menus")).to_be_hidden()
    page.goto(page.url.partition("?")[0])
    expect(page.locator("#q")).to_be_hidden()


def test_an_import_can_be_begun_on_a_phone(browse: Open) -> None:
    page = browse("/")
    page.set_viewport_size({"width": 390, "height": 800})
    page.locator("#more summary").click()
    page.get_by_role("link", name="Import").click()
    expect(page.locator("h1")).to_have_text("Import people")


def test_a_table_fits_a_sheet_of_paper(browse: Open) -> None:
    page = browse("/?view=table")
    page.set_viewport_size({"width": 718, "height": 1000})  # A4 within its usual margins
    page.emulate_media(media="print")
    assert page.evaluate("document.querySelector('.people-table').scrollWidth") <= 718


def test_paper_is_light_where_the_screen_is_dark(browse: Open) -> None:
    page = browse("/?view=table")
    page.emulate_media(media="print", color_scheme="dark")
    mail = page.locator("a[href^='mailto:']").first
    expect(mail).to_have_css("color", "rgb(11, 95, 76)")


def test_escape_closes_a_menu_and_gives_the_focus_back(browse: Open) -> None:
    page = browse("/")
    page.locator("summary:has-text('Badge')").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.locator("details[open] .menu-panel :focus").count() == 1
    page.keyboard.press("Escape")
    assert page.locator("details[open]").count() == 0
    assert page.locator("summary:focus").inner_text() == "Badge"
    page.click("summary:has-text('Location')")
    page.click("summary:has-text('Job title')")
    assert page.locator("details[open] summary").inner_text() == "Job title"
    page.locator("#count").click()
    assert page.locator("details[open]").count() == 0


def test_the_whole_cell_opens_the_person_and_its_badges_too(browse: Open) -> None:
    page = browse("/?q=amara")
    box = page.locator(".cell").bounding_box()
    assert box
    page.mouse.click(box["x"] + box["width"] - 5, box["y"] + box["height"] - 5)
    expect(page.locator("h1")).to_have_text("Amara Adeyemi-Lindqvist")
    page.go_back()
    page.locator(".cell .badge-slot").first.click()
    expect(page.locator("h1")).to_have_text("Amara Adeyemi-Lindqvist")


def test_a_chosen_photo_is_shown_before_it_is_saved(browse: Open, tmp_path: Path) -> None:
    file = tmp_path / "face.jpg"
    file.write_bytes(picture().getvalue())
    page = browse("/edit/amara")
    page.set_input_files("#photo", file)
    shown = page.locator("#photo-preview img")
    expect(shown).to_have_attribute("src", re.compile("^blob:"))
    assert page.evaluate("document.querySelector('#photo-preview img').decode().then(() => true)")
    page.set_input_files("#photo", [])
    assert shown.count() == 0


def test_counts_of_badges_and_characters_follow(browse: Open) -> None:
    page = browse("/add")
    page.locator("#badge-bug").check()
    page.locator("#badge-linux").check()
    expect(page.locator("#badge-count")).to_have_text("2 of 12 chosen")
    page.fill("#about", "Zoë 👩")
    expect(page.locator("#about-count")).to_have_text("5 of 2,000 characters")


def test_a_form_pressed_twice_is_sent_once(browse: Open, site: Site) -> None:
    page = browse("/add")
    sent = []
    page.on("request", lambda asked: sent.append(asked) if asked.method == "POST" else None)
    page.fill("#full_name", "Pressed Twice")
    page.fill("#job_title", "A")
    page.fill("#location", "L")
    page.locator("text=Save person").dblclick()
    expect(page.locator(".flash")).to_contain_text("Saved Pressed Twice.")
    assert len(sent) == 1


def test_mistakes_take_the_focus_and_lead_to_their_fields(browse: Open) -> None:
    page = browse("/add")
    page.click("text=Save person")
    assert page.locator("#error-summary:focus").count() == 1
    assert page.title().startswith("Error:")
    page.click("#error-summary a >> text=Location")
    assert page.evaluate("document.activeElement.id") == "location"


def test_a_focused_field_is_never_under_the_save_bar(browse: Open) -> None:
    page = browse("/add", width=390)
    page.locator("#full_name").focus()
    for _ in range(26):
        page.keyboard.press("Tab")
        hidden = page.evaluate(
            """() => {
              const at = document.activeElement.getBoundingClientRect();
              const bar = document.querySelector('.save-bar');
              return !bar.contains(document.activeElement)
                && at.top >= bar.getBoundingClientRect().top;
            }"""
        )
        assert not hidden, page.evaluate("document.activeElement.id")


def test_a_photo_that_is_missing_uncovers_the_initials(browse: Open, site: Site) -> None:
    site.small.change("amara", phone="112")
    person = site.small.store.people["amara"]
    from dataclasses import replace

    site.small.store.people["amara"] = replace(
        person, photo_key="employee_pic/" + "f" * 32 + ".jpg"
    )
    try:
        page = browse("/employee/amara")
        expect(page.locator(".face-large img")).to_be_hidden()
        assert page.locator(".face-large").inner_text() == "AA"
    finally:
        site.small.store.people["amara"] = person


def test_no_other_host_is_asked_for_anything(browse: Open, site: Site) -> None:
    page = browse("/healthz")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    for address in ("/", "/employee/amara", "/add", "/info"):
        page.goto(address)
    assert len(asked) > 10
    assert [url for url in asked if not url.startswith(site.url)] == []
