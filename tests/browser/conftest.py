"""The directory with sample people, served to a browser."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from app.samples.loading import load_samples
from tests.support.browser.pages import Open, opening
from tests.support.servers.live_app import app_in_thread
from tests.support.small_directory import AMARA, SmallDirectory
from tests.support.viewers import OPERATOR


@dataclass
class Site:
    """Where the directory is served, and what is behind it."""

    url: str
    small: SmallDirectory


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Sixty sample people and Amara, in memory; one for all tests of a file."""
    small = SmallDirectory(tmp_path_factory.mktemp("directory"))
    for _ in load_samples(small.directory, OPERATOR, people=60, seed=1):
        pass
    small.put(AMARA)
    with app_in_thread(small.app) as url:
        yield Site(url, small)


@pytest.fixture
def browse(chromium: Browser, site: Site) -> Iterator[Open]:
    """`page = browse("/add", width=390, scheme="dark")`; see pages.opening."""
    with opening(chromium, site.url) as open_page:
        yield open_page


def save_picture(page: Page, path: Path) -> None:
    """A picture of the whole page, as it would be printed on a wall."""
    page.screenshot(path=path, full_page=True, animations="disabled")
