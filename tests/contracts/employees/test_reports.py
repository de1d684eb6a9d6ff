"""Who reports to whom: lists of reports, the line above somebody, and no loop of ours."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from app.contracts import MAX_BATCH, EmployeeStore, Query
from app.contracts.reports import MAX_CHAIN, Chain, ChainEnd, ReportCount, ReportStore
from app.history.changes import Write
from app.model.employee import Employee
from app.model.errors import EditConflict, EmployeeNotFound, ReportingLoop
from app.model.revision import revision_of
from tests.support.days import COMING_DAY, PAST_DAY
from tests.support.stores.bindings import Room
from tests.support.stores.people import add, everyone, found, names, new_write_id, pages, person


def change(store: EmployeeStore, employee_id: str, **fields: object) -> Employee:
    stored = store.get(employee_id)
    changed = replace(stored, **fields)  # type: ignore[arg-type]
    return store.update(changed, revision_of(stored), Write(new_write_id()))


@pytest.fixture
def reports(room: Room) -> ReportStore:
    return room.open_reports()


def line(chain: Chain) -> list[str]:
    return [each.id for each in chain.managers]


def add_line(store: EmployeeStore, *ids: str) -> None:
    """Add people of whom each reports to the one before."""
    for manager, employee_id in zip(("", *ids), ids, strict=False):
        add(store, person(employee_id, employee_id.title(), manager=manager))


def test_reports_are_a_list_like_any_other(store: EmployeeStore) -> None:
    add(store, person("eve", "Eve"))
    for number in range(7):
        place = "Oslo" if number % 2 else "Lima"
        add(store, person(f"r{number}", f"Rae {number}", manager="eve", location=place))
    add(store, person("bob", "Bob", manager="r1"))
    assert found(store, manager="eve") == [f"Rae {number}" for number in range(7)]
    assert [names(page.cards) for page in pages(store, Query(manager="eve"), 3)] == [
        ["Rae 0", "Rae 1", "Rae 2"],
        ["Rae 3", "Rae 4", "Rae 5"],
        ["Rae 6"],
    ]
    assert found(store, manager="eve", location="oslo") == ["Rae 1", "Rae 3", "Rae 5"]
    assert found(store, manager="eve", words="lima") == ["Rae 0", "Rae 2", "Rae 4", "Rae 6"]
    assert found(store, manager="eve", letter="b") == []
    assert found(store, manager="bob") == found(store, manager="nobody") == []
    counted = store.count_matches(Query(manager="eve")).facets
    assert counted is not None
    assert (counted.total, counted.locations) == (7, {"Lima": 4, "Oslo": 3})


def test_no_count_of_everyone_tells_of_managers(store: EmployeeStore) -> None:
    add_line(store, "eve", "bob")
    facets = store.facets()
    assert (facets.total, facets.locations, facets.job_titles) == (2, {}, {})


def test_a_report_who_moves_changes_lists_at_once(store: EmployeeStore) -> None:
    add(store, person("eve", "Eve"), person("mia", "Mia"), person("bob", "Bob", manager="eve"))
    change(store, "bob", manager="mia")
    assert (found(store, manager="eve"), found(store, manager="mia")) == ([], ["Bob"])
    change(store, "bob", manager="", full_name="Robert")
    assert (found(store, manager="eve"), found(store, manager="mia")) == ([], [])
    assert found(store) == ["Eve", "Mia", "Robert"]


def test_who_has_left_is_nobodys_report_and_comes_back_as_one(
    store: EmployeeStore, reports: ReportStore
) -> None:
    add_line(store, "eve", "bob")
    change(store, "bob", left_on=COMING_DAY)
    assert found(store, manager="eve") == ["Bob"]
    change(store, "bob", left_on=PAST_DAY)
    assert found(store, manager="eve") == []
    assert reports.count_reports(["eve"]) == {}
    change(store, "bob", left_on="")
    assert found(store, manager="eve") == ["Bob"]


def test_who_is_deleted_is_nobodys_report(store: EmployeeStore) -> None:
    add_line(store, "eve", "bob")
    store.delete("bob", None, Write(new_write_id()))
    assert found(store, manager="eve") == []


@pytest.mark.parametrize(
    "manager", ["Bob Smith", "a/b?c", "x" * 300, "ид", "\U0001f980", "e|v=e", "~eve"]
)
def test_a_manager_may_be_any_text(
    store: EmployeeStore, reports: ReportStore, manager: str
) -> None:
    add(store, person("bob", "Bob", manager=manager))
    assert store.get("bob").manager == manager
    assert found(store, manager=manager) == ["Bob"]
    assert reports.chain("bob") == Chain((), ChainEnd.NOBODY)
    add(store, person(manager, "Eve"))
    assert line(reports.chain("bob")) == [manager]


def test_the_line_above_somebody_goes_to_the_top(
    store: EmployeeStore, reports: ReportStore
) -> None:
    add_line(store, "eve", "mia", "bob")
    chain = reports.chain("bob")
    assert (line(chain), chain.end) == (["mia", "eve"], ChainEnd.TOP)
    assert chain.managers[0] == store.get("mia")
    assert reports.chain("eve") == Chain()
    assert reports.chain("bob", 1) == Chain(chain.managers[:1], ChainEnd.LIMIT)
    with pytest.raises(EmployeeNotFound):
        reports.chain("nobody")


def test_a_manager_who_left_or_was_deleted_is_told(
    store: EmployeeStore, reports: ReportStore
) -> None:
    add_line(store, "eve", "mia", "bob")
    change(store, "mia", left_on=PAST_DAY)
    assert line(reports.chain("bob")) == ["mia", "eve"]
    store.delete("eve", None, Write(new_write_id()))
    chain = reports.chain("bob")
    assert (line(chain), chain.end) == (["mia"], ChainEnd.NOBODY)


def test_a_line_of_more_than_64_goes_on_above(store: EmployeeStore, reports: ReportStore) -> None:
    add_line(store, *(f"p{number}" for number in range(70)))
    chain = reports.chain("p69")
    assert (len(chain.managers), chain.end) == (MAX_CHAIN, ChainEnd.LIMIT)
    assert line(chain)[0] == "p68"
    assert reports.chain("p64").end is ChainEnd.TOP


def test_a_loop_of_more_than_64_is_refused_too(store: EmployeeStore, reports: ReportStore) -> None:
    ids = [f"p{number}" for number in range(70)]
    add_line(store, *ids)
    with pytest.raises(ReportingLoop) as refused:
        change(store, "p0", manager="p69")
    assert refused.value.employee_ids == tuple(reversed(ids))
    assert reports.chain("p0") == Chain()


def test_below_a_loop_of_others_anybody_can_be_put(room: Room, reports: ReportStore) -> None:
    add_line(room.store, "eve", "mia")
    add(room.store, person("bob", "Bob"))
    room.change_outside("eve", "manager", "mia")
    assert change(room.store, "bob", manager="mia").manager == "mia"
    assert reports.chain("bob").end is ChainEnd.LOOP


def test_a_loop_that_another_program_made_is_told(room: Room, reports: ReportStore) -> None:
    store = room.store
    add_line(store, "eve", "mia", "bob")
    room.change_outside("eve", "manager", "bob")
    chain = reports.chain("mia")
    assert (line(chain), chain.end) == (["eve", "bob"], ChainEnd.LOOP)
    room.change_outside("eve", "manager", "eve")
    chain = reports.chain("bob")
    assert (line(chain), chain.end) == (["mia", "eve"], ChainEnd.LOOP)
    # Of people in a loop everything else can be changed, and it can be opened.
    assert change(store, "mia", job_title="Editor").job_title == "Editor"
    change(store, "eve", manager="")
    assert reports.chain("bob").end is ChainEnd.TOP


def test_nobody_reports_to_themselves_whether_by_others_or_not(store: EmployeeStore) -> None:
    add_line(store, "eve", "mia", "bob")
    for manager, loop in (("eve", ("eve",)), ("bob", ("bob", "mia", "eve"))):
        before = store.get("eve")
        with pytest.raises(ReportingLoop) as refused:
            change(store, "eve", manager=manager, job_title="Chief")
        assert refused.value.employee_ids == loop
        assert (store.get("eve").manager, store.get("eve").job_title) == ("", "")
        assert store.get("eve").same_content(before)
        assert found(store, manager=manager) == (["Mia"] if manager == "eve" else [])
    with pytest.raises(ReportingLoop):
        add(store, person("zoe", "Zoe", manager="zoe"))
    with pytest.raises(EmployeeNotFound):
        store.get("zoe")


def test_somebody_new_closes_no_loop_either(store: EmployeeStore, reports: ReportStore) -> None:
    add(store, person("bob", "Bob", manager="eve"))
    with pytest.raises(ReportingLoop) as refused:
        add(store, person("eve", "Eve", manager="bob"))
    assert refused.value.employee_ids == ("bob", "eve")
    add(store, person("eve", "Eve"))
    assert line(reports.chain("bob")) == ["eve"]


def test_two_at_once_close_no_loop(room: Room, reports: ReportStore) -> None:
    """Each makes the other their manager, again and again."""
    add(room.store, person("ada", "Ada"), person("bea", "Bea"), person("cyd", "Cyd", manager="bea"))
    stores = [room.open_another(), room.open_another()]

    def lead(at: int) -> None:
        who, manager = (("ada", "cyd"), ("bea", "ada"))[at]
        with suppress(ReportingLoop, EditConflict):
            change(stores[at], who, manager=manager)

    for _ in range(8):
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(lead, (0, 1)))
        assert reports.chain("ada").end is ChainEnd.TOP
        assert reports.chain("cyd").end is ChainEnd.TOP
        for who in ("ada", "bea"):
            change(room.store, who, manager="")


def test_reports_are_counted_for_those_who_have_some(
    store: EmployeeStore, reports: ReportStore
) -> None:
    add(store, person("eve", "Eve"), *(person(f"r{n}", f"R{n}", manager="eve") for n in range(3)))
    add(store, person("bob", "Bob", manager="r0"))
    assert reports.count_reports(["eve", "r0", "r1", "nobody"]) == {
        "eve": ReportCount(3),
        "r0": ReportCount(1),
    }
    assert reports.count_reports([]) == {}
    with pytest.raises(ValueError, match="101"):
        reports.count_reports([f"p{number}" for number in range(MAX_BATCH + 1)])


def test_those_who_lead_are_told_exactly(
    room: Room, store: EmployeeStore, reports: ReportStore
) -> None:
    strange, unprintable = "x" * 200, "a\tb"
    add(store, *(person(each, each[:20]) for each in ("eve", "mia", "bob", strange, unprintable)))
    add(store, *(person(f"r{number}", f"Rae {number}", manager="eve") for number in range(3)))
    add(store, person("ana", "Ana", manager=strange), person("kim", "Kim", manager=unprintable))
    everyone = ["eve", "eve", "mia", strange, unprintable, "r1", "nobody", ""]
    assert reports.leading(everyone) == {"eve", strange, unprintable}
    change(store, "r1", manager="mia")
    change(store, "ana", left_on=PAST_DAY)
    assert reports.leading(everyone) == {"eve", "mia", unprintable}
    store.delete("r1", None, Write(new_write_id()))
    room.change_outside("kim", "manager", "bob")
    list(store.reindex())
    many = [f"id{number}" for number in range(MAX_BATCH - 2)]
    assert reports.leading(["bob", "eve", *many]) == {"bob", "eve"}
    assert reports.leading([]) == set()
    with pytest.raises(ValueError, match="101 ids"):
        reports.leading(["bob", "eve", "mia", *many])


def test_what_a_job_counted_stands_beside_them(store: EmployeeStore, reports: ReportStore) -> None:
    add_line(store, "eve", "mia", "bob")
    counted_at = datetime(2026, 11, 30, 9, 30, tzinfo=UTC)
    reports.store_counts(
        {"eve": ReportCount(1, 2, counted_at), "bob": ReportCount(0, 0, counted_at)}
    )
    assert reports.count_reports(["eve", "mia", "bob"]) == {
        "eve": ReportCount(1, 2, counted_at),
        "mia": ReportCount(1),
    }
    reports.store_counts({"eve": ReportCount(1, 7, counted_at)})
    assert reports.count_reports(["eve"])["eve"].below == 7
    reports.store_counts({"eve": ReportCount(0), "nobody": ReportCount(0)})
    assert reports.count_reports(["eve"]) == {"eve": ReportCount(1)}


def test_counts_of_an_earlier_time_are_forgotten_or_stay(
    store: EmployeeStore, reports: ReportStore
) -> None:
    add_line(store, "eve", "mia", "bob")
    early, late = datetime(2026, 11, 29, tzinfo=UTC), datetime(2026, 11, 30, tzinfo=UTC)
    reports.store_counts({"eve": ReportCount(1, 2, late), "mia": ReportCount(1, 1, early)})
    reports.forget_counts(late)
    counts = reports.count_reports(["eve", "mia"])
    assert counts["eve"] == ReportCount(1, 2, late)
    assert counts["mia"] in (ReportCount(1), ReportCount(1, 1, early))


def test_everybody_who_has_a_manager_is_read_for_the_counting(
    room: Room, reports: ReportStore
) -> None:
    add_line(room.store, "eve", "mia", "bob", "zoe")
    change(room.store, "bob", left_on=PAST_DAY)
    change(room.store, "zoe", left_on=COMING_DAY)
    room.put_outside(person("ann", "Ann", manager="Somebody Else"))
    assert sorted(reports.iter_managers()) == [
        ("ann", "Somebody Else"),
        ("mia", "eve"),
        ("zoe", "bob"),
    ]


def test_one_of_two_changes_the_state_of_the_counting(room: Room, reports: ReportStore) -> None:
    assert reports.counting_state() == ""
    assert reports.change_counting_state("", "first")
    assert not reports.change_counting_state("", "second")
    assert reports.change_counting_state("", "first")  # as after a lost reply
    other = room.open_reports()
    assert other.counting_state() == "first"
    assert other.change_counting_state("first", "third")
    assert not reports.change_counting_state("first", "fourth")
    assert reports.counting_state() == "third"


def test_many_added_at_once_have_their_managers(store: EmployeeStore, reports: ReportStore) -> None:
    people = [person(f"r{n:02}", f"Rae {n:02}", manager="eve" if n % 2 else "") for n in range(40)]
    list(store.add_many([person("eve", "Eve"), *people]))
    assert len(everyone(store, Query(manager="eve"))) == 20
    assert reports.count_reports(["eve"]) == {"eve": ReportCount(20)}
    assert [step.what for step in store.reindex() if step.changed] == []


def test_records_are_read_from_any_place_on(room: Room, reports: ReportStore) -> None:
    ids = {f"p{number}" for number in range(7)}
    add(room.store, *(person(each, each.title()) for each in sorted(ids)))
    change(room.store, "p3", left_on=PAST_DAY)
    met: list[str] = []
    bookmark, pages = "", 0
    while bookmark or not pages:
        page = reports.read_records(bookmark, 3)
        met += [each.id for _, each in page.records]
        bookmark, pages = page.next, pages + 1
    assert (set(met), len(met)) == (ids, 7)
    marks = {each.id: mark for mark, each in reports.read_records("", 7).records}
    after = [each.id for _, each in reports.read_records(marks[met[1]], 9).records]
    assert after == met[2:]
    room.delete_outside(met[1])
    assert [each.id for _, each in reports.read_records(marks[met[1]], 9).records] == met[2:]
    for odd in ("x" * 3_000, "9" * 40):
        assert len(reports.read_records(odd, 9).records) <= 7


def test_a_reindex_lists_reports_that_another_program_made(room: Room) -> None:
    add_line(room.store, "eve", "mia")
    room.put_outside(person("bob", "Bob", manager="eve"))
    list(room.store.reindex())
    assert found(room.store, manager="eve") == ["Bob", "Mia"]
    room.delete_outside("mia")
    list(room.store.reindex())
    assert found(room.store, manager="eve") == ["Bob"]
