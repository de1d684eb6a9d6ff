"""Whom somebody reports to and who reports to them, on their page."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from app.access.viewer import Role
from app.access.visibility import Audience, Visibility
from app.contracts import Query
from app.model.employee import Employee
from tests.support.days import PAST_DAY
from tests.support.page_reader import Page
from tests.support.page_reader import words_of as words_in
from tests.support.small_directory import AMARA, SmallDirectory, small
from tests.support.viewers import request_as, viewer

__all__ = ["small"]


def lead(small: SmallDirectory, reports: int, manager: str = "amara") -> None:
    for number in range(reports):
        known = {"id": f"{manager}-{number}", "full_name": f"Report {number:02}"}
        small.put(Employee(**known, job_title="Engineer", manager=manager))


def words_of(page: Page, tag: str, cls: str) -> str:
    return "".join(page.one(tag, cls=cls).itertext())


def test_a_page_without_reporting_lines_says_nothing_of_them(small: SmallDirectory) -> None:
    small.put(AMARA)
    page = small.get("/employee/amara").response.text
    assert "Reports to" not in page
    assert "Direct reports" not in page


def test_manager_and_reports_are_links(small: SmallDirectory) -> None:
    small.put(AMARA)
    lead(small, 2)
    lead(small, 1, manager="amara-1")
    page = small.get("/employee/amara")
    assert page.links()["Report 00"] == "/employee/amara-0"
    assert "1 direct report" in words_of(page, "ul", "reports")
    assert "View all" not in page.response.text
    assert small.get("/employee/amara-0").links()["Amara Adeyemi-Lindqvist"] == "/employee/amara"


def test_the_first_six_are_shown_and_all_are_a_list(small: SmallDirectory) -> None:
    small.put(AMARA)
    lead(small, 9)
    page = small.get("/employee/amara")
    shown = words_of(page, "ul", "reports")
    assert "Report 05" in shown
    assert "Report 06" not in shown
    address = page.links()["View all 9 direct reports"]
    assert address == "/?manager=amara"
    assert "Report 08" in small.get(address).response.text


@pytest.mark.parametrize("text", ["Pat Lee", "7", "<b>"])
def test_what_another_program_wrote_is_shown_as_it_is(small: SmallDirectory, text: str) -> None:
    small.put(replace(AMARA, manager=text))
    page = small.get("/employee/amara")
    assert words_of(page, "section", "person-manager").strip().endswith(text)


def test_a_leaver_is_nobodys_manager_for_a_colleague(small: SmallDirectory) -> None:
    small.put(replace(AMARA, id="secret-id", left_on=PAST_DAY))
    small.put(replace(AMARA, full_name="Kofi Mensah", manager="secret-id"))
    assert "Reports to" in small.get("/employee/amara").response.text
    request_as(small.app, viewer(Role.COLLEAGUE))
    assert "secret-id" not in small.get("/employee/amara").response.text


def test_who_may_not_see_managers_sees_no_lines_and_no_list() -> None:
    sight = Visibility({"manager": Audience.EDITORS}).sight_of(viewer(Role.COLLEAGUE))
    assert Query(manager="amara").seen_with(sight).is_impossible
    assert not Query(manager="amara").is_impossible


def test_a_page_is_shown_although_its_lines_cannot_be_read(
    small: SmallDirectory, monkeypatch: pytest.MonkeyPatch
) -> None:
    from app.model.errors import StorageUnavailable

    small.put(AMARA)

    def fail(*args: object) -> None:
        raise StorageUnavailable("the database", "sqlite")

    monkeypatch.setattr(small.store, "browse", fail)
    page = small.get("/employee/amara").response.text
    assert "amara@example.com" in page
    assert "could not be read" in page


SLACK = "https://example.slack.com/team/{name}"


@pytest.mark.parametrize(
    ("pattern", "name", "address", "words"),
    [
        (SLACK, "@selam", "https://example.slack.com/team/selam", "@selam on Slack"),
        (SLACK, "a/../b?c", "https://example.slack.com/team/a%2F..%2Fb%3Fc", "a/../b?c on Slack"),
        (
            "https://teams.microsoft.com/l/chat/0/0?users={name}",
            "s&m@example.com",
            "https://teams.microsoft.com/l/chat/0/0?users=s%26m@example.com",
            "s&m@example.com on Microsoft Teams",
        ),
        ("https://chat.example.com/@{name}", "selam", "https://chat.example.com/@selam", "selam"),
    ],
)
def test_a_name_in_a_chat_leads_there(
    tmp_path: Path, pattern: str, name: str, address: str, words: str
) -> None:
    small = SmallDirectory(tmp_path, CHAT_LINK=pattern)
    small.put(replace(AMARA, chat=name))
    page = small.get("/employee/amara")
    assert page.links()["Chat"] == address
    assert words in [words_in(value) for value in page.all("dd")]


def test_without_the_setting_a_name_in_a_chat_is_text(small: SmallDirectory) -> None:
    small.put(replace(AMARA, chat="<selam>"))
    page = small.get("/employee/amara")
    assert "<selam>" in [words_in(value) for value in page.all("dd")]
    assert "Chat" not in page.links()
