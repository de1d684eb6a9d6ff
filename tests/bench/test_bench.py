"""The bench measures pages of real servers, end to end, and tells what it found truthfully."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit
from xml.etree import ElementTree

import pytest
from werkzeug.datastructures import MultiDict

from app.contracts import Query
from app.contracts.cursors import read_cursor
from app.samples.loading import sample_people
from app.web.ui.list_query import read_request
from bench import __main__ as bench
from bench import beside, picture, report
from bench.checkout import HERE
from bench.history_pages import FEW_CHANGES, LEAVE, LEAVERS, MANY_CHANGES, OLDER_AUDIT
from bench.pages import Common, list_pages, other_pages, searches
from bench.promises import verdicts
from bench.results import PageFigures, Results, StoreFigures, WorldFigures, read_results
from bench.rounds import Target
from bench.targets import COUNTS, SAVE
from tests.support.model_store import meets

SIZES = (1_000, 1_000_000)
PAGE = PageFigures("list, first page", 1_000, 24, 4, 9, 3, 4.0, 3.5, 2.1)
# Enough for pages further back; to read all of them would be told by the units of a page.
FEWER = ("--changes", "500")
WORLD = WorldFigures(1_000, 6_000, 6_100, 60, 0, 9_000, 0.1, 110, 1.2, 106, 109, 1e6)


def figures(store: str = "sqlite", **slower: float) -> StoreFigures:
    """Made-up figures of all pages; ``slower`` changes those at a million people."""
    names = [name for name, _ in picture._LINES] + [COUNTS, "letter", "search: one rare word"]
    small = [replace(PAGE, page=name) for name in names]
    large = [
        replace(each, **{"people": 1_000_000, "x_small": 1.1, "small": 1_000, **slower})
        for each in small
    ]
    worlds = [WORLD, replace(WORLD, people=1_000_000)]
    about = {"measured on": "a quiet day"}
    return StoreFigures(store, about, 9, 10, 1.0, 0.8, 1.8, [*small, *large], worlds)


def missed(found: StoreFigures) -> list[str]:
    return [each.promise for each in verdicts(found) if not each.kept]


def test_what_is_within_its_limits_is_kept() -> None:
    assert missed(figures()) == []
    assert "missed" not in report.markdown(Results({"sqlite": figures()}))


@pytest.mark.parametrize(
    ("slower", "promise"),
    [
        ({"x_small": 1.21}, "list, letter, filter, person at 1,000,000 people, against few"),
        ({"x_small": 1.21}, "save at 1,000,000 people, against few"),
        ({"x_small": 1.51}, "search of one word at 1,000,000 people, against few"),
        ({"x_bare": 5.1}, "list pages, against the bare view"),
        ({"p99_ms": 101}, "other searches, p99"),
    ],
)
def test_what_is_beyond_its_limit_is_told_as_missed(slower: dict[str, float], promise: str) -> None:
    found = figures(**slower)
    assert promise in missed(found)
    (row,) = re.findall(
        rf"^\| SQLite \| {re.escape(promise)} \|.*$", report.markdown(Results({"s": found})), re.M
    )
    assert row.endswith("| **missed** |")


def test_a_misspelt_name_may_cost_twice_the_name_itself() -> None:
    promise = "a misspelt name, against the name itself"
    named = replace(PAGE, people=1_000_000, page="search: first and last name")
    for p50_ms, kept in (7.9, True), (8.1, False):
        misspelt = replace(named, page="search: a misspelt name", p50_ms=p50_ms, cpu_ms=4.5)
        found = replace(figures(), pages=[named, misspelt])
        (verdict,) = (each for each in verdicts(found) if each.promise == promise)
        assert (verdict.kept, verdict.by_cpu) == (kept, "1.5 x")


def test_units_and_the_sdk_are_promised_of_dynamodb_only() -> None:
    costly = figures("dynamodb", read_units=4.0, most_read_units=300.0, write_units=0.0)
    assert missed(costly) == ["other searches", "list page, its counts known"]
    assert missed(figures("sqlite", read_units=4.0, most_read_units=300.0)) == []


def test_a_slow_import_and_memory_that_grows_are_told() -> None:
    many = replace(WORLD, people=9_000, import_rate_per_core=4_900, memory_after_mb=140)
    assert missed(replace(figures(), worlds=[WORLD, many])) == [
        "import of 9,000 people",
        "memory at 9,000 people, against 1,000",
    ]
    not_ours = replace(many, import_rate=None, import_rate_per_core=None, memory_after_mb=109)
    assert missed(replace(figures(), worlds=[WORLD, not_ours])) == []


def test_results_are_read_as_they_were_written(tmp_path: Path) -> None:
    results = Results({"sqlite": figures(), "dynamodb": figures("dynamodb")}, "An upload.")
    results.write(tmp_path)
    assert read_results(tmp_path) == results
    kept = json.loads((tmp_path / "speed.json").read_text())
    kept["stores"]["sqlite"]["pages"][0]["of_another_bench"] = 1
    (tmp_path / "speed.json").write_text(json.dumps(kept))
    assert read_results(tmp_path) == Results()


def test_the_picture_names_every_line_and_no_name_lies_on_another() -> None:
    results = Results({"sqlite": figures(), "dynamodb": figures("dynamodb")})
    drawn = ElementTree.fromstring(picture.svg(results))
    texts = drawn.findall(".//{*}text")
    names = [each for each in texts if each.get("class") == "name"]
    assert len(names) == 2 * len(picture._LINES)
    for x in {each.get("x") for each in names}:
        places = sorted(float(each.get("y", "")) for each in names if each.get("x") == x)
        gaps = [b - a for a, b in pairwise(places)]
        assert min(gaps) >= 15
        assert places[0] > 0
        assert places[-1] < picture._HEIGHT
    assert "prefers-color-scheme:dark" in picture.svg(results)


def test_a_picture_can_be_drawn_of_one_size() -> None:
    one = replace(figures(), pages=[PAGE], worlds=[WORLD])
    assert ElementTree.fromstring(picture.svg(Results({"sqlite": one}))) is not None


def test_every_address_asks_for_what_its_name_says() -> None:
    people = list(sample_people(400))
    common, some = Common(400), people[::40]
    pages = {page.name: page for page in (*list_pages(common, some), *searches(common, some))}
    for name in ("letter", "location", "department", "job title", "badge", "two filters"):
        for query in map(asked, pages[name].paths):
            assert query != Query()
            assert any(meets(person, query) for person in people), query
    for path in pages["list, in the middle"].paths:
        assert read_cursor(dict(parse_qsl(urlsplit(path).query))["cursor"], Query()) is not None
    for name, page in pages.items():
        if name.startswith("search:"):
            nobody = "never" in name or "nothing" in name or "misspelt" in name
            for query in map(asked, page.paths):
                assert query.words
                assert any(meets(person, query) for person in people) is not nobody, query
    assert [page.name for page in other_pages(some)] == ["person", "insights"]


def asked(path: str) -> Query:
    return read_request(MultiDict(parse_qsl(urlsplit(path).query))).query


def test_ratios_are_those_of_one_round() -> None:
    mine, other = (Target("", 0, None, None) for _ in range(2))  # type: ignore[arg-type]
    mine.round_medians, other.round_medians = [2.0, 20.0, 9.0], [1.0, 10.0, 3.0]
    mine.round_cpu, other.round_cpu = [1.0, 1.0, 1.0], [1.0, 0.5, 0.25]
    assert mine.times(other) == 2
    assert mine.cpu_times(other) == 2
    mine.seconds = [0.001] * 99 + [1.0]
    assert 1 < mine.p99_ms < 1_000
    assert mine.p50_ms == 9_000


@pytest.mark.parametrize("words", [["--stores", "mongo"], ["--sizes", "x"], ["--rounds", "x"]])
def test_what_makes_no_sense_is_refused(words: list[str]) -> None:
    with pytest.raises(SystemExit) as refused:
        bench.main(words)
    assert refused.value.code == 2


@pytest.mark.slow
def test_a_small_run_measures_every_page_of_a_real_server(tmp_path: Path) -> None:
    few = ["--quick", "--sizes", "40", "--rounds", "1", "--requests", "1", *FEWER]
    bench.main([*few, "--stores", "sqlite", "--into", str(tmp_path)])
    found = read_results(tmp_path).stores["sqlite"]
    assert found.sizes == [40]
    names = [each.page for each in found.pages]
    assert {"list, first page", "person", "insights", COUNTS, SAVE}.issubset(names)
    assert {FEW_CHANGES, MANY_CHANGES, OLDER_AUDIT, LEAVERS, LEAVE}.issubset(names)
    assert len(names) == len(set(names)) > 20
    assert all(each.p50_ms > 0 and each.cpu_ms > 0 for each in found.pages)
    (first,) = (each for each in found.pages if each.page == "list, first page")
    assert first.cards == 24
    (world,) = found.worlds
    assert world.import_rate > 0 < world.export_rate
    assert world.memory_after_mb > 20
    assert "load average before" in found.about
    assert (tmp_path / "speed.md").read_text().count("| list, first page |") == 2
    ElementTree.parse(tmp_path / "speed.svg")


@pytest.mark.slow
@pytest.mark.dynamodb_local
def test_a_small_run_counts_units_and_the_sdk_on_dynamodb(tmp_path: Path) -> None:
    few = ["--quick", "--sizes", "30", "--rounds", "1", "--requests", "1", *FEWER]
    bench.main([*few, "--stores", "dynamodb", "--into", str(tmp_path)])
    found = read_results(tmp_path).stores["dynamodb"]
    pages = {each.page: each for each in found.pages}
    assert (pages["list, first page"].read_units or 0) >= 1
    assert pages["list, first page"].write_units == 0
    assert (pages[SAVE].write_units or 0) >= 4
    assert (pages[LEAVE].write_units or 0) >= 4
    assert 1 <= (pages[MANY_CHANGES].read_units or 0) <= 4
    assert found.sdk
    assert found.sdk.rows_per_person > 10
    assert found.sdk.x_one_thread > 0


@pytest.mark.slow
def test_a_revision_is_measured_beside_another_on_the_same_pages(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(beside, "check_out", lambda revision, folder: HERE)
    beside.main(["HEAD", "--sizes", "40", "--rounds", "1", "--requests", "1"])
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "sqlite, 40 people: after, as a multiple of before"
    pages = {line.split("  ")[1] for line in lines[1:]}
    assert {"list, first page", "search: one rare word", "person", "save"} <= pages
    assert all(re.search(r" \d+\.\d\d x time +\d+\.\d\d x CPU", line) for line in lines[1:])


@pytest.mark.slow
@pytest.mark.dynamodb_local
def test_units_of_a_revision_are_told_beside_another_s(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(beside, "check_out", lambda revision, folder: HERE)
    few = ["--sizes", "30", "--rounds", "1", "--requests", "1", "--pages", "save"]
    beside.main(["HEAD", "--store", "dynamodb", *few])
    (_, times, _, units) = capsys.readouterr().out.splitlines()
    assert times.split()[0] == units.split()[0] == "save"
    (_, _, _, _, before, after, _) = units.split()
    assert 4 <= float(before) == float(after)
