"""What reporting lines cost: the calls and read units of a page, and what follows a save."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

import pytest

from app.contracts import Query
from app.contracts.reports import MAX_CHAIN, ChainEnd, ReportCount
from app.history.changes import Write
from app.model.employee import Employee
from app.model.revision import revision_of
from app.storage.dynamodb import report_hints
from app.storage.dynamodb.index.views import manager_token
from app.storage.dynamodb.report_hints import COUNT_VIEW, LINE_VIEW
from app.storage.dynamodb.store import DynamoStore
from tests.support.dynamodb_audit import audit
from tests.support.stores.dynamodb_binding import MotoRoom
from tests.support.stores.people import add, new_write_id, person

pytestmark = pytest.mark.slow


@pytest.fixture
def room() -> Iterator[MotoRoom]:
    room = MotoRoom()
    yield room
    room.close()


class Sent:
    """The calls of a store from now on, by operation, and the read units that they take."""

    def __init__(self, store: DynamoStore, monkeypatch: pytest.MonkeyPatch) -> None:
        self.calls: Counter[str] = Counter()
        for kind in ("read", "write"):
            send = getattr(store.calls, kind)

            def noted(operation, table, request, send=send):  # type: ignore[no-untyped-def]
                self.calls[operation] += 1
                return send(operation, table, request)

            monkeypatch.setattr(store.calls, kind, noted)

    def take(self) -> Counter[str]:
        """Return what was sent since the last time."""
        taken, self.calls = self.calls, Counter()
        return taken


@pytest.fixture
def sent(room: MotoRoom, monkeypatch: pytest.MonkeyPatch) -> Sent:
    return Sent(room.store, monkeypatch)


def add_line(store: DynamoStore, length: int) -> list[str]:
    """Add so many people of whom each reports to the one before."""
    ids = [f"l{number:03}" for number in range(length)]
    pairs = zip(ids, ["", *ids], strict=False)
    list(store.add_many([person(each, each.title(), manager=above) for each, above in pairs]))
    return ids


def report_to(store: DynamoStore, employee_id: str, manager: str) -> Employee:
    stored = store.get(employee_id)
    write = Write(new_write_id())
    return store.update(replace(stored, manager=manager), revision_of(stored), write)


def hint(room: MotoRoom, view: str, employee_id: str) -> dict[str, object]:
    key = room.store.tables.index_key(view, manager_token(employee_id))
    request = {"TableName": room.store.tables.index, "Key": key}
    return room.store.calls.read("GetItem", room.store.tables.index, request).get("Item", {})


def test_the_numbers_of_a_page_take_one_call_once_they_are_known(
    room: MotoRoom, sent: Sent
) -> None:
    store = room.store
    reports = [person(f"r{number:02}", f"Rae {number:02}", manager="eve") for number in range(24)]
    list(store.add_many([person("eve", "Eve"), *reports]))
    ids = ["eve", *(each.id for each in reports)]
    sent.take()
    counts = store.reports.count_reports(ids)
    assert counts == {"eve": ReportCount(24)}
    assert sent.take() == {"BatchGetItem": 1, "Query": 25}
    store.maintain()
    assert sent.take()["UpdateItem"] == 25  # also of whom nobody reports to
    assert store.reports.count_reports(ids) == counts
    assert sent.take() == {"BatchGetItem": 1}
    store.maintain()
    assert sent.take() == {}


def test_a_change_of_the_manager_has_both_counted_after_the_response(
    room: MotoRoom, sent: Sent
) -> None:
    store = room.store
    add(store, person("eve", "Eve"), person("mia", "Mia"), person("bob", "Bob", manager="eve"))
    store.maintain()
    assert store.reports.count_reports(["eve", "mia"]) == {"eve": ReportCount(1)}
    store.maintain()
    report_to(store, "bob", "mia")
    # Even before they are counted: this process knows that the hints are wrong.
    assert store.reports.count_reports(["eve", "mia"]) == {"mia": ReportCount(1)}
    store.maintain()
    assert hint(room, COUNT_VIEW, "eve")["n"] == {"N": "0"}
    assert hint(room, COUNT_VIEW, "mia")["n"] == {"N": "1"}
    sent.take()
    stored = store.get("bob")
    write = Write(new_write_id())
    store.update(replace(stored, phone="1"), revision_of(stored), write)
    sent.take()
    store.maintain()
    assert not sent.take()["UpdateItem"]
    other = room.open_reports()
    assert other.count_reports(["eve", "mia"]) == {"mia": ReportCount(1)}


def test_another_manager_rewrites_no_row_but_that_of_the_manager(
    room: MotoRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, transactions = room.store, []
    known = {"job_title": "Lead Engineer", "location": "Oslo", "department": "Sales"}
    bob = person("bob", "Bob Bobsen", badges=("linux", "bug"), email="b@example.com", **known)
    add(store, person("eve", "Eve"), person("mia", "Mia"), bob)
    write = store.calls.write

    def noted(operation, table, request):  # type: ignore[no-untyped-def]
        transactions.extend([request["TransactItems"]] if "TransactItems" in request else [])
        return write(operation, table, request)

    monkeypatch.setattr(store.calls, "write", noted)
    for manager, number in (("eve", 5), ("mia", 6), ("", 5)):
        transactions.clear()
        report_to(store, "bob", manager)
        assert [len(actions) for actions in transactions] == [number]
        assert audit(room) == []
        for words in ("", "eng", "bob"):
            found = store.browse(Query(words, manager=manager or "mia"), None, 24).cards
            assert [card.id for card in found] == (["bob"] if manager else [])


def test_what_another_program_changed_is_counted_after_the_next_page(
    room: MotoRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, other = room.store, room.open_another()
    add(store, person("eve", "Eve"), person("bob", "Bob", manager="eve"))
    assert store.reports.count_reports(["eve"]) == {"eve": ReportCount(1)}
    store.maintain()
    add(other, person("mia", "Mia", manager="eve"))
    moment = report_hints.time.monotonic()
    monkeypatch.setattr(report_hints.time, "monotonic", lambda: moment + 11)
    assert store.reports.count_reports(["eve"]) == {"eve": ReportCount(1)}
    store.maintain()
    assert store.reports.count_reports(["eve"]) == {"eve": ReportCount(2)}


def test_a_number_is_looked_after_once_in_ten_seconds(room: MotoRoom, sent: Sent) -> None:
    store = room.open_another()
    add(store, person("eve", "Eve"))
    store.reports.count_reports(["eve"])
    store.maintain()
    room.store.reports.count_reports(["eve"])
    sent.take()
    room.store.maintain()  # this process has not looked after it yet
    assert sent.take() == {"Query": 1}  # it was right: nothing is written
    room.store.reports.count_reports(["eve"])
    room.store.maintain()
    assert sent.take() == {"BatchGetItem": 1}


def test_who_leaves_or_is_deleted_counts_no_more(room: MotoRoom) -> None:
    store = room.store
    add(store, person("eve", "Eve"))
    add(store, *(person(each, each.title(), manager="eve") for each in ("bob", "mia", "zoe")))
    store.reports.count_reports(["eve"])
    store.maintain()
    stored = store.get("bob")
    store.update(replace(stored, left_on="2026-01-31"), revision_of(stored), Write(new_write_id()))
    store.delete("mia", None, Write(new_write_id()))
    store.maintain()
    assert hint(room, COUNT_VIEW, "eve")["n"] == {"N": "1"}


@pytest.mark.parametrize("length", [40, 64, 70])
def test_a_line_takes_two_calls_once_it_is_known(room: MotoRoom, sent: Sent, length: int) -> None:
    store = room.store
    ids = add_line(store, length)
    first = store.reports.chain(ids[-1])
    line = [each.id for each in first.managers]
    assert line == ids[-2::-1][:MAX_CHAIN]
    assert first.end is (ChainEnd.TOP if length <= MAX_CHAIN + 1 else ChainEnd.LIMIT)
    store.maintain()
    sent.take()
    assert store.reports.chain(ids[-1]) == first
    taken = sent.take()
    assert taken["BatchGetItem"] == 2
    assert taken["GetItem"] == (1 if first.end is ChainEnd.LIMIT else 0)
    store.maintain()
    assert sent.take() == {}


def test_every_link_of_a_known_line_is_checked(room: MotoRoom, sent: Sent) -> None:
    store = room.store
    ids = add_line(store, 8)
    add(store, person("new", "New", manager=ids[0]))
    store.reports.chain(ids[-1])
    store.maintain()
    report_to(store, ids[4], "new")
    sent.take()
    chain = store.reports.chain(ids[-1])
    assert [each.id for each in chain.managers] == [ids[6], ids[5], ids[4], "new", ids[0]]
    assert sent.take() == {"BatchGetItem": 2, "GetItem": 1}
    store.maintain()
    report_to(store, ids[6], "")
    assert [each.id for each in store.reports.chain(ids[-1]).managers] == [ids[6]]
    room.change_outside(ids[6], "manager", ids[7])
    assert store.reports.chain(ids[-1]).end is ChainEnd.LOOP


@pytest.mark.parametrize("ids", [{"S": "x"}, {"L": [{"N": "1"}, {"S": ""}, {"S": "x" * 3_000}]}])
def test_a_hint_that_is_none_is_no_reason_to_fail(room: MotoRoom, ids: dict[str, object]) -> None:
    store = room.store
    people = add_line(store, 3)
    item = {**store.reports.hints.line_key(people[-1]), "ids": ids}
    request = {"TableName": store.tables.index, "Item": item}
    store.calls.write("PutItem", store.tables.index, request)
    assert [each.id for each in store.reports.chain(people[-1]).managers] == people[1::-1]


def test_an_erased_person_leaves_no_hints(room: MotoRoom) -> None:
    store = room.store
    ids = add_line(store, 4)
    store.reports.count_reports(ids)
    store.reports.chain(ids[-1])
    store.maintain()
    assert hint(room, COUNT_VIEW, ids[-1])
    assert hint(room, LINE_VIEW, ids[-1])
    store.delete(ids[-1], None, Write(new_write_id()))
    store.maintain()
    assert not hint(room, COUNT_VIEW, ids[-1])
    assert not hint(room, LINE_VIEW, ids[-1])


def test_a_reindex_leaves_hints_alone(room: MotoRoom) -> None:
    store = room.store
    ids = add_line(store, 4)
    store.reports.count_reports(ids)
    store.reports.chain(ids[-1])
    store.maintain()
    before = [hint(room, view, ids[-1]) for view in (COUNT_VIEW, LINE_VIEW)]
    list(store.reindex(force=True))
    assert [hint(room, view, ids[-1]) for view in (COUNT_VIEW, LINE_VIEW)] == before


def test_a_manager_of_many_costs_no_more_than_one_of_24(
    room: MotoRoom, sent: Sent, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(report_hints, "MAX_COUNTED_REPORTS", 60)
    store = room.store
    few = [person(f"f{number:02}", f"Fay {number:02}", manager="few") for number in range(24)]
    many = [person(f"m{n:03}", f"May {n:03}", manager="many") for n in range(90)]
    list(store.add_many([person("few", "Few"), person("many", "Many"), *few, *many]))
    costs = {}
    for manager in ("few", "many"):
        for _ in range(2):
            sent.take()
            page = store.browse(Query(manager=manager), None, 24)
            counts = store.reports.count_reports([manager, *(card.id for card in page.cards)])
            costs[manager] = sent.take()
            store.maintain()
        assert len(page.cards) == 24
        assert counts[manager].direct == (24 if manager == "few" else 61)
    assert costs["many"] == costs["few"]
    assert costs["few"]["BatchGetItem"] == 1
    assert costs["few"]["Query"] < 5
