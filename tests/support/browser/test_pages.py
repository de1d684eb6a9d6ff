"""A page knows nothing of the one before it, though both were shown by one process."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.support.browser.pages import opening
from tests.support.servers.live_app import app_in_thread

PAGE = b"<!doctype html><link rel=icon href='data:,'><title>Hello</title>"
CACHED = [("Content-Type", "text/html"), ("Cache-Control", "max-age=3600, immutable")]
KEPT = "[document.cookie, localStorage.length, sessionStorage.length, history.length, innerWidth]"


@pytest.fixture
def asked() -> list[str]:
    return []


@pytest.fixture
def url(asked: list[str]) -> Iterator[str]:
    def app(environ, start_response):
        asked.append(environ["PATH_INFO"])
        start_response("200 OK", CACHED)
        return [PAGE]

    with app_in_thread(app) as url:
        yield url


@pytest.mark.parametrize("at_once", [False, True], ids=["one after another", "two at once"])
def test_nothing_is_kept_for_the_next_page(
    chromium: Browser, url: str, asked: list[str], at_once: bool
) -> None:
    def leave_something(page) -> None:
        page.evaluate("document.cookie = 'a=b'; localStorage.c = sessionStorage.d = 'e'")
        page.goto("/two")

    with opening(chromium, url) as browse:
        page = browse("/", width=390, scheme="dark")
        before = page.evaluate(KEPT)
        leave_something(page)
        if at_once:
            assert browse("/", width=390).evaluate(KEPT) == before
    with opening(chromium, url) as browse:
        page = browse("/")
        assert page.evaluate(KEPT) == [*before[:-1], 1280]
        assert not page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
    assert asked.count("/") == 2 + at_once


def test_what_a_page_complains_of_fails_its_own_test(chromium: Browser, url: str) -> None:
    with pytest.raises(AssertionError, match="Oh no"), opening(chromium, url) as browse:
        browse("/").evaluate("console.error('Oh no')")
    with opening(chromium, url) as browse:
        browse("/")
