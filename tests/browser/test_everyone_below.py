"""The list of everyone below somebody in a browser: it goes on by itself, and tells the total."""

from __future__ import annotations

import pytest

from app.directory import people_below
from app.history.changes import Write
from app.model.employee import Employee
from tests.browser.conftest import Site
from tests.support.browser.axe import check_views
from tests.support.browser.pages import Open


@pytest.fixture(scope="module", autouse=True)
def people(site: Site) -> None:
    """Eve leads Bob, who leads 60 people; the last of them is a pilot."""
    people = [Employee(id="eve", full_name="Eve"), of("bob", "Bob", "eve")]
    people += [of(f"p{number}", f"Person {number:02}", "bob") for number in range(60)]
    people.append(of("zoe", "Zoe", "p59", job_title="Pilot"))
    list(site.small.store.add_many(people, Write("")))


@pytest.fixture(autouse=True)
def short_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(people_below, "MAX_ROWS_EXAMINED", 25)


def of(employee_id: str, name: str, manager: str, **fields: str) -> Employee:
    return Employee(id=employee_id, full_name=name, manager=manager, **fields)  # type: ignore[arg-type]


def test_the_count_goes_on_to_the_total(browse: Open) -> None:
    page = browse("/?under=eve")
    page.wait_for_selector("#walk", state="detached")
    assert page.locator("#count").inner_text() == "62 people below Eve"
    assert page.locator("#people .name").count() == 24
    page.get_by_role("link", name="Next").click()
    page.wait_for_selector("#walk", state="detached")
    assert page.locator("#count").inner_text() == "62 people below Eve"
    page.get_by_role("link", name="First page").wait_for()


def test_a_page_that_is_not_full_goes_on_by_itself(browse: Open) -> None:
    page = browse("/?under=eve&job_title=Pilot")
    page.wait_for_selector("#walk", state="detached")
    assert page.locator("#people .name").all_inner_texts() == ["Zoe"]
    assert page.locator("#count").inner_text() == "1 person matches, of 62 people below Eve"
    assert page.locator("#pager a").count() == 0
    page.get_by_role("searchbox").fill("nobody")
    page.get_by_role("heading", name="No one matches").wait_for()


def test_without_script_a_link_goes_on(browse: Open) -> None:
    page = browse("/?under=eve&job_title=Pilot", script=False)
    assert page.get_by_role("heading", name="No matches so far").count() == 1
    page.get_by_role("link", name="Go on").click()
    page.get_by_role("link", name="Go on").click()
    assert page.locator("#people .name").all_inner_texts() == ["Zoe"]


@pytest.mark.parametrize("address", ["/?under=eve", "/?under=eve&view=table", "/?under=zoe"])
def test_axe_finds_nothing(browse: Open, address: str) -> None:
    check_views(browse(address))
