"""Lost replies, conflicts and silence: what was asked for happens once, or is told."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from app.access.modes import Mode
from app.contracts.accounts import AccessSettings, AccountConflict, AccountStore
from app.model.errors import StorageUnavailable
from app.runtime import deadline
from app.storage.dynamodb import DynamoAccounts
from tests.support.aws_errors import server_error, throttled, transaction_conflict
from tests.support.servers.fault_proxy import FaultProxy
from tests.support.stores.accounts import (
    account,
    admin,
    digest_of,
    in_hours,
    local_account,
    session,
)
from tests.support.stores.dynamodb_binding import DynamoRoom, UsedRoom

pytestmark = pytest.mark.slow

Act = Callable[[AccountStore], Any]
# Each write, what it writes with, and what it answers.
WRITES: dict[str, tuple[str, Act]] = {
    "claim": ("TransactWriteItems", lambda store: store.claim(admin("b1"))),
    "add": ("TransactWriteItems", lambda store: store.add(local_account("b1"))),
    "update": (
        "TransactWriteItems",
        lambda store: store.update(account("a1", "Zoë", version=1, person_id="e2")),
    ),
    "count": (
        "UpdateItem",
        lambda store: store.update(account("a1", version=1, person_id="e1", failures=1)),
    ),
    "save": (
        "UpdateItem",
        lambda store: store.save_access_settings(AccessSettings(mode=Mode.SIGN_IN)),
    ),
    "begin": ("PutItem", lambda store: store.begin_session(session("a1", "new"))),
    "end": ("DeleteItem", lambda store: store.end_session("a1", digest_of("s1"))),
    "invite": (
        "PutItem",
        lambda store: store.add_invitation(digest_of("new"), "a1", in_hours(1)),
    ),
    "spend": ("TransactWriteItems", lambda store: store.spend_invitation(digest_of("code"))),
}


@pytest.fixture
def proxy(dynamodb_local: str, fault_proxy: Callable[[str], FaultProxy]) -> FaultProxy:
    return fault_proxy(dynamodb_local)


@pytest.fixture
def room(dynamodb_local: str, proxy: FaultProxy) -> Iterator[DynamoRoom]:
    opened = UsedRoom(dynamodb_local, through=proxy.endpoint)
    fill(opened.open_accounts())
    proxy.forget()
    yield opened
    proxy.stop()  # nothing of this test comes to the tables of the next one
    opened.close()


@pytest.fixture
def store(room: DynamoRoom) -> DynamoAccounts:
    return room.open_accounts()


def fill(store: AccountStore) -> None:
    store.add(account("a1", person_id="e1"))
    store.begin_session(session("a1"))
    store.add_invitation(digest_of("code"), "a1", in_hours(1))


def state_of(room: DynamoRoom) -> list[str]:
    return sorted(str(sorted(item.items())) for item in room.items(room.index))


@pytest.fixture(scope="module")
def done(dynamodb_local: str) -> Callable[[Act], tuple[Any, list[str]]]:
    """What a write answers and leaves where nothing fails, which no test changes."""

    @functools.cache
    def do(act: Act) -> tuple[Any, list[str]]:
        with pytest.MonkeyPatch.context() as patch:  # clients read it at their first call
            patch.setenv("AWS_ENDPOINT_URL_DYNAMODB", dynamodb_local)
            room = UsedRoom(dynamodb_local)
            fill(room.open_accounts())
            found = act(room.open_accounts()), state_of(room)
            room.close()
        return found

    return do


@pytest.mark.parametrize("name", WRITES)
def test_a_write_whose_reply_is_lost_once_happens_once(
    name: str, room: DynamoRoom, store: DynamoAccounts, proxy: FaultProxy, done: Any
) -> None:
    operation, act = WRITES[name]
    answer, state = done(act)
    proxy.on(operation).lose_reply(times=1)
    assert act(store) == answer
    assert proxy.count(operation) == 2
    assert state_of(room) == state


@pytest.mark.parametrize("name", [name for name in WRITES if name != "spend"])
def test_a_write_whose_replies_are_all_lost_can_be_repeated(
    name: str, room: DynamoRoom, store: DynamoAccounts, proxy: FaultProxy, done: Any
) -> None:
    operation, act = WRITES[name]
    answer, state = done(act)
    proxy.on(operation).lose_reply()
    with deadline.within(8), pytest.raises(StorageUnavailable) as raised:
        act(store)
    assert raised.value.maybe_written
    proxy.recover()
    assert act(room.open_accounts()) == answer
    assert state_of(room) == state


def test_an_invitation_that_may_have_been_spent_is_told(
    store: DynamoAccounts, proxy: FaultProxy
) -> None:
    proxy.on("TransactWriteItems").lose_reply()
    with deadline.within(8), pytest.raises(StorageUnavailable) as raised:
        store.spend_invitation(digest_of("code"))
    assert raised.value.maybe_written


FAULTS = [
    (name, fault)
    for name, (operation, _) in WRITES.items()
    for fault in (transaction_conflict, throttled, server_error)
    if fault is not transaction_conflict or operation == "TransactWriteItems"
]


@pytest.mark.parametrize(("name", "fault"), FAULTS)
def test_a_write_amid_conflicts_happens_once(
    name: str, fault: Any, room: DynamoRoom, store: DynamoAccounts, proxy: FaultProxy, done: Any
) -> None:
    operation, act = WRITES[name]
    answer, state = done(act)
    proxy.on(operation).answer(fault(), times=3)
    assert act(store) == answer
    assert state_of(room) == state


def test_a_change_between_reading_and_writing_is_judged_anew(
    room: DynamoRoom, store: DynamoAccounts
) -> None:
    other = room.open_accounts()
    read = store._reader.account
    changed: list[object] = []

    def read_and_let_others_write(account_id: str) -> Any:
        found = read(account_id)
        if found and not changed:
            changed.append(other.update(replace(found.account, failures=1)))
        return found

    store._reader.account = read_and_let_others_write  # type: ignore[method-assign]
    with pytest.raises(AccountConflict):
        store.update(account("a1", "Zoë", version=1))
    assert [other.get("a1")] == changed
