"""The console and the doctor in a browser: axe, both themes, phone and desktop, live or plain."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.support.browser.axe import check_views
from tests.support.browser.pages import Open, opening
from tests.support.servers.live_app import app_in_thread
from tests.web.machine.test_console import Fleet, Small, beat, fleet_of

LOOKS = (
    *("/info", "/doctor", "/info?machine=i-0b71e04c9aa25d318"),
    *("/info/stress_cpu/300", "/info/stress_cpu/--help"),
)
SOON = 20_000  # the next reading is five seconds away, or more where the machine is busy
OTHER = "i-0b71e04c9aa25d318"


class Site:
    """The application, its fleet and its address."""

    def __init__(self, small: Small, fleet: Fleet, url: str) -> None:
        self.small, self.fleet, self.url = small, fleet, url


def fresh_fleet() -> list:
    now = time.time()
    return [
        beat(OTHER, cpu=78.0, load_since=now - 162, load_until=now + 138),
        beat("i-02a6d7f1e8c3b9045", seconds_ago=120),
        beat("i-04d2f8801c3be97a5", cpu=46.0),
        beat("i-09ce1127fb40a8d63", cpu=97.0),
        beat("i-0e58ab30d94f7c216", cpu=12.0, requests=0.0, up_since=now - 20),
    ]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    fleet = fleet_of(*fresh_fleet())
    small = Small(tmp_path_factory.mktemp("console"), fleet, PHOTOS_BUCKET="<BUCKET>")
    with app_in_thread(small.app) as url:
        yield Site(small, fleet, url)
    assert small.console.stress
    small.console.stress.stop()


@pytest.fixture
def browse(chromium: Browser, site: Site) -> Iterator[Open]:
    for each in fresh_fleet():
        site.fleet.beats[each.machine] = each
    with opening(chromium, site.url) as open_page:
        yield open_page


@pytest.mark.parametrize("address", LOOKS)
def test_axe_finds_nothing_and_no_page_scrolls_sideways(browse: Open, address: str) -> None:
    check_views(browse(address))


def test_the_console_reads_itself_again_and_keeps_the_keyboard_where_it_is(
    browse, site: Site
) -> None:
    page = browse("/info")
    assert not page.locator("#refresh").is_visible()
    row = page.locator(f'tr[data-machine="{OTHER}"]')
    expect(row).to_contain_text("78%", timeout=SOON)
    row.locator("a").focus()
    site.fleet.beats[OTHER] = beat(OTHER, seconds_ago=-20, cpu=31.0)
    expect(row).to_contain_text("31%", timeout=SOON)
    expect(row).to_contain_text("In service", timeout=SOON)
    assert page.evaluate("document.activeElement.textContent") == OTHER
    del site.fleet.beats["i-04d2f8801c3be97a5"]
    expect(page.locator('tr[data-machine="i-04d2f8801c3be97a5"]')).to_have_count(0, timeout=SOON)
    assert page.evaluate("document.activeElement.textContent") == OTHER
    expect(page.locator("#spoken")).to_be_empty(timeout=SOON)


def test_a_machine_that_falls_silent_is_told_aloud(browse, site: Site) -> None:
    page = browse("/info")
    site.fleet.beats[OTHER] = beat(OTHER, seconds_ago=60)
    expect(page.locator("#spoken")).to_have_text(f"{OTHER} is not responding.", timeout=SOON)


def test_pause_stops_the_reading_until_one_goes_on(browse, site: Site) -> None:
    page = browse("/info")
    page.click("#pause")
    expect(page.locator("#pause")).to_have_text("Resume", use_inner_text=True, timeout=SOON)
    site.fleet.beats[OTHER] = beat(OTHER, seconds_ago=-60, cpu=33.0)
    page.wait_for_timeout(6000)
    assert "33%" not in page.locator("#fleet-rows").inner_text()
    page.click("#pause")
    expect(page.locator("#fleet-rows")).to_contain_text("33%", timeout=SOON)


def test_a_load_is_started_watched_and_stopped_with_script(browse, site: Site) -> None:
    page = browse("/info")
    page.fill("#seconds", "120")
    page.click("text=Start load test")
    started = re.compile(r"Load test started on .+: 2 minutes, until")
    expect(page.locator(".flash-good")).to_contain_text(started, timeout=SOON)
    left = page.locator("#load-left")
    expect(left).to_have_text(re.compile(r"1:5\d"), timeout=SOON)
    before = left.inner_text()
    page.wait_for_timeout(2500)
    assert left.inner_text() < before, "it goes on between two readings"
    other = browse("/info")
    other.click("text=Stop load test")
    expect(other.locator(".flash-good")).to_contain_text("Load test stopped on", timeout=SOON)
    expect(page.locator("#spoken")).to_have_text("Load test stopped.", timeout=SOON)
    expect(page.locator("text=Start load test")).to_be_visible(timeout=SOON)
    assert site.small.console.load() is None


def test_the_doctor_is_asked_by_the_console(browse) -> None:
    page = browse("/info")
    expect(page.locator("#tally")).to_have_text(
        re.compile(r"1 failed, \d warnings?, \d+ OK"), timeout=SOON
    )
    page.click("text=Run health check")
    expect(page.locator("h1")).to_have_text("Health", timeout=SOON)
    expect(page.locator(".check").first).to_contain_text("PHOTOS_BUCKET still has", timeout=SOON)


def test_without_script_all_of_it_works(browse, site: Site) -> None:
    page = browse("/info", script=False)
    assert not page.locator("#pause").is_visible()
    page.click("#load >> text=1 minute")
    started = re.compile(r"Load test started on .+: 1 minute, until")
    expect(page.locator(".flash-good")).to_contain_text(started, timeout=SOON)
    page.click("text=Refresh")
    expect(page.locator("#load-left")).to_have_text(re.compile(r"0:\d\d|1:00"), timeout=SOON)
    page.goto("/info/stress_cpu/5")
    expect(page.locator("main")).to_contain_text(
        "A load test is already running, until", timeout=SOON
    )
    page.goto("/info")
    page.click("text=Stop load test")
    expect(page.locator(".flash-good")).to_contain_text("Load test stopped on", timeout=SOON)
    page.goto("/info/stress_cpu/60")
    page.click("text=Cancel")
    expect(page.locator("h1")).to_have_text("Console", timeout=SOON)
    page.goto("/doctor")
    page.click("text=Check again")
    expect(page.locator("h1")).to_have_text("Health", timeout=SOON)
    assert site.small.console.load() is None


def test_a_bar_is_as_long_as_its_number_and_striped_when_it_is_in_between(browse) -> None:
    page = browse("/info")
    bars = page.locator(".bar rect")
    drawn = [(each.get_attribute("width"), each.get_attribute("fill")) for each in bars.all()]
    assert ("78%", "url(#stripes)") in drawn
    assert ("97%", None) in drawn
    assert ("46%", None) in drawn


def test_one_click_selects_the_whole_command(browse, tmp_path: Path) -> None:
    page = browse("/doctor")
    command = page.locator(".command").first
    command.click()
    selected = page.evaluate("getSelection().toString()").strip()
    assert selected == command.inner_text().strip()
