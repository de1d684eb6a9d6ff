"""Whole sign-ins by script: the directory under gunicorn, and a provider that is strict."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import pytest
import requests
from playwright.sync_api import Browser

from app import create_app, make_ready
from app.history.changes import Write
from app.model.employee import Employee
from app.settings import Settings
from tests.support.in_time import wait_until
from tests.support.servers.live_app import LiveApp
from tests.support.servers.server_process import HOST, free_port
from tests.support.servers.strict_provider import (
    running_strict_provider,
    sign_in_by_script,
    sign_out_at_provider,
)

pytestmark = pytest.mark.slow

ANA, BO = "Ana Ruiz", "Bo Chief"


class Place(NamedTuple):
    """A directory, and its provider."""

    url: str
    issuer: str

    def sign_in(self, login: str, next_path: str = "/") -> requests.Session:
        browser = requests.Session()
        address = f"{self.url}/sign-in/with/oidc?next={next_path}"
        page = sign_in_by_script(browser, address, login)
        assert (page.status_code, page.url) == (200, f"{self.url}{next_path}"), page.text
        return browser

    def page(self, browser: requests.Session, path: str) -> str:
        return browser.get(f"{self.url}{path}", timeout=20).text


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    folder = tmp_path_factory.mktemp("strict")
    port = free_port()
    with running_strict_provider(folder, f"http://{HOST}:{port}") as provider:
        instance = folder / "instance"
        settings = {"INSTANCE_FOLDER": str(instance), "ACCESS": "sign-in", "ADMIN_GROUPS": "IT",
                    **provider}  # fmt: skip
        _add_people(settings)
        app = LiveApp(settings, log=folder / "app.log", port=port)
        app.start()
        yield Place(app.url, provider["OIDC_ISSUER"])
        app.kill()


def _add_people(settings: dict[str, str]) -> None:
    app = create_app(Settings.from_env(settings))
    make_ready(app)
    store = app.extensions["directory"].employees
    for employee_id, name, email in (("a1", ANA, "ana@example.com"), ("b1", BO, "bo@example.com")):
        store.add(
            Employee(id=employee_id, full_name=name, email=email), Write(f"form-{employee_id}")
        )


def _has_edit(page: str, employee_id: str) -> bool:
    return f'href="/edit/{employee_id}"' in page


def test_ana_signs_in_and_may_edit_her_own_page_only(place: Place) -> None:
    browser = place.sign_in("ana")
    assert ANA in place.page(browser, "/")
    assert _has_edit(place.page(browser, "/employee/a1"), "a1")
    assert not _has_edit(place.page(browser, "/employee/b1"), "b1")


def test_mallory_with_anas_unproven_address_is_nobody(place: Place) -> None:
    place.sign_in("ana")
    browser = place.sign_in("mallory")
    assert not _has_edit(place.page(browser, "/employee/a1"), "a1")


def test_a_group_of_the_provider_makes_an_administrator(place: Place) -> None:
    browser = place.sign_in("boss")
    assert _has_edit(place.page(browser, "/employee/a1"), "a1")


def test_a_sign_in_goes_on_to_the_page_that_was_asked_for(place: Place) -> None:
    place.sign_in("ana", "/employee/b1")


def test_whoever_signs_out_at_the_provider_is_signed_out_here(place: Place) -> None:
    browser = place.sign_in("ana")
    sign_out_at_provider(browser, place.issuer)

    def is_signed_out() -> bool:
        page = browser.get(f"{place.url}/me", timeout=20, allow_redirects=False)
        return page.status_code == 303

    wait_until(is_signed_out)


def test_a_browser_without_script_is_led_to_the_provider_and_back(
    place: Place, chromium: Browser
) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{place.url}/employee/a1")
    page.get_by_placeholder("Enter any login").fill("ana")
    page.get_by_placeholder("and password").fill("any")
    page.get_by_role("button", name="Sign-in").click()
    page.get_by_role("button", name="Continue").click()
    assert page.url == f"{place.url}/employee/a1"
    assert page.get_by_role("heading", name=ANA).is_visible()
    names = {cookie["name"] for cookie in context.cookies()}
    assert "directory_who" in names
    assert "directory_sign_in" not in names
    context.close()
