"""Any operations give the same answers, in the same order, from the model and from a store."""

import os
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from app.contracts import EmployeeStore, Query
from app.history.changes import Write
from app.model.employee import Employee
from app.model.errors import DirectoryError, EditConflict, EmployeeNotFound
from app.model.revision import revision_of
from tests.support.days import COMING_DAY, set_today
from tests.support.model_store import ModelStore
from tests.support.stores.bindings import Room
from tests.support.stores.people import everyone
from tests.support.stores.property_bindings import SIDES, Side
from tests.support.strategies import IDS, MAILS, changes, people, queries

pytestmark = pytest.mark.slow

WRITES = st.sampled_from([f"write-{n}" for n in range(4)])


class StoresAgree(RuleBasedStateMachine):
    """The same is asked of both; ``open_room`` is set by the test."""

    open_room: Callable[[], Room]

    def __init__(self) -> None:
        super().__init__()
        self.room = type(self).open_room()
        self.store = self.room.store
        self.history = self.room.open_history()
        self.model = ModelStore()
        self.seen: dict[str, str] = {}
        self.monkeypatch = pytest.MonkeyPatch()

    def teardown(self) -> None:
        self.monkeypatch.undo()
        self.room.close()

    def both(self, ask: Callable[[EmployeeStore], Employee]) -> None:
        expected, answer = told(ask, self.model), told(ask, self.store)
        assert answer == expected

    @rule(person=people, write_id=WRITES)
    def add(self, person: Employee, write_id: str) -> None:
        self.both(lambda store: store.add(person, Write(write_id)))

    @rule(employee_id=st.sampled_from(IDS))
    def look(self, employee_id: str) -> None:
        self.both(lambda store: store.get(employee_id))
        if employee_id in self.model.people:
            self.seen[employee_id] = revision_of(self.model.people[employee_id])

    @rule(person=people, write_id=WRITES)
    def update(self, person: Employee, write_id: str) -> None:
        """With what was seen of the person at some earlier time."""
        revision = self.seen.get(person.id, "0.")
        self.both(lambda store: store.update(person, revision, Write(write_id)))

    @rule(employee_id=st.sampled_from(IDS), change=changes, write_id=WRITES)
    def change_one_field(self, employee_id: str, change: tuple[str, str], write_id: str) -> None:
        field, text = change

        def ask(store: EmployeeStore) -> Employee:
            stored = store.get(employee_id)
            return store.update(
                replace(stored, **{field: text}), revision_of(stored), Write(write_id)
            )

        self.both(ask)

    @rule(employee_id=st.sampled_from(IDS), write_id=WRITES, blind=st.booleans())
    def delete(self, employee_id: str, write_id: str, blind: bool) -> None:
        revision = None if blind else self.seen.get(employee_id, "0.")
        self.both(lambda store: store.delete(employee_id, revision, Write(write_id)))

    @rule(batch=st.lists(people, max_size=6))
    def add_many(self, batch: list[Employee]) -> None:
        list(self.model.add_many(batch))
        list(self.store.add_many(batch))

    @rule(ids=st.lists(st.sampled_from(IDS)), addresses=st.lists(st.sampled_from(MAILS)))
    def look_up_many(self, ids: list[str], addresses: list[str]) -> None:
        found, expected = self.store.get_many(ids), self.model.get_many(ids)
        assert without_time(found.values()) == without_time(expected.values())
        assert self.store.find_by_email(addresses) == self.model.find_by_email(addresses)

    @rule()
    def read_everyone(self) -> None:
        found, expected = (
            [person for batch in store.iter_batches() for person in batch.people]
            for store in (self.store, self.model)
        )
        assert without_time(found) == without_time(expected)

    @rule(employee_id=st.sampled_from(IDS), change=changes)
    def change_outside_and_reindex(self, employee_id: str, change: tuple[str, str]) -> None:
        if employee_id in self.model.people:
            self.model.change_outside(employee_id, *change)
            self.room.change_outside(employee_id, *change)
            list(self.store.reindex())
            self.model.maintain()

    @rule(employee_id=st.sampled_from(IDS))
    def read_a_history(self, employee_id: str) -> None:
        told, expected = (
            [replace(change, moment="") for change in history.changes_since(employee_id, "", 1_000)]
            for history in (self.history, self.model.history)
        )
        assert told == expected

    @rule()
    def a_last_day_comes(self) -> None:
        today = set_today(self.monkeypatch, COMING_DAY)
        expected = self.model.carry_out_leaving(today)
        assert self.store.carry_out_leaving(today) == expected
        assert self.store.carry_out_leaving(today) == 0

    @rule(query=queries)
    def count(self, query: Query) -> None:
        assert self.store.count_matches(query) == self.model.count_matches(query)

    @rule(query=queries, limit=st.integers(1, 5))
    def browse(self, query: Query, limit: int) -> None:
        cursor = None
        for _ in range(20):
            expected = self.model.browse(query, cursor, limit)
            page = self.store.browse(query, cursor, limit)
            assert page.cards == expected.cards
            assert bool(page.next) == bool(expected.next)
            assert bool(page.previous) == bool(expected.previous)
            for mine, theirs in ((page.previous, expected.previous), (page.next, expected.next)):
                back = self.model.browse(query, theirs, limit)
                assert self.store.browse(query, mine, limit).cards == back.cards
            if not page.next:
                break
            cursor = page.next

    @invariant()
    def lists_and_counts_are_the_same(self) -> None:
        for query in (Query(), Query(left=True)):
            assert everyone(self.store, query) == everyone(self.model, query)
        assert self.store.facets() == self.model.facets()


def without_time(people: Iterable[Employee]) -> list[Employee]:
    """The people in the order of their ids, without the time of the last write."""
    plain = (replace(person, updated_at=None) for person in people)
    return sorted(plain, key=lambda person: person.id)


def told(ask: Callable[[EmployeeStore], Employee], store: EmployeeStore) -> object:
    """What a store answers, without the time; an error of ours is an answer too."""
    try:
        return replace(ask(store), updated_at=None)
    except EditConflict as conflict:
        return "conflict", replace(conflict.stored, updated_at=None)
    except EmployeeNotFound:
        return "not there"
    except DirectoryError as error:
        return type(error)


@pytest.mark.parametrize(
    "side", [pytest.param(side, id=side.name, marks=side.marks) for side in SIDES]
)
def test_a_store_answers_as_the_model_does(
    side: Side, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    folders = (tmp_path / str(number) for number in range(100_000))

    def open_room() -> Room:
        folder = next(folders)
        folder.mkdir()
        return side.open(request, folder)

    machine = type("Machine", (StoresAgree,), {"open_room": staticmethod(open_room)})
    quick, at_leisure = side.examples
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=at_leisure if os.environ.get("DIRECTORY_TESTS_AT_LEISURE") else quick,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
