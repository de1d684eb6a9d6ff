"""How many stand below each manager, and when that was counted, on the pages that tell it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.access.viewer import Viewer
from app.access.visibility import Audience
from app.contracts.reports import ReportCount
from app.directory.reporting_lines import ReportingLines
from app.web.ui.report_counts import below_in_words, counted, more_below
from tests.support.page_reader import words_of
from tests.support.stores.bindings import ModelRoom, Room
from tests.support.stores.sql_binding import SqliteRoom
from tests.web.org.test_org_pages import Org

NOW = datetime.now(UTC)


@pytest.fixture(params=["model", "sqlite"])
def org(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Org]:
    room: Room = ModelRoom() if request.param == "model" else SqliteRoom(tmp_path)
    made = Org(room, tmp_path)
    made.put_line("ursula", "selam", "salma", "oksana", "pavel")
    made.put("zoe", "selam")
    yield made
    room.close()


def test_the_words_of_a_count_never_tell_of_less_below_than_report() -> None:
    assert below_in_words(None) == below_in_words(ReportCount(3)) == more_below(None) == ""
    assert below_in_words(ReportCount(3, 1_312, NOW)) == "1,312 below in all"
    assert below_in_words(ReportCount(3, 1, NOW)) == "3 below in all"
    assert below_in_words(ReportCount(3, 1, NOW), 5) == "5 below in all"
    assert more_below(ReportCount(3, 4, NOW)) == "4 in all"
    assert more_below(ReportCount(3, 3, NOW)) == more_below(ReportCount(3, 2, NOW)) == ""


def test_the_time_of_the_counting_in_words() -> None:
    def text(when: datetime) -> str:
        told = counted([ReportCount(2, 3, when), ReportCount(1)])
        assert told is not None
        return told.text

    assert counted([]) is counted([ReportCount(2)]) is None
    today = datetime.now(UTC).replace(hour=0, minute=2)
    assert text(today) == "today at 00:02 UTC"
    assert text(today - timedelta(days=1)) == "yesterday at 00:02 UTC"
    assert text(datetime(2026, 3, 7, 14, 2, tzinfo=UTC)) == "on 7 March 2026 at 14:02 UTC"


def test_before_the_first_counting_nothing_is_told_of_it(org: Org) -> None:
    for address in ("/org/selam", "/employee/selam"):
        text = org.get(address).text
        assert "in all" not in text
        assert "counted" not in text


def test_a_chart_with_somebody_who_was_not_counted_asks_for_a_counting(org: Org) -> None:
    counting = org.app.extensions["counting"]
    org.app.test_client().get("/org/pavel").close()
    assert counting.state().is_requested()
    counting.run()
    org.app.test_client().get("/org/pavel").close()
    assert not counting.state().is_requested()


def test_the_chart_tells_how_many_stand_below_each_manager(org: Org) -> None:
    org.app.extensions["counting"].run()
    page = org.get("/org/selam")
    [above] = page.all("p", cls="org-count")
    assert words_of(above) == "1 direct report · 5 below in all"
    [total] = page.all("span", cls="org-total")
    assert words_of(total) == "2 · 4 below in all"
    [team] = page.all("a", cls="org-team")
    assert words_of(team) == "1 report to Salma, 2 in all"
    [foot] = page.all("p", cls="org-counted")
    assert words_of(foot).startswith("People below in all: counted today at ")
    # Of whom nobody but direct reports is below, the number stands once.
    [team] = org.get("/org/salma").all("a", cls="org-team")
    assert words_of(team) == "1 report to Oksana"


def test_a_persons_page_tells_of_those_below_if_they_are_more(org: Org) -> None:
    org.app.extensions["counting"].run()
    [total] = org.get("/employee/selam").all("span", cls="reports-count")
    assert words_of(total) == "2 · 4 in all"
    [total] = org.get("/employee/oksana").all("span", cls="reports-count")
    assert words_of(total) == "1"


def test_who_may_not_see_managers_sees_no_counts(org: Org) -> None:
    org.app.extensions["counting"].run()
    assert "below in all" in org.get("/org/selam?as=colleague").text
    access = org.app.extensions["access"]
    settings = access.settings()
    access.choose(settings, mode=None, visibility={"manager": Audience.EDITORS})
    for address in ("/org/selam", "/org", "/employee/selam"):
        text = org.get(f"{address}?as=colleague").text
        assert "in all" not in text
        assert "counted" not in text


@pytest.mark.parametrize("length", [40, 64, 70])
def test_of_a_long_line_the_nearest_and_the_top_are_counted_by_one_call(
    org: Org, length: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = [f"m{place:02}" for place in range(length)]
    org.put_line(*ids)
    asked: list[int] = []
    count = ReportingLines.count

    def counting(lines: ReportingLines, viewer: Viewer, ids: set[str]) -> dict[str, ReportCount]:
        asked.append(len(ids))
        return count(lines, viewer, ids)

    monkeypatch.setattr(ReportingLines, "count", counting)
    page = org.get(f"/org/{ids[-1]}")
    told = [words_of(each) for each in page.all("p", cls="org-count")]
    assert told == ["1 direct report"] * 25
    assert asked == [1 + 25]
