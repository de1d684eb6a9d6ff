"""The directory with sample people, served to a browser."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from app.sample_people import load_samples
from tests.ground.live_app import app_in_thread
from tests.small_directory import AMARA, SmallDirectory

Open = Callable[..., Page]


@dataclass
class Site:
    """Where the directory is served, and what is behind it."""

    url: str
    small: SmallDirectory


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Sixty sample people and Amara, in memory; one for all tests of a file."""
    small = SmallDirectory(tmp_path_factory.mktemp("directory"))
    for _ in load_samples(small.directory, people=60, seed=1):
        pass
    small.put(AMARA)
    with app_in_thread(small.app) as url:
        yield Site(url, small)


@pytest.fixture
def browse(chromium: Browser, site: Site) -> Iterator[Open]:
    """`page = browse("/add", width=390, scheme="dark")`: its script errors fail the test."""
    contexts: list[BrowserContext] = []
    wrong: list[str] = []

    def open_page(
        address: str, width: int = 1280, scheme: str = "light", script: bool = True
    ) -> Page:
        contexts.append(
            chromium.new_context(
                base_url=site.url,
                viewport={"width": width, "height": 800},
                color_scheme=scheme,  # type: ignore[arg-type]
                java_script_enabled=script,
                reduced_motion="reduce",
            )
        )
        contexts[-1].set_default_timeout(10_000)
        page = contexts[-1].new_page()
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda line: _note(line.text, wrong))
        page.goto(address)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert wrong == []


def _note(words: str, wrong: list[str]) -> None:
    # A 404 or 422 is what the test asked for; a refusal by the content policy is not.
    if "the server responded with a status of" not in words:
        wrong.append(words)


def save_picture(page: Page, path: Path) -> None:
    """A picture of the whole page, as it would be printed on a wall."""
    page.screenshot(path=path, full_page=True, animations="disabled")
