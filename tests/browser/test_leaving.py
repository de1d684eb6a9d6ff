"""Leaving in a browser, with script and without: the last day, leavers, restoring, deleting."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from app.access.viewer import Role
from app.directory.leavers import Leavers
from app.model.employee import Employee
from tests.support.browser.axe import check, check_views
from tests.support.browser.pages import Open, opening
from tests.support.servers.live_app import app_in_thread
from tests.support.small_directory import AMARA, SmallDirectory
from tests.support.viewers import OPERATOR, request_as, viewer

SOON = (date.today() + timedelta(days=3)).isoformat()
LONG = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamter"
LEAVERS = {
    "rangi": ("Rangi Ngata", "Senior Payroll Specialist", "Copenhagen", SOON),
    "gonzalo": (
        "Gonzalo Aguirre Ordóñez",
        "Junior Systems Administrator",
        "Istanbul",
        "2026-11-13",
    ),
    "asa": ("Åsa Hägglund", "Product Designer", "Taipei", "2026-10-31"),
    "naoko": ("Naoko Abe 阿部直子", "Recruiter", "Seattle", "2026-09-30"),
    "bjorn": ("Björn Andersson", "Logistics Planner", "Oslo", "2026-09-30"),
    "long": (LONG, LONG, "Llanfairpwllgwyngyll", "2025-07-31"),
}


@pytest.fixture
def small(tmp_path_factory: pytest.TempPathFactory) -> SmallDirectory:
    """A directory of which some left, and one leaves in three days."""
    small = SmallDirectory(tmp_path_factory.mktemp("leaving"), ACCESS="")
    small.put(AMARA)
    leavers: Leavers = small.app.extensions["leavers"]
    for key, (name, title, place, day) in LEAVERS.items():
        small.put(Employee(id=key, full_name=name, job_title=title, location=place,
                           department="Engineering", email=f"{key}@example.com"))  # fmt: skip
        leavers.mark_as_left(OPERATOR, key, day, "", f"left-{key}")
    request_as(small.app, replace(viewer(Role.ADMIN), email="ana@example.com"))
    return small


@pytest.fixture
def browse(chromium: Browser, small: SmallDirectory) -> Iterator[Open]:
    with app_in_thread(small.app) as url, opening(chromium, url) as open_page:
        yield open_page


PAGES = (
    *("/leave/amara", "/leave/rangi", "/leave/asa", "/restore/asa", "/delete/amara", "/delete/asa"),
    *("/leavers", "/leavers?year=2019", "/leavers?q=naoko", "/employee/asa", "/employee/rangi"),
)


@pytest.mark.parametrize("address", PAGES)
def test_axe_finds_nothing(browse: Open, address: str) -> None:
    check_views(browse(address))


def mark_as_left(page: Page) -> None:
    page.locator(".person-menu summary").click()
    page.get_by_role("link", name="Mark as left").click()
    page.get_by_role("button", name="Mark as left").click()


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without"])
def test_somebody_leaves_and_is_restored_by_the_message(
    chromium: Browser, small: SmallDirectory, script: bool
) -> None:
    with app_in_thread(small.app) as url, opening(chromium, url) as browse:
        page = browse("/employee/amara", script=script)
        mark_as_left(page)
        expect(page.locator(".flash").first).to_contain_text(
            "Marked Amara Adeyemi-Lindqvist as left"
        )
        expect(page.locator(".person-left")).to_contain_text("No longer in the directory")
        page.get_by_role("link", name="Undo").click()
        page.get_by_role("button", name="Restore").click()
        expect(page.locator(".flash")).to_contain_text("Restored Amara")
        expect(page.locator(".person-left")).to_have_count(0)
        assert small.store.get("amara").left_on == ""


def test_another_day_is_asked_for_where_it_is_chosen(browse: Open, small: SmallDirectory) -> None:
    page = browse("/leave/amara")
    day = page.get_by_label("Last day", exact=True)
    expect(day).to_be_hidden()
    page.get_by_label("Another day").check()
    expect(day).to_be_visible()
    page.get_by_role("button", name="Mark as left").click()
    expect(page.locator(".field-error")).to_contain_text("Enter the last day")
    check(page)
    page.get_by_label("Last day", exact=True).fill(SOON)
    page.get_by_role("button", name="Mark as left").click()
    expect(page.locator(".last-day-tag")).to_contain_text("Last day")
    assert small.store.get("amara").left_on == SOON


def test_a_leaver_is_restored_from_the_list(browse: Open, small: SmallDirectory) -> None:
    page = browse("/leavers")
    expect(page.locator(".leavers-count")).to_have_text("5 leavers, 1 upcoming")
    expect(page.locator("tbody tr").first).to_contain_text("In 3 days")
    page.get_by_role("button", name="Restore Åsa Hägglund").click()
    expect(page.locator(".flash")).to_contain_text("Restored Åsa Hägglund")
    assert small.store.get("asa").left_on == ""


def test_a_name_is_typed_to_delete(browse: Open, small: SmallDirectory) -> None:
    page = browse("/delete/amara")
    page.get_by_label("Type").fill("Amara")
    page.get_by_role("button", name="Delete permanently").click()
    expect(page.locator(".field-error")).to_contain_text("Type the name")
    check(page)
    page.get_by_label("Type").fill("amara adeyemi-lindqvist")
    page.get_by_role("button", name="Delete permanently").click()
    expect(page.locator(".flash")).to_contain_text("Deleted Amara")
    assert not small.is_there("amara")


@pytest.mark.parametrize("address", PAGES)
def test_no_page_scrolls_sideways(browse: Open, address: str) -> None:
    page = browse(address)
    for width in (320, 390, 820, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= width, width


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without"])
def test_the_reports_move_to_whom_a_name_finds(
    chromium: Browser, small: SmallDirectory, script: bool
) -> None:
    for key, name, manager in (("kim", "Kim Boss", ""), ("al", "Al One", "amara"),
                               ("bo", "Bo Two", "amara")):  # fmt: skip
        small.put(replace(AMARA, id=key, full_name=name, email=f"{key}@x.com", manager=manager))
    with app_in_thread(small.app) as url, opening(chromium, url) as browse:
        page = browse("/leave/amara", script=script)
        page.get_by_label("Move all 2 to someone else").check()
        page.get_by_label("Find by name or email").fill("Kim")
        if not script:
            page.get_by_role("button", name="Find").click()
        page.get_by_label("Kim Boss").check()
        if script:
            check(page)
        page.get_by_role("button", name="Mark as left").click()
        told = "2 direct reports now report to Kim Boss."
        expect(page.locator(".flash").first).to_contain_text(told)
        assert small.store.get("al").manager == "kim"
        page.get_by_role("link", name="Undo").click()
        expect(page.get_by_role("checkbox")).to_be_checked()
        if script:
            check(page)
        page.get_by_role("button", name="Restore").click()
        expect(page.locator(".flash").first).to_contain_text("2 direct reports are back.")
        assert small.store.get("al").manager == "amara"
