"""What the frame of every page offers: to each viewer what they may use, and nothing else."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from app.access.rights import under_policy
from app.access.viewer import ANYBODY_IN_OPEN_MODE, STRANGER, VISITOR, Role, Viewer
from app.contracts.accounts import Account
from tests.support.page_reader import Page, words_of
from tests.support.small_directory import AMARA, SmallDirectory, small
from tests.support.viewers import request_as, viewer

__all__ = ["small"]


def known(who: Viewer) -> Viewer:
    """The viewer, of a directory in which people sign in."""
    return under_policy(who, sign_in_exists=True, editors_export=False)


COLLEAGUE, EDITOR, ADMIN = (known(viewer(it)) for it in (Role.COLLEAGUE, Role.EDITOR, Role.ADMIN))
HIMSELF = known(viewer(Role.COLLEAGUE, person_id="amara"))
VIEWERS = {
    "everybody": ANYBODY_IN_OPEN_MODE,
    "first visitor": VISITOR,
    "visitor": known(VISITOR),
    "colleague": COLLEAGUE,
    "himself": HIMSELF,
    "editor": EDITOR,
    "admin": ADMIN,
}
# A telephone's header has no room for the first of them.
MANAGE = ["Insights", "Import", "Export", "Leavers", "Reporting-line issues", "Audit log"]
MACHINE = ["Settings", "Console", "Health"]
MENU = {
    "everybody": [*MANAGE, *MACHINE],
    "first visitor": [],
    "visitor": [],
    "colleague": ["Account", "Sign out"],
    "himself": ["Your profile", "Account", "Sign out"],
    "editor": ["Account", *MANAGE, "Sign out"],
    "admin": ["Account", *MANAGE, *MACHINE, "Sign out"],
}
NAVIGATION = ["People", "Org chart", "Insights", "Add person"]


def page_as(small: SmallDirectory, who: Viewer, address: str = "/") -> Page:
    if not small.is_there("amara"):
        small.put(AMARA)
    request_as(small.app, who)
    return small.get(address)


def labels(page: Page, cls: str) -> list[str]:
    return [words_of(link) for part in page.all("nav", cls=cls) for link in part.iter("a")]


@pytest.mark.parametrize("who", VIEWERS)
def test_the_header_leads_to_what_the_viewer_may_use(small: SmallDirectory, who: str) -> None:
    page = page_as(small, VIEWERS[who])
    may_add = who in ("everybody", "editor", "admin")
    console = ["Console"] if who == "first visitor" else []
    assert labels(page, "cover-nav") == NAVIGATION[: 4 if may_add else 3] + console
    assert labels(page, "account") == MENU[who]


def test_the_menu_says_who_is_signed_in_and_with_which_role(small: SmallDirectory) -> None:
    for who, tag in ((EDITOR, "Editor"), (ADMIN, "Admin"), (COLLEAGUE, "")):
        ada = replace(who, name="Ada Byron", email="ada@example.com")
        [head] = page_as(small, ada).all("div", cls="account-head")
        assert words_of(head) == f"AB Ada Byron ada@example.com {tag}".strip()


def test_the_menu_shows_the_photo_of_the_viewers_own_record(small: SmallDirectory) -> None:
    request_as(small.app, HIMSELF)
    key = "employee_pic/0123456789abcdef0123456789abcdef.jpg"
    small.store.people["amara"] = replace(small.put(AMARA), photo_key=key)
    [menu] = small.get("/nobody/here", 404).all("nav", cls="account")
    assert len(list(menu.iter("img"))) == 2
    assert page_as(small, HIMSELF).links()["Your profile"] == "/employee/amara"


def test_whoever_saves_their_own_photo_sees_it_in_the_menu_at_once(small: SmallDirectory) -> None:
    [menu] = page_as(small, HIMSELF).all("nav", cls="account")
    assert not list(menu.iter("img"))
    key = "employee_pic/0123456789abcdef0123456789abcdef.jpg"
    small.store.people["amara"] = replace(small.store.get("amara"), photo_key=key)
    form = small.get("/edit/amara")
    [kept] = form.all("nav", cls="account")
    assert not list(kept.iter("img")), "it is asked for once a minute"
    small.post("/edit/amara", {**form.fields(), "about": "Someone else now."})
    [fresh] = small.get("/").all("nav", cls="account")
    assert len(list(fresh.iter("img"))) == 2


def test_a_store_that_does_not_answer_leaves_initials_in_the_menu(small: SmallDirectory) -> None:
    small.put(AMARA)
    request_as(small.app, HIMSELF)
    small.store.silent = True
    [head] = small.get("/", 503).all("div", cls="account-head")
    assert not list(head.iter("img"))


@pytest.mark.parametrize(
    ("address", "back"),
    [
        ("/", ""),
        ("/?q=amara&location=S%C3%A3o", "?next=/%3Fq%3Damara%26location%3DS%25C3%25A3o"),
        ("/employee/amara", "?next=/employee/amara"),
    ],
)
def test_whoever_is_not_signed_in_may_sign_in_and_come_back(
    small: SmallDirectory, address: str, back: str
) -> None:
    page = page_as(small, VISITOR, address)
    assert page.links()["Sign in"] == f"/sign-in{back}"


def test_a_stranger_is_offered_nothing_but_to_sign_in(small: SmallDirectory) -> None:
    request_as(small.app, STRANGER)
    page = small.get("/nobody/here", 404)
    assert labels(page, "cover-nav") == labels(page, "account") == []


@pytest.mark.parametrize("who", VIEWERS)
def test_a_list_has_only_the_tools_that_the_viewer_may_use(small: SmallDirectory, who: str) -> None:
    links = page_as(small, VIEWERS[who]).links()
    may_import = who in ("everybody", "editor", "admin")
    assert ("Export CSV" in links) == ("visitor" not in who)
    assert ("Import" in links) == may_import


@pytest.mark.parametrize("who", VIEWERS)
def test_a_person_has_only_the_buttons_that_the_viewer_may_use(
    small: SmallDirectory, who: str
) -> None:
    links = page_as(small, VIEWERS[who], "/employee/amara").links()
    assert ("Edit" in links) == (who in ("everybody", "himself", "editor", "admin"))
    assert ("Delete Amara Adeyemi-Lindqvist" in links) == (who in ("everybody", "admin"))
    assert ("Save contact" in links) == ("visitor" not in who)


@pytest.mark.parametrize("who", VIEWERS)
@pytest.mark.parametrize("address", ["/", "/insights"])
def test_an_empty_directory_offers_to_fill_it_to_whoever_may(
    small: SmallDirectory, who: str, address: str
) -> None:
    request_as(small.app, VIEWERS[who])
    page = small.get(address)
    assert ("Add a person" in page.links()) == (who in ("everybody", "editor", "admin"))


def test_the_tag_of_a_page_is_not_that_of_another_viewer(small: SmallDirectory) -> None:
    other = viewer(Role.EDITOR, name="Bo Ek")
    viewers = (ANYBODY_IN_OPEN_MODE, VISITOR, COLLEAGUE, EDITOR, ADMIN, other)
    for address in ("/", "/employee/amara", "/insights"):
        tags = {page_as(small, it, address).response.headers["ETag"] for it in viewers}
        assert len(tags) == len(viewers), address


def test_a_name_cannot_write_html(small: SmallDirectory) -> None:
    page = page_as(small, viewer(Role.COLLEAGUE, name="<script>alert(1)</script>"))
    assert "<script>alert" not in page.response.text


@pytest.mark.parametrize(
    ("access", "who", "words", "lead"),
    [
        (
            "open",
            ANYBODY_IN_OPEN_MODE,
            "Everybody who reaches this address can change everything.",
            "/settings/access",
        ),
        ("", ANYBODY_IN_OPEN_MODE, "Open to this computer, and to no other", ""),
        ("", VISITOR, "This directory has no administrator yet", "/setup"),
        ("", EDITOR, "This directory has no administrator yet", "/setup"),
        ("sign-in", STRANGER, "This directory has no administrator yet", "/setup"),
    ],
)
def test_every_page_says_that_all_or_none_may_change_the_directory(
    tmp_path: Path, access: str, who: Viewer, words: str, lead: str
) -> None:
    small = SmallDirectory(tmp_path, ACCESS=access)
    small.put(AMARA)
    request_as(small.app, who)
    addresses = {"/nobody/here": 404} if who is STRANGER else {"/": 200, "/employee/amara": 200}
    for address, status in addresses.items():
        [line] = small.get(address, status).all("aside", cls="access-line")
        assert words in words_of(line)
        leads = [link.get("href") for link in line.iter("a")]
        assert leads == ([lead] if lead else [])


def test_no_line_is_above_the_pages_of_a_claimed_directory(tmp_path: Path) -> None:
    small = SmallDirectory(tmp_path, ACCESS="")
    small.put(AMARA)
    admin = Account(id="a1", name="Ana", email="ana@example.com", role=Role.ADMIN)
    small.app.extensions["access"]._store.claim(admin)
    request_as(small.app, VISITOR)
    assert not small.get("/").all("aside", cls="access-line")


@pytest.mark.parametrize(
    ("who", "address", "words"),
    [
        (COLLEAGUE, "/add", "Editors and administrators may."),
        (COLLEAGUE, "/info", "Administrators may."),
        (EDITOR, "/delete/amara", "Administrators may."),
        (EDITOR, "/settings/access", "Administrators may."),
    ],
)
@pytest.mark.parametrize("contact", ["", "people@example.com"])
def test_a_refusal_says_who_may_and_whom_to_ask(
    tmp_path: Path, who: Viewer, address: str, words: str, contact: str
) -> None:
    small = SmallDirectory(tmp_path, CONTACT=contact)
    request_as(small.app, who)
    page = small.get(address, 403)
    assert page.h1.startswith("You may not ")
    assert f"{words} Nothing was changed. Ask" in page.text
    assert ("mailto:people@example.com" in page.links().values()) == bool(contact)
    assert "Sign in" not in page.links()


def test_who_may_export_is_said_as_it_is_set(tmp_path: Path) -> None:
    small = SmallDirectory(tmp_path, EXPORTS="editors")
    request_as(small.app, under_policy(COLLEAGUE, sign_in_exists=True, editors_export=True))
    assert "Editors and administrators may." in small.get("/export.csv", 403).text


@pytest.mark.parametrize(
    ("who", "mails"),
    [
        (COLLEAGUE, "amara@example.com,people@example.com"),
        (HIMSELF, ""),
        (EDITOR, ""),
        (ANYBODY_IN_OPEN_MODE, ""),
    ],
)
def test_whoever_cannot_mend_a_mistake_can_report_it(
    tmp_path: Path, who: Viewer, mails: str
) -> None:
    small = SmallDirectory(tmp_path, CONTACT="people@example.com")
    link = page_as(small, who, "/employee/amara").links().get("Report a mistake", "")
    subject = "?subject=Mistake%20in%20the%20directory%3A%20Amara%20Adeyemi-Lindqvist"
    assert link == (f"mailto:{mails}{subject}" if mails else "")


def test_without_anybody_to_write_to_nothing_is_offered(small: SmallDirectory) -> None:
    small.put(replace(AMARA, id="quiet", email=""))
    page = page_as(small, COLLEAGUE, "/employee/quiet")
    assert "Report a mistake" not in page.links()


@pytest.mark.parametrize("who", ["first visitor", "editor", "admin", "everybody"])
def test_the_console_offers_tests_and_checks_to_administrators(
    small: SmallDirectory, who: str
) -> None:
    request_as(small.app, replace(VIEWERS[who], withheld=frozenset()))
    page = small.get("/info")
    may_act = who in ("admin", "everybody")
    assert ("Run health check" in page.links()) == may_act
    assert bool(page.all("form", method="post")) == may_act


def test_a_page_that_is_not_there_offers_a_stranger_no_search(small: SmallDirectory) -> None:
    request_as(small.app, STRANGER)
    assert not small.get("/nobody/here", 404).all("form", role="search")


@pytest.mark.parametrize(
    ("who", "hint"),
    [
        (VISITOR, "Name, job title or location"),
        (COLLEAGUE, "Name, job title, location, phone or email"),
        (ADMIN, "Name, job title, location, phone or email"),
    ],
    ids=["visitor", "colleague", "admin"],
)
def test_the_search_names_what_it_finds_for_its_viewer(
    small: SmallDirectory, who: Viewer, hint: str
) -> None:
    assert page_as(small, who).by_id("q").get("placeholder") == hint


@pytest.mark.parametrize(
    ("who", "unseen"), [(VISITOR, {"Phone", "Email"}), (COLLEAGUE, set()), (EDITOR, set())]
)
@pytest.mark.parametrize("address", ["/?view=table", "/?view=table&q=amara", "/?view=table&q=amra"])
def test_a_table_has_no_columns_of_what_its_viewer_does_not_see(
    small: SmallDirectory, who: Viewer, unseen: set[str], address: str
) -> None:
    page = page_as(small, who, address)
    headings = [words_of(th) for th in page.all("th", scope="col")]
    assert {"Phone", "Email"} - set(headings) == unseen
    [row] = [row for row in page.all("tr") if list(row.iter("a")) and "Amara" in words_of(row)]
    assert len(list(row)) == len(headings)
