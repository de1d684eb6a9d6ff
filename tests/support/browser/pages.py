"""Pages of a site in Chromium, each in a window of its own; what they complain of fails a test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urljoin

from playwright.sync_api import Browser, Page, Response

Open = Callable[..., Page]


class Window:
    """What has cookies and a cache of its own; it is emptied for the next page.

    Chromium starts a process for each new one, and compiles all scripts again: a page that opens in
    one that was used costs a third.
    """

    def __init__(self, chromium: Browser, *, script: bool) -> None:
        self._context = chromium.new_context(java_script_enabled=script, reduced_motion="reduce")
        self._context.set_default_timeout(60_000)
        self._blank = self._context.new_page()  # the process ends with its last page
        self._ask = self._context.new_cdp_session(self._blank)

    def open(self, url: str) -> Page:
        """A new page, that knows nothing of those before it at this address."""
        self._context.clear_cookies()
        self._ask.send("Storage.clearDataForOrigin", {"origin": url, "storageTypes": "all"})
        self._ask.send("Network.clearBrowserCache")
        return self._context.new_page()

    def empty(self) -> None:
        for page in self._context.pages:
            if page is not self._blank:
                page.close()


class Windows:
    """Those of a browser that no test uses now, with script and without."""

    def __init__(self, chromium: Browser) -> None:
        self._chromium = chromium
        self._free: dict[bool, list[Window]] = {True: [], False: []}

    def take(self, *, script: bool) -> Window:
        free = self._free[script]
        return free.pop() if free else Window(self._chromium, script=script)

    def give_back(self, window: Window, *, script: bool) -> None:
        window.empty()
        self._free[script].append(window)


_WINDOWS: dict[Browser, Windows] = {}


@contextmanager
def opening(chromium: Browser, url: str) -> Iterator[Open]:
    """`page = browse("/add", width=390, scheme="dark")`: its script errors fail the test."""
    windows = _WINDOWS.setdefault(chromium, Windows(chromium))
    taken: list[tuple[Window, bool]] = []
    wrong: list[str] = []

    def open_page(
        address: str, width: int = 1280, scheme: str = "light", script: bool = True
    ) -> Page:
        taken.append((windows.take(script=script), script))
        page = taken[-1][0].open(url)
        page.set_viewport_size({"width": width, "height": 800})
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda line: _note(line.text, wrong))
        _stay_at(page, url)
        page.goto(address)
        return page

    try:
        yield open_page
    finally:
        for window, script in taken:
            windows.give_back(window, script=script)
    assert wrong == [], wrong


def _stay_at(page: Page, url: str) -> None:
    """Let a test name addresses without their host: a window outlives the site it showed."""
    go = page.goto

    def goto(address: str, **options: Any) -> Response | None:
        return go(urljoin(url, address), **options)

    page.goto = goto  # type: ignore[method-assign, assignment]


def _note(words: str, wrong: list[str]) -> None:
    # A 404 or 422 is what the test asked for; a refusal by the content policy is not.
    if "the server responded with a status of" not in words:
        wrong.append(words)
