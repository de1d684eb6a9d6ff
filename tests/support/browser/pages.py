"""Pages of a site in Chromium, each in a context of its own; what they complain of fails a test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, BrowserContext, Page

Open = Callable[..., Page]


@contextmanager
def opening(chromium: Browser, url: str) -> Iterator[Open]:
    """`page = browse("/add", width=390, scheme="dark")`: its script errors fail the test."""
    contexts: list[BrowserContext] = []
    wrong: list[str] = []

    def open_page(
        address: str, width: int = 1280, scheme: str = "light", script: bool = True
    ) -> Page:
        contexts.append(
            chromium.new_context(
                base_url=url,
                viewport={"width": width, "height": 800},
                color_scheme=scheme,  # type: ignore[arg-type]
                java_script_enabled=script,
                reduced_motion="reduce",
            )
        )
        contexts[-1].set_default_timeout(60_000)
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
