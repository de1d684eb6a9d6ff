"""Old changes go; the first and the newest of each person stay, and what stays adds up."""

from dataclasses import replace

from app.contracts.history import AuditQuery
from app.history.difference import content_of
from app.history.folding import fold, recorded
from tests.contracts.history.test_audit_log import entry, events
from tests.contracts.history.test_changes import changes_of, save
from tests.support.stores.people import add, person


def age(history, employee_id: str, days: list[str]) -> None:
    """Move the changes of a person to these days."""
    moved = [
        replace(change, moment=f"{day}{change.moment[10:]}")
        for change, day in zip(changes_of(history, employee_id), days, strict=True)
    ]
    history.erase(employee_id)
    history.restore_changes(moved)


def test_the_first_and_the_newest_stay(store, history):
    add(store, person("ada", location="Oslo"), person("bob", "Bob"), person("eve", "Eve"))
    for number in range(5):
        save(store, "ada", about=f"text {number}", phone=f"{number}")
        save(store, "bob", about=f"text {number}")
    age(history, "ada", [f"2023-01-0{number}" for number in range(1, 7)])
    age(history, "bob", [f"2023-01-0{number}" for number in range(1, 4)] + ["2026-01-01"] * 3)
    age(history, "eve", ["2023-01-01"])
    history.note(entry(1, "2023-01-02"))
    assert list(history.thin_out("2023-01-05"))[-1] > 0
    assert [one.version for one in changes_of(history, "ada")] == [1, 5, 6]
    assert [one.version for one in changes_of(history, "bob")] == [1, 4, 5, 6]
    list(history.thin_out("2026-11-01"))
    assert [one.version for one in changes_of(history, "ada")] == [1, 6]
    assert [one.version for one in changes_of(history, "bob")] == [1, 6]
    assert [one.version for one in changes_of(history, "eve")] == [1]
    assert events(history) == []
    for employee_id in ("ada", "bob", "eve"):
        found = changes_of(history, employee_id)
        assert fold(found) == content_of(store.get(employee_id))
        assert recorded(found[::-1]).is_whole


def test_what_is_young_stays(store, history):
    add(store, person("ada"))
    for number in range(3):
        save(store, "ada", about=f"text {number}")
    history.note(entry(1, "2023-01-02"))
    before, entries = changes_of(history, "ada"), history.audit(AuditQuery()).entries
    assert list(history.thin_out("2022-01-01"))[-1] == 0
    assert (changes_of(history, "ada"), history.audit(AuditQuery()).entries) == (before, entries)
    list(history.thin_out("2024-01-01"))
    assert (changes_of(history, "ada"), history.audit(AuditQuery()).entries) == (
        before,
        entries[:-1],
    )


def test_a_run_that_was_ended_is_followed_by_one_that_ends(store, history):
    for name in ("ada", "bob", "eve", "zoe"):
        add(store, person(name, name))
        for number in range(3):
            save(store, name, about=f"text {number}")
        age(history, name, [f"2023-01-0{number}" for number in range(1, 5)])
    running = history.thin_out("2024-01-01")
    next(running)
    running.close()
    list(history.thin_out("2024-01-01"))
    for name in ("ada", "bob", "eve", "zoe"):
        assert [one.version for one in changes_of(history, name)] == [1, 4]
