"""How many stand below each manager: counted by one process at a time, and again after a kill."""

from __future__ import annotations

import json
import logging
import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from app.contracts import MAX_BATCH
from app.contracts.reports import ReportCount
from app.directory import counting as module
from app.directory.below_counts import BelowCounts
from app.directory.count_scheduler import CountScheduler
from app.directory.counting import AlreadyCounting, Counting, CountingLost
from app.directory.counting_state import CountingState, state_from
from app.history.changes import Write
from app.model.employee import Employee
from app.model.errors import StorageUnavailable
from app.runtime.runtime_dir import RuntimeDir
from tests.support.model_store import ModelStore

NOW = datetime(2026, 11, 30, 12, 0, tzinfo=UTC)


def brute_force(managers: dict[str, str]) -> dict[str, int]:
    """Count by a walk down from each manager; nobody is below themselves."""
    reports: dict[str, list[str]] = {}
    for one, manager in managers.items():
        reports.setdefault(manager, []).append(one)
    found = {}
    for manager in reports:
        seen, waiting = {manager}, [manager]
        while waiting:
            fresh = [one for one in reports.get(waiting.pop(), ()) if one not in seen]
            seen.update(fresh)
            waiting += fresh
        found[manager] = len(seen) - 1
    return found


def counted(managers: dict[str, str]) -> dict[str, int | None]:
    counts = BelowCounts.of(lambda: iter(managers.items()), lambda: None)
    return {each: count.below for batch in counts.batches(NOW) for each, count in batch.items()}


@pytest.mark.parametrize("seed", range(60))
def test_the_sums_are_those_of_a_walk_down_with_circles_and_strangers(seed: int) -> None:
    rng = random.Random(seed)
    ids = [f"p{number}" for number in range(rng.randint(1, 40))]
    choices = [*ids, "", "", "a stranger"]
    managers = {one: rng.choice(choices) for one in ids}
    with_managers = {one: manager for one, manager in managers.items() if manager}
    assert counted(with_managers) == brute_force(with_managers)


def test_a_chain_of_a_hundred_thousand_is_added_up_without_recursion() -> None:
    managers = {f"p{number}": f"p{number + 1}" for number in range(100_000)}
    assert counted(managers)["p100000"] == 100_000


def leading(*pairs: tuple[str, str]) -> ModelStore:
    store = ModelStore()
    for one, manager in pairs:
        store.add(Employee(id=one, full_name=one.title(), manager=manager), Write(f"w {one}"))
    return store


@pytest.fixture
def store() -> ModelStore:
    return leading(("eve", ""), ("mia", "eve"), ("bob", "mia"), ("zoe", "mia"), ("ann", ""))


def below(store: ModelStore, *ids: str) -> dict[str, int | None]:
    return {each: count.below for each, count in store.count_reports(ids).items()}


def test_a_counting_is_stored_with_its_time_and_the_top(store: ModelStore) -> None:
    began = datetime.now(UTC)
    state = Counting(store, store).run()
    assert below(store, "eve", "mia", "bob") == {"eve": 3, "mia": 2}
    assert state.counted_at is not None
    assert began <= state.counted_at <= datetime.now(UTC)
    assert store.count_reports(["eve"])["eve"].counted_at == state.counted_at
    assert (state.managers, state.people) == (2, 3)
    assert (state.top_id, state.top_below) == ("eve", 3)
    assert state_from(store.counting_state()) == replace(state, holder="", held_until=None)


def test_who_has_left_or_is_nobody_is_not_proposed_as_the_top() -> None:
    strangers = ((f"p{number}", "Nobody Here") for number in range(5))
    store = leading(*strangers, ("eve", ""), ("a", "b"))
    store.add(Employee(id="b", full_name="B", left_on="2020-01-01"), Write("w b"))
    store.add(Employee(id="bob", full_name="Bob", manager="eve"), Write("w bob"))
    assert Counting(store, store).run().top_id == "eve"


def test_counts_of_who_leads_nobody_any_more_are_forgotten(store: ModelStore) -> None:
    counting = Counting(store, store)
    counting.run()
    for one in ("bob", "zoe"):
        person = store.people[one]
        store.people[one] = replace(person, manager="ann")
    counting.run()
    assert below(store, "ann", "eve", "mia") == {"ann": 2, "eve": 1}
    store.people["bob"] = replace(store.people["bob"], manager="mia")
    assert below(store, "mia") == {"mia": None}


def test_a_counting_is_due_when_asked_for_or_old() -> None:
    day, hour = timedelta(days=1), timedelta(hours=1)
    fresh = CountingState(counted_at=NOW - hour, managers=1)
    assert CountingState().is_due(NOW)
    assert not fresh.is_due(NOW)
    assert fresh.is_due(NOW + day)
    assert fresh.is_due(NOW - day)  # of a clock that was wrong
    assert replace(fresh, requested_at=NOW).is_due(NOW)
    assert not replace(fresh, requested_at=NOW - 2 * hour).is_due(NOW)
    # Where nobody has a manager, to read everybody each day were a waste.
    assert not replace(fresh, managers=0).is_due(NOW + 2 * day)
    assert replace(fresh, managers=0).is_due(NOW + 8 * day)
    held = replace(fresh, requested_at=NOW, holder="x", held_until=NOW + timedelta(seconds=30))
    assert not held.is_due(NOW)
    assert held.is_due(NOW + timedelta(seconds=31))
    assert replace(held, held_until=NOW + day).is_due(NOW)  # no clock of ours wrote that


def test_after_a_failure_it_waits_longer_each_time() -> None:
    state = CountingState(failed_at=NOW, failures=1)
    assert not state.is_due(NOW + timedelta(seconds=59))
    assert state.is_due(NOW + timedelta(seconds=61))
    assert not replace(state, failures=5).is_due(NOW + timedelta(minutes=15))
    assert replace(state, failures=500).is_due(NOW + timedelta(hours=6, seconds=1))


@pytest.mark.parametrize(
    "text", ["", "[]", "{", '{"managers": "x", "held_until": 7}', '{"counted_at": "now"}']
)
def test_a_state_that_another_program_wrote_is_read_as_none(text: str) -> None:
    assert state_from(text) == CountingState()


def test_one_of_two_counts(store: ModelStore, monkeypatch: pytest.MonkeyPatch) -> None:
    other = Counting(store, store)
    refused = []

    def read() -> Iterator[tuple[str, str]]:
        with pytest.raises(AlreadyCounting):
            other.run()
        refused.append(True)
        assert other.state().is_held(datetime.now(UTC))
        yield "mia", "eve"

    monkeypatch.setattr(store, "iter_managers", read)
    Counting(store, store).run()
    assert refused == [True, True]
    assert not other.state().is_held(datetime.now(UTC))
    other.request()  # also within the time of one


def test_who_was_taken_over_stores_no_state(
    store: ModelStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As after a sleep of more than the lease."""
    late, real = Counting(store, store), store.iter_managers
    monkeypatch.setattr(module, "LEASE_LIFE", timedelta(0))
    reads = []

    def read() -> Iterator[tuple[str, str]]:
        reads.append(True)
        if len(reads) == 1:
            Counting(store, store).run()
        yield from real()

    monkeypatch.setattr(store, "iter_managers", read)
    with pytest.raises(CountingLost):
        late.run()
    assert late.state().managers == 2


class Killed(BaseException):
    """As sudden as kill -9."""


@pytest.mark.parametrize("at", range(4))
def test_a_killed_counting_is_begun_again_and_ends_as_any(
    monkeypatch: pytest.MonkeyPatch, at: int
) -> None:
    people = [(f"r{n:03}", f"m{n % 250:03}") for n in range(750)]
    store = leading(*people)
    left = [at]

    def die(_: object) -> None:
        left[0] -= 1
        if left[0] < 0:
            raise Killed
        real(_)  # type: ignore[arg-type]

    real = store.store_counts
    counting = Counting(store, store)
    with monkeypatch.context() as patch:
        patch.setattr(store, "store_counts", die)
        patch.setattr(Counting, "_release", lambda *_: None)
        if at < 3:
            with pytest.raises(Killed):
                counting.run()
            with pytest.raises(AlreadyCounting):
                counting.run()
            assert not counting.state().counted_at
            state = replace(counting.state(), held_until=datetime.now(UTC))
            store.change_counting_state(store.counting_state(), state.as_text())
    assert 2 * MAX_BATCH < 250
    assert counting.state().is_due(datetime.now(UTC))
    counting.run()
    assert {*below(store, "m000", "m099", "m249").values()} == {3}


def test_a_failure_is_logged_stored_and_mended_by_a_counting(
    store: ModelStore, caplog: pytest.LogCaptureFixture
) -> None:
    counting = Counting(store, store)
    with caplog.at_level(logging.ERROR):
        counting.note_failure("the disk is full")
    assert "could not be counted: the disk is full" in caplog.text
    assert counting.state().error == "the disk is full"
    counting.run()
    assert (counting.state().error, counting.state().failed_at) == ("", None)


def test_the_thread_launches_what_is_due_and_notes_how_it_ended(
    store: ModelStore, tmp_path_factory: pytest.TempPathFactory
) -> None:
    counting, launched = Counting(store, store), []

    def launch() -> str:
        launched.append(True)
        return "the process was ended by the signal 9" if len(launched) == 1 else ""

    watch = CountScheduler(counting, RuntimeDir(tmp_path_factory.mktemp("run")), launch)
    assert watch.run_once()
    assert counting.state().error.endswith("signal 9")
    assert not watch.run_once()  # it waits a minute
    counting.run()
    assert not watch.run_once()
    counting.request()
    assert watch.run_once()
    assert len(launched) == 2


def test_a_store_that_does_not_answer_is_told_once(
    store: ModelStore,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def fail() -> str:
        raise StorageUnavailable("the database", "sql:x", "y", "gone")

    monkeypatch.setattr(store, "counting_state", fail)
    counting = Counting(store, store)
    watch = CountScheduler(counting, RuntimeDir(tmp_path_factory.mktemp("run")), lambda: "never")
    with caplog.at_level(logging.WARNING):
        assert not watch.run_once()
        assert not watch.run_once()
    assert caplog.text.count("not known") == 1
    assert counting.seen_state() == CountingState()
    counting.request()  # it never raises


def test_a_page_asks_for_a_counting_of_who_is_new_now_and_then(store: ModelStore) -> None:
    counting = Counting(store, store)
    counting.note_uncounted()
    assert counting.state().is_requested()
    counting.run()
    Counting(store, store).note_uncounted()
    assert not counting.state().is_requested()
    few, many = timedelta(minutes=6), timedelta(hours=7)
    state = CountingState(counted_at=NOW, people=100)
    assert not state.may_be_repeated(NOW + few / 2)
    assert state.may_be_repeated(NOW + few)
    assert not replace(state, requested_at=NOW + few / 2).may_be_repeated(NOW + few)
    assert not replace(state, people=100_000).may_be_repeated(NOW + few)
    assert replace(state, people=100_000).may_be_repeated(NOW + many)


def test_counts_of_an_earlier_counting_are_left_out_of_pages(store: ModelStore) -> None:
    from app.access.viewer import operator
    from app.directory.reporting_lines import ReportingLines
    from app.directory.service import Directory

    counting = Counting(store, store)
    lines = ReportingLines(Directory(store, None), store, counting)
    state = counting.run()
    assert state.counted_at is not None
    store.store_counts({"mia": ReportCount(2, 99, state.counted_at - timedelta(days=3))})
    counts = lines.count(operator(), ["eve", "mia"])
    assert counts["mia"] == ReportCount(2)
    assert counts["eve"] == ReportCount(1, 3, state.counted_at)


def test_the_largest_teams_are_stored_exactly_without_who_is_not_here() -> None:
    store = leading(("eve", ""), ("bob", "eve"), ("kim", "nobody"), ("lea", "nobody"))
    store.add(Employee(id="gone", full_name="Gone", left_on="2020-01-01"), Write("add-gone"))
    for number in range(1_200):
        person = Employee(id=f"p{number}", full_name="P", manager="bob" if number > 2 else "gone")
        store.add(person, Write(f"add-{number}"))
    Counting(store, store).run()
    assert state_from(store.counting_state()).largest == (("bob", 1_197), ("eve", 1))


@pytest.mark.parametrize("largest", ["x", [1], [["a"]], [["a", "b"]], [["", 1], ["b", -1]], {}])
def test_largest_teams_that_another_program_wrote_are_none(largest: object) -> None:
    assert state_from(json.dumps({"largest": largest})).largest == ()
