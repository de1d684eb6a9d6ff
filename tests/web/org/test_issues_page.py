"""The page of reporting-line issues: what is told, where it leads, and how it goes on."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from app.access.viewer import Role
from tests.support.days import PAST_DAY
from tests.support.page_reader import words_of
from tests.support.stores.bindings import ModelRoom
from tests.support.viewers import request_as, viewer
from tests.web.org.test_org_pages import Org, stored

__all__ = ["stored"]


@pytest.fixture
def org(tmp_path: Path) -> Org:
    return Org(ModelRoom(), tmp_path)


def test_issues_are_told_and_lead_to_where_they_are_mended(stored: Org) -> None:
    stored.put_line("ursula", "pat", "rae")
    stored.put("cyd", "Bob <Smith>")
    stored.put_line("ada", "bea", "dee")
    stored.room.change_outside("pat", "left_on", PAST_DAY)
    stored.room.change_outside("ada", "manager", "dee")
    page = stored.get("/org/issues")
    assert page.h1 == "Reporting-line issues"
    assert "Reports to Pat, who left on" in page.text
    assert "Stored as manager: “Bob <Smith>”" in page.text
    circle = page.one("p", cls="issue-circle")
    assert re.sub(r"\W+reports to ", " ", words_of(circle)).split() == ["Ada", "Dee", "Bea", "Ada"]
    assert "All 7 people looked through" in page.text
    links = [link.get("href") for link in page.all("a", cls="issue-mend")]
    assert links == [f"/edit/{one}#manager" for one in ("rae", "cyd", "ada", "ursula")]


def test_one_kind_alone_is_shown(org: Org) -> None:
    org.put_line("ursula", "rae")
    org.put("cyd", "nobody here")
    page = org.get("/org/issues?kind=unknown")
    assert [words_of(each) for each in page.all("h2")] == ["Unknown manager 1"]
    assert "No issues found" in org.get("/org/issues?kind=circle").text
    assert len(org.get("/org/issues?kind=nonsense&after=%00&seen=x&led=2").all("h2")) == 2


def test_where_nobody_has_a_manager_one_sentence_says_so(org: Org) -> None:
    assert "There are no people yet" in org.get("/org/issues").text
    org.put("ursula")
    org.put("bob")
    page = org.get("/org/issues")
    assert "No one has a manager yet, so those without one are not listed." in page.text
    assert page.all("a", cls="issue-mend") == []
    assert "No one has a manager yet" not in org.get("/org/issues?kind=circle").text


def test_who_is_at_the_top_by_choice_needs_no_manager(org: Org) -> None:
    org.put_line("ursula", "rae")
    org.put("bob")
    access = org.app.extensions["access"]
    access.choose(access.settings(), mode=None, visibility={}, org_top=["ursula"])
    page = org.get("/org/issues")
    assert [words_of(link) for link in page.all("a", cls="org-name")] == ["Bob"]


def test_it_goes_on_until_all_are_looked_through(org: Org) -> None:
    org.put("boss")
    for number in range(250):
        org.put(f"p{number:03}", "boss" if number == 0 else "")
    told: list[str] = []
    address, pages = "/org/issues?kind=without", 0
    while address:
        page = org.get(address)
        told += [words_of(link) for link in page.all("a", cls="org-name")]
        address, pages = page.links().get("Go on", ""), pages + 1
    assert (len(told), len(set(told)), pages) == (250, 250, 3)
    assert "All 251 people looked through" in page.text
    assert page.links()["From the beginning"] == "/org/issues?kind=without"


def test_editors_alone_see_issues_and_the_way_to_them(org: Org) -> None:
    org.put("ursula")
    client = org.app.test_client()
    request_as(org.app, viewer(Role.COLLEAGUE))
    assert client.get("/org/issues").status_code == 403
    assert b"/org/issues" not in client.get("/org/ursula").data
    request_as(org.app, viewer(Role.EDITOR))
    assert client.get("/org/issues").status_code == 200
    assert b"/org/issues" in client.get("/org/ursula").data
