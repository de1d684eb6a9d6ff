"""The columns of a file are matched to fields in a browser, on every width and without script."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Open, Site

FILE = (
    "Full name;Job title;Cost Center;T-Shirt\n"
    "Ada Lovelace;Analyst;4410;S\n"
    f"{'Bo' * 60};Clerk;5200;M\n"
)
WIDTHS = (320, 390, 640, 820, 1280)


def upload(page: Page, folder: Path, *, complete: bool = False) -> None:
    file = folder / "staff.csv"
    file.write_text(FILE)
    page.goto("/import")
    page.set_input_files("#file", file)
    if complete:
        page.check("#is-complete")
    page.click("text=Preview import")


def wait_for_preview(page: Page) -> None:
    """Without script, as a person does: by Refresh."""
    for _ in range(200):
        if not page.locator("#refresh").count():
            return
        page.wait_for_timeout(100)
        page.reload()
    raise AssertionError("the file was not read")


@pytest.mark.parametrize("width", [390, 1280])
def test_columns_are_changed_and_the_file_is_read_again(
    browse: Open, site: Site, tmp_path: Path, width: int
) -> None:
    page = browse("/", width=width, script=False)
    upload(page, tmp_path, complete=True)
    wait_for_preview(page)
    expect(page.locator("#missing")).to_contain_text("No column has the location")
    expect(page.locator("#absent")).to_contain_text("61 of your people are not in this file")
    department = page.get_by_label("Field of Cost Center")
    assert department.is_visible()
    department.select_option("Department")
    page.get_by_label("Location", exact=True).fill("Remote")
    page.uncheck("#remember")
    page.click("text=Read the file again")
    wait_for_preview(page)
    expect(page.get_by_label("Field of Cost Center")).to_have_value("department")
    expect(page.locator(".tab-added strong")).to_have_text("2")
    expect(page.locator("#ignored")).to_contain_text("1 of 4 columns is ignored: T-Shirt.")
    page.click("text=Discard")
    expect(page.locator(".flash")).to_contain_text("Nobody was changed")


def test_whoever_marks_many_as_left_confirms_it_on_the_panel(browse: Open, tmp_path: Path) -> None:
    page = browse("/", width=390, script=False)
    upload(page, tmp_path, complete=True)
    wait_for_preview(page)
    expect(page.get_by_label("Last day, if they left")).to_be_hidden()
    page.get_by_text("Mark them as left").click()
    page.get_by_label("Last day, if they left").fill("2026-01-31")
    expect(page.get_by_label("Yes, mark 61 of 61 people as left (100 %)")).to_be_visible()
    page.locator("#import-go button").click()
    expect(page.locator(".flash").first).to_contain_text("This would mark 61 of 61 people as left")
    expect(page.get_by_label("Last day, if they left")).to_have_value("2026-01-31")
    page.click("text=Discard")
    expect(page.locator(".flash")).to_contain_text("Nobody was changed")


def test_the_script_shows_the_preview_by_itself(browse: Open, tmp_path: Path) -> None:
    page = browse("/")
    upload(page, tmp_path)
    expect(page.get_by_label("Field of T-Shirt")).to_be_visible(timeout=30_000)
    page.click("text=Discard")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_width_cuts_the_columns_or_scrolls_sideways(
    browse: Open, tmp_path: Path, scheme: str
) -> None:
    page = browse("/", scheme=scheme, script=False)
    upload(page, tmp_path)
    wait_for_preview(page)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        beyond = page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        assert beyond <= 0, width
        for select in page.locator("select").all():
            box = select.bounding_box()
            assert box is not None
            assert 0 <= box["x"] <= box["x"] + box["width"] <= width
            assert box["height"] >= (44 if width < 640 else 24)
    page.click("text=Discard")
