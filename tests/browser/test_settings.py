"""The account menu and the administrators' pages in a browser, with script and without."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from playwright.sync_api import Browser, Page, expect

from app.access.rights import under_policy
from app.access.viewer import ANYBODY_IN_OPEN_MODE, STRANGER, VISITOR, Role, Viewer
from app.access.visibility import Audience
from app.contracts.accounts import Account, AccountStore, Identity
from tests.support.browser.axe import check, check_views
from tests.support.browser.pages import Open, opening
from tests.support.servers.live_app import app_in_thread
from tests.support.small_directory import AMARA, SmallDirectory
from tests.support.viewers import request_as, viewer

LONG = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamter"


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> SmallDirectory:
    """A directory that Ana has claimed, with accounts of every kind."""
    small = SmallDirectory(tmp_path_factory.mktemp("settings"), ACCESS="")
    small.put(AMARA)
    store = store_of(small)
    assert store.claim(Account(id="a1", name="Ana", email="ana@example.com", role=Role.ADMIN))
    okta = Identity("https://northwind.okta.com", "00u1")
    for account in (
        Account(id="b2", name="Bo Ek", email="bo@example.com", password_hash="x"),
        Account(id="c3", name="Cy", identity=okta, role=Role.EDITOR, role_origin="groups"),
        Account(id="d4", name=LONG, email=f"{LONG}@example.com", is_disabled=True),
    ):
        store.add(account)
    return small


@pytest.fixture(scope="module")
def url(small: SmallDirectory) -> Iterator[str]:
    with app_in_thread(small.app) as url:
        yield url


@pytest.fixture
def browse(chromium: Browser, small: SmallDirectory, url: str) -> Iterator[Open]:
    """Pages as Ana sees them."""
    see_as(small, viewer(Role.ADMIN, person_id="amara"))
    with opening(chromium, url) as open_page:
        yield open_page


def see_as(small: SmallDirectory, who: Viewer) -> None:
    email = "ana@example.com" if who.account_id else ""
    known = replace(who, email=email)
    request_as(small.app, under_policy(known, sign_in_exists=True, editors_export=False))


def store_of(small: SmallDirectory) -> AccountStore:
    store: AccountStore = small.app.extensions["access"]._store
    return store


PAGES = (
    *("/settings/access", "/settings/accounts", "/settings/accounts/new"),
    *("/settings/accounts/b2", "/settings/accounts/c3", "/settings/accounts/d4"),
)


@pytest.mark.parametrize("address", PAGES)
def test_axe_finds_nothing(browse: Open, address: str) -> None:
    check_views(browse(address))


def test_axe_finds_nothing_where_something_is_wrong(browse: Open, small: SmallDirectory) -> None:
    page = browse("/settings/accounts/new")
    page.click("text=Add account")
    expect(page.locator(".field-error")).to_have_count(2)
    check_views(page)
    page.goto("/settings/accounts/a1")
    page.click("text=Disable account")
    expect(page.locator(".flash-bad")).to_contain_text("Ana is the only administrator")
    check(page)
    page.goto("/settings/access")
    chosen = store_of(small).access_settings()
    store_of(small).save_access_settings(replace(chosen, visibility={"about": Audience.EDITORS}))
    page.click("text=Save who sees what")
    expect(page.locator(".sees-stored")).to_have_text("Saved meanwhile: Editors")
    check_views(page)


@pytest.mark.parametrize("role", [Role.COLLEAGUE, Role.EDITOR])
def test_axe_finds_nothing_on_a_refusal(browse: Open, small: SmallDirectory, role: Role) -> None:
    see_as(small, viewer(role))
    page = browse("/settings/access")
    expect(page.locator("h1")).to_have_text("You may not administer the directory")
    check_views(page)


@pytest.mark.parametrize("who", [ANYBODY_IN_OPEN_MODE, VISITOR, STRANGER], ids=lambda it: it.role)
def test_axe_finds_nothing_for_whoever_is_not_signed_in(
    browse: Open, small: SmallDirectory, who: Viewer
) -> None:
    see_as(small, who)
    page = browse({"admin": "/settings/access", "visitor": "/employee/amara"}.get(who.role, "/x"))
    check_views(page)


@pytest.mark.parametrize("width", [1280, 820, 390, 320])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_open_menu_is_in_order_and_in_the_window(browse: Open, width: int, scheme: str) -> None:
    page = browse("/employee/amara", width=width, scheme=scheme)
    page.click(".account summary")
    panel = page.locator(".account-panel").bounding_box()
    assert panel
    assert panel["x"] >= 0
    assert panel["x"] + panel["width"] <= width
    shown = page.locator(".account-panel a").filter(visible=True)
    heights = shown.evaluate_all("all => all.map(a => a.offsetHeight)")
    assert min(heights) >= (44 if width < 640 else 36)
    check(page, without=("target-size",))


def test_the_menu_is_used_by_keyboard_and_closes(browse: Open) -> None:
    page = browse("/")
    menu = page.locator(".account details")
    page.locator(".account summary").focus()
    page.keyboard.press("Enter")
    expect(menu).to_have_attribute("open", "")
    page.keyboard.press("Tab")
    expect(page.locator(".account-panel a").first).to_be_focused()
    page.keyboard.press("Escape")
    expect(menu).not_to_have_attribute("open", "")
    expect(page.locator(".account summary")).to_be_focused()
    page.keyboard.press("Enter")
    page.click("h1")
    expect(menu).not_to_have_attribute("open", "")
    page.click(".account summary")
    page.click("summary:has-text('Badge')")
    expect(menu).not_to_have_attribute("open", "")


def test_the_menu_works_without_script(browse: Open) -> None:
    page = browse("/", script=False)
    page.click(".account summary")
    page.click(".account-panel >> text=Settings")
    expect(page.locator("h1")).to_have_text("Settings")
    expect(page.locator(".account summary")).to_have_class("is-current")


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_who_sees_a_field_is_chosen_and_shown_at_once(
    browse: Open, small: SmallDirectory, script: bool
) -> None:
    stored = store_of(small).access_settings()
    store_of(small).save_access_settings(replace(stored, visibility={}))
    page = browse("/settings/access", script=script)
    assert ticks(page, "Email") == ["No", "Yes", "Yes"]
    page.get_by_label("Who sees: Email").select_option("Editors")
    assert ticks(page, "Email") == ["No", "No", "Yes"]
    page.click("text=Save who sees what")
    expect(page.locator(".flash-good")).to_have_text("Saved who sees what.")
    assert ticks(page, "Email") == ["No", "No", "Yes"]
    assert store_of(small).access_settings().visibility == {"email": Audience.EDITORS}


def ticks(page: Page, field: str) -> list[str]:
    row = page.locator("tr", has=page.get_by_role("rowheader", name=field, exact=True))
    return [words.strip("– \n") for words in row.locator(".sees-tick").all_inner_texts()]


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_a_role_is_given_in_the_list(browse: Open, small: SmallDirectory, script: bool) -> None:
    page = browse("/settings/accounts", script=script)
    row = page.locator("tr", has_text="bo@example.com")
    button = row.get_by_role("button")
    assert not button.is_visible()
    wanted = (
        "Colleague" if "Editor" in row.locator("select option:checked").inner_text() else "Editor"
    )
    row.get_by_label("Role of Bo Ek").select_option(wanted)
    button.click()
    expect(page.locator(".flash-good")).to_contain_text("Bo Ek is a")
    expect(row.locator("option[selected]")).to_have_text(wanted)


def test_a_mode_is_chosen_by_keyboard(browse: Open, small: SmallDirectory) -> None:
    page = browse("/settings/access")
    page.get_by_role("radio", name="Read-only").focus()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("radio", name="Sign-in required")).to_be_checked()
    page.keyboard.press("Enter")
    expect(page.locator(".flash-good")).to_have_text("Saved who may use this directory.")
    assert store_of(small).access_settings().mode == "sign-in"


@pytest.mark.parametrize("address", PAGES)
def test_no_page_scrolls_sideways(browse: Open, address: str) -> None:
    page = browse(address)
    for width in (1280, 820, 390, 320):
        page.set_viewport_size({"width": width, "height": 800})
        page.goto(address)  # as it is first shown at this width
        assert page.evaluate("document.documentElement.scrollWidth") <= width, width
