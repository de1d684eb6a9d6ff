"""The list at every width: no text lies over another, and telephones show people at once."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Open, Site

WIDTHS = (320, 390, 640, 700, 768, 820, 880, 1000, 1024, 1100, 1280, 1920)
LONG = "Transoceanic Communications and Reliability Engineering"
FILTERS = (
    "",
    "?location=London",
    f"?location=London&department={LONG}",
    f"?location=London&department={LONG}&job_title={LONG}",
    f"?location=London&department={LONG}&job_title={LONG}&badge=video-camera&q=eng",
)
# Compares the boxes of all lines of text that are seen, pair by pair.
OVERLAPS = """() => {
  const lines = [];
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const text = texts.currentNode;
    if (!text.data.trim() || !text.parentElement.checkVisibility()) continue;
    if (text.parentElement.closest(".visually-hidden, .skip")) continue;
    if (getComputedStyle(text.parentElement).clipPath !== "none") continue;
    const range = document.createRange();
    range.selectNodeContents(text);
    for (const box of range.getClientRects()) lines.push({ words: text.data.trim(), text, box });
  }
  const found = [];
  for (const [at, one] of lines.entries()) {
    for (const other of lines.slice(at + 1)) {
      if (one.text === other.text) continue;
      const [a, b] = [one.box, other.box];
      const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left);
      const high = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
      if (wide > 1 && high > 4) found.push(`${one.words} / ${other.words}`);
    }
  }
  return found;
}"""


@pytest.mark.parametrize("filters", FILTERS, ids=range(len(FILTERS)))
@pytest.mark.parametrize("view", ["cards", "table"])
def test_no_text_lies_over_another(browse: Open, filters: str, view: str) -> None:
    page = browse(f"/{filters}{'&' if filters else '?'}view={view}")
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate(OVERLAPS) == [], width
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_look_for_overlaps_finds_one(browse: Open) -> None:
    page = browse("/?location=London")
    page.locator(".count").evaluate("it => { it.style.marginInlineEnd = '-60px'; }")
    assert page.evaluate(OVERLAPS) != []


def top_of(page: Page, selector: str) -> float:
    top: float = page.locator(selector).first.evaluate("it => it.getBoundingClientRect().top")
    return top


def test_on_a_telephone_the_first_face_is_near_the_top(browse: Open) -> None:
    page = browse("/", width=390)
    line = page.locator(".access-line").bounding_box()
    assert line
    highest = 195 + line["height"]  # which only a directory has that is open to all
    assert line["height"] <= 28
    assert top_of(page, "#people .face") <= highest
    page.goto(f"{page.url}?q=eng&location=London")
    assert top_of(page, "#people .face") <= highest
    expect(page.locator("#tabs")).to_be_hidden()
    expect(page.locator("#count")).to_be_visible()


def test_a_telephone_calls_and_writes_from_the_list(browse: Open, site: Site) -> None:
    page = browse("/?q=amara", width=390)
    person = page.locator(".cell", has_text="Amara Adeyemi-Lindqvist")
    call = person.get_by_role("link", name="Call Amara Adeyemi-Lindqvist")
    assert (call.get_attribute("href") or "").startswith("tel:+")
    box = call.bounding_box()
    assert box
    assert min(box["width"], box["height"]) >= 44
    # The link to the person does not lie over it.
    assert call.evaluate(
        """it => {
          const box = it.getBoundingClientRect();
          const there = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
          return it.contains(there);
        }"""
    )
    expect(person.get_by_role("link", name="Email Amara Adeyemi-Lindqvist")).to_be_visible()
    page.set_viewport_size({"width": 1280, "height": 900})
    expect(call).to_be_hidden()


def test_filters_of_a_telephone_open_and_close_without_script(browse: Open) -> None:
    page = browse("/", width=390, script=False)
    expect(page.locator("#menus")).to_be_hidden()
    page.click("text=Filters")
    expect(page.locator("#menus")).to_be_visible()
    page.get_by_label("Close filters").click()
    expect(page.locator("#menus")).to_be_hidden()


def test_filters_of_a_telephone_stay_open_until_all_are_chosen(browse: Open) -> None:
    page = browse("/", width=390)
    page.click("text=Filters")
    page.locator("#menu-location summary").click()
    page.locator("#menu-location a", has_text="London").click()
    page.locator("#menu-location a", has_text="Paris").click()
    expect(page.locator("#menu-location a[aria-current]")).to_have_count(2)
    done = page.locator(".menus-done a")
    words = done.inner_text()
    done.click()
    expect(page.locator("#menus")).to_be_hidden()
    number = words.removeprefix("Show ").partition(" ")[0]
    expect(page.locator("#count")).to_contain_text(number)
    expect(page.locator("#people .cell")).to_have_count(int(number))
