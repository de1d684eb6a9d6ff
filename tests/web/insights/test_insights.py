"""Insights: what the charts count, where their bars lead, and what they cost."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from app.access.viewer import Role
from app.access.visibility import Audience, Visibility
from app.contracts import Facets
from app.directory.counting import Counting
from app.history.changes import Write
from app.model.employee import Employee
from app.model.revision import revision_of
from app.web.insights.data import MAX_BARS
from app.web.insights.starts import MAX_YEARS, headcount, years_in_chart
from app.web.ui.html.charts import scale
from tests.support.days import PAST_DAY
from tests.support.page_reader import Page, words_of
from tests.support.small_directory import AMARA, SmallDirectory, small
from tests.support.stores.bindings import ModelRoom
from tests.support.viewers import OPERATOR, request_as, viewer
from tests.web.org.test_org_pages import Org

__all__ = ["small"]

SVG = "{http://www.w3.org/2000/svg}"
STAFF = (
    Employee(id="a", full_name="Ada", job_title="Analyst", location="London", badges=("bug",)),
    Employee(id="b", full_name="Bob", job_title="ANALYST", location="Łódź & <co>"),
    Employee(id="c", full_name="Cem", job_title="Analyst", location="London", badges=("bug",)),
)


def put(small: SmallDirectory, **fields: str) -> None:
    number = str(len(small.store.people))
    small.store.add(Employee(id=number, full_name=f"Person {number}", **fields), Write(number))  # type: ignore[arg-type]


def bars_of(page: Page) -> dict[str, str]:
    """Where the bars and columns lead, by their titles."""
    return {
        words_of(next(link.iter(f"{SVG}title"))): link.get("href", "")
        for chart in page.all(f"{SVG}svg", cls="chart")
        for link in chart.iter(f"{SVG}a")
    }


def rows_of(page: Page, caption: str) -> list[list[str]]:
    """The cells of a table, row by row."""
    tables = [t for t in page.all("table") if words_of(next(t.iter("caption"))) == caption]
    return [[words_of(cell) for cell in row] for row in next(tables[0].iter("tbody"))]


def test_each_bar_tells_how_many_and_leads_to_them(small: SmallDirectory) -> None:
    for person in STAFF:
        small.put(person)
    small.put(AMARA)
    page = small.get("/insights")
    found = bars_of(page)
    for name, people in {
        "London: 2 people": ["Ada", "Cem"],
        "Łódź & <co>: 1 person": ["Bob"],
        "Analyst: 3 people": ["Ada", "Bob", "Cem"],
        "Bugfixer: 2 people": ["Ada", "Cem"],
        "February 2019: 1 person": [AMARA.full_name],
    }.items():
        assert small.get(found[name]).names() == people, name
    assert found["February 2019: 1 person"] == "/?joined=2019-02"
    assert "3 people have no department." in page.text
    assert "3 people have no start date." in page.text


def test_a_value_that_nobody_can_see_or_ask_for_has_no_bar(small: SmallDirectory) -> None:
    small.put(AMARA)
    small.put(Employee(id="odd", full_name="Odd", location="\u2800", department="\u200b"))
    page = small.get("/insights")
    assert all("location=&" not in address for address in bars_of(page).values())
    assert "1 person has no location." in page.text
    assert "1 person has no department." in page.text


def test_the_table_beneath_a_chart_has_its_numbers_and_links(small: SmallDirectory) -> None:
    for person in STAFF:
        small.put(person)
    page = small.get("/insights")
    assert rows_of(page, "People by location") == [
        ["London", "2", "66.7 %"],
        ["Łódź & <co>", "1", "33.3 %"],
    ]
    assert rows_of(page, "People by badge") == [["Bugfixer", "2", "66.7 %"]]
    assert page.links()["Bugfixer"] == "/?badge=bug"
    assert "No one has a start date yet." in page.text


def test_the_longest_bars_come_first_and_the_rest_are_told_in_words(small: SmallDirectory) -> None:
    for number in range(MAX_BARS + 3):
        for _ in range(2 if number > 3 else 1):
            put(small, location=f"Place {number:02}", job_title="One")
    page = small.get("/insights")
    titles = [title for title in bars_of(page) if title.startswith("Place")]
    assert len(titles) == MAX_BARS
    assert titles[0] == "Place 04: 2 people"
    assert titles[-1] == "Place 00: 1 person"
    assert "3 other locations: 3 people." in page.text
    assert rows_of(page, "People by location")[-1] == ["3 other locations", "3", "7.1 %"]


def test_months_without_anybody_are_zeros_of_their_year(small: SmallDirectory) -> None:
    for day in ("2024-11-05", "2024-11-30", "2026-02-01", "soon"):
        put(small, start_date=day)
    page = small.get("/insights")
    rows = rows_of(page, "People by start date")
    assert [row[0] for row in rows] == ["2026", "2025", "2024"]
    assert rows[0] == ["2026", "0", "1", *"0" * 10, "1"]
    assert rows[1] == ["2025", *"0" * 13]
    assert rows[2][11:] == ["2", "0", "2"]
    bars = bars_of(page)
    assert bars["2024: 2 people"] == "/insights?year=2024#months"
    assert "2025: 0 people" not in bars
    assert (bars["February 2026: 1 person"], "November 2024: 2 people" in bars) == (
        "/?joined=2026-02",
        False,
    )
    assert "November 2024: 2 people" in bars_of(small.get(bars["2024: 2 people"]))
    assert small.get("/insights?year=2025").one("h3", id="months").text == "Months of 2026"
    assert "Most started in November 2024: 2 people." in page.text


@pytest.mark.parametrize(
    ("joined", "years"),
    [
        ({"2026-03": 1}, range(2026, 2027)),
        ({"1987-01": 1, "2026-12": 1}, range(1987, 2027)),
        ({"1986-01": 1, "1990-01": 4, "2026-12": 1}, range(1990, 2027)),
        ({"0001-01": 1, "1999-01": 5, "2005-01": 5, "9999-01": 1}, range(1999, 2006)),
    ],
)
def test_a_mistyped_year_pushes_nobody_else_out_of_the_picture(
    joined: Mapping[str, int], years: range
) -> None:
    assert years_in_chart(joined) == years


def test_who_joined_outside_the_years_of_the_chart_is_told_in_words(small: SmallDirectory) -> None:
    for day in ("1900-01-01", "2020-01-01", "2020-01-01", "2126-01-01", "2126-01-01"):
        put(small, start_date=day)
    page = small.get("/insights")
    assert "3 people started before 2126." in page.text
    put(small, start_date="2021-01-01")
    small.directory._counts.expire()
    page = small.get("/insights")
    assert "1 person started before 2020. 2 people started after 2021." in page.text


@pytest.mark.parametrize(
    ("most", "lines"),
    [(1, [1]), (4, [1, 2, 3, 4]), (5, [2, 4, 6]), (41, [20, 40, 60]), (100, [50, 100])],
)
def test_the_lines_of_a_chart_are_round_numbers(most: int, lines: list[int]) -> None:
    assert scale(most) == lines
    assert scale(most * 1000)[-1] >= most * 1000


def test_insights_ask_only_for_the_counts_and_are_drawn_once_for_them(
    small: SmallDirectory, monkeypatch: pytest.MonkeyPatch
) -> None:
    small.put(AMARA)
    counts, drawn = small.directory.facets(OPERATOR), []
    monkeypatch.setattr(small.directory, "facets", lambda _: counts)
    for name in ("browse", "get", "facets"):
        monkeypatch.setattr(small.store, name, None)
    monkeypatch.setattr(
        "app.web.ui.html.charts._bar", lambda *given: drawn.append(given) or "<g></g>"
    )
    first = small.get("/insights").response.data
    known = len(drawn)
    assert known
    assert small.get("/insights").response.data == first
    assert len(drawn) == known
    counts = Facets(total=1, locations={"Oslo": 1})
    assert small.get("/insights").response.data != first


def test_a_change_that_counts_nobody_anew_draws_nothing_anew(small: SmallDirectory) -> None:
    directory, amara = small.directory, small.directory.add(OPERATOR, AMARA, "added")
    counts = directory.facets(OPERATOR)
    called = replace(amara, phone="+254 20 555 0199")
    amara = directory.update(OPERATOR, called, revision_of(amara), "called")
    assert directory.facets(OPERATOR) is counts
    directory.update(OPERATOR, replace(amara, location="Oslo"), revision_of(amara), "moved")
    assert directory.facets(OPERATOR).locations == {"Oslo": 1}


def test_a_directory_of_nobody_leads_to_adding_people(small: SmallDirectory) -> None:
    page = small.get("/insights")
    assert page.links()["Add a person"] == "/add"
    assert page.all(f"{SVG}svg", cls="chart") == []


def test_counts_that_cannot_be_read_are_no_empty_charts(small: SmallDirectory) -> None:
    small.store.silent = True
    assert "temporarily unavailable" in small.get("/insights", 503).text


def test_every_page_leads_to_the_insights(small: SmallDirectory) -> None:
    assert small.get("/add").links()["Insights"] == "/insights"
    current = small.get("/insights").one("a", aria_current="page")
    assert words_of(current) == "Insights"


def test_bars_are_no_longer_than_the_chart_and_never_vanish(small: SmallDirectory) -> None:
    small.put(AMARA)
    small.store.facets = lambda: Facets(  # type: ignore[method-assign]
        total=1_000_001, locations={"Everywhere": 1_000_000, "Here": 1}, joined={"2026-03": 7}
    )
    small.directory._counts.expire()
    page = small.get("/insights")
    widths = [bar.get("width", "") for bar in page.all(f"{SVG}rect", cls="chart-bar")]
    assert widths[:2] == ["100%", "0.7%"]
    assert all(re.fullmatch(r"[\d.]+%", width) for width in widths)
    assert "1,000,000" in page.text


def test_the_headcount_is_a_line_with_a_table(small: SmallDirectory) -> None:
    for day in ("2001-02-03", "2001-04-01", "2003-05-06", "2999-01-01", ""):
        put(small, start_date=day)
    page = small.get("/insights")
    rows = rows_of(page, "Headcount by month")
    assert rows[-1] == ["2001", "0", "1", "1", *["2"] * 9]
    assert rows[-3][:6] == ["2003", "2", "2", "2", "2", "3"]
    assert "1 person will start later. 1 person has no start date." in page.text
    line = page.one(f"{SVG}path", cls="chart-line").get("d", "")
    assert line.count("L") == sum(bool(cell) for row in rows for cell in row[1:]) - 1
    assert page.one(f"{SVG}svg", role="img").get("aria-labelledby") == "headcount-head"


def test_a_headcount_of_more_than_forty_years_begins_with_who_was_there(
    small: SmallDirectory,
) -> None:
    put(small, start_date="1901-01-01")
    rows = rows_of(small.get("/insights"), "Headcount by month")
    assert len(rows) == MAX_YEARS
    assert rows[-1][1:] == ["1"] * 12
    chart = headcount(Facets(total=1, joined={"2999-01": 1}), "2026-12-01")
    assert chart is None


@pytest.fixture
def teams(tmp_path: Path) -> Org:
    org = Org(ModelRoom(), tmp_path)
    org.put_line("eve", "bob")
    for number in range(3):
        org.put(f"p{number}", "bob")
    counting: Counting = org.app.extensions["counting"]
    counting.run()
    return org


def test_the_largest_teams_lead_to_those_who_report(teams: Org) -> None:
    page = teams.get("/insights")
    found = bars_of(page)
    assert found["Bob: 3 people"] == "/?manager=bob"
    assert found["Eve: 1 person"] == "/?manager=eve"
    assert "Direct reports, counted today at " in page.text
    assert rows_of(page, "Direct reports by manager") == [["Bob", "3"], ["Eve", "1"]]


def test_managers_are_not_among_the_charts_of_who_may_not_see_them(teams: Org) -> None:
    restricted = Visibility({"manager": Audience.EDITORS})
    teams.app.extensions["directory"].visibility = lambda: restricted
    request_as(teams.app, viewer(Role.COLLEAGUE))
    assert "direct reports" not in teams.get("/insights").text
    request_as(teams.app, viewer(Role.EDITOR))
    assert "Managers with the most direct reports" in teams.get("/insights").text


def test_who_has_left_since_the_counting_has_no_bar(teams: Org) -> None:
    teams.room.change_outside("bob", "left_on", PAST_DAY)
    request_as(teams.app, viewer(Role.COLLEAGUE))
    assert bars_of(teams.get("/insights")).keys() & {"Bob: 3 people", "Eve: 1 person"} == {
        "Eve: 1 person"
    }
