"""The administrators' pages: modes, who sees what, accounts; and what may go wrong with each."""

from __future__ import annotations

import logging
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

import pytest

from app.access.modes import Mode
from app.access.viewer import ANYBODY_IN_OPEN_MODE, Role
from app.access.visibility import Audience
from app.contracts.accounts import ACCOUNTS_PER_PAGE, Account, AccountStore, Identity
from tests.support.days import PAST_DAY
from tests.support.page_reader import Page, PageReader, fields_of, words_of
from tests.support.small_directory import AMARA, SmallDirectory
from tests.support.viewers import request_as, viewer

ANA = Account(id="a1", name="Ana", email="ana@example.com", role=Role.ADMIN)
BO = Account(id="b2", name="Bo Ek", email="bo@example.com", password_hash="x")


@pytest.fixture
def small(tmp_path: Path) -> SmallDirectory:
    """A directory that Ana has claimed, as she sees it."""
    return claimed(tmp_path)


def claimed(folder: Path, access: str = "", **env: str) -> SmallDirectory:
    small = SmallDirectory(folder, ACCESS=access, **env)
    assert store_of(small).claim(ANA)
    request_as(small.app, viewer(Role.ADMIN))
    return small


def store_of(small: SmallDirectory) -> AccountStore:
    store: AccountStore = small.app.extensions["access"]._store
    return store


def form(page: Page, **wanted: str) -> dict[str, Any]:
    """The one form with these hidden fields, as a browser posts it."""
    found = [
        values
        for each in page.all("form", method="post")
        if (values := with_selects(each)) and all(values.get(n) == [v] for n, v in wanted.items())
    ]
    assert len(found) == 1
    return dict(found[0])


def with_selects(element: Element) -> dict[str, list[str]]:
    values = fields_of(element)
    for select in element.iter("select"):
        chosen = [each for each in select.iter("option") if each.get("selected") is not None]
        first = chosen or list(select.iter("option"))
        values[select.get("name", "")] = [first[0].get("value", "")]
    return values


def change(
    small: SmallDirectory, account_id: str, do: str, status: int = 303, **typed: str
) -> Page:
    address = f"/settings/accounts/{account_id}"
    return small.post(address, {**form(small.get(address), do=do), **typed}, status)


# Access


def test_the_settings_begin_with_access(small: SmallDirectory) -> None:
    assert small.get("/settings", 303).response.location == "/settings/access"


def test_an_administrator_chooses_the_mode(
    small: SmallDirectory, caplog: pytest.LogCaptureFixture
) -> None:
    page = small.get("/settings/access")
    posted = form(page, part="mode")
    assert posted["mode"] == ["read-only"], "the mode that is in force is chosen"
    with caplog.at_level(logging.INFO):
        small.post("/settings/access", {**posted, "mode": "sign-in"})
    assert small.app.extensions["access"].policy().mode is Mode.SIGN_IN
    assert "Saved who may use this directory." in small.get("/settings/access").text
    events = [record.__dict__.get("directory", {}) for record in caplog.records]
    assert {"event": "access-changed", "by": "a1", "mode": "sign-in"} in events


def test_a_mode_that_is_set_wins_and_the_page_says_so(tmp_path: Path) -> None:
    small = claimed(tmp_path, "sign-in")
    page = small.get("/settings/access")
    assert "Sign-in required, because ACCESS=sign-in is set" in page.text
    assert not page.all("input", name="mode")
    forged = {**form(page, part="visibility"), "part": "mode", "mode": "open"}
    small.post("/settings/access", forged, 400)
    assert store_of(small).access_settings().mode is None


def test_an_administrator_chooses_who_sees_a_field(small: SmallDirectory) -> None:
    posted = form(small.get("/settings/access"), part="visibility")
    assert posted["sees-email"] == ["colleagues"]
    assert "sees-full_name" not in posted
    small.post("/settings/access", {**posted, "sees-email": "everybody", "sees-mobile": "editors"})
    assert store_of(small).access_settings().visibility == {
        "email": Audience.EVERYBODY,
        "mobile": Audience.EDITORS,
    }
    again = form(small.get("/settings/access"), part="visibility")
    assert (again["sees-email"], again["sees-mobile"]) == (["everybody"], ["editors"])
    assert store_of(small).access_settings().mode is None, "the other form was not sent"


@pytest.mark.parametrize("value", ["", "nobody", "EDITORS", "editors\n"])
def test_an_audience_that_does_not_exist_leaves_the_default(
    small: SmallDirectory, value: str
) -> None:
    posted = form(small.get("/settings/access"), part="visibility")
    small.post("/settings/access", {**posted, "sees-email": value, "sees-full_name": "editors"})
    assert store_of(small).access_settings().visibility == {}


def test_two_administrators_do_not_overwrite_each_other(small: SmallDirectory) -> None:
    mine = form(small.get("/settings/access"), part="visibility")
    theirs = form(small.get("/settings/access"), part="visibility")
    small.post("/settings/access", {**theirs, "sees-about": "editors"})
    late = small.post("/settings/access", {**mine, "sees-email": "editors"}, 409)
    assert "Another administrator saved these settings before you" in late.text
    assert "Saved meanwhile: Editors" in words_of(row_of(late, "About"))
    assert "Saved meanwhile: Colleagues" in words_of(row_of(late, "Email"))
    assert store_of(small).access_settings().visibility == {"about": Audience.EDITORS}
    again = form(late, part="visibility")
    assert again["sees-email"] == ["editors"], "what was chosen is still chosen"
    small.post("/settings/access", again)
    assert store_of(small).access_settings().visibility == {"email": Audience.EDITORS}


def test_the_mode_of_another_administrator_stands_beside_the_own(small: SmallDirectory) -> None:
    mine = form(small.get("/settings/access"), part="mode")
    small.post("/settings/access", {**mine, "mode": "sign-in"})
    late = small.post("/settings/access", {**mine, "mode": "open"}, 409)
    assert [words_of(line) for line in late.all("p", cls="sees-stored")] == [
        "Saved meanwhile: Sign-in required"
    ]
    again = form(late, part="mode")
    assert again["mode"] == ["open"], "what was chosen is still chosen"
    small.post("/settings/access", again)
    assert store_of(small).access_settings().mode is Mode.OPEN


def row_of(page: Page, label: str) -> Element:
    return next(row for row in page.all("tr") if words_of(next(iter(row))) == label)


@pytest.mark.parametrize("forged", [{"mode": "closed"}, {"mode": ""}])
def test_a_mode_that_does_not_exist_is_refused(
    small: SmallDirectory, forged: dict[str, str]
) -> None:
    posted = form(small.get("/settings/access"), part="mode")
    small.post("/settings/access", {**posted, **forged}, 400)


# Whoever has no account


@pytest.mark.parametrize("access", ["open", ""])
def test_an_open_directory_tells_how_to_close_it_and_changes_no_setting(
    tmp_path: Path, access: str
) -> None:
    small = claimed(tmp_path, access)
    token = form(small.get("/settings/accounts/new"))
    request_as(small.app, ANYBODY_IN_OPEN_MODE)
    for address in ("/settings", "/settings/access", "/settings/accounts", "/settings/accounts/b2"):
        page = small.get(address)
        assert "settings of an administrator who is signed in" in page.text
        assert not page.all("form", method="post")
    backdoor = {**token, "name": "Eve", "email": "eve@example.com", "role": "admin"}
    small.post("/settings/accounts/new", backdoor)
    assert "sign in as an administrator first" in small.get("/settings/access").text
    assert store_of(small).find_login("eve@example.com") is None


def test_an_open_directory_lends_an_account_no_right_to_the_settings(tmp_path: Path) -> None:
    """Whoever signs in to an open directory may do everything, as everybody else may."""
    small = claimed(tmp_path, "open")
    token = form(small.get("/settings/accounts/new"))["csrf_token"]
    store_of(small).add(BO)
    request_as(small.app, replace(viewer(Role.ADMIN), account_id=BO.id))
    assert not small.get("/settings/accounts/b2").all("form", method="post")
    small.post("/settings/accounts/b2", {"csrf_token": token, "do": "role", "role": "admin"})
    assert store_of(small).get("b2").role is Role.COLLEAGUE  # type: ignore[union-attr]


@pytest.mark.parametrize("role", [Role.COLLEAGUE, Role.EDITOR])
def test_the_settings_are_for_administrators(small: SmallDirectory, role: Role) -> None:
    request_as(small.app, viewer(role))
    for address in ("/settings", "/settings/access", "/settings/accounts", "/settings/accounts/b2"):
        small.get(address, 403)
    small.post("/settings/accounts/b2", {"do": "role", "role": "admin"}, 403)


# Accounts


def test_the_list_says_who_signs_in_how_and_with_which_role(small: SmallDirectory) -> None:
    store = store_of(small)
    store.add(BO)
    okta = Identity("https://northwind.okta.com", "00u1")
    store.add(Account(id="c3", name="Cy", role=Role.EDITOR, role_origin="groups", identity=okta))
    store.add(Account(id="d4", name="Di", email="di@example.com", is_disabled=True))
    store.add(Account(id="e5", name="Ed", identity=Identity("proxy", "ed")))
    rows = [words_of(row) for row in small.get("/settings/accounts").all("tr")[1:]]
    told = [
        ("Ana", "ana@example.com", "Password, not chosen yet", "Never"),
        ("Bo Ek", "bo@example.com", "Password", "Never"),
        ("Cy", "Given by a group of the provider", "northwind.okta.com"),
        ("Di", "Disabled", "di@example.com", "Password, not chosen yet"),
        ("Ed", "Proxy"),
    ]
    assert len(rows) == len(told)
    for row, words in zip(rows, told, strict=True):
        assert [each for each in words if each not in row] == []


def test_a_long_list_has_pages(small: SmallDirectory) -> None:
    for number in range(ACCOUNTS_PER_PAGE):
        store_of(small).add(Account(id=f"n{number}", name=f"N{number:03}", email=f"{number}@x.org"))
    first = small.get("/settings/accounts")
    second = small.get(first.links()["Next"])
    names = [
        words_of(link) for page in (first, second) for link in page.all("a", cls="account-link")
    ]
    assert names == ["Ana", *(f"N{number:03}" for number in range(ACCOUNTS_PER_PAGE))]
    assert second.links()["First"] == "/settings/accounts"
    after = fields_of(second.all("form", method="post")[0])
    small.post("/settings/accounts/n49", {**after, "role": "editor"})
    assert store_of(small).get("n49").role is Role.EDITOR  # type: ignore[union-attr]


def test_a_role_is_given_from_the_list(small: SmallDirectory) -> None:
    store_of(small).add(BO)
    page = small.get("/settings/accounts")
    [posted] = [
        with_selects(each)
        for each in page.all("form", method="post")
        if each.get("action") == "/settings/accounts/b2"
    ]
    assert posted["role"] == ["colleague"]
    answer = small.post("/settings/accounts/b2", {**posted, "role": "editor"})
    assert answer.response.location == "/settings/accounts"
    stored = store_of(small).get("b2")
    assert stored
    assert (stored.role, stored.role_origin) == (Role.EDITOR, "admin")
    assert "Bo Ek is an editor now." in small.get("/settings/accounts").text


@pytest.mark.parametrize(("do", "typed"), [("role", {"role": "colleague"}), ("disable", {})])
def test_the_last_administrator_stays_one(
    small: SmallDirectory, do: str, typed: dict[str, str]
) -> None:
    page = change(small, "a1", do, 409, **typed)
    assert "Ana is the only administrator: make somebody else one first." in page.text
    stored = store_of(small).get("a1")
    assert stored
    assert (stored.role, stored.is_disabled) == (Role.ADMIN, False)


def test_an_account_is_disabled_and_enabled_again(small: SmallDirectory) -> None:
    store_of(small).add(BO)
    change(small, "b2", "disable")
    page = small.get("/settings/accounts/b2")
    assert "Disabled: nobody can sign in with it" in page.text
    change(small, "b2", "enable")
    stored = store_of(small).get("b2")
    assert stored
    assert not stored.is_disabled
    assert stored.sessions_ended_at is not None


def test_all_sessions_of_an_account_are_ended(small: SmallDirectory) -> None:
    store_of(small).add(BO)
    change(small, "b2", "end-sessions")
    stored = store_of(small).get("b2")
    assert stored
    assert stored.sessions_ended_at is not None


def test_a_new_account_gets_a_one_time_link_that_is_shown_once(small: SmallDirectory) -> None:
    posted = form(small.get("/settings/accounts/new"))
    typed = {**posted, "name": "Di", "email": "di@example.com", "role": "editor"}
    page = small.post("/settings/accounts/new", typed, 200)
    [link] = [words_of(code) for code in page.all("code", cls="one-time-link")]
    assert page.response.headers["Cache-Control"] == "private, no-store"
    code = link.rpartition("/invite/")[2]
    services = small.app.extensions["sign_in"]
    account = services.invitations.find(code)
    assert (account.name, account.role) == ("Di", Role.EDITOR)
    assert code not in small.get(f"/settings/accounts/{account.id}").response.text


@pytest.mark.parametrize("header", ["Host", "X-Forwarded-Host", "Forwarded"])
@pytest.mark.parametrize("public", ["", "https://people.example.com"])
def test_a_one_time_link_leads_to_the_public_address_and_never_to_the_host_of_a_request(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, header: str, public: str
) -> None:
    small = claimed(tmp_path, PUBLIC_ADDRESS=public, TRUSTED_PROXIES="1")
    store_of(small).add(BO)
    value = "for=1.2.3.4;host=evil.example" if header == "Forwarded" else "evil.example"
    reader = PageReader(small.app)
    ask = reader.client.open
    monkeypatch.setattr(
        reader.client, "open", lambda *args, **more: ask(*args, headers={header: value}, **more)
    )
    page = reader.post(
        "/settings/accounts/b2", form(reader.get("/settings/accounts/b2"), do="invite"), 200
    )
    [link] = [words_of(code) for code in page.all("code", cls="one-time-link")]
    assert link.startswith(f"{public}/invite/")
    assert "evil" not in page.response.text
    assert ("at the address of this directory" in page.text) is not bool(public)


def test_a_link_for_a_new_password_is_for_accounts_with_a_password(small: SmallDirectory) -> None:
    store_of(small).add(BO)
    page = change(small, "b2", "invite", 200)
    assert page.all("code", cls="one-time-link")
    store_of(small).add(Account(id="c3", name="Cy", identity=Identity("https://i", "1")))
    page = small.get("/settings/accounts/c3")
    assert "one-time link" not in page.text
    forged = {**form(page, do="end-sessions"), "do": "invite"}
    refused = small.post("/settings/accounts/c3", forged, 409)
    assert "Cy signs in at a provider." in refused.text


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ({"name": "", "email": "di@example.com"}, "name"),
        ({"name": "Di", "email": "di"}, "email"),
        ({"name": "Di", "email": "ANA@example.com"}, "Another account signs in with this email"),
        ({"name": "D" * 101, "email": "di@example.com"}, "100 characters or fewer"),
    ],
)
def test_a_new_account_that_is_wrong_keeps_what_was_typed(
    small: SmallDirectory, typed: dict[str, str], problem: str
) -> None:
    posted = form(small.get("/settings/accounts/new"))
    page = small.post("/settings/accounts/new", {**posted, **typed, "role": "editor"}, 422)
    [error] = page.all("p", cls="field-error")
    assert problem in words_of(error).lower() or problem in words_of(error)
    kept = form(page)
    assert {name: kept[name] for name in typed} == {n: [v] for n, v in typed.items()}
    assert kept["role"] == ["editor"]


def test_characters_that_no_page_can_have_are_not_shown_again(small: SmallDirectory) -> None:
    posted = form(small.get("/settings/accounts/new"))
    page = small.post("/settings/accounts/new", {**posted, "name": "D\x00i", "email": "\x07"}, 422)
    assert form(page)["name"] == ["Di"]
    store_of(small).add(BO)
    page = change(small, "b2", "person", 422, person="\x00nobody")
    assert form(page, do="person")["person"] == ["nobody"]


@pytest.mark.parametrize("typed", ["amara", " AMARA@example.com "])
def test_an_account_is_linked_to_a_person_by_id_or_email(small: SmallDirectory, typed: str) -> None:
    small.put(AMARA)
    store_of(small).add(BO)
    change(small, "b2", "person", person=typed)
    stored = store_of(small).get("b2")
    assert stored
    assert stored.person_id == "amara"
    page = small.get("/settings/accounts/b2")
    assert page.links()["Amara Adeyemi-Lindqvist"] == "/employee/amara"
    change(small, "b2", "person", person="")
    assert "not linked to anybody" in small.get("/settings/accounts/b2").text


@pytest.mark.parametrize(
    ("typed", "status", "problem"),
    [
        ("nobody", 422, "Nobody here has this id or email"),
        ("ama@example.com", 422, "Nobody here has this id or email"),
        ("twin@example.com", 422, "Several people have this email"),
        ("x" * 300, 422, "Enter the id or the email of one person"),
        ("amara", 409, "Another account is linked to this person already."),
        ("gone", 422, "gone has left. Restore them first, or name another one"),
        ("gone@example.com", 422, "Nobody here has this id or email"),
    ],
)
def test_a_person_that_cannot_be_linked_is_told(
    small: SmallDirectory, typed: str, status: int, problem: str
) -> None:
    small.put(AMARA)
    for twin in ("t1", "t2"):
        small.put(replace(AMARA, id=twin, full_name=twin, email="twin@example.com"))
    gone = replace(AMARA, id="gone", full_name="gone", email="gone@example.com")
    small.put(replace(gone, left_on=PAST_DAY))
    store_of(small).add(replace(BO, id="e5", email="e@example.com", person_id="amara"))
    store_of(small).add(BO)
    page = change(small, "b2", "person", status, person=typed)
    assert problem in page.text
    assert form(page, do="person")["person"] == [typed]


@pytest.mark.parametrize("posted", [{"do": "erase"}, {}, {"do": "role", "role": "nobody"}])
def test_a_change_that_does_not_exist_is_refused(
    small: SmallDirectory, posted: dict[str, str]
) -> None:
    store_of(small).add(BO)
    token = {"csrf_token": form(small.get("/settings/accounts/b2"), do="disable")["csrf_token"]}
    small.post("/settings/accounts/b2", {**token, **posted}, 400)
    assert store_of(small).get("b2").version == 1  # type: ignore[union-attr]


@pytest.mark.parametrize("account_id", ["nobody", "x" * 5000, "a%00b", "%F0%9F%98%80", "%ff"])
def test_an_account_that_is_not_there_is_not_found(small: SmallDirectory, account_id: str) -> None:
    small.get(f"/settings/accounts/{account_id}", 404)


@pytest.mark.parametrize("after", ["", "x" * 5000, "%00", "%F0%9F%98%80", "%ff"])
def test_a_list_that_goes_on_from_nowhere_begins_anew(small: SmallDirectory, after: str) -> None:
    page = small.get(f"/settings/accounts?after={after}")
    assert [words_of(link) for link in page.all("a", cls="account-link")] == ["Ana"]


def test_nothing_changes_without_a_token(small: SmallDirectory) -> None:
    store_of(small).add(BO)
    small.post("/settings/accounts/b2", {"do": "role", "role": "admin"}, 400)
    small.post("/settings/access", {"part": "mode", "mode": "open", "version": "0"}, 400)
    assert store_of(small).get("b2").role is Role.COLLEAGUE  # type: ignore[union-attr]
