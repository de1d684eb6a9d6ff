"""No page of signing in breaks while a store is silent: it says so, and nothing is half made."""

from __future__ import annotations

import pytest

from app.model.errors import StorageUnavailable
from tests.support.front_door import EMAIL, NAME, PASSWORD, SETUP_LINK, FrontDoor, who_cookies

PAGES = ("/sign-in", "/sign-in?choose", "/setup", SETUP_LINK, "/invite/x", "/sign-out", "/me")


def fail(*args: object, **more: object) -> None:
    raise StorageUnavailable("the database", "read", "accounts", "connection refused")


def silence(door: FrontDoor, patch: pytest.MonkeyPatch) -> None:
    """Let every call of the store of accounts fail from now on."""
    services = door.app.extensions["sign_in"]
    store = services.setup_link._store
    for name in dir(type(store)):
        if not name.startswith("_"):
            patch.setattr(type(store), name, fail)
    services.local_accounts.expire()
    services.access.forget()


@pytest.mark.parametrize("address", PAGES)
def test_a_page_is_shown_or_says_that_the_store_is_silent(
    door: FrontDoor, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    silence(door, monkeypatch)
    answer = door.browser().client.get(address)
    assert answer.status_code in (200, 303, 503), answer.text[:500]
    if answer.status_code == 503:
        assert "Retry-After" in answer.headers
        assert "connection refused" not in answer.text


def test_a_claim_that_the_store_did_not_take_claims_nothing(
    door: FrontDoor, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = door.browser()
    form = browser.get(SETUP_LINK).fields()
    typed = {"name": NAME, "email": EMAIL, "password": PASSWORD}
    with monkeypatch.context() as patch:
        store = door.app.extensions["sign_in"].setup_link._store
        patch.setattr(type(store), "claim", fail)
        page = browser.post(SETUP_LINK, {**form, **typed}, 503)
    assert page.by_id("name").get("value") == NAME
    assert page.by_id("password").get("value") == ""
    assert not who_cookies(page.response)
    assert not door.app.extensions["sign_in"].access.settings().claimed_by
    browser.post(SETUP_LINK, {**page.fields(), "password": PASSWORD})
    assert door.is_signed_in(browser)


def test_a_claim_whose_session_failed_is_gone_on_with_by_signing_in(
    door: FrontDoor, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = door.browser()
    form = browser.get(SETUP_LINK).fields()
    typed = {"name": NAME, "email": EMAIL, "password": PASSWORD}
    with monkeypatch.context() as patch:
        patch.setattr(type(door.app.extensions["sign_in"].sessions), "begin", fail)
        browser.post(SETUP_LINK, {**form, **typed}, 410)
    door.sign_in(browser)
    assert door.is_signed_in(browser)


def test_without_the_key_that_signs_forms_the_door_is_out_of_service(
    door: FrontDoor, monkeypatch: pytest.MonkeyPatch
) -> None:
    door.app.secret_key = None
    monkeypatch.setattr(type(door.app.extensions["secret_keys"]), "get", fail)
    for address in ("/sign-in", SETUP_LINK, "/invite/x", "/sign-out"):
        assert door.browser().client.get(address).status_code == 503, address
        assert door.browser().client.post(address).status_code in (405, 503), address
