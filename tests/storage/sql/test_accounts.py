"""Accounts in SQL: what other programs type into the tables, what is read, and by which index."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from app.access.modes import Mode
from app.access.viewer import Role
from app.access.visibility import RESTRICTABLE, Audience
from app.contracts.accounts import AccountStore
from app.storage.sql import SqlAccounts
from app.storage.sql.accounts.tables import accounts
from tests.support.stores.accounts import (
    NOW,
    account,
    admin,
    digest_of,
    in_hours,
    local_account,
    session,
)
from tests.support.stores.sql_binding import SqliteRoom

ODD: tuple[Any, ...] = (
    "", "nonsense", "\0", b"\xff", b"admin", 0, -1, 2**62, 0.5, "9999-12-31T23:59:59-14:00",
    "x" * 100_000, "[]", "{", '{"phone": 1}',
)  # fmt: skip
ODD_NAMES = [str(value)[:20] for value in ODD]


@pytest.fixture
def room(tmp_path: Path) -> Iterator[SqliteRoom]:
    opened = SqliteRoom(tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def store(room: SqliteRoom) -> SqlAccounts:
    return room.open_accounts()


def type_in(room: SqliteRoom, table: str, column: str, value: object, where: str = "1") -> None:
    """Set a column as another program does, of whatever type: SQLite stores it."""
    database = sqlite3.connect(room.url.removeprefix("sqlite:///"))
    with database:
        database.execute(f"UPDATE {table} SET {column} = ? WHERE {where}", (value,))
    database.close()


def use(store: AccountStore) -> None:
    """Every method, on what somebody has changed outside; nothing but errors of the contract."""
    store.access_settings()
    store.list_accounts()
    store.count_admins()
    store.find_login("ana@example.com")
    store.find_person("e1")
    store.find_session("a1", digest_of("s1"))
    store.sessions_of("a1")
    store.find_invitation(digest_of("code"))
    assert not store.claim(admin("late", name="Too late"))
    stored = store.get("a1")
    if stored is not None:
        changed = store.update(replace(stored, name="Anew"), may_leave_no_admin=True)
        assert store.get("a1") == changed
    store.spend_invitation(digest_of("code"))


@pytest.mark.parametrize("value", ODD, ids=ODD_NAMES)
def test_whatever_is_typed_into_an_account_gives_no_right(
    room: SqliteRoom, store: SqlAccounts, value: object
) -> None:
    assert store.claim(admin("boss"))
    names = ("role", "is_disabled", "version", "sessions_ended_at", "failures", "name", "email",
             "password_hash", "locked_until", "signed_in_at", "person_id", "role_origin",
             "list_key", "login_key", "person_key", "identity_key")  # fmt: skip
    for number, name in enumerate(names):
        key = f"a{number + 2}"
        store.add(local_account(key, f"{number}@example.com", person_id=f"e{number}"))
        store.begin_session(session(key))
        type_in(room, "account", name, value, f"id = '{key}'")
        stored = store.get(key)
        assert stored is not None
        assert stored.role is Role.COLLEAGUE
        if name == "is_disabled":
            assert stored.is_disabled is (value != 0)
        if name == "sessions_ended_at" and value != "":
            assert store.find_session(key, digest_of("s1")) is None
        use(store)
        changed = store.update(replace(stored, name="Anew"))
        assert store.get(key) == changed
        room.run(accounts.delete().where(accounts.c.id == key))


@pytest.mark.parametrize("value", ODD, ids=ODD_NAMES)
def test_whatever_is_typed_into_the_settings_is_the_strictest(
    room: SqliteRoom, store: SqlAccounts, value: object
) -> None:
    assert store.claim(admin("boss"))
    store.save_access_settings(
        replace(store.access_settings(), mode=Mode.OPEN, visibility={"phone": Audience.EVERYBODY})
    )
    type_in(room, "access", "mode", value)
    assert store.access_settings().mode is (None if value == "" else Mode.SIGN_IN)
    type_in(room, "access", "visibility", value)
    if value != "":
        visibility = store.access_settings().visibility
        known = {visibility.get(name, Audience.EDITORS) for name in RESTRICTABLE}
        assert known == {Audience.EDITORS}
    for name in ("setup_generation", "version"):
        type_in(room, "access", name, value)
        settings = store.access_settings()
        assert store.save_access_settings(settings).version == settings.version + 1
    if value != "":
        type_in(room, "access", "claimed_by", value)
        assert store.access_settings().claimed_by
        assert not store.claim(admin("late"))


@pytest.mark.parametrize("value", ODD, ids=ODD_NAMES)
def test_whatever_is_typed_into_sessions_signs_nobody_else_in(
    room: SqliteRoom, store: SqlAccounts, value: object
) -> None:
    assert store.claim(admin("boss"))
    store.add(local_account("a1", person_id="e1"))
    for name in ("began_at", "ends_at", "description", "account_id", "digest"):
        store.begin_session(session("a1"))
        type_in(room, "session", name, value)
        store.find_session("a1", digest_of("s1"))
        store.sessions_of("a1")
        store.end_session("a1", digest_of("s1"))
    for name in ("ends_at", "account_id"):
        store.add_invitation(digest_of("code"), "a1", in_hours(1))
        type_in(room, "invitation", name, value)
        assert store.spend_invitation(digest_of("code")) in (None, "a1")
    use(store)


def test_what_has_ended_is_removed_when_another_begins(
    room: SqliteRoom, store: SqlAccounts
) -> None:
    store.add(account("a1"))
    ended = NOW - timedelta(seconds=1)
    store.begin_session(session("a1", "old", ends_at=ended))
    store.add_invitation(digest_of("old"), "a1", ended)
    store.begin_session(session("a1", "new"))
    store.add_invitation(digest_of("new"), "a1", in_hours(1))
    database = sqlite3.connect(room.url.removeprefix("sqlite:///"))
    for table in ("session", "invitation"):
        digests = database.execute(f"SELECT digest FROM {table}").fetchall()
        assert digests == [(digest_of("new"),)]
    database.close()


def test_no_read_walks_a_table(room: SqliteRoom, store: SqlAccounts) -> None:
    ana = store.add(admin("a1", person_id="e1"))
    store.begin_session(session("a1"))
    store.add_invitation(digest_of("code"), "a1", in_hours(1))
    engine = store._database._engine
    asked: list[tuple[str, Any]] = []

    def note(_: Any, __: Any, statement: str, parameters: Any, *___: Any) -> None:
        if statement.startswith(("SELECT", "UPDATE", "DELETE")):
            asked.append((statement, parameters))

    event.listen(engine, "before_cursor_execute", note)
    assert ana.identity
    store.find_identity(ana.identity)
    store.find_login("ana@example.com")
    store.find_person("e1")
    store.count_admins()
    store.list_accounts(None)
    store.list_accounts("YTFhYmM")
    store.update(replace(ana, email="b@example.com", person_id="e2"))
    store.begin_session(session("a1", "other"))
    assert store.find_session("a1", digest_of("s1"))
    store.sessions_of("a1")
    store.find_invitation(digest_of("code"))
    store.spend_invitation(digest_of("code"))
    store.end_session("a1", digest_of("s1"))
    assert store.claim(admin("b1"))
    event.remove(engine, "before_cursor_execute", note)
    database = sqlite3.connect(room.url.removeprefix("sqlite:///"))
    for statement, parameters in asked:
        for *_, step in database.execute(f"EXPLAIN QUERY PLAN {statement}", parameters):
            assert not step.startswith("SCAN") or "USING INDEX" in step, (statement, step)
    database.close()
    assert len(asked) > 20
