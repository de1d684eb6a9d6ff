"""What is older than HISTORY_DAYS is removed once a day, by one machine."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from app.contracts.heartbeats import Heartbeat
from app.contracts.history import AuditEntry
from app.machine import history_keeper
from app.machine.history_keeper import HistoryKeeper
from app.model.errors import StorageUnavailable
from app.runtime.runtime_dir import RuntimeDir


class Store:
    """A store that has so many old changes."""

    def __init__(self, old: int) -> None:
        self.old = old
        self.days: list[str] = []
        self.notes: list[AuditEntry] = []
        self.is_silent = False

    def thin_out(self, before: str) -> Iterator[int]:
        if self.is_silent:
            raise StorageUnavailable("the database")
        self.days.append(before)
        yield self.old
        self.old = 0

    def note(self, entry: AuditEntry) -> None:
        self.notes.append(entry)


class Fleet:
    """A console of this machine, "m", and of others that were seen some seconds ago."""

    def __init__(self, folder: Path, others: dict[str, float] | None = None) -> None:
        self.folder = RuntimeDir(folder)
        self.heartbeats = None if others is None else self
        self.others = others or {}

    def all(self) -> list[Heartbeat]:
        now = time.time()
        return [Heartbeat(machine=name, at=now - ago) for name, ago in self.others.items()]


@pytest.fixture(autouse=True)
def _this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history_keeper, "machine_name", lambda: "m")


def keeper(store: Store, fleet: Fleet, days: int = 1_095) -> HistoryKeeper:
    any_store: Any = store
    any_fleet: Any = fleet
    return HistoryKeeper(any_store, days, any_fleet)


def test_it_removes_what_is_older_once_a_day(tmp_path: Path) -> None:
    store = Store(old=3)
    one = keeper(store, Fleet(tmp_path))
    assert one.run_once()
    day = (datetime.now(UTC).date() - timedelta(days=1_095)).isoformat()
    assert store.days == [day]
    assert [(note.event, dict(note.details)["before"]) for note in store.notes] == [
        ("thinned", day)
    ]
    assert not one.run_once()
    assert not keeper(store, Fleet(tmp_path)).run_once()  # after a restart
    assert len(store.days) == 1


def test_nothing_to_remove_is_no_entry(tmp_path: Path) -> None:
    store = Store(old=0)
    assert not keeper(store, Fleet(tmp_path)).run_once()
    assert store.days
    assert store.notes == []


@pytest.mark.parametrize(
    ("others", "works"),
    [({"a": 5}, False), ({"z": 5, "m": 1}, True), ({"a": 600}, True), ({}, True)],
)
def test_the_first_of_the_machines_does_it(
    tmp_path: Path, others: dict[str, float], works: bool
) -> None:
    store = Store(old=3)
    assert keeper(store, Fleet(tmp_path, others)).run_once() is works
    assert bool(store.days) is works


def test_a_silent_store_is_asked_again(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    store = Store(old=3)
    store.is_silent = True
    one = keeper(store, Fleet(tmp_path))
    assert not one.run_once()
    assert "old changes could not be removed" in caplog.text
    store.is_silent = False
    assert one.run_once()


def test_history_that_is_kept_for_ever_needs_no_thread(tmp_path: Path) -> None:
    one = keeper(Store(old=3), Fleet(tmp_path), days=0)
    one.begin()
    assert one._pid == 0
