"""Events of accounts and access as entries of the audit log of the directory."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.accounts.audit_log import Event
from app.accounts.audit_sink import MAX_FOLDED, AuditSink
from app.contracts.history import AuditEntry
from app.history.changes import Author, Via
from app.model.errors import StorageUnavailable


class Notes:
    """A store that keeps entries by their moments, and may be silent."""

    def __init__(self) -> None:
        self.kept: dict[str, AuditEntry] = {}
        self.writes = 0
        self.is_silent = False

    def note(self, entry: AuditEntry) -> None:
        self.writes += 1
        if self.is_silent:
            raise StorageUnavailable("the database")
        self.kept[entry.moment] = entry


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 11, 29, 8, 31, 5, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


class Desk:
    """A sink with its store and its clock."""

    def __init__(self) -> None:
        self.notes, self.clock = Notes(), Clock()
        store: Any = self.notes
        names = {"m1": "Miles Yates", "r1": "Ruth"}
        self.sink = AuditSink(store, lambda key: names.get(key, ""), self.clock)

    @property
    def entries(self) -> list[AuditEntry]:
        return list(self.notes.kept.values())


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_a_role_is_an_entry_with_who_gave_it(desk: Desk) -> None:
    details = {"account": "r1", "was": "colleague", "role": "editor", "by": "m1"}
    desk.sink.note(Event.ROLE, details)
    (entry,) = desk.entries
    assert entry.event == "role-changed"
    assert entry.author == Author("Miles Yates", "m1")
    assert entry.details == (("account", "r1"), ("was", "colleague"), ("role", "editor"))
    assert entry.moment.startswith("2026-11-29T08:31:05.000Z-")


def test_a_command_is_its_operators(desk: Desk) -> None:
    desk.sink.note(Event.DISABLED, {"account": "r1", "by": "command:root"})
    (entry,) = desk.entries
    assert entry.author == Author("root")
    assert entry.through.via is Via.COMMAND


def test_a_linked_person_is_erased_with_the_entry(desk: Desk) -> None:
    desk.sink.note(Event.LINKED, {"account": "r1", "person": "amara", "by": "m1"})
    (entry,) = desk.entries
    assert entry.employee_id == "amara"
    assert "amara" not in dict(entry.details).values()


@pytest.mark.parametrize(
    ("event", "details"),
    [
        (Event.SIGN_IN, {"account": "r1"}),
        (Event.SIGN_OUT, {"account": "r1"}),
        (Event.NOT_ALLOWED, {"account": "r1", "reason": "x"}),
        (Event.HEADER_DROPPED, {"peer": "1.2.3.4"}),
        (Event.SESSIONS_ENDED, {"account": "r1", "by": "provider"}),
        (Event.ROLE, {"account": "r1", "reason": "kept: the last administrator"}),
    ],
)
def test_what_happens_all_day_is_no_entry(desk: Desk, event: Event, details: Any) -> None:
    desk.sink.note(event, details)
    assert desk.entries == []


def test_failed_sign_ins_are_one_entry_a_minute_and_account(desk: Desk) -> None:
    for number in range(3):
        desk.clock.now += timedelta(seconds=1)
        desk.sink.note(Event.REFUSED, {"account": "r1", "reason": "wrong", "peer": "1.2.3.4"})
        desk.sink.note(Event.REFUSED, {"reason": "wrong", "peer": f"1.2.3.{number}"})
    assert [dict(entry.details)["number"] for entry in desk.entries] == ["3", "3"]
    desk.clock.now += timedelta(minutes=1)
    desk.sink.note(Event.REFUSED, {"account": "r1", "reason": "wrong"})
    assert dict(desk.entries[-1].details)["number"] == "1"
    assert len(desk.entries) == 3


def test_an_attacker_cannot_fill_the_store(desk: Desk) -> None:
    for number in range(1_000):
        desk.sink.note(Event.REFUSED, {"account": f"a{number}", "reason": "wrong"})
        desk.sink.note(Event.REFUSED, {"account": "a0", "reason": "wrong"})
    assert len(desk.entries) == MAX_FOLDED
    assert desk.notes.writes < 250


def test_a_silent_store_fails_nothing(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    desk.notes.is_silent = True
    desk.sink.note(Event.REFUSED, {"account": "r1", "reason": "wrong"})
    desk.sink.note(Event.ACCESS, {"by": "m1", "mode": "open"})
    assert desk.entries == []
    assert [record.message.split(":")[0] for record in caplog.records] == [
        "the audit log lacks sign-in-refused",
        "the audit log lacks access-changed",
    ]
