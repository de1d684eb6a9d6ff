"""What is wrong with reporting lines: each named once, exactly, at a bounded cost."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

import pytest

from app.access.rights import Right
from app.access.viewer import Role
from app.contracts.reports import RecordPage
from app.directory import line_walk
from app.directory.line_walk import MAX_CIRCLE, Kind, LineWalk
from app.directory.reporting_issues import IssuePage, ReportingIssues
from app.directory.service import Directory
from app.model.employee import Employee
from app.model.errors import NotAllowed
from tests.support.days import COMING_DAY, PAST_DAY
from tests.support.model_store import ModelStore
from tests.support.viewers import viewer

EDITOR = viewer(Role.EDITOR)


class Metered(ModelStore):
    """A store that charges as DynamoDB does, and counts the records that are read by their id."""

    def __init__(self) -> None:
        super().__init__()
        self.gets = 0

    def read_records(self, bookmark: str, limit: int) -> RecordPage:
        page = super().read_records(bookmark, limit)
        return page._replace(read_units=len(page.records) * 0.125)

    def get_many(self, employee_ids: Collection[str]) -> dict[str, Employee]:
        self.gets += len(employee_ids)
        return super().get_many(employee_ids)


class Org:
    def __init__(self) -> None:
        self.store = Metered()
        self.directory = Directory(self.store, None)
        self.tops: list[str] = []
        self.issues = ReportingIssues(self.directory, self.store, tops=lambda: self.tops)

    def put(self, employee_id: str, manager: str = "", left_on: str = "") -> None:
        """Store somebody as another program may, with any manager."""
        person = Employee(
            id=employee_id,
            full_name=employee_id.title(),
            manager=manager,
            left_on=left_on,
            version=1,
        )
        self.store.people[employee_id] = person

    def circle(self, *ids: str) -> None:
        for number, each in enumerate(ids):
            self.put(each, ids[(number + 1) % len(ids)])

    def page(self, bookmark: str = "", *kinds: Kind) -> IssuePage:
        return self.issues.page(EDITOR, bookmark, kinds or tuple(Kind))


@pytest.fixture
def org() -> Org:
    return Org()


def told(page: IssuePage) -> dict[str, tuple[str, ...]]:
    return {
        f"{each.kind} {each.person.id}": tuple(one.id for one in each.circle)
        for each in page.issues
    }


def test_each_issue_is_named_exactly(org: Org) -> None:
    org.put("ursula")
    org.put("bob", "ursula")
    org.put("old", "ursula", PAST_DAY)
    org.put("soon", "ursula", COMING_DAY)
    org.put("rae", "old")
    org.put("sam", "soon")
    org.put("cyd", "Bob Smith")
    org.put("gone", "nobody", PAST_DAY)
    page = org.page()
    assert told(page) == {"without ursula": (), "left rae": (), "unknown cyd": ()}
    assert {each.person.id: each.manager and each.manager.id for each in page.issues}[
        "rae"
    ] == "old"
    assert (page.examined, page.next) == (8, "")
    org.tops = ["ursula"]
    assert told(org.page()) == {"left rae": (), "unknown cyd": ()}
    assert told(org.page("", Kind.UNKNOWN)) == {"unknown cyd": ()}


def test_each_circle_is_named_once_in_its_order(org: Org) -> None:
    org.circle("self")
    org.circle("b", "a")
    org.circle("m", "z", "k")
    org.put("tail", "m")  # leads into a circle, and is not in it
    org.put("aa", "tail")
    assert told(org.page()) == {
        "circle self": ("self",),
        "circle a": ("a", "b"),
        "circle k": ("k", "m", "z"),
    }


@pytest.mark.parametrize("people", [1, 2, 3, 64, 100, MAX_CIRCLE])
def test_circles_of_any_size_are_found(org: Org, people: int) -> None:
    ids = [f"p{number:04}" for number in range(people)]
    org.circle(*ids)
    page = org.page("", Kind.CIRCLE)
    assert told(page) == {"circle p0000": tuple(ids)}
    assert org.store.gets <= 2 * people + 400


def test_a_longer_line_is_told_of_as_such_and_followed_by_the_command(org: Org) -> None:
    ids = [f"p{number:04}" for number in range(MAX_CIRCLE + 5)]
    org.circle(*ids)
    found = {}
    bookmark = None
    while bookmark != "":
        page = org.page(bookmark or "", Kind.CIRCLE)
        found |= told(page)
        bookmark = page.next
    assert found == {f"circle {each}": () for each in ids[:5]}
    whole, *_ = org.issues.pages(EDITOR, 10_000)
    assert told(whole) == {"circle p0000": tuple(ids)}


def test_a_circle_of_those_who_all_left_is_none(org: Org) -> None:
    org.put("a", "b", PAST_DAY)
    org.put("b", "a", PAST_DAY)
    assert told(org.page()) == {}
    org.put("b", "a")
    assert told(org.page()) == {"circle a": ("a", "b"), "left b": ()}


def test_where_nobody_has_a_manager_nobody_is_listed(org: Org) -> None:
    for number in range(300):
        org.put(f"p{number:03}")
    page = org.page()
    assert (told(page), page.examined, page.is_led, page.next) == ({}, 300, False, "")
    org.put("p299", "p000")
    page = org.page("", Kind.WITHOUT)
    assert (len(page.issues), page.examined, page.is_led) == (100, 100, True)
    rest = org.issues.page(EDITOR, page.next, [Kind.WITHOUT], is_led=True)
    assert (len(rest.issues), rest.issues[0].person.id) == (100, "p100")


def test_a_page_goes_on_where_it_ended_and_costs_what_it_may(org: Org) -> None:
    """Of 3,000 people each has another manager: more reads than one page may make."""
    for number in range(3_000):
        org.put(f"p{number:04}", f"q{number:04}")
        org.put(f"q{number:04}", "" if number % 10 else "nobody")
    found: list[str] = []
    bookmark, pages, examined = "", 0, 0
    while bookmark or not pages:
        org.store.gets = 0
        page = org.page(bookmark, Kind.UNKNOWN)
        assert org.store.gets <= 400
        assert page.examined
        found += [each.person.id for each in page.issues]
        bookmark, pages, examined = page.next, pages + 1, examined + page.examined
    assert found == [f"q{number:04}" for number in range(0, 3_000, 10)]
    assert examined == 6_000


def test_a_part_of_a_slow_store_ends_in_time(org: Org, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(1_000):
        org.put(f"p{number:04}", "nobody")
    clock = iter(range(1_000_000))
    monkeypatch.setattr(line_walk.time, "monotonic", lambda: next(clock))
    page = org.page("", Kind.CIRCLE)
    assert 0 < page.examined < 1_000
    assert page.next
    assert sum(each.examined for each in org.issues.pages(EDITOR)) == 1_000


def test_what_was_mended_meanwhile_is_not_named(org: Org, monkeypatch: pytest.MonkeyPatch) -> None:
    org.circle("a", "b")
    org.put("cyd", "nobody")
    org.put("dee", "missing")
    part = LineWalk.part

    def mended(walk: LineWalk, *args: object, **bounds: object) -> object:
        found = part(walk, *args, **bounds)  # type: ignore[arg-type]
        for each in ("a", "cyd"):
            org.store.people[each] = replace(org.store.people[each], manager="")
        return found

    monkeypatch.setattr(LineWalk, "part", mended)
    assert told(org.page()) == {"unknown dee": ()}


def test_issues_are_for_editors(org: Org) -> None:
    with pytest.raises(NotAllowed) as refused:
        org.issues.page(viewer(Role.COLLEAGUE), "")
    assert refused.value.right == Right.EDIT_PEOPLE
