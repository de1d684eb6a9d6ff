"""Filters of the audit log, what a backup reads, and what stays of a history that is thinned."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from app.contracts import EmployeeStore
from app.contracts.history import (
    AuditEntry,
    AuditQuery,
    HistoryStore,
)
from app.history.changes import Author, Change, ChangeKind, Through, Via
from app.history.difference import content_of, next_moment
from app.history.folding import fold
from tests.contracts.history.test_recording import ADA, ANA, all_of, save, write
from tests.support.stores.bindings import Room
from tests.support.stores.people import add, person

TODAY = datetime.now(UTC)
BO = Author("Bo Berg", "acc-2")


def entries(history: HistoryStore, limit: int = 50, **filters: str) -> list[AuditEntry]:
    """All entries that meet these filters, page by page."""
    found: list[AuditEntry] = []
    cursor = None
    while True:
        page = history.audit(AuditQuery(**filters), cursor, limit)
        found += page.entries
        if page.older is None:
            return found
        cursor = page.older


def moment_of(days_ago: int, number: int = 0) -> str:
    return next_moment("", TODAY - timedelta(days=days_ago) + timedelta(milliseconds=number))


def event(days_ago: int, number: int = 0, **fields: object) -> AuditEntry:
    given: dict[str, object] = {"moment": moment_of(days_ago, number), "event": "access", **fields}
    return AuditEntry(**given)  # type: ignore[arg-type]


FILTERS: list[tuple[dict[str, str], list[str]]] = [
    ({"account_id": "acc-1"}, ["ada 2", "ada 1"]),
    ({"author": "Bo Berg"}, ["bea 1", "login"]),
    ({"via": "command"}, ["bea 1"]),
    ({"event": "access"}, ["login"]),
    ({"event": "changed"}, ["ada 2"]),
    ({"words": "LOVELACE ad"}, ["ada 2", "ada 1"]),
    ({"words": "roster"}, ["bea 1"]),
    ({"words": "req-7"}, ["ada 2"]),
    ({"words": "bérg"}, ["bea 1"]),
    ({"words": "nobody"}, []),
    ({"account_id": "acc-1", "event": "added"}, ["ada 1"]),
    ({"since": TODAY.strftime("%F")}, ["ada 2", "bea 1", "ada 1"]),
    ({"until": (TODAY - timedelta(days=1)).strftime("%F")}, ["login"]),
    ({"since": "2020-01-01", "until": "2020-01-02"}, []),
]


def test_each_filter_narrows_the_log(store: EmployeeStore, history: HistoryStore) -> None:
    store.add(ADA, write())
    store.add(person("bea", "Béa Berg"), write(BO, Through(Via.COMMAND, "roster.csv")))
    save(store, "ada", write(through=Through(request_id="REQ-77")), location="London")
    history.note(event(3, author=BO))
    names = {"ada": "ada", "bea": "bea", "": "login"}
    numbers: dict[str, int] = {}
    labels = {}
    for entry in reversed(entries(history)):
        name = names[entry.employee_id]
        numbers[name] = numbers.get(name, 0) + 1
        labels[entry.moment] = name if name == "login" else f"{name} {numbers[name]}"
    # Two people may be saved in the same millisecond, in either order.
    for filters, expected in FILTERS:
        for limit in (50, 1):
            found = [labels[each.moment] for each in entries(history, limit, **filters)]
            assert sorted(found) == sorted(expected), (filters, limit)


def restorable() -> Iterator[Change]:
    for employee_id in ("ada", "bea", "x" * 300):
        moment = ""
        for version in range(1, 6):
            moment = next_moment(moment, TODAY - timedelta(days=30 - version))
            yield Change(
                employee_id=employee_id,
                moment=moment,
                kind=ChangeKind.ADDED if version == 1 else ChangeKind.CHANGED,
                version=version,
                full_name="Somebody",
                was={} if version == 1 else {"location": f"{version - 1}"},
                now={"full_name": "Somebody", "location": "1"}
                if version == 1
                else {"location": f"{version}"},
                author=ANA,
                through=Through(job="job-1" if version == 3 else "", row=version),
            )


def test_changes_and_entries_are_read_in_batches_that_go_on(
    store: EmployeeStore, history: HistoryStore
) -> None:
    history.restore_changes(restorable())
    noted = [event(1, number, counts=(("n", number),)) for number in range(3)]
    for each in noted:
        history.note(each)
    batches = list(history.iter_changes())
    for number, batch in enumerate(batches):
        later = [each for other in history.iter_changes(batch.bookmark) for each in other.changes]
        assert later == [each for other in batches[number + 1 :] for each in other.changes]
    told = [each for some in history.iter_audit() for each in some]
    assert sorted(told, key=lambda each: each.moment) == noted
    assert sum(len(batch.changes) for batch in batches) == 15


@pytest.mark.parametrize("days_kept", [0, 20, 26, 28, 60])
def test_old_changes_go_but_for_the_first_and_the_newest(
    store: EmployeeStore, history: HistoryStore, days_kept: int
) -> None:
    kept = list(restorable())
    history.restore_changes(kept)
    history.note(event(29))
    before = (TODAY - timedelta(days=days_kept)).strftime("%F")
    contents = {each: fold(all_of(history, each)) for each in ("ada", "bea", "x" * 300)}
    for _ in range(2):
        for _ in history.thin_out(before):
            pass
    for employee_id, content in contents.items():
        all_changes = [each for each in kept if each.employee_id == employee_id]
        expected = [
            each.moment
            for each in all_changes
            if each in (all_changes[0], all_changes[-1]) or each.moment >= before
        ]
        changes = all_of(history, employee_id)
        assert [each.moment for each in changes] == expected
        assert fold(changes) == content
    assert all(each.moment >= before for each in entries(history))


def test_a_thinned_history_tells_what_another_program_wrote(
    room: Room, history: HistoryStore
) -> None:
    add(room.store, ADA)
    for number in range(5):
        save(room.store, "ada", location=f"Place {number}", about=f"Line {number}")
    save(room.store, "ada", pronouns="she/her")
    for _ in history.thin_out("2999-01-01"):
        pass
    assert [change.version for change in all_of(history)] == [1, 7]
    room.change_outside("ada", "about", "Elsewhere")
    list(room.store.reindex())
    assert all_of(history)[-1].was == {"about": "Line 4"}
    assert fold(all_of(history)) == content_of(room.store.get("ada"))
