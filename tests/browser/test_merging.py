"""Two records are merged in a browser, and come apart again; axe finds nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from playwright.sync_api import Browser, expect

from app.access.viewer import Role
from tests.support.browser.axe import check, check_views
from tests.support.browser.pages import Open, opening
from tests.support.servers.live_app import app_in_thread
from tests.support.small_directory import AMARA, SmallDirectory
from tests.support.viewers import request_as, viewer

TWIN = replace(AMARA, id="twin", email="a.adeyemi@example.com", mobile="+254 711 555 018")


@pytest.fixture
def small(tmp_path_factory: pytest.TempPathFactory) -> SmallDirectory:
    small = SmallDirectory(tmp_path_factory.mktemp("merging"), ACCESS="")
    for person in (AMARA, TWIN):
        small.put(person)
    request_as(small.app, replace(viewer(Role.EDITOR), email="ana@example.com"))
    return small


@pytest.fixture
def browse(chromium: Browser, small: SmallDirectory) -> Iterator[Open]:
    with app_in_thread(small.app) as url, opening(chromium, url) as open_page:
        yield open_page


@pytest.mark.parametrize(
    "address", ["/merge/amara", "/merge/amara?q=nobody", "/merge/amara?with=twin"]
)
def test_axe_finds_nothing(browse: Open, address: str) -> None:
    check_views(browse(address))


def test_records_are_merged_and_taken_apart(browse: Open, small: SmallDirectory) -> None:
    page = browse("/employee/amara")
    page.locator(".person-menu summary").click()
    page.get_by_role("link", name="Merge Amara").click()
    page.get_by_role("link", name="Compare with Amara").click()
    page.get_by_role("group", name="Email").get_by_label(TWIN.email).check()
    page.get_by_role("button", name="Merge").click()
    expect(page.get_by_text("Merged two records of Amara")).to_be_visible()
    assert small.store.get("amara").email == TWIN.email
    page.get_by_role("link", name="Undo").click()
    expect(page.get_by_role("cell", name=TWIN.email)).to_be_visible()
    check(page)
    page.get_by_role("button", name="Take it back").click()
    expect(page.get_by_role("heading", name="Amara", level=1)).to_be_visible()
    assert small.store.get("amara").same_content(AMARA)
    assert small.store.get("twin").left_on == ""
