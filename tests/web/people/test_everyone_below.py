"""Everyone below somebody: a list in the order of the chart, page by page, counted and exported."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from app.access.viewer import Role
from app.access.visibility import Audience, Visibility
from app.contracts import Query
from app.contracts.reports import ReportCount
from app.directory import walking
from app.directory.people_below import BelowPage, PeopleBelow
from app.history.changes import Write
from app.model.employee import Employee
from tests.support.days import PAST_DAY
from tests.support.page_reader import Page, PageReader, words_of
from tests.support.small_app import small_app, stores_of
from tests.support.stores.bindings import ModelRoom, Room
from tests.support.stores.dynamodb_binding import MotoRoom
from tests.support.stores.sql_binding import SqliteRoom
from tests.support.viewers import request_as, viewer


class Company:
    """A directory whose people are added by name and manager."""

    def __init__(self, room: Room, folder: Path) -> None:
        self.room = room
        stores = stores_of(room.store, None, reports=room.open_reports())
        self.app = small_app(folder, stores, SECRET_KEY="a key for tests that nobody guesses")
        self.client = self.app.test_client()
        self.get = PageReader(self.app).get

    def put(self, *people: Employee) -> None:
        list(self.room.store.add_many(people, Write("")))

    def put_line(self, *names: str) -> None:
        """Add people of whom each reports to the one before."""
        self.put(*(of(name, manager) for manager, name in zip(("", *names), names, strict=False)))

    def pages(self, address: str) -> Iterator[Page]:
        """Every page of a list, as its links lead on."""
        while address:
            page = self.get(address)
            yield page
            address = page.links().get("Next") or page.links().get("Go on") or ""

    def names(self, address: str) -> list[str]:
        return [name for page in self.pages(address) for name in names_on(page)]

    def count(self, address: str) -> list[dict[str, object]]:
        """What the script of a page is told, until there is no more."""
        told: list[dict[str, object]] = []
        while address:
            told.append(json.loads(self.client.get(address).data))
            address = str(told[-1]["next"])
        return told

    def exported(self, ending: str = "csv", **conditions: str) -> str:
        return self.export(f"{ending}?{urlencode(conditions)}")

    def export(self, address: str) -> str:
        with self.client.get(f"/export.{address}") as reply:
            return reply.get_data(as_text=True)


def of(name: str, manager: str = "", **fields: str) -> Employee:
    return Employee(id=name, full_name=name.title(), manager=manager, **fields)  # type: ignore[arg-type]


def names_on(page: Page) -> list[str]:
    return [words_of(link) for link in page.all("a", cls="name")]


def sentence(page: Page) -> str:
    (count,) = page.all("p", cls="count")
    return words_of(count)


def count_address(page: Page) -> str:
    return next(
        (line.get("data-next", "") for line in page.all("p") if line.get("id") == "walk"), ""
    )


def csv_names(text: str) -> list[str]:
    return [row["Full name"] for row in csv.DictReader(io.StringIO(text.lstrip("\ufeff")))]


ROOMS = {"sqlite": SqliteRoom, "moto": lambda folder: MotoRoom()}


@pytest.fixture(params=["sqlite", pytest.param("moto", marks=pytest.mark.slow)])
def stored(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Company]:
    room = ROOMS[request.param](tmp_path)
    yield Company(room, tmp_path)
    room.close()


@pytest.fixture
def company(tmp_path: Path) -> Company:
    return Company(ModelRoom(), tmp_path)


@pytest.fixture(autouse=True)
def no_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no step end because this machine is slow."""
    monkeypatch.setattr(walking, "STEP_SECONDS", math.inf)


TREE = (
    of("eve"),
    *(of("bob", "eve", location="Oslo"), of("ana", "eve", location="Lima", job_title="Pilot")),
    *(of("kim", "ana", location="Oslo", about="plays the bassoon"), of("lea", "ana")),
    *(of("max", "kim", location="Oslo", start_date="2026-03-02"), of("zoe", "bob")),
    *(of("other"), of("apart", "other", location="Oslo")),
)


def test_everyone_below_is_in_the_order_of_the_chart(stored: Company) -> None:
    stored.put(*TREE)
    page = stored.get("/?under=eve")
    assert names_on(page) == ["Ana", "Kim", "Max", "Lea", "Bob", "Zoe"]
    assert sentence(page) == "6 people below Eve"
    managers = [words_of(line) for line in page.all("div", cls="cell-manager")]
    assert managers == [f"Reports to {name}" for name in ("Eve", "Ana", "Kim", "Ana", "Eve", "Bob")]
    assert page.links()["Remove filter Below Eve"] == "/"
    assert names_on(stored.get("/?under=eve&view=table")) == names_on(page)
    assert sentence(stored.get("/?under=max")) == "No one below Max"
    assert "No one is listed below Max" in stored.get("/?under=max").text


@pytest.mark.parametrize(
    ("conditions", "names"),
    [
        ("location=Oslo", ["Kim", "Max", "Bob"]),
        ("location=Oslo&location=lima", ["Ana", "Kim", "Max", "Bob"]),
        ("q=oslo&letter=k", ["Kim"]),
        ("q=bassoon", ["Kim"]),
        ("joined=2026-03", ["Max"]),
        ("manager=ana", ["Kim", "Lea"]),
        ("manager=other", []),
        ("badge=nothing", []),
        ("job_title=pilot&location=Lima", ["Ana"]),
    ],
)
def test_conditions_narrow_what_is_shown_and_the_walk_goes_everywhere(
    stored: Company, conditions: str, names: list[str]
) -> None:
    stored.put(*TREE)
    page = stored.get(f"/?under=eve&{conditions}")
    assert names_on(page) == names
    if names:
        verb = "match" if len(names) > 1 else "matches"
        people = "people" if len(names) > 1 else "person"
        assert sentence(page) == f"{len(names)} {people} {verb}, of 6 people below Eve"
        assert "under=" not in page.links()["Remove filter Below Eve"]
    assert csv_names(stored.export(f"csv?under=eve&{conditions}")) == names


def test_pages_go_on_from_a_sealed_cursor(stored: Company) -> None:
    stored.put(of("eve"), *(of(f"lead{number}", "eve") for number in range(3)))
    stored.put(*(of(f"p{n:02}", f"lead{n % 3}", location="Oslo") for n in range(60)))
    pages = list(stored.pages("/?under=eve"))
    assert [len(names_on(page)) for page in pages] == [24, 24, 15]
    everyone = [name for page in pages for name in names_on(page)]
    assert everyone == [
        name
        for lead in range(3)
        for name in (f"Lead{lead}", *(f"P{n:02}" for n in range(60) if n % 3 == lead))
    ]
    assert sentence(pages[0]) == "Looked through 24 people below Eve so far"
    assert "1–24 in the order of the chart" in pages[0].text
    assert "25–48 in the order of the chart" in pages[1].text
    assert sentence(pages[2]) == "63 people below Eve"
    assert [told["count"] for told in stored.count(count_address(pages[0]))] == [
        "63 people below Eve"
    ]
    narrowed = stored.get("/?under=eve&location=oslo")
    assert sentence(narrowed) == "24 people match so far: looked through 26 people below Eve"
    assert stored.count(count_address(narrowed))[-1]["count"] == (
        "60 people match, of 63 people below Eve"
    )
    assert csv_names(stored.exported(under="eve")) == everyone
    assert stored.exported("vcf", under="eve").count("BEGIN:VCARD") == 63
    assert len(stored.exported("jsonl", under="eve").splitlines()) == 63


def test_damaged_cursors_begin_again(company: Company) -> None:
    company.put(of("eve"), *(of(f"p{n:02}", "eve") for n in range(60)))
    company.put(of("mia"), *(of(f"q{n:02}", "mia") for n in range(60)))
    first = company.get("/?under=eve")
    following = first.links()["Next"]
    cursor = parse_qs(urlsplit(following).query)["cursor"][0]
    assert names_on(company.get(following)) != names_on(first)
    of_mia = parse_qs(urlsplit(company.get("/?under=mia").links()["Next"]).query)["cursor"][0]
    of_words = parse_qs(urlsplit(company.get("/?under=eve&q=p").links()["Next"]).query)["cursor"][0]
    plain = "eJyLNtQxiAUABPcBpg"
    for damaged in (cursor[:-4], cursor[::-1], "x", "é", "A" * 9_000, plain, of_mia, of_words):
        page = company.get(f"/?{urlencode({'under': 'eve', 'cursor': damaged})}")
        assert names_on(page) == names_on(first)


def test_a_line_that_goes_round_ends_where_it_meets_somebody_again(stored: Company) -> None:
    stored.put_line("eve", "mia", "bob", "ana")
    stored.put(of("kim", "mia"))
    stored.room.change_outside("eve", "manager", "bob")
    list(stored.room.store.reindex())
    assert stored.names("/?under=mia") == ["Bob", "Ana", "Eve", "Kim"]
    assert stored.names("/?under=eve") == ["Mia", "Bob", "Ana", "Kim"]
    assert csv_names(stored.exported(under="mia")) == ["Bob", "Ana", "Eve", "Kim"]
    stored.room.change_outside("eve", "manager", "eve")
    list(stored.room.store.reindex())
    assert stored.names("/?under=eve") == ["Mia", "Bob", "Ana", "Kim"]


def test_a_line_of_70_ends_below_64_and_says_so(stored: Company) -> None:
    names = [f"level{number:02}" for number in range(71)]
    stored.put_line(*names)
    pages = list(stored.pages("/?under=level00"))
    shown = [name for page in pages for name in names_on(page)]
    assert shown == [name.title() for name in names[1:65]]
    assert sentence(pages[-1]) == "Over 64 people below Level00"
    assert "A reporting line goes on further down than this list." in pages[-1].text
    assert stored.names("/?under=level64") == [name.title() for name in names[65:]]
    (told,) = stored.count(count_address(pages[0]))
    assert told["count"] == "Over 64 people below Level00"
    assert "goes on further down" in str(told["note"])


def test_a_manager_of_5000_is_counted_exactly_and_more_are_over_5000(tmp_path: Path) -> None:
    room = SqliteRoom(tmp_path)
    company = Company(room, tmp_path)
    company.put(of("eve"), *(of(f"p{n:04}", "eve") for n in range(5_000)))
    first = company.get("/?under=eve")
    assert len(names_on(first)) == 24
    told = company.count(count_address(first))
    assert told[-1]["count"] == "5,000 people below Eve"
    assert len(told) == 2
    company.put(of("last", "p4999", location="Oslo"))
    over = "Over 5,000 people below Eve"
    assert company.count(count_address(first))[-1]["count"] == over
    narrowed = company.get("/?under=eve&q=oslo")
    assert names_on(narrowed) == []
    assert sentence(narrowed) == "No one matches so far: looked through 4,000 people below Eve"
    assert names_on(company.get(narrowed.links()["Go on"])) == ["Last"]
    assert len(csv_names(company.exported(under="eve"))) == 5_001
    assert csv_names(company.exported(under="eve", q="oslo")) == ["Last"]
    room.close()


def test_who_is_known_to_lead_far_more_is_not_counted_once_more(company: Company) -> None:
    company.put(of("eve"), *(of(f"p{n:02}", "eve", location="Oslo") for n in range(60)))
    counts = {"eve": ReportCount(60, 12_000, datetime(2026, 11, 30, tzinfo=UTC))}
    company.room.open_reports().store_counts(counts)
    page = company.get("/?under=eve")
    assert sentence(page) == "Over 5,000 people below Eve"
    assert not [line for line in page.all("p") if line.get("id") == "walk"]
    assert len(company.names("/?under=eve")) == 60
    narrowed = company.get("/?under=eve&location=Oslo")
    assert sentence(narrowed) == "Over 5,000 people below Eve: 24 people match so far"


@pytest.mark.slow
def test_a_request_on_dynamodb_ends_with_its_read_budget(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.storage.dynamodb.index.browse.MAX_UNITS", 40)
    room = MotoRoom()
    company = Company(room, tmp_path)
    company.put(of("eve"), *(of(f"p{n:03}", "eve") for n in range(90)))
    company.put(of("last", "p089", location="Oslo"))
    first = company.get("/?under=eve&location=Oslo")
    assert names_on(first) == []
    assert "No matches so far" in first.text
    assert sentence(first).startswith("No one matches so far: looked through 3")
    assert company.names("/?under=eve&location=Oslo") == ["Last"]
    told = company.count(count_address(first))
    assert told[-1]["count"] == "1 person matches, of 91 people below Eve"
    assert len(told) == 2
    words = company.get("/?under=eve&q=oslo")
    assert sentence(words).startswith("No one matches so far: looked through 1")
    room.close()


def test_a_slow_store_ends_a_step_early_and_it_goes_on(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(walking, "STEP_SECONDS", -1.0)
    company.put(of("eve"), *(of(f"p{n:02}", "eve", location="Oslo") for n in range(20)))
    pages = list(company.pages("/?under=eve"))
    assert [len(names_on(page)) for page in pages] == [8, 8, 4]
    assert company.count(count_address(pages[0]))[-1]["count"] == "20 people below Eve"
    assert len(csv_names(company.exported(under="eve"))) == 20


def test_ids_that_are_nobodys_lead_nobody(company: Company) -> None:
    company.put(*TREE)
    for nobody in ("nobody", "x" * 3_000, "a/b ?&", "\x00"):
        page = company.get(f"/?{urlencode({'under': nobody})}")
        assert page.status == 200
        assert names_on(page) == []
        assert csv_names(company.exported(under=nobody)) == []
    page = company.get("/?under=ana&under=bob")
    assert names_on(page) == ["Kim", "Max", "Lea"]
    assert "everyone below one person" in page.text


def test_who_has_left_is_not_below_anybody_and_not_named(company: Company) -> None:
    company.put(*TREE, of("gone", "eve", left_on=PAST_DAY), of("under-gone", "gone"))
    assert company.names("/?under=eve") == ["Ana", "Kim", "Max", "Lea", "Bob", "Zoe"]
    company.put(of("pat", left_on=PAST_DAY), of("sam", "pat"))
    assert "Reports to Pat" in company.get("/?under=pat").text
    request_as(company.app, viewer(Role.COLLEAGUE))
    page = company.get("/?under=pat")
    assert names_on(page) == ["Sam"]
    assert "Pat" not in page.text


def test_who_may_not_see_managers_sees_nobody_below(company: Company) -> None:
    company.put(*TREE)
    hidden = Visibility({"manager": Audience.EDITORS})
    directory, colleague = company.app.extensions["directory"], viewer(Role.COLLEAGUE)
    below = PeopleBelow(directory, company.room.open_reports())
    directory.visibility = lambda: hidden
    assert below.page(colleague, "eve", Query(), None) == BelowPage()
    assert below.count(colleague, "eve", Query(), None) == BelowPage()
    assert list(below.ids(colleague, "eve", Query())) == []
    assert len(below.page(viewer(Role.EDITOR), "eve", Query(), None).people) == 6


def test_a_bulk_edit_does_not_take_everyone_for_those_below(company: Company) -> None:
    company.put(*TREE)
    reply = company.client.get("/bulk-edit?under=ana")
    assert (reply.status_code, reply.location) == (303, "/?under=ana")
    assert "/bulk-edit" not in " ".join(company.get("/?under=ana&location=Oslo").links().values())


def test_the_chart_links_to_everyone_below(company: Company) -> None:
    company.put(*TREE)
    assert company.get("/org/eve").links()["Everyone below"] == "/?under=eve"
