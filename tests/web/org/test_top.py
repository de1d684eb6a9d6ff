"""Who is at the top of the org chart: chosen by an administrator, or proposed, or asked for."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from app.access.viewer import Role
from app.access.visibility import Audience
from app.contracts.accounts import MAX_ORG_TOP
from app.history.changes import Write
from app.model.employee import Employee
from tests.support.days import PAST_DAY
from tests.support.page_reader import Page, fields_of, words_of
from tests.support.small_directory import SmallDirectory
from tests.support.viewers import request_as, viewer
from tests.web.org.test_org_pages import reports
from tests.web.test_settings_pages import claimed


@pytest.fixture
def small(tmp_path: Path) -> SmallDirectory:
    small = claimed(tmp_path)
    put(small, "ursula", "selam", "salma")
    put(small, "otto", "ola")
    return small


def put(small: SmallDirectory, *line: str) -> None:
    for manager, name in zip(("", *line), line, strict=False):
        person = Employee(id=name, full_name=f"{name.title()} X", manager=manager)
        small.store.add(person, Write(f"w {name}"))


def button(page: Page, do: str, person: str) -> dict[str, object]:
    """The form of the button, as a browser posts it."""
    for form in page.all("form", method="post"):
        fields = {name: values[0] for name, values in fields_of(form).items()}
        if (fields.get("do"), fields.get("person")) == (do, person):
            return dict(fields)
    raise AssertionError(f"no button to {do} {person}")


def choose(small: SmallDirectory, *people: str) -> None:
    for person in people:
        page = small.get(f"/settings/org?q={person}")
        small.post("/settings/org", button(page, "add", person), 303)


def chosen(small: SmallDirectory) -> tuple[str, ...]:
    top: tuple[str, ...] = small.app.extensions["access"].settings().org_top
    return top


def test_an_administrator_finds_who_is_at_the_top_and_takes_them_off(
    small: SmallDirectory,
) -> None:
    assert "No one is chosen" in small.get("/settings/org").text
    choose(small, "otto", "ursula")
    assert chosen(small) == ("otto", "ursula")
    page = small.get("/settings/org?q=Ursula")
    assert "No one else was found" in page.text
    small.post("/settings/org", button(page, "remove", "otto"), 303)
    assert chosen(small) == ("ursula",)
    # The other settings of the same record stay, and the other way round.
    access = small.app.extensions["access"]
    settings = access.settings()
    access.choose(settings, mode=settings.mode, visibility={"phone": Audience.EDITORS})
    assert chosen(small) == ("ursula",)
    choose(small, "otto")
    assert access.settings().visibility == {"phone": Audience.EDITORS}


def test_the_audit_log_tells_who_chose_the_top(small: SmallDirectory) -> None:
    choose(small, "otto")
    assert "chose who is at the top of the org chart" in small.get("/audit").text


def test_what_cannot_be_at_the_top_is_refused_with_the_reason(small: SmallDirectory) -> None:
    page = small.get("/settings/org?q=otto")
    for person in ("otto", "salma"):
        gone = button(small.get(f"/settings/org?q={person}"), "add", person)
        if person == "otto":
            small.store.delete("otto", None, Write("delete"))
        else:
            stored = small.store.get("salma")
            small.store.people["salma"] = replace(stored, left_on=PAST_DAY)
        refused = small.post("/settings/org", gone, 422)
        assert ("not here any more" if person == "otto" else "has left") in refused.text
    fields = button(page, "add", "otto")
    assert small.post("/settings/org", {**fields, "do": "rule"}, 400)
    assert small.post("/settings/org", {**fields, "person": ""}, 400)
    late = small.post("/settings/org", {**fields, "version": "77"}, 409)
    assert "Another administrator saved settings before you" in late.text
    assert chosen(small) == ()


def test_at_most_eight_are_at_the_top(small: SmallDirectory) -> None:
    for number in range(MAX_ORG_TOP + 1):
        put(small, f"top{number}")
    last = small.get("/settings/org?q=top8")
    choose(small, *(f"top{number}" for number in range(MAX_ORG_TOP)))
    assert "At most 8 people" in small.get("/settings/org").text
    fields = button(last, "add", "top8")
    fields["version"] = str(small.app.extensions["access"].settings().version)
    assert "At most 8 people" in small.post("/settings/org", fields, 422).text
    assert len(chosen(small)) == MAX_ORG_TOP


def test_one_at_the_top_is_the_chart(small: SmallDirectory) -> None:
    choose(small, "ursula")
    request_as(small.app, viewer(Role.COLLEAGUE, person_id="salma"))
    page = small.get("/org")
    assert words_of(page.one("h1")) == "Ursula X"
    assert reports(page) == ["Selam X"]


def test_several_at_the_top_are_listed_with_their_numbers(small: SmallDirectory) -> None:
    choose(small, "ursula", "otto")
    small.app.extensions["counting"].run()
    request_as(small.app, viewer(Role.COLLEAGUE, person_id="salma"))
    page = small.get("/org")
    assert reports(page) == ["Ursula X", "Otto X"]
    teams = [words_of(team) for team in page.all("a", cls="org-team")]
    assert teams == ["1 report to Ursula X, 2 in all", "1 report to Otto X"]
    assert "counted" in page.text
    assert page.links()["My place in it"] == "/org/salma"


def test_who_left_or_was_erased_is_not_at_the_top_any_more(small: SmallDirectory) -> None:
    choose(small, "ursula", "otto", "salma")
    small.store.delete("otto", None, Write("delete"))
    small.store.people["salma"] = replace(small.store.get("salma"), left_on=PAST_DAY)
    page = small.get("/settings/org")
    assert "Not here any more" in page.text
    assert "Has left" in page.text
    request_as(small.app, viewer(Role.COLLEAGUE))
    assert words_of(small.get("/org").one("h1")) == "Ursula X"


def test_without_a_top_the_one_with_most_below_is_proposed(small: SmallDirectory) -> None:
    page = small.get("/org")
    assert "Whom to begin with?" in page.text
    assert page.links()["Choose who is at the top"] == "/settings/org"
    small.app.extensions["counting"].run()
    request_as(small.app, viewer(Role.COLLEAGUE))
    page = small.get("/org")
    assert "Begin with Ursula X" in words_of(page.one("main"))
    assert "2 people below them in all" in page.text
    assert "Choose who is at the top" not in page.links()
    put(small, "zoe")
    small.store.people["ursula"] = replace(small.store.get("ursula"), manager="zoe")
    assert "Whom to begin with?" in small.get("/org").text


def test_who_may_not_see_managers_is_told_of_no_top(small: SmallDirectory) -> None:
    small.app.extensions["counting"].run()
    access = small.app.extensions["access"]
    settings = access.settings()
    access.choose(settings, mode=settings.mode, visibility={"manager": Audience.EDITORS})
    request_as(small.app, viewer(Role.COLLEAGUE))
    assert "Ursula" not in small.get("/org").text
    settings = access.settings()
    access.choose(
        settings, mode=settings.mode, visibility=settings.visibility, org_top=("ursula", "otto")
    )
    assert "Ursula" not in small.get("/org").text


def test_who_is_deleted_permanently_is_neither_at_the_top_nor_counted(
    small: SmallDirectory,
) -> None:
    choose(small, "ursula", "otto")
    counting = small.app.extensions["counting"]
    assert counting.run().top_id == "ursula"
    small.directory.delete(viewer(Role.ADMIN), "ursula", None, "erase")
    assert chosen(small) == ("otto",)
    assert "ursula" not in counting._reports.counting_state()
    # Selam still names them, who are nobody now.
    assert counting._reports.count_reports(["ursula"])["ursula"].below is None
