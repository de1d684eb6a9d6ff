"""A directory that asks who one is, seen from its front door: claim, sign in, invite."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from tests.support.page_reader import Page, PageReader
from tests.support.small_app import small_app

SETUP_CODE = "quiet-otters-7315"
SETUP_LINK = f"/setup/{SETUP_CODE}"
SECRET = "a key for tests that nobody guesses"
NAME, EMAIL, PASSWORD = "Caoimhe O’Brien", "caoimhe@example.com", "seven quiet otters"
WHO = "directory_who"


class FrontDoor:
    """The application, and browsers that stand before it."""

    def __init__(self, folder: Path, **env: str) -> None:
        self.app: Flask = small_app(
            folder, **{"ACCESS": "sign-in", "SETUP_CODE": SETUP_CODE, "SECRET_KEY": SECRET, **env}
        )

    def browser(self) -> PageReader:
        """A browser without cookies."""
        return PageReader(self.app)

    def claim(self, browser: PageReader, status: int = 303, **typed: Any) -> Page:
        """Open the setup link and send its form."""
        form = browser.get(SETUP_LINK).fields()
        filled = {"name": NAME, "email": EMAIL, "password": PASSWORD, **typed}
        return browser.post(SETUP_LINK, {**form, **filled}, status)

    def owner(self) -> PageReader:
        """The browser of the administrator who has just claimed the directory."""
        browser = self.browser()
        self.claim(browser)
        return browser

    def sign_in(
        self,
        browser: PageReader,
        email: str = EMAIL,
        password: str = PASSWORD,
        next_path: str = "/",
        status: int = 303,
    ) -> Page:
        """Open the door and send email and password."""
        form = browser.get("/sign-in?choose").fields("/sign-in/password")
        typed = {"email": email, "password": password, "next": next_path}
        return browser.post("/sign-in/password", {**form, **typed}, status)

    def is_signed_in(self, browser: PageReader) -> bool:
        return browser.client.get("/me").status_code == 200


def who_cookies(response: TestResponse) -> list[str]:
    """The Set-Cookie lines of the session."""
    return [line for line in response.headers.getlist("Set-Cookie") if WHO in line]
