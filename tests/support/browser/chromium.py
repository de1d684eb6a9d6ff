"""Debian's Chromium, or any that is on the PATH, driven by Playwright; it asks no other host."""

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, sync_playwright

from tests.support.needs import find

QUIET = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
    "--no-sandbox",
    # All pages of one window share a process, as their scripts are then compiled once.
    "--renderer-process-limit=1",
]


@contextmanager
def running_chromium() -> Iterator[Browser]:
    path = find("chromium", "pages in a browser")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=QUIET)
        try:
            yield browser
        finally:
            browser.close()
