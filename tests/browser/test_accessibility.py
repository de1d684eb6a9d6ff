"""axe finds nothing on any page, light or dark, narrow or wide, with or without script;
no page scrolls sideways."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from threading import Event

import pytest
from playwright.sync_api import Page

from app.contracts.import_choices import Choices
from app.web.http.streaming import MAX_DOWNLOADS
from tests.browser.conftest import Open, Site
from tests.support.browser.axe import check, check_views
from tests.support.viewers import OPERATOR


def wrong_form(page: Page, site: Site) -> None:
    page.fill("#email", "asdis@")
    page.click("text=Save person")
    page.wait_for_selector("#error-summary")


def conflict(page: Page, site: Site) -> None:
    count = site.small.store.get("amara").version
    site.small.change("amara", job_title=f"Staff {count}", badges=("bug",), about=f"Less. {count}")
    page.fill("#job_title", "Chief")
    page.fill("#phone", f"+254 {count:04}")
    page.click("text=Save person")
    page.wait_for_selector(".versions")


def deleted(page: Page, site: Site) -> None:
    form = site.small.form("/add", full_name="Bob Gone", job_title="A", location="L", about="x\ny")
    address = site.small.post("/add", form).response.headers["Location"]
    page.goto(address.replace("/employee/", "/edit/"))
    site.small.directory.delete(OPERATOR, address.rpartition("/")[2], None, "theirs")
    page.click("text=Save person")
    page.wait_for_selector("text=This person was deleted")


def silent_form(page: Page, site: Site) -> None:
    page.fill("#full_name", "Ada")
    page.fill("#job_title", "A")
    page.fill("#location", "L")
    site.small.store.silent = True
    try:
        page.click("text=Save person")
        page.wait_for_selector(".flash-bad")
    finally:
        site.small.store.silent = False


def silent_list(page: Page, site: Site) -> None:
    site.small.store.silent = True
    try:
        page.goto("/")
    finally:
        site.small.store.silent = False


def busy_export(page: Page, site: Site) -> None:
    room = site.small.app.extensions["long_files"]
    taken = [room.acquire({}) for _ in range(MAX_DOWNLOADS)]
    try:
        page.goto("/export.csv?q=a")
        page.wait_for_selector("text=Other exports are in progress")
    finally:
        for each in taken:
            room.release(each)


def saved(page: Page, site: Site) -> None:
    page.fill("#pronouns", "they/them")
    page.click("text=Save person")
    page.wait_for_selector(".flash-good")


def numbers_open(page: Page, site: Site) -> None:
    for summary in page.locator("details.numbers summary").all():
        summary.click()


def compared(page: Page, site: Site) -> None:
    rows = b"Name,Title,Office,Mail\nAmara,Boss,,amara@example.com\nBo,Clerk,Oslo,bo@example.com\n"
    importer = site.small.app.extensions["importer"]
    job = importer.receive(BytesIO(rows), "Staff.csv")
    for _ in importer.work(job.id, Event()):
        pass
    page.goto(f"/import/{job.id}")


def duplicates(page: Page, site: Site) -> None:
    rows = b"Name,Title,Mail,Shoe\nBo,Clerk,bo@example.com,4\nBob,Clerk,bo@example.com,5\n"
    importer = site.small.app.extensions["importer"]
    choices = Choices(is_complete=True, defaults=(("location", "Oslo"),))
    job = importer.receive(BytesIO(rows), "Staff.csv", choices=choices)
    for _ in importer.work(job.id, Event()):
        pass
    page.goto(f"/import/{job.id}")


def as_it_is(page: Page, site: Site) -> None:
    return None


PAGES: dict[str, tuple[str, Callable[[Page, Site], None]]] = {
    "list": ("/", as_it_is),
    "table": ("/?view=table", as_it_is),
    "sorted table": ("/?view=table&sort=location&dir=desc", as_it_is),
    "filtered": ("/?badge=bug&location=Nairobi&q=a", as_it_is),
    "nobody": ("/?q=zebra&badge=bug", as_it_is),
    "close": ("/?q=adyemi", as_it_is),
    "close table": ("/?q=adyemi&view=table", as_it_is),
    "person": ("/employee/amara", as_it_is),
    "saved": ("/edit/amara", saved),
    "add": ("/add", as_it_is),
    "edit": ("/edit/amara", as_it_is),
    "wrong": ("/add", wrong_form),
    "conflict": ("/edit/amara", conflict),
    "deleted": ("/add", deleted),
    "delete": ("/delete/amara", as_it_is),
    "404": ("/nobody/here", as_it_is),
    "503": ("/add", silent_list),
    "silent form": ("/add", silent_form),
    "busy export": ("/", busy_export),
    "console": ("/info", as_it_is),
    "insights": ("/insights", numbers_open),
    "import": ("/import", as_it_is),
    "import compared": ("/import", compared),
    "import duplicates": ("/import", duplicates),
}


@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing(browse: Open, site: Site, name: str) -> None:
    address, prepare = PAGES[name]
    page = browse(address)
    prepare(page, site)
    check_views(page)


@pytest.mark.parametrize("name", ["list", "table", "person", "wrong", "conflict", "404"])
def test_axe_finds_nothing_without_script(browse: Open, site: Site, name: str) -> None:
    address, prepare = PAGES[name]
    page = browse("/healthz")
    # axe itself is script, so ours is kept out and the rest is let run.
    page.route("**/directory.js", lambda route: route.fulfill(body=""))
    page.goto(address)
    prepare(page, site)
    check(page)


@pytest.mark.parametrize("width", [1280, 390])
def test_an_open_menu_is_in_order_but_for_the_names_it_covers(browse: Open, width: int) -> None:
    page = browse("/", width=width)
    if width < 640:
        page.click("#filters")
    page.click("summary:has-text('Badge')")
    check(page, without=("target-size",))


def test_an_empty_directory_is_in_order(browse: Open, site: Site) -> None:
    page = browse("/")
    people, site.small.store.people = site.small.store.people, {}
    site.small.directory.facets.__self__._counts.expire()  # type: ignore[attr-defined]
    try:
        check_views(browse("/"))
    finally:
        site.small.store.people = people
    page.close()


def test_long_words_do_not_push_a_page_sideways(browse: Open, site: Site) -> None:
    long = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamten" * 2
    site.small.add(
        full_name=long,
        job_title=long,
        department=long,
        location=long,
        email=f"{long}@example.com",
        about=long * 4,
    )
    [person] = [person for person in site.small.everyone() if person.full_name == long]
    try:
        for address in (f"/?q={long[:20]}", f"/employee/{person.id}", f"/edit/{person.id}"):
            page = browse(address)
            for width in (1280, 320):
                page.set_viewport_size({"width": width, "height": 800})
                wide = page.evaluate("document.documentElement.scrollWidth")
                assert wide <= page.evaluate("innerWidth"), (address, width, wide)
        check(page)
    finally:
        site.small.directory.delete(OPERATOR, person.id, None, "done")
