"""A directory that asks who one is, seen from its front door: claim, sign in, invite."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flask import Flask, Response, make_response, redirect
from werkzeug.test import TestResponse

from app.accounts.profile import Profile
from app.contracts.accounts import Identity
from app.web.current import current_accounts
from app.web.http.viewers import start_session
from app.web.sign_in.ways import ProviderUnavailable
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


class Provider:
    """A way of signing in that does not answer, sends the browser away, or vouches for Ana."""

    def __init__(self, key: str = "okta", label: str = "Okta") -> None:
        self.key, self.label = key, label
        self.is_down = False
        self.vouches = False
        self.begun: list[str] = []

    def begin(self, next_path: str) -> Response:
        if self.is_down:
            raise ProviderUnavailable(self.label)
        self.begun.append(next_path)
        if not self.vouches:
            return make_response(redirect("https://id.example/authorize", 302))
        ana = Identity("https://id.example", "ana")
        account = current_accounts().sign_in(ana, Profile("Ana Ruiz", "ana@example.com"))
        response = make_response(redirect(next_path, 303))
        start_session(response, account, how=self.key)
        return response
